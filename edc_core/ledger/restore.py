"""Puts the entries of an archived study back: the same bytes, then the heads of the chains and the rows that follow."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from edc_core.domain.ledger_entry import COLUMNS
from edc_core.ledger.append import write_projection
from edc_core.ledger.replay import entries, fold
from edc_core.store.ledger_tables import chain_head, ledger_entry
from edc_core.store.many_rows import insert_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

_AT_ONCE = 1000
_HEAD = ("study_id", "chain", "n", "hash", "at")
_OF_HEAD = tuple(map(COLUMNS.index, _HEAD))
_INSERT_ENTRY, _INSERT_HEAD = insert(ledger_entry), insert(chain_head)


def put_back(
    connection: Connection, rows: Iterator[tuple[Any, ...]], tell: Callable[[int], None] = lambda done: None
) -> None:
    """Write entries whose hashes were looked at: the guards of the database look at the links alone.

    Plugin checks count as done: they would ask again what the archive has answers to.

    :param rows: in the order of ``COLUMNS``, each chain from its first entry on. :param tell: how many are written.
    """
    heads: dict[tuple[str, str], tuple[Any, ...]] = {}
    done = 0
    while batch := list(islice(rows, _AT_ONCE)):
        insert_rows(connection, _INSERT_ENTRY, COLUMNS, batch)
        for row in batch:
            head = tuple(row[at] for at in _OF_HEAD)
            heads[head[0], head[1]] = (*head, head[2])
        done += len(batch)
        tell(done)
    insert_rows(connection, _INSERT_HEAD, (*_HEAD, "checks_n"), list(heads.values()))
    for study_id, chain in heads:
        write_projection(connection, fold(entries(connection, study_id, chain)))
