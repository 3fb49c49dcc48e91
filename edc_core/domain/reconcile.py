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


Step = Open | Reopen | Resolve


def reconcile(
    queries: Iterable[Query],
    findings: Iterable[Found],
    *,
    covers: Callable[[Query], bool],
    may_open: bool,
    gone: Callable[[Query], bool] = lambda query: False,
) -> list[Step]:
    """Decide what happens to system queries after checks ran.

    :param covers: whether the checks that ran would have found again what this query is about.
    :param may_open: the form is Complete; before that, findings are messages.
    :param gone: whether the query's place was struck or removed.

    A finding that is back after Resolved reopens its query. After a person's Closed or Cancelled it stays silent
    while the fingerprint is the same.
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
        elif query.state not in _STAYS_SILENT or query.fingerprint != found.fingerprint:
            steps.append(Reopen(query, found))
    for identity, query in by_identity.items():
        if not query.is_unfinished or identity in standing:
            continue
        if gone(query):
            steps.append(Resolve(query, "The row or form it asked about was struck or removed."))
        elif covers(query):
            steps.append(Resolve(query, "The data no longer meet the check."))
    return steps
