"""Queries out of our own flags: one annotation for each message of a thread."""

from __future__ import annotations

from datetime import datetime, timedelta

from edc_core.api import (
    BadRequest,
    ImportedQuery,
    ItemPath,
    Query,
    QueryMessage,
    QuerySource,
    QueryState,
)
from edc_core_odm.problems import ProblemLog
from edc_core_odm.read_marks import Marks

Flags = dict[str, str]


def queries_of(marks: Marks, path: str, log: ProblemLog) -> tuple[list[ImportedQuery], list[Flags]]:
    """The queries that stand at one element, and the messages of those that cannot be told, as they were found."""
    threads: dict[str, list[tuple[Flags, int]]] = {}
    for flags, line in zip(marks.own, marks.lines, strict=True):
        if "QUERY" in flags:
            threads.setdefault(flags["QUERY"], []).append((flags, line))
    live: list[ImportedQuery] = []
    kept: list[Flags] = []
    for query_id, thread in threads.items():
        try:
            query = _query(query_id, path, [flags for flags, _ in thread])
            live.append(ImportedQuery(query, thread[0][1]))
        except (BadRequest, ValueError) as failure:
            log.add("ODM041", thread[0][1], f"Query '{query_id}' was kept beside the data: {failure}")
            kept += [{"PATH": path} | flags for flags, _ in thread]
    return live, kept


def _query(query_id: str, path: str, thread: list[Flags]) -> Query:
    """:raises BadRequest, ValueError: the words say which flag cannot be read."""
    if not query_id:
        raise ValueError("it has no id.")
    about = thread[0]
    numbered = {_number(flags): flags for flags in thread}
    messages = tuple(_message(n, numbered[n]) for n in sorted(numbered) if n > 0)
    opening = numbered[min(numbered)]
    return Query(
        query_id,
        ItemPath.parse(about.get("PATH", path)),
        QueryState(about.get("STATE", "")),
        QuerySource(about.get("SOURCE", "")),
        opening.get("TEXT", ""),
        about.get("CHECK", ""),
        about.get("KEY", ""),
        author=about.get("AUTHOR", ""),
        author_role=opening.get("ROLE", ""),
        opened_at=_instant(opening.get("AT", "")),
        modified_after_close=about.get("MODIFIED") == "Yes",
        recipient=about.get("RECIPIENT", ""),
        messages=messages,
    )


def _message(n: int, flags: Flags) -> QueryMessage:
    return QueryMessage(
        n,
        flags.get("ACTOR", ""),
        flags.get("ROLE", ""),
        _instant(flags.get("AT", "")),
        flags.get("TEXT", ""),
        QueryState(flags["AFTER"]).value if "AFTER" in flags else "",
    )


def _number(flags: Flags) -> int:
    number = flags.get("MESSAGE", "0")
    if not (number.isascii() and number.isdecimal() and len(number) <= 9):
        raise ValueError(f"'{number}' is no number of a message.")
    return int(number)


def _instant(text: str) -> str:
    """The instant as the core spells it, UTC; empty for none."""
    if text:
        instant = datetime.fromisoformat(text)
        if instant.utcoffset() != timedelta():
            raise ValueError(f"'{text}' is no instant in UTC.")
    return text
