"""Queries that an import brings: live threads, each line with its author and time at the source.

They are in before the checks of the form are reconciled, so that a check finds its query and asks nothing twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from edc_core.domain.commands import SubjectCommand
from edc_core.domain.imported import ImportedQuery
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action
from edc_core.domain.protection import Touch, effective, require
from edc_core.domain.query import ASKED, GROUPS, QueryMessage, QueryState
from edc_core.ids import new_id
from edc_core.ledger.append import Effect
from edc_core.services.operation import open_subject
from edc_core.store import query_readers, readers

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.query import Query
    from edc_core.services.operation import SubjectOperation
    from edc_core.store.unit_of_work import UnitOfWork

_OUR_ID = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportQueries(SubjectCommand):
    """Queries about places that are not in a form of the same import."""

    queries: tuple[ImportedQuery, ...]


@dataclass(frozen=True, slots=True)
class Brought:
    """The entries that make queries live, and the queries as they then are."""

    effects: tuple[Effect, ...] = ()
    queries: tuple[Query, ...] = ()


def import_queries(uow: UnitOfWork, command: ImportQueries, *, version: str) -> None:
    """Bring in queries of any places of one subject.

    :param version: the MetaDataVersion the import states. :raises Protected: a place is locked.
    """
    operation = open_subject(uow, command)
    if operation.earlier is not None:
        return
    operation.require(Action.IMPORT_DATA)
    by_form: dict[ItemPath, list[ImportedQuery]] = {}
    for one in command.queries:
        path = one.query.path
        by_form.setdefault(path.form_path if path.form is not None else path, []).append(one)
    for form, queries in by_form.items():
        state = readers.form_state(uow.connection, operation.subject, form)
        for one in queries:
            require(effective(one.query.path, state.protections, state.above), Touch.QUERY)
        present = query_readers.form_queries(uow.connection, operation.subject, form)
        threads = brought(operation, queries, present.values())
        used = state.form.meta_data_version if state.form else version
        operation.record(threads.effects, meta_data_version=used)
    operation.finish({})


def brought(
    operation: SubjectOperation, queries: Sequence[ImportedQuery], present: Collection[Query]
) -> Brought:
    """What queries of a file become where the queries ``present`` are. One that is there already stays as it is."""
    ids = {query.query_id for query in present}
    asked = {(q.check_oid, q.finding_key, q.path) for q in present if q.is_system}
    effects: list[Effect] = []
    live: list[Query] = []
    for one in queries:
        query = one.query
        identity = (query.check_oid, query.finding_key, query.path)
        if query.query_id in ids or (query.is_system and identity in asked):
            continue
        asked.add(identity)
        ids.add(query.query_id)
        query_id = _free_id(operation, query.query_id)
        thread = query.messages or (_opening(query),)
        effects += _entries(query, query_id, thread)
        live.append(replace(query, query_id=query_id, version=len(thread)))
    return Brought(tuple(effects), tuple(live))


def _free_id(operation: SubjectOperation, query_id: str) -> str:
    """The source's own id where it is one of ours and nobody else here has it: then it is the same query."""
    if _OUR_ID.fullmatch(query_id) is None:
        return new_id()
    study_id = operation.command.study_id
    return new_id() if query_readers.query_exists(operation.uow.connection, study_id, query_id) else query_id


def _opening(query: Query) -> QueryMessage:
    return QueryMessage(1, query.author, query.author_role, query.opened_at, query.text, query.state.value)


def _entries(query: Query, query_id: str, thread: Sequence[QueryMessage]) -> list[Effect]:
    """The opening and a change of state for each further line; the last leaves the query in its state."""
    effects = []
    asked = thread[0].state != QueryState.CANDIDATE or any(message.state in ASKED for message in thread)
    for version, message in enumerate(thread, start=1):
        is_last = version == len(thread)
        payload: dict[str, Any] = {
            "query_id": query_id,
            "state": query.state.value if is_last or not message.state else message.state,
            "text": message.text,
            "imported": {
                "query_id": query.query_id, "actor": message.actor, "role": message.role, "at": message.at,
            },
        }  # fmt: skip
        if version == 1:
            payload |= {
                "source": query.source.value,
                "check_oid": query.check_oid,
                "finding_key": query.finding_key,
                "fingerprint": "",
                "plugin": "",
            }
        else:
            payload["version"] = version
        if not asked:
            payload["asked"] = False
        if is_last and query.modified_after_close:
            payload["modified_after_close"] = True
        if is_last and query.recipient in GROUPS:
            payload["recipient"] = query.recipient
        kind = EntryKind.QUERY_OPEN if version == 1 else EntryKind.QUERY_STATE
        effects.append(Effect(kind, str(query.path), payload, origin="import"))
    return effects
