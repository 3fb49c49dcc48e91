"""Statements of the hot paths, written once per database: SQLAlchemy compiles them and then stands aside.

Finding the compiled form and making its parameters costs more than SQLite takes for the statement itself.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection, CursorResult
    from sqlalchemy.sql.base import Executable

_Made = tuple[str, dict[str, Any], "Callable[[Mapping[str, Any]], Any]"]


class Ready:
    """A statement whose values all come by name, as texts and whole numbers; so do its results.

    Neither are converted on the way: SQLite gives 0 and 1 for a Boolean. A list for ``IN`` has no fixed form, so it
    cannot stand here.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement: Any = statement
        self._made: dict[str, _Made] = {}

    def on(self, connection: Connection, **values: str | int) -> CursorResult[Any]:
        text, fixed, arranged = self._made.get(connection.dialect.name) or self._make(connection)
        return connection.exec_driver_sql(text, arranged(fixed | values))

    def _make(self, connection: Connection) -> _Made:
        compiled = self._statement.compile(dialect=connection.dialect)
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        names = compiled.positiontup
        arranged = dict if names is None else itemgetter(*names) if len(names) > 1 else _only(names[0])
        made = self._made[connection.dialect.name] = (str(compiled), fixed, arranged)
        return made


def _only(name: str) -> Callable[[Mapping[str, Any]], tuple[Any]]:
    return lambda values: (values[name],)
