"""What the archive of a whole study holds beside its data and its trail: the states that are kept in it, and every file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from edc_core.domain.dataset import KeptState
from edc_core.domain.permission import Action, Actor, Grant, Role
from edc_core.ledger import cut, site_chains
from edc_core.store import file_entries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.domain.dataset import ExportDataset
    from edc_core.domain.file_value import FileValue
    from edc_core.ledger.cut import Cut
    from edc_core.store.unit_of_work import Source


def archivist(study_id: str) -> Actor:
    """Nobody, who sees candidates for queries and what is blinded: an archive is the same whoever makes it."""
    more = frozenset({Action.VIEW_BLINDED, Action.VIEW_IDENTIFYING})
    return Actor("", grants=(Grant(study_id, Role.DM, more=more),))


def whole(data: ExportDataset, source: Source, taken: Cut) -> ExportDataset:
    """The dataset with the states that are kept, and with the names of who wrote in the study alone."""
    wrote = site_chains.writers(source.connection, taken.study_id, _positions(taken))

    def kept() -> Iterator[KeptState]:
        for one in cut.kept_within(source.connection, taken):
            yield KeptState(one.root, one.name, one.at, _positions(one))

    users = {login: name for login, name in data.users.items() if login in wrote}
    return replace(data, users=users, kept=kept)


def every_file(source: Source, taken: Cut, written: Mapping[str, Mapping[str, Any]]) -> Iterator[FileValue]:
    """Files that the trail names and no file of the archive is: sent and never made a value, or of a value that was changed.

    :param written: facts of what is in the archive already.
    """
    there, upto = {facts.get("sha256") for facts in written.values()}, _positions(taken)
    for entry in file_entries.every(source.connection, taken.study_id):
        if entry.n <= upto.get(entry.chain, 0) and entry.file.sha256 not in there:
            yield entry.file


def _positions(taken: Cut) -> dict[str, int]:
    return {chain: n for chain, n, _ in taken.vector}
