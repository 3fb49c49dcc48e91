"""Engines for both databases, and the lock file that gives SQLite writers a fair queue across processes."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from edc_core.errors import EdcError, UnsafeSettings
from edc_core.store.disk import Disk
from edc_core.store.driver import send

if sys.platform == "win32":
    import portalocker
else:
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL, Engine


#: The databases this project is tested on.
BACKENDS = ("sqlite", "postgresql")
#: Our word in the address of a PostgreSQL database: ``on`` (the default) or ``off``.
PREPARED = "prepared_statements"
#: How long a thread keeps the interpreter while others wait, in seconds.
TURN_S = 0.0005


def _backend(url: str) -> str:
    """Which database a URL names; empty when it is no URL."""
    try:
        return make_url(url).get_backend_name()
    except ArgumentError:
        return ""


def make_engine(url: str) -> Engine:
    """An engine with the settings this project relies on.

    SQLite: WAL, foreign keys on, waits for the disk made by us (``store.disk``), and transactions begun by us (the
    driver's own begin is off, or an outer rollback would not undo a commit). PostgreSQL: statements that come again are prepared, unless the address
    says ``prepared_statements=off``: an old PgBouncer hands a session on without them. Both: what was sent with a statement is in no error text, for values must not get into logs.

    :raises UnsafeSettings: for an address of something else.
    """
    if _backend(url) not in BACKENDS:
        raise UnsafeSettings(
            "EDC_DATABASE_URL is no address of a database: sqlite:///FILE or postgresql://USER@HOST/NAME."
        )
    if url.startswith("sqlite"):
        engine = create_engine(
            url, hide_parameters=True, connect_args={"timeout": 30, "check_same_thread": False}
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    plain, settings = _postgres(url)
    return create_engine(plain, hide_parameters=True, pool_size=10, max_overflow=20, connect_args=settings)


def _postgres(url: str) -> tuple[URL, dict[str, Any]]:
    """The address without our own word in it, and what that word means to the driver."""
    address = make_url(url)
    prepares = address.query.get(PREPARED, "on")
    if prepares not in ("on", "off"):
        raise UnsafeSettings(f"In EDC_DATABASE_URL, {PREPARED} is on or off.")
    return address.difference_update_query([PREPARED]), {} if prepares == "on" else {
        "prepare_threshold": None
    }


def _prepare_sqlite(dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("edc_glance", False):
        begin = "BEGIN IMMEDIATE" if options.get("edc_write", False) else "BEGIN"
        send(connection, begin, ())


def for_glances(engine: Engine) -> Kept:
    """Connections for reads of which each stands alone: none has a transaction around it; see ``glancing``.

    Few are kept, for each counts in the pool of the engine.
    """
    return Kept(engine.execution_options(edc_glance=True).connect, 4 if database_file(engine) else 0)


def database_file(engine: Engine) -> Path | None:
    """The file of an SQLite database; None in memory, and for PostgreSQL."""
    name = engine.url.database if engine.dialect.name == "sqlite" else None
    return Path(name) if name and name != ":memory:" else None


class Kept:
    """Connections lent to one at a time, and kept open as long as nothing goes wrong: a pool takes as long to give one and
    to take it back as two statements do.

    :param connect: opens one. :param most: how many are kept while nobody has them.
    """

    def __init__(self, connect: Callable[[], Connection], most: int) -> None:
        self._connect, self._most = connect, most
        self._idle: list[Connection] = []

    @contextmanager
    def lent(self) -> Iterator[Connection]:
        """A connection without a transaction. The borrower fetches all rows, or the next one sees the database as it was."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            yield connection
        except BaseException:
            connection.close()  # which takes back whatever it was in the middle of
            raise
        if len(self._idle) < self._most and not connection.in_transaction():
            self._idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Close those that nobody has."""
        while self._idle:
            self._idle.pop().close()


class WriteGate:
    """One writer at a time on SQLite: a thread lock inside the process, a file lock between processes.

    The file stands beside the database (``edc.db.lock``). PostgreSQL needs none: its chain heads are row locks.

    Whoever holds the gate gives the interpreter away with each statement and has to get it back from threads that wait
    for the gate anyway: at Python's own 5 ms a turn, the queue grows faster than it is served.

    Since there is one writer, its connection is kept for whoever comes next. SQLite drops a connection's page cache as soon
    as another one has committed: were writes to go over connections in turn, each would read the same pages anew.
    """

    def __init__(self, engine: Engine) -> None:
        self._thread_lock = threading.Lock()
        database = database_file(engine)
        self._path = database and database.with_name(f"{database.name}.lock")
        self._is_sqlite = engine.dialect.name == "sqlite"
        #: to be waited for after the gate was given back
        self.disk = Disk(database)
        #: of the one connection that is kept for writes; a database in memory is another one in each
        self._pool = pool = engine.pool.recreate() if self._path else None
        #: SQLite has to know beforehand that a transaction writes
        to = engine.execution_options(edc_write=True)
        #: lent for a write while the gate is held
        self.kept = Kept(lambda: Connection(to, pool.connect()) if pool else to.connect(), bool(pool))
        if self._is_sqlite:
            sys.setswitchinterval(min(sys.getswitchinterval(), TURN_S))

    @contextmanager
    def held(self) -> Iterator[None]:
        if not self._is_sqlite:
            yield
            return
        with self._thread_lock:
            if self._path is None:
                yield
                return
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                _lock(handle)
                yield
            finally:
                os.close(handle)  # which gives the lock back

    def close(self) -> None:
        """Close the connection that is kept."""
        self.kept.close()
        if self._pool:
            self._pool.dispose()


def _lock(handle: int) -> None:
    """Wait for a file and hold it until its handle is closed; what portalocker does with it where there is ``flock``."""
    if sys.platform == "win32":
        portalocker.lock(handle, portalocker.LockFlags.EXCLUSIVE)
    else:
        fcntl.flock(handle, fcntl.LOCK_EX)


def read_only_engine(url: str) -> Engine:
    """An engine that cannot write: ``mode=ro`` on SQLite, read-only transactions on PostgreSQL.

    :raises EdcError: there is no such SQLite database.
    """
    if not url.startswith("sqlite"):
        plain, settings = _postgres(url)
        return create_engine(
            plain, connect_args=settings | {"options": "-c default_transaction_read_only=on"}
        )
    database = Path(url.partition(":///")[2]).resolve()
    if not database.is_file():
        raise EdcError(
            f"There is no database '{database}'. EDC_DATABASE_URL says where it is; 'edc init' makes one."
        )
    return create_engine(f"sqlite:///file:{quote(str(database))}?mode=ro&uri=true")
