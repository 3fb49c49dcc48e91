"""Statements sent together: PostgreSQL answers a block of them at its end, which saves a round trip for each.

For statements that bring no rows and do not wait for one another. SQLite has no round trips: there each is carried out
as it comes.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

#: How many rows a statement changed while its block is not over.
UNKNOWN = -1


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Send what the block executes without waiting; an error of any statement is raised by its end at the latest.

    :raises DBAPIError: its subclass, as if the statement had been carried out alone.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    driver: Any = connection.connection.driver_connection
    errors = connection.dialect.dbapi.Error  # type: ignore[union-attr]
    try:
        with driver.pipeline():
            yield
    except errors as error:
        raise DBAPIError.instance(
            None, None, error, errors, hide_parameters=True, dialect=connection.dialect
        ) from error
