"""The ledger read back: the state of a chain at a position or at a time, by folding its entries."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select

from edc_core.domain.casebook import ITEM_FACTS, Casebook, EventData, FormData, GroupData, ItemData, Subject
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.ledger_entry import STUDY_CHAIN
from edc_core.domain.protection import Protection
from edc_core.errors import NotFound
from edc_core.ledger.append import facts_of, parse_payload
from edc_core.ledger.projection import ITEM_COLUMNS, Tables
from edc_core.store.ledger_tables import ledger_entry
from edc_core.store.mark_rows import mark_of
from edc_core.store.query_readers import message_of, query_of
from edc_core.store.row_places import path_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection

_ENTRIES = select(ledger_entry).order_by(ledger_entry.c.n)


_item_data = itemgetter(*map(ITEM_COLUMNS.index, ("path", *ITEM_FACTS)))


def entries(
    connection: Connection,
    study_id: str,
    chain: str,
    *,
    upto_n: int | None = None,
    upto_at: str | None = None,
) -> Iterator[Mapping[str, Any]]:
    """Entries of a chain in order, as mappings of their columns.

    :param upto_n: the last position wanted. :param upto_at: the last instant wanted (UTC ISO 8601).
    """
    statement = _ENTRIES.where(ledger_entry.c.study_id == study_id, ledger_entry.c.chain == chain)
    if upto_n is not None:
        statement = statement.where(ledger_entry.c.n <= upto_n)
    if upto_at is not None:
        statement = statement.where(ledger_entry.c.at <= upto_at)
    result = connection.execute(statement, execution_options={"yield_per": 5000})
    for row in result.mappings():
        yield cast("Mapping[str, Any]", row)


def fold(rows: Iterator[Mapping[str, Any]]) -> Tables:
    """The projection rows that follow from entries."""
    tables = Tables()
    tables.apply(facts_of(row, parse_payload(row["payload"])) for row in rows)
    return tables


def casebook_at(
    connection: Connection, study_id: str, subject_id: str, *, upto_n: int | None = None, upto_at: str | None = None
) -> Casebook:  # fmt: skip
    """A casebook as it was at a position of its chain, or at a time (then protections from above are of that time).

    :raises NotFound: the subject did not exist then.
    """
    tables = fold(entries(connection, study_id, subject_id, upto_n=upto_n, upto_at=upto_at))
    rows = list(tables.rows["subject"].values())
    if not rows:
        raise NotFound("This subject was not in the study at that time.")
    row = rows[0]
    subject = Subject(study_id, subject_id, row["subject_key"], row["site_id"], row["status"])
    book = casebook_of(subject, tables)
    if upto_at is not None:
        study = fold(entries(connection, study_id, STUDY_CHAIN, upto_at=upto_at))
        book.above = above(study, subject.site_id)
    return book


def above(study: Tables, site_id: str) -> tuple[Protection, ...]:
    """Protections of a site and its study among the rows of the chain ``@study``."""
    return tuple(
        Protection(row["state"]) for row in study.rows["protection"].values() if row["scope"] in ("", site_id)
    )


def casebook_of(subject: Subject, tables: Tables) -> Casebook:
    """The picture that folded rows make."""
    book = Casebook(subject)
    for row in tables.rows["event_data"].values():
        path, not_done = path_of(row["path"]), row["status"] == EntryStatus.NOT_DONE.value
        book.events[path] = EventData(path, row["removed"], not_done, row["reason"])
    for row in tables.rows["form_data"].values():
        path = path_of(row["path"])
        status = EntryStatus(row["status"])
        book.forms[path] = FormData(
            path, row["meta_data_version"], status, row["was_complete"], row["reason"], row["n"]
        )
    for row in tables.rows["group_data"].values():
        path = path_of(row["path"])
        book.groups[path] = GroupData(path, row["removed"], row["reason"])
    for text, *facts in map(_item_data, tables.items.values()):
        path = path_of(text)
        book.items[path] = ItemData(path, *facts)
    threads: dict[str, list[Any]] = {}
    for message in tables.rows["query_message"].values():
        threads.setdefault(message["query_id"], []).append(message_of(message))
    for row in tables.rows["query"].values():
        book.queries[row["query_id"]] = query_of(row, threads.get(row["query_id"], ()))
    for row in tables.rows["protection"].values():
        book.protections[path_of(row["path"])] = Protection(row["state"])
    for row in tables.rows["review_mark"].values():
        mark = mark_of(path_of(row["path"]), row)
        book.marks[mark.path, mark.group] = mark
    return book
