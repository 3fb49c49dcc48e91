"""Findings against queries: what to open, resolve and reopen. One unfinished query per (check, finding key, path)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.domain.finding import Severity
from edc_core.domain.query import QueryState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edc_core.domain.finding import Found
    from edc_core.domain.query import Query

_STAYS_SILENT = frozenset({QueryState.CLOSED, QueryState.CANCELLED})
NO_FINDING = (
    "none"  #: fingerprint of a query that came closed from another system and whose check asks nothing here
)


@dataclass(frozen=True, slots=True)
class Open:
    found: Found


@dataclass(frozen=True, slots=True)
class Reopen:
    query: Query
    found: Found


@dataclass(frozen=True, slots=True)
class Resolve:
    query: Query
    reason: str


@dataclass(frozen=True, slots=True)
class Recognise:
    """Note what a query that an import brought closed was about: from then on it is as any other."""

    query: Query
    fingerprint: str


Step = Open | Reopen | Resolve | Recognise


def reconcile(
    queries: Iterable[Query],
    findings: Iterable[Found],
    *,
    covers: Callable[[Query], bool],
    may_open: bool,
    gone: Callable[[Query], bool] = lambda query: False,
    retired: Callable[[Query], bool] = lambda query: False,
) -> list[Step]:
    """Decide what happens to system queries after checks ran.

    :param covers: whether the checks that ran would have found again what this query is about.
    :param may_open: the form is Complete; before that, findings are messages.
    :param gone: whether the query's place was struck or removed.
    :param retired: whether the version that its form has now no longer has its check.

    A finding that is back after Resolved reopens its query. After a person's Closed or Cancelled it stays silent
    while the fingerprint is the same; one that was brought closed has none yet and takes that of the first look.
    """
    by_identity = {(q.check_oid, q.finding_key, str(q.path)): q for q in queries if q.is_system}
    steps: list[Step] = []
    standing: set[tuple[str, str, str]] = set()
    for found in findings:
        if found.severity is not Severity.QUERY or found.identity in standing:
            continue
        standing.add(found.identity)
        query = by_identity.get(found.identity)
        if not may_open or (query is not None and query.is_unfinished):
            continue
        if query is None:
            steps.append(Open(found))
        elif _is_new_here(query):
            steps.append(Recognise(query, found.fingerprint))
        elif query.state not in _STAYS_SILENT or query.fingerprint != found.fingerprint:
            steps.append(Reopen(query, found))
    for identity, query in by_identity.items():
        if may_open and identity not in standing and _is_new_here(query) and covers(query):
            steps.append(Recognise(query, NO_FINDING))
        if not query.is_unfinished or identity in standing:
            continue
        if gone(query):
            steps.append(Resolve(query, "The row, form or visit it asked about was struck or removed."))
        elif retired(query):
            steps.append(Resolve(query, "This version of the study no longer has the check."))
        elif covers(query):
            steps.append(Resolve(query, "The data no longer meet the check."))
    return steps


def _is_new_here(query: Query) -> bool:
    return query.state in _STAYS_SILENT and not query.fingerprint
