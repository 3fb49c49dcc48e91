"""An ExportDataset read from the ledger at a cut: entries are never changed, so neither is what is read here."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import bindparam, select

from edc_core.domain.casebook import Subject
from edc_core.domain.dataset import (
    NOTHING,
    AuditRecord,
    ExportForm,
    ExportItem,
    ExportSignature,
    ExportSubject,
)
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import decode
from edc_core.domain.ledger_entry import STUDY_CHAIN, EntryFacts, EntryKind
from edc_core.domain.metadata import SiteDef
from edc_core.domain.protection import Protection
from edc_core.domain.query import QueryState
from edc_core.domain.signature import state_at
from edc_core.ledger.projection import Tables, form_path_of
from edc_core.ledger.replay import above, casebook_of, entries, fold
from edc_core.store.driver import Prepared
from edc_core.store.ledger_tables import ledger_entry
from edc_core.store.readers import path_of
from edc_core.store.signature_readers import signature_of
from edc_core.store.user_tables import user_account

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Connection

    from edc_core.domain.casebook import Casebook
    from edc_core.domain.item_path import Step
    from edc_core.domain.review import ReviewMark
    from edc_core.domain.signature import Signature
    from edc_core.ledger.cut import Cut

_SUBJECT_KINDS = (EntryKind.SUBJECT_ADD.value, EntryKind.SUBJECT_KEY.value, EntryKind.SIGN_SET.value)


@dataclass(slots=True)
class Counts:
    """What an export holds and what it leaves out, for the manifest.

    :param content_sha256: over canonical cells in reading order; it holds across releases and formats.
    """

    included: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    by_site: Counter[str] = field(default_factory=Counter)
    versions: set[str] = field(default_factory=set)
    content_sha256: str = ""


@dataclass(slots=True)
class StudyAtCut:
    """The facts above the subjects, as they were at the cut."""

    cut: Cut
    sites: dict[str, SiteDef]
    site_numbers: dict[str, str]
    study: Tables
    imported: tuple[dict[str, Any], ...]
    meanings: dict[str, str]  #: of signatures, each with its statement
    subjects: list[tuple[str, str, int]]  # subject key, chain, n; in the order of the keys
    of_site: bool = False  #: for the people of a site, who do not know of candidates for queries


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
    statement = (
        select(ledger_entry.c.chain, ledger_entry.c.n, ledger_entry.c.kind, ledger_entry.c.payload)
        .where(ledger_entry.c.study_id == cut.study_id, ledger_entry.c.kind.in_(_SUBJECT_KINDS))
        .order_by(ledger_entry.c.chain, ledger_entry.c.n)
    )
    meanings: dict[str, str] = {}
    for row in connection.execute(statement):
        if row.n > positions.get(row.chain, 0):
            continue
        payload = orjson.loads(row.payload)
        if row.kind == EntryKind.SIGN_SET.value:
            meanings[payload["meaning"]] = payload["statement"]
        else:
            keys[row.chain] = (
                payload["subject_key"] if row.kind == EntryKind.SUBJECT_ADD.value else payload["new"]
            )
    return StudyAtCut(
        cut=cut,
        sites={r["number"]: SiteDef(r["number"], r["name"], r["country"], r["zone"]) for r in site_rows},
        site_numbers={r["site_id"]: r["number"] for r in site_rows},
        study=tables,
        imported=imported,
        meanings=meanings,
        subjects=sorted((key, chain, positions[chain]) for chain, key in keys.items()),
    )


def user_names(connection: Connection) -> dict[str, str]:
    """Full name by login."""
    rows = connection.execute(select(user_account.c.login, user_account.c.full_name))
    return {row.login: row.full_name for row in rows}


def read_subjects(
    connection: Connection,
    at: StudyAtCut,
    counts: Counts,
    *,
    unlocked: bool,
    withheld: frozenset[str] = frozenset(),
    removed: bool = False,
) -> Iterator[ExportSubject]:
    """Subjects at the cut with the forms in scope: locked ones, or all when ``unlocked``; ``removed`` ones where asked for.

    :param withheld: OIDs of items that the reader may not see: nothing of them, and no query about them, is read.
    """
    digest = hashlib.sha256()
    for _, chain, n in at.subjects:
        reader = _SubjectReader(at, chain, withheld)
        found = _CHAIN.send(connection, {"study": at.cut.study_id, "chain": chain, "n": n})
        while rows := found.fetchmany(500):
            reader.take(rows)
        subject = reader.subject(counts, unlocked=unlocked, with_removed=removed)
        if subject is None:
            counts.left_out["subjects without a form in scope"] += 1
            continue
        _count(counts, subject, digest)
        yield subject
    counts.content_sha256 = digest.hexdigest()


def _count(counts: Counts, subject: ExportSubject, digest: Any) -> None:
    counts.included["subjects"] += 1
    counts.by_site[subject.site_number] += 1
    counts.included["queries"] += len(subject.queries)
    for form in subject.forms:
        counts.included["forms"] += 1
        counts.versions.add(form.meta_data_version)
        counts.included["item values"] += len(form.items)
        prefix = f"{subject.subject_key}\x1f{form.path}"
        groups: tuple[Step, ...] | None = None
        place, records = "", 0
        cells: list[bytes] = []
        for item in form.items:
            if item.groups is not groups:  # items of one row follow each other, mostly with the same tuple
                groups = item.groups
                place = "/".join(map(str, groups))
            records += len(item.history)
            raw = item.raw if item.value is None else ""
            cells.append(orjson.dumps((prefix, place, item.oid, item.value, item.missing, item.unit, raw)))
        counts.included["audit records"] += records
        digest.update(b"".join(cells))


_ENTRY = ledger_entry.c
#: What a fold of a chain looks at, in the order in which ``_SubjectReader.take`` unpacks it.
_COLUMNS = (
    _ENTRY.n, _ENTRY.op, _ENTRY.kind, _ENTRY.path, _ENTRY.meta_data_version, _ENTRY.actor, _ENTRY.role,
    _ENTRY.site_id, _ENTRY.at, _ENTRY.reason_code, _ENTRY.reason_text, _ENTRY.payload,
)  # fmt: skip
_CHAIN = Prepared(
    select(*_COLUMNS)
    .where(
        _ENTRY.study_id == bindparam("study"), _ENTRY.chain == bindparam("chain"), _ENTRY.n <= bindparam("n")
    )
    .order_by(_ENTRY.n)
)
_ITEM_KINDS = frozenset({EntryKind.ITEM_SET.value, EntryKind.DERIVED_SET.value})


class _SubjectReader:
    """Folds one chain and keeps the history of each item; the last record of an item is its current value.

    Items are kept apart from the other rows: there are a hundred of them to each, and nothing else looks at them.
    """

    def __init__(self, at: StudyAtCut, chain: str, withheld: frozenset[str]) -> None:
        self._at = at
        self._chain = chain
        self._withheld = withheld
        self._tables = Tables()
        self._history: dict[str, list[AuditRecord]] = {}
        self._standards: dict[str, Mapping[str, str]] = {}
        self._site_times: dict[str, Mapping[str, str]] = {}
        self._source: dict[str, Any] = {}
        self._form_sources: dict[str, Any] = {}
        self._signed_at: dict[str, str] = {}  #: place to the number of the site it was signed at

    def take(self, rows: Iterable[Any]) -> None:
        """Fold the next entries of the chain."""
        history, site_numbers, withheld = self._history, self._at.site_numbers, self._withheld
        standards, site_times = self._standards, self._site_times
        for n, op, kind, path, version, actor, role, site_id, at, code, text, stored in rows:
            payload = orjson.loads(stored)
            if kind not in _ITEM_KINDS:
                facts = EntryFacts(
                    self._at.cut.study_id, self._chain, n, kind, path, version, actor, role, at, text, payload
                )
                self._take_other(facts)
                if kind == EntryKind.SIGN_SET.value:
                    self._signed_at[path] = site_numbers.get(site_id, "")
                continue
            if withheld and _oid_of(path.rpartition("/")[2]) in withheld:
                continue
            raw, value, missing = payload["raw"], payload["value"], payload["missing"]
            if payload["version"] == 1:
                transaction = "Insert"
            else:
                is_blank = value is None and not missing and not raw and "redacted" not in payload
                transaction = "Remove" if is_blank else "Update"
            record = AuditRecord(
                transaction,
                raw,
                value,
                missing,
                payload["unit"],
                payload["parsed"],
                actor,
                role,
                site_numbers.get(site_id, ""),
                at,
                f"{code}; {text}" if code and text else code or text,
                f"{n}/{op}",
                payload["source"],
            )
            if payload["standard"] or path in standards:
                standards[path] = payload["standard"] or NOTHING
            if "site_time" in payload or path in site_times:
                site_times[path] = payload.get("site_time", NOTHING)
            known = history.get(path)
            if known is None:
                history[path] = [record]
            else:
                known.append(record)

    def _take_other(self, facts: EntryFacts) -> None:
        self._tables.apply((facts,))
        if facts.kind == EntryKind.SUBJECT_ADD.value:
            self._source = facts.payload.get("source", {})
        elif facts.kind == EntryKind.FORM_STATUS.value and facts.payload.get("source"):
            self._form_sources[facts.path] = facts.payload["source"]

    def subject(self, counts: Counts, *, unlocked: bool, with_removed: bool) -> ExportSubject | None:
        row = next(iter(self._tables.rows["subject"].values()))
        subject = Subject(
            row["study_id"], row["subject_id"], row["subject_key"], row["site_id"], row["status"]
        )
        book = casebook_of(subject, self._tables)
        book.above = above(self._at.study, subject.site_id)
        items = self._items_by_form(book)
        signed = [signature_of(row) for row in self._tables.rows["signature"].values()]
        forms = []
        for path, form in book.forms.items():
            protection = book.protection(path)
            if not unlocked and protection is not Protection.LOCKED:
                counts.left_out["forms not locked"] += 1
                continue
            status = EntryStatus.REMOVED if book.is_removed(path) else form.status
            if status is EntryStatus.REMOVED and not with_removed:
                counts.left_out["forms removed"] += 1
                continue
            rows = tuple(
                (row_path, book.is_removed(row_path))
                for row_path in book.groups
                if row_path.form_path == path
            )
            counts.left_out["struck rows"] += sum(removed for _, removed in rows)
            forms.append(
                ExportForm(
                    path,
                    form.meta_data_version,
                    status.value,
                    protection.value,
                    rows,
                    tuple(items.get(str(path), ())),
                    self._form_sources.get(str(path), {}),
                    state_at(path, signed).value,
                )
            )
        started = {path.event for path in book.forms}
        events = tuple(
            p for p, event in book.events.items() if not event.removed and p.event not in started and unlocked
        )
        not_done = {
            path: event.reason
            for path, event in book.events.items()
            if event.not_done
            and not event.removed
            and (unlocked or book.protection(path) is Protection.LOCKED)
        }
        if not (forms or events or not_done or unlocked):
            return None
        scope = {form.path for form in forms}
        queries = tuple(
            query
            for query in sorted(book.queries.values(), key=lambda q: (q.opened_at, q.query_id))
            if query.path.item not in self._withheld
            and not (self._at.of_site and query.state is QueryState.CANDIDATE)
            and (unlocked or (query.path.form is not None and query.path.form_path in scope))
        )
        number = self._at.site_numbers.get(subject.site_id, "")
        return ExportSubject(
            subject.subject_key,
            number,
            subject.status,
            tuple(forms),
            queries,
            events,
            self._source,
            not_done,
            tuple(
                self._signature(one)
                for one in sorted(signed, key=lambda one: str(one.path))
                if any(one.path.contains(form) for form in scope)
            ),
        )

    def _signature(self, one: Signature) -> ExportSignature:
        site = self._signed_at.get(str(one.path), "")
        return ExportSignature(
            one.path, one.state.value, one.actor, one.full_name, one.role, one.at, one.zone, one.meaning, site,
            one.sha256,
        )  # fmt: skip

    def _items_by_form(self, book: Casebook) -> dict[str, list[ExportItem]]:
        found: dict[str, list[ExportItem]] = {}
        struck = {str(path) for path, row in book.groups.items() if row.removed}
        reviews: dict[str, tuple[ReviewMark, ...]] = {}
        for mark in sorted(book.marks.values(), key=lambda mark: mark.group.value):
            reviews[str(mark.path)] = (*reviews.get(str(mark.path), ()), mark)
        places: dict[str, tuple[list[ExportItem], tuple[Step, ...], bool]] = {}
        for path, history in self._history.items():
            place, _, item = path.rpartition("/")
            known = places.get(place)
            if known is None:
                form_path = form_path_of(path)
                known = places[place] = (
                    found.setdefault(form_path, []),
                    path_of(place).groups,
                    bool(struck) and _is_struck(place, struck),
                )
            inside, groups, removed = known
            last = history[-1]
            inside.append(
                ExportItem(
                    groups,
                    _oid_of(item),
                    last.raw,
                    last.value,
                    last.missing,
                    last.unit,
                    last.reading,
                    removed,
                    tuple(history),
                    self._standards.get(path, NOTHING),
                    self._site_times.get(path, NOTHING),
                    reviews.get(path, ()),
                )
            )
        return found


def _is_struck(place: str, struck: set[str]) -> bool:
    return any(place == row or place.startswith(row + "/") for row in struck)


@lru_cache(maxsize=16384)
def _oid_of(encoded: str) -> str:
    return decode(encoded)
