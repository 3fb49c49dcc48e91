"""What of a state belongs to one site, as the site's investigator sees it: everything in the copy comes through here."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edc_core.domain.index import MetaDataIndex
from edc_core.domain.ledger_entry import STUDY_CHAIN
from edc_core.domain.matrix_change import MatrixChange
from edc_core.domain.permission import Actor, Grant, Role
from edc_core.domain.site_copy import concerns
from edc_core.errors import NotFound
from edc_core.ledger import cut, site_chains
from edc_core.store import readers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from edc_core.domain.dataset import AnchoredState, ExportDataset, TrailEntry
    from edc_core.ledger.cut import Cut
    from edc_core.ledger.study_at_cut import StudyAtCut
    from edc_core.store.readers import SiteRow
    from edc_core.store.unit_of_work import Source


@dataclass(frozen=True, slots=True)
class SiteScope:
    """:param reader: stands for the investigator: what the matrix of the study lets that role see at this site.

    :param positions: chains of the site's subjects, each to the entry that is the site's last.
    """

    site: SiteRow
    reader: Actor
    positions: Mapping[str, int]
    cut: Cut

    def narrow(self, at: StudyAtCut) -> StudyAtCut:
        """The study with this site and its subjects alone."""
        own = {number: site for number, site in at.sites.items() if number == self.site.number}
        subjects = [
            (key, chain, self.positions[chain]) for key, chain, _ in at.subjects if chain in self.positions
        ]
        paused = tuple(
            one | {"sites": list(own) if one["sites"] else []}
            for one in at.paused
            if not one["sites"] or self.site.number in one["sites"]
        )
        return replace(at, sites=own, subjects=subjects, imported=(), paused=paused, of_site=True)

    def version(self, index: MetaDataIndex) -> MetaDataIndex:
        """A definition without the other sites that it names."""
        version, number = index.version, self.site.number
        rules = tuple(
            replace(rule, sites=tuple(one for one in rule.sites if one == number))
            for rule in version.review_plan
            if not rule.sites or number in rule.sites
        )
        own = tuple(site for site in version.sites if site.number == number)
        return MetaDataIndex(replace(version, sites=own, review_plan=rules))

    def narrowed(self, data: ExportDataset, source: Source) -> ExportDataset:
        """The dataset with its definitions, and the people who wrote in these casebooks."""
        wrote = site_chains.writers(source.connection, self.site.study_id, self.positions)
        return replace(
            data,
            versions={oid: self.version(index) for oid, index in data.versions.items()},
            users={login: name for login, name in data.users.items() if login in wrote},
        )

    def trail_cut(self, source: Source) -> Cut:
        """The chains whose trail is in the copy, as a state of their own: those of the subjects, and that of the study."""
        vector = []
        for chain, n, digest in self.cut.vector:
            own = n if chain == STUDY_CHAIN else self.positions.get(chain, 0)
            if own:
                left = (
                    site_chains.hash_at(source.connection, self.cut.study_id, chain, own)
                    if own < n
                    else digest
                )
                vector.append((chain, own, left))
        root = cut.merkle_root(self.cut.study_id, vector)
        return replace(self.cut, root=root, vector=tuple(vector))

    def of_anchors(self, source: Source, states: Iterable[AnchoredState]) -> Iterator[AnchoredState]:
        """Of each state the chains of the copy: each position once, with what leads from it to the root that was anchored.

        Hashes alone stand for all other chains. A subject that moved on has one position more than the copy has entries.
        """
        last, known = {STUDY_CHAIN: self.cut.study_n, **self.positions}, dict[str, int]()
        for state in states:
            if not state.root:
                yield state
                continue
            vector = cut.find(source.connection, state.study_id, state.root).vector if state.positions else ()
            then = {chain: min(n, last[chain] + 1) for chain, n, _ in vector if chain in last}
            moved = {chain for chain, n in then.items() if known.get(chain) != n}
            known |= then
            here = [chain for chain in moved if known[chain] <= last[chain]]
            paths = cut.audit_paths(state.study_id, vector, here) if here else {}
            yield state._replace(positions=dict(known), paths=paths)

    def of_trail(self, entries: Iterator[TrailEntry]) -> Iterator[TrailEntry]:
        """Of entries of the study's chain that speak of another site, the links alone."""
        for entry in entries:
            columns = entry.columns
            foreign = columns["chain"] == STUDY_CHAIN and not (
                "payload" in columns
                and concerns(str(columns["kind"]), json.loads(str(columns["payload"])), self.site.site_id)
            )
            if not foreign:
                yield entry
                continue
            links = {name: columns[name] for name in ("study_id", "chain", "n", "prev", "hash")}
            yield entry._replace(columns=links, site_number="", who="", role="", where="", what="", reason="")


def scope_of(source: Source, taken: Cut, number: str) -> SiteScope:
    """:raises NotFound: the study has no site of this number."""
    sites = readers.sites(source.connection, taken.study_id)
    site = next((one for one in sites.values() if one.number == number), None)
    if site is None:
        raise NotFound(f"There is no site '{number}' in this study.")
    study = readers.study_by_id(source.connection, taken.study_id)
    more, less = MatrixChange.of(json.loads(study.permissions)).for_role(Role.PI)
    grant = Grant(
        taken.study_id, Role.PI, "sites", site_ids=frozenset({site.site_id}), more=more, less=less,
        live=study.environment == "live",
    )  # fmt: skip
    upto = {chain: n for chain, n, _ in taken.vector}
    positions = site_chains.by_site(source.connection, taken.study_id, upto).get(site.site_id, {})
    reader = Actor(
        "", grants=(grant,), zone=site.zone, language=""
    )  # reads in the first language of the site
    return SiteScope(site, reader, positions, taken)
