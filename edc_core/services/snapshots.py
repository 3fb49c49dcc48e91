"""Snapshots: states of a study kept under a name for good, what each stands on, and whether it is still as it was kept."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson

from edc_core import __version__
from edc_core.domain import metadata_json
from edc_core.domain.dataset import KeptState
from edc_core.domain.exports import Snapshot
from edc_core.domain.ledger_entry import STUDY_CHAIN, EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.errors import AlreadyExists, BadRequest, NotFound
from edc_core.ledger import cut
from edc_core.ledger.append import Effect
from edc_core.services.history import who
from edc_core.services.operation import once, open_study
from edc_core.store import listing_queries, readers
from edc_core.store.listing import Scope

if TYPE_CHECKING:
    from edc_core.domain.study_commands import KeepSnapshot
    from edc_core.ledger.cut import Cut
    from edc_core.services.operation import Operation
    from edc_core.services.reading import StudyPicture

NOW = "now"
#: ``now`` is the state that nobody has kept, and 64 digits are the root of a cut.
NAME = re.compile(r"(?!(?:now|[0-9a-f]{64})$)[^\W_](?:[\w .()+-]{0,78}[\w.()+-])?", re.IGNORECASE)


@once(open_study)
def keep_snapshot(operation: Operation, command: KeepSnapshot) -> dict[str, Any]:
    """Keep the present state under a name, with what it stands on. The same name for the same state changes nothing.

    :returns: ``{"root", "chains"}``. :raises BadRequest: no name for a state.
    :raises AlreadyExists: the name is of another state, or the state has another name.
    """
    uow, study_id, name = operation.uow, command.study_id, command.name
    operation.require(Action.SNAPSHOT, Place.every_site(study_id))
    if not NAME.fullmatch(name):
        raise BadRequest("Give it a name of 1 to 80 letters, digits, spaces and . - _ ( ) +, and not 'now'.")
    taken = cut.present_data(uow.connection, study_id)
    known = {one.name: one.root for one in listing_queries.kept_cuts(uow.connection, study_id)}
    if known.get(name, taken.root) != taken.root:
        raise AlreadyExists(f"There is a snapshot '{name}' of another state.")
    if name not in known:
        if other := next((one for one, root in known.items() if root == taken.root), ""):
            raise AlreadyExists(f"This state is kept already, as snapshot '{other}'.")
        cut.keep(uow.connection, taken, name=name)
        versions = uow.versions.all(uow.connection, study_id)
        payload = {
            "root": taken.root, "leaves": len(taken.vector), "entries": _about_subjects(taken), "name": name,
            "software": __version__,
            "definitions": {oid: metadata_json.sha256(index.version) for oid, index in versions.items()},
        }  # fmt: skip
        operation.record([Effect(EntryKind.CUT_CREATE, "", payload)])
    return {"root": taken.root, "chains": len(taken.vector)}


def snapshots(picture: StudyPicture) -> tuple[Snapshot, ...]:
    """See ``SnapshotDesk.all``: four statements, and one for each state whose entry does not say how much it holds."""
    _require(picture)
    connection, study_id = picture.source.connection, picture.study.study_id
    said = _said(picture)
    names = listing_queries.full_names(connection, (row.actor for row, _ in said.values()))
    now = cut.present_cut(connection, study_id)
    found = [Snapshot(NOW, now.root, now.at, _about_subjects(now))]
    for kept in listing_queries.kept_cuts(connection, study_id):
        row, payload = said.get(kept.name, (None, {}))
        entries = payload.get("entries")
        if entries is None:  # an earlier release kept it
            entries = _about_subjects(cut.find(connection, study_id, kept.root))
        by = names.get(row.actor) or who(row.actor) if row else ""
        found.append(Snapshot(kept.name, kept.root, kept.at, entries, row.at if row else "", by, payload))
    return tuple(found)


def state(picture: StudyPicture, name: str) -> KeptState:
    """See ``SnapshotDesk.state``: two statements."""
    _require(picture)
    connection, study_id = picture.source.connection, picture.study.study_id
    if name == NOW:
        taken = replace(cut.present_cut(connection, study_id), name=NOW)
    else:
        taken = cut.find(connection, study_id, name)
    published = cut.published_within(connection, taken)
    return KeptState(taken.root, taken.name, taken.at, _positions(taken), published)


def problems(picture: StudyPicture, name: str) -> tuple[str, ...]:
    """See ``SnapshotDesk.problems``. Every entry of the study is read and hashed again."""
    from edc_core.ledger.replay import entries, fold
    from edc_core.ledger.verify import Report, compare_chain, verify_state, walk_chains

    _require(picture)
    connection, study_id = picture.source.connection, picture.study.study_id
    said, upto = _said(picture), dict[str, int]()
    if name in said:
        root = said[name][1]["root"]
        with suppress(NotFound):  # which is said below
            upto = _positions(cut.find(connection, study_id, name))
    else:
        kept = cut.find(connection, study_id, name)
        root, upto = kept.root, _positions(kept)
    report = Report()
    walk_chains(connection, report, study_id)
    if STUDY_CHAIN not in {one.chain for one in report.problems}:  # its definitions follow from it
        compare_chain(
            connection, report, study_id, STUDY_CHAIN, fold(entries(connection, study_id, STUDY_CHAIN))
        )
    verify_state(connection, report, study_id, root, "snapshot", f"kept as '{name}'")
    keys = {one.subject_id: one.subject_key for one in readers.all_subjects(connection, study_id)}
    first = {one.chain: one for one in reversed(report.problems) if one.n <= upto.get(one.chain, 0)}
    return tuple(f"{keys.get(one.chain, 'The study')}: {one.text}" for one in reversed(first.values()))


def _require(picture: StudyPicture) -> None:
    picture.actor.role_for(Action.EXPORT_LOCKED, Place.every_site(picture.study.study_id))


def _said(picture: StudyPicture) -> dict[str, tuple[Any, dict[str, Any]]]:
    """Entries that kept a state under a name, each with its payload, by that name."""
    wanted = listing_queries.TrailFilter(kinds=(EntryKind.CUT_CREATE.value,))
    scope, connection = Scope(picture.study.study_id, frozenset()), picture.source.connection
    rows = listing_queries.entries(connection, scope, STUDY_CHAIN, wanted, limit=100_000)
    said = ((row, orjson.loads(row.payload)) for row in rows)
    return {payload["name"]: (row, payload) for row, payload in said if payload["name"]}


def _about_subjects(taken: Cut) -> int:
    return sum(n for chain, n, _ in taken.vector if chain != STUDY_CHAIN)


def _positions(taken: Cut) -> dict[str, int]:
    return {chain: n for chain, n, _ in taken.vector}
