"""Many rows by the driver's own ``executemany``: SQLAlchemy writes the statement once and then stands aside.

Making each row's parameters anew was a third of what an append costs besides the database.
"""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection, Dialect
    from sqlalchemy.sql.expression import Insert

Row = dict[str, Any]


def insert_rows(connection: Connection, statement: Insert, rows: Sequence[Row]) -> None:
    """Carry out an INSERT for rows that all name the same columns.

    :param statement: kept by the caller, the same object each time.
    """
    text, arranged = _ready(statement, connection.dialect, tuple(rows[0]))
    connection.exec_driver_sql(text, arranged(rows[0]) if len(rows) == 1 else [arranged(row) for row in rows])


@lru_cache(maxsize=256)
def _ready(
    statement: Insert, dialect: Dialect, columns: tuple[str, ...]
) -> tuple[str, Callable[[Row], tuple[Any, ...] | Mapping[str, Any]]]:
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(columns))
    left_out = set(compiled.binds) - set(columns)
    assert not left_out, f"rows of {compiled.statement.table.name} lack {left_out}"
    return str(compiled), itemgetter(*compiled.positiontup) if compiled.positional else dict
