"""Statements of the hot path, handed to the database driver as they are.

SQLAlchemy writes a statement once for each dialect; carrying it out, it makes a context, a result and rows of its own
each time, which costs a save more than the database does (explanation: core-not-orm).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Dialect, Executable


class Prepared:
    """A statement with named parameters, written when first needed and kept.

    Its values and rows are what the driver takes and gives: texts, whole numbers and nothing.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._written: dict[str, _Written] = {}

    def send(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Carry it out with these values.

        :returns: the driver's cursor.
        :raises DBAPIError: its subclass, as from ``Connection.execute``.
        """
        dialect = connection.dialect
        written = self._written.get(dialect.name)
        if written is None:
            written = self._written[dialect.name] = _Written(self._statement, dialect)
        return send(connection, written.text, written.arranged(values))

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Carry it out and fetch all rows, as tuples in the order of its columns."""
        found: list[tuple[Any, ...]] = self.send(connection, values).fetchall()
        return found


class _Written:
    """A statement in the words of a dialect, and its parameters in the order the driver wants them."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        assert not compiled._bind_processors, "a value that is not the driver's own"
        assert not compiled.post_compile_params, "parameters that multiply"
        self.text = str(compiled)
        self._names: Sequence[str] | None = compiled.positiontup if compiled.positional else None
        self._fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}

    def arranged(self, values: Mapping[str, Any]) -> Any:
        if self._fixed:
            values = {**self._fixed, **values}
        return values if self._names is None else tuple([values[name] for name in self._names])


def send(connection: Connection, text: str, parameters: Any, *, many: bool = False) -> Any:
    """Have the driver carry out a statement within the connection's transaction.

    Whoever listens to the engine's statements hears of it: then it goes the usual way.

    :returns: the driver's cursor, or what has its ``rowcount`` and ``fetchall``.
    :raises DBAPIError: its subclass, as from ``Connection.execute``; a lost connection is given up as there.
    """
    if connection.engine.dispatch.before_cursor_execute:
        heard = connection.exec_driver_sql(text, parameters)
        return heard if heard.rowcount >= 0 else heard.context.cursor  # a closed cursor forgets its count
    proxied = connection.connection
    cursor = proxied.cursor()
    try:
        if many:
            cursor.executemany(text, parameters)
        else:
            cursor.execute(text, parameters)
    except connection.dialect.dbapi.Error as error:  # type: ignore[union-attr]
        dialect, errors = connection.dialect, connection.dialect.dbapi.Error  # type: ignore[union-attr]
        lost = dialect.is_disconnect(error, proxied.dbapi_connection, cursor)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            text, None, error, errors, hide_parameters=True, connection_invalidated=lost, dialect=dialect
        ) from error
    return cursor
