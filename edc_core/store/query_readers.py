"""Queries of a subject as the domain's frozen pictures, with their threads and without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, select

from edc_core.domain.query import Query, QueryMessage, QuerySource, QueryState
from edc_core.store.query_tables import query, query_message
from edc_core.store.row_places import of_form, of_subject, path_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from edc_core.domain.casebook import Subject
    from edc_core.domain.item_path import ItemPath

MESSAGE_COLUMNS = ("n", "actor", "role", "at", "text", "state")

#: Columns that a query holds as they are.
_OF_QUERY = (
    "query_id", "text", "check_oid", "finding_key", "fingerprint", "plugin", "author", "author_role", "opened_at",
    "state_at", "modified_after_close", "version", "recipient", "asked",
)  # fmt: skip


def query_of(row: Any, messages: Iterable[QueryMessage] = ()) -> Query:
    return Query(
        path=path_of(row["path"]),
        state=QueryState(row["state"]),
        source=QuerySource(row["source"]),
        messages=tuple(messages),
        **{name: row[name] for name in _OF_QUERY},
    )


def message_of(row: Any) -> QueryMessage:
    return QueryMessage(row["n"], row["actor"], row["role"], row["at"], row["text"], row["state"])


_FORM_QUERIES = select(query).where(of_form(query)).order_by(query.c.opened_at, query.c.query_id)
#: Queries with their threads, a line for each message.
_THREADS = (
    select(query, *(query_message.c[name].label(f"message_{name}") for name in MESSAGE_COLUMNS))
    .outerjoin(
        query_message,
        and_(query_message.c.study_id == query.c.study_id, query_message.c.query_id == query.c.query_id),
    )
    .order_by(query.c.opened_at, query.c.query_id, query_message.c.n)
)
THREADS_OF_FORM, THREADS_OF_SUBJECT = _THREADS.where(of_form(query)), _THREADS.where(of_subject(query))


def form_queries(connection: Connection, subject_: Subject, form: ItemPath) -> dict[str, Query]:
    """Queries of a form without their threads."""
    values = {"study": subject_.study_id, "subject": subject_.subject_id, "form": str(form)}
    rows = connection.execute(_FORM_QUERIES, values).mappings()
    return {row["query_id"]: query_of(row) for row in rows}


_SUBJECT_QUERY = select(query).where(of_subject(query), query.c.query_id == bindparam("query"))


def subject_query(connection: Connection, subject_: Subject, query_id: str) -> Query | None:
    """One query of a subject without its thread."""
    values = {"study": subject_.study_id, "subject": subject_.subject_id, "query": query_id}
    row = connection.execute(_SUBJECT_QUERY, values).mappings().first()
    return query_of(row) if row is not None else None


_ONE_QUERY = select(query.c.query_id).where(
    query.c.study_id == bindparam("study"), query.c.query_id == bindparam("query")
)


def query_exists(connection: Connection, study_id: str, query_id: str) -> bool:
    """Whether any subject of the study has a query of this id."""
    return connection.execute(_ONE_QUERY, {"study": study_id, "query": query_id}).first() is not None


def form_threads(connection: Connection, subject_: Subject, form: ItemPath) -> dict[str, Query]:
    """Queries of a form with their threads."""
    values = {"study": subject_.study_id, "subject": subject_.subject_id, "form": str(form)}
    return read_threads(connection, THREADS_OF_FORM, values)


def read_threads(connection: Connection, statement: Any, values: dict[str, str]) -> dict[str, Query]:
    """Queries with their threads, by id. :param statement: ``THREADS_OF_FORM`` or ``THREADS_OF_SUBJECT``."""
    messages: dict[str, list[QueryMessage]] = {}
    asked: dict[str, dict[str, Any]] = {}
    for line in connection.execute(statement, values).mappings():
        thread = messages.setdefault(line["query_id"], [])
        asked.setdefault(line["query_id"], dict(line))
        if line["message_n"] is not None:
            thread.append(QueryMessage(*(line[f"message_{name}"] for name in MESSAGE_COLUMNS)))
    return {query_id: query_of(columns, messages[query_id]) for query_id, columns in asked.items()}
