"""A study at a cut: the facts above its subjects, and who these were."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select

from edc_core.domain.check_pause import PauseState
from edc_core.domain.dataset import Stays
from edc_core.domain.ledger_entry import STUDY_CHAIN, EntryKind
from edc_core.domain.metadata import SiteDef
from edc_core.ledger.replay import entries, fold
from edc_core.store.ledger_tables import ledger_entry
from edc_core.store.user_tables import user_account

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection, Select

    from edc_core.domain.export_choice import ExportChoice
    from edc_core.ledger.cut import Cut
    from edc_core.ledger.projection import Tables

_SUBJECT_KINDS = (
    EntryKind.SUBJECT_ADD.value, EntryKind.SUBJECT_KEY.value, EntryKind.SUBJECT_SITE.value, EntryKind.SIGN_SET.value,
)  # fmt: skip


@dataclass(slots=True)
class StudyAtCut:
    """The facts above the subjects, as they were at the cut."""

    cut: Cut
    sites: dict[str, SiteDef]
    site_numbers: dict[str, str]
    study: Tables
    imported: tuple[dict[str, Any], ...]
    meanings: dict[str, str]  #: of signatures, each with its statement
    paused: tuple[dict[str, Any], ...]  #: see ``ExportDataset.paused``
    subjects: list[tuple[str, str, int]]  # subject key, chain, n; in the order of the keys
    site_of: dict[str, str] = field(default_factory=dict)  #: chain to the number of its subject's site
    of_site: bool = False  #: for the people of a site, who do not know of candidates for queries
    forms: tuple[str, ...] = ()  #: OIDs of those that are read; none for all
    left_out: Counter[str] = field(default_factory=Counter)  #: subjects that are not read, by why

    def narrowed(self, choice: ExportChoice, kept: frozenset[str]) -> StudyAtCut:
        """The part that was asked for. :param kept: countries whose data stay there."""
        here = {number for number, site in self.sites.items() if choice.takes_site(number, site.country)}
        read, left_out = [], Counter[str]()
        for one in self.subjects:
            if choice.subjects and one[0] not in choice.subjects:
                left_out["subjects not asked for"] += 1
            elif (choice.sites or choice.countries) and self.site_of[one[1]] not in here:
                left_out["subjects of sites not asked for"] += 1
            elif country := self._country(one[1], kept):
                left_out[Stays(country)] += 1
            else:
                read.append(one)
        return replace(self, subjects=read, forms=choice.forms, left_out=left_out)

    def _country(self, chain: str, among: frozenset[str]) -> str:
        site = self.sites.get(self.site_of[chain])
        return site.country if site and site.country in among else ""


def about_subjects(study_id: str) -> Select[tuple[str, int, str, str]]:
    """Entries that say who the subjects are and what was signed, in no order: asked for one, SQLite looks through the whole
    ledger along its key.
    """
    entry = ledger_entry.c
    return select(entry.chain, entry.n, entry.kind, entry.payload).where(
        entry.study_id == study_id, entry.kind.in_(_SUBJECT_KINDS)
    )


def study_at(connection: Connection, cut: Cut) -> StudyAtCut:
    """Read the study chain up to the cut, and who the subjects were then."""
    positions = {chain: n for chain, n, _ in cut.vector}
    rows = list(entries(connection, cut.study_id, STUDY_CHAIN, upto_n=positions.get(STUDY_CHAIN, 0)))
    tables = fold(iter(rows))
    site_rows = tables.rows["site"].values()
    imported = tuple(
        orjson.loads(row["payload"]).get("source", {})
        for row in rows
        if row["kind"] == EntryKind.IMPORT_START.value
    )
    keys: dict[str, str] = {}
    site_ids: dict[str, str] = {}
    meanings: dict[str, str] = {}
    for row in sorted(connection.execute(about_subjects(cut.study_id)), key=itemgetter(0, 1)):
        if row.n > positions.get(row.chain, 0):
            continue
        payload = orjson.loads(row.payload)
        if row.kind == EntryKind.SIGN_SET.value:
            meanings[payload["meaning"]] = payload["statement"]
        elif row.kind == EntryKind.SUBJECT_SITE.value:
            site_ids[row.chain] = payload["new"]
        else:
            site_ids.setdefault(row.chain, payload.get("site_id", ""))
            keys[row.chain] = (
                payload["subject_key"] if row.kind == EntryKind.SUBJECT_ADD.value else payload["new"]
            )
    numbers = {r["site_id"]: r["number"] for r in site_rows}
    return StudyAtCut(
        cut=cut,
        sites={r["number"]: SiteDef(r["number"], r["name"], r["country"], r["zone"]) for r in site_rows},
        site_numbers=numbers,
        study=tables,
        imported=imported,
        meanings=meanings,
        paused=_paused(rows),
        subjects=sorted((key, chain, positions[chain]) for chain, key in keys.items()),
        site_of={chain: numbers.get(site_id, "") for chain, site_id in site_ids.items()},
    )


def _paused(rows: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """When checks were switched off, as the entries of the study's chain say."""
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        if row["kind"] == EntryKind.STUDY_CHECK.value:
            said = orjson.loads(row["payload"])
            if said["state"] == PauseState.OFF.value:
                found[said["n"]] = {name: said[name] for name in ("check", "sites", "since", "until")}
            elif said["state"] == PauseState.ENDED.value and said["n"] in found:
                found[said["n"]]["ended"] = row["at"][:10]
    return tuple(found.values())


def user_names(connection: Connection) -> dict[str, str]:
    """Full name by login."""
    rows = connection.execute(select(user_account.c.login, user_account.c.full_name))
    return {row.login: row.full_name for row in rows}
