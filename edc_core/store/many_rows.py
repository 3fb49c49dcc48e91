"""Many rows by the driver's own ``executemany``: SQLAlchemy writes the statement once and then stands aside.

Making each row's parameters anew was a third of what an append costs besides the database.
"""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from edc_core.store.driver import send

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection, Dialect
    from sqlalchemy.sql.expression import Insert

Row = tuple[Any, ...]


def insert_rows(
    connection: Connection, statement: Insert, columns: tuple[str, ...], rows: Sequence[Row]
) -> None:
    """Carry out an INSERT for rows of values.

    :param statement: kept by the caller, the same object each time.
    :param columns: what the values of each row are, in their order.
    """
    text, arranged = _ready(statement, connection.dialect, columns)
    parameters = arranged(rows)
    many = len(parameters) > 1
    send(connection, text, parameters if many else parameters[0], many=many)


@lru_cache(maxsize=256)
def _ready(
    statement: Insert, dialect: Dialect, columns: tuple[str, ...]
) -> tuple[str, Callable[[Sequence[Row]], list[Any]]]:
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(columns))
    left_out = set(compiled.binds) - set(columns)
    assert not left_out, f"rows of {compiled.statement.table.name} lack {left_out}"

    def named(rows: Sequence[Row]) -> list[Any]:
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def placed(rows: Sequence[Row]) -> list[Any]:
        return list(map(itemgetter(*map(columns.index, compiled.positiontup)), rows))

    if not compiled.positional:
        return str(compiled), named
    return str(compiled), list if tuple(compiled.positiontup) == columns else placed
