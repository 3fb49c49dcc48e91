"""What follows a change of data, whatever its door: system queries, marks on closed queries.

Decision first (effects as data), then one ``record``: the caller appends these effects to its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from edc_core.domain.change import is_same
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.form_checks import EXCLUSIVE, LENGTH, REQUIRED, ROWS, UNREADABLE, check_oid
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.query import QueryAction, QuerySource, QueryState, transition
from edc_core.domain.reconcile import Open, Recognise, Reopen, reconcile
from edc_core.expressions.rules import rules_of
from edc_core.expressions.timing import WINDOW
from edc_core.ids import new_id
from edc_core.ledger.append import Effect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from edc_core.domain.casebook import GroupData, ItemData
    from edc_core.domain.finding import Found
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.metadata import Policy
    from edc_core.domain.query import Query
    from edc_core.domain.reconcile import Step

SYSTEM = "system"
NOT_APPLICABLE = "EDC.NOT_APPLICABLE"  #: a hidden item holds an answer
ALWAYS_CHECKED = frozenset({REQUIRED, UNREADABLE, LENGTH, EXCLUSIVE, ROWS, NOT_APPLICABLE, WINDOW})


class ValueChange(Protocol):
    """A value as it was and as it is, whoever changed it."""

    @property
    def before(self) -> ItemData | None: ...

    @property
    def after(self) -> ItemData: ...


def follow_declared(
    index: MetaDataIndex,
    form: ItemPath,
    find: Callable[[], Iterable[Found]],
    groups: Mapping[ItemPath, GroupData],
    queries: Iterable[Query],
    *,
    status: EntryStatus,
    language: str,
    retired: frozenset[str] = frozenset(),
    silent: frozenset[str] = frozenset(),
) -> list[Effect]:
    """Reconcile the queries of a form's declared checks with what the checks find now.

    :param find: looks; not called where nothing could follow: before Complete, and without queries.
    :param language: of what is asked: the site's own.
    :param retired: OIDs of checks that the form's version no longer has, after a migration.
    :param silent: OIDs of checks that are switched off: what they asked stays as it is.
    """
    known = list(queries)
    if status is not EntryStatus.COMPLETE and not known:
        return []
    assert form.form is not None
    declared = ALWAYS_CHECKED | {
        check_oid(placed.item, check)
        for placed in index.placed_items(form.form.oid)
        for check in placed.item.range_checks
    }
    declared = declared.difference(rules_of(index).after_commit.get(form.form.oid, ()), silent)
    removed = status is EntryStatus.REMOVED
    steps = reconcile(
        known,
        () if removed else [found for found in find() if found.check_oid not in silent],
        covers=lambda query: query.check_oid in declared,
        may_open=status is EntryStatus.COMPLETE,
        gone=lambda query: removed or is_struck(query.path, groups),
        retired=lambda query: query.check_oid in retired,
    )
    return [query_effect(step, language, index.version.policy) for step in steps]


def mark_modified(changes: Iterable[ValueChange], queries: Iterable[Query]) -> list[Effect]:
    """Queries that a person closed and whose value changes now are flagged ``modified_after_close``."""
    changed = {
        change.after.path
        for change in changes
        if change.before is not None and not is_same(change.before, change.after)
    }
    return [
        Effect(
            EntryKind.QUERY_STATE,
            str(query.path),
            {
                "query_id": query.query_id,
                "state": query.state.value,
                "version": query.version + 1,
                "text": "The value changed after this query was closed.",
                "modified_after_close": True,
            },
            actor=SYSTEM,
            role="",
        )
        for query in queries
        if query.state is QueryState.CLOSED and query.path in changed and not query.modified_after_close
    ]


def query_effect(step: Step, language: str, policy: Policy) -> Effect:
    """The entry that a step of the reconciliation becomes.

    :param policy: which checks propose what they would ask, for a data manager to decide.
    """
    if isinstance(step, Open):
        return open_effect(step.found, language, policy)
    query = step.query
    if isinstance(step, Recognise):
        payload = {
            "query_id": query.query_id,
            "state": query.state.value,
            "version": query.version,
            "fingerprint": step.fingerprint,
        }
    elif isinstance(step, Reopen):
        payload = {
            "query_id": query.query_id,
            "state": transition(query.state, _asks_anew(query, policy)).value,
            "version": query.version + 1,
            "text": step.found.message.in_language(language),
            "language": step.found.message.tag_for(language),
            "fingerprint": step.found.fingerprint,
            "plugin": step.found.plugin,
        }
    else:
        payload = {
            "query_id": query.query_id,
            "state": transition(query.state, QueryAction.RESOLVE).value,
            "version": query.version + 1,
            "text": step.reason,
        }
        if query.state is QueryState.CANDIDATE:
            payload["asked"] = False
    return Effect(EntryKind.QUERY_STATE, str(query.path), payload, actor=SYSTEM, role="")


def _asks_anew(query: Query, policy: Policy) -> QueryAction:
    """A question that the site knows comes back to it; one that it was never asked is decided once more."""
    proposes = policy.proposes(query.check_oid) and not query.asked
    return QueryAction.PROPOSE_ANEW if proposes else QueryAction.ASK_ANEW


def open_effect(found: Found, language: str, policy: Policy) -> Effect:
    state = QueryState.CANDIDATE if policy.proposes(found.check_oid) else QueryState.OPEN
    payload = {
        "query_id": new_id(),
        "state": state.value,
        "source": QuerySource.SYSTEM.value,
        "text": found.message.in_language(language),
        "language": found.message.tag_for(language),
        "check_oid": found.check_oid,
        "finding_key": found.key,
        "fingerprint": found.fingerprint,
        "plugin": found.plugin,
    }
    return Effect(EntryKind.QUERY_OPEN, str(found.path), payload, actor=SYSTEM, role="")


def is_struck(path: ItemPath, groups: Mapping[ItemPath, GroupData]) -> bool:
    return any((row := groups.get(place)) is not None and row.removed for place in path.ancestors())
