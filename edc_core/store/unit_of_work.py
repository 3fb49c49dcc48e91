"""One transaction, opened and committed here: a connection, a clock, an actor, and the facts told after commit."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self, cast

from sqlalchemy.exc import IntegrityError, OperationalError

from edc_core.clock import iso
from edc_core.domain.ledger_entry import EntryFacts
from edc_core.domain.residency import Hosting
from edc_core.errors import Busy
from edc_core.store import accounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType

    from sqlalchemy import Connection, Engine

    from edc_core.clock import Clock
    from edc_core.domain.lock_blocker import Looked
    from edc_core.domain.metadata import PluginUse
    from edc_core.domain.permission import Actor
    from edc_core.plugin_activation import Activation
    from edc_core.store.engine import Kept, WriteGate
    from edc_core.store.files import FileFolder
    from edc_core.store.versions import VersionCache


NOT_STORED = "The database could not take this now. Nothing was stored; please try again."
Written = tuple[str, EntryFacts]
#: Stands for the connection of a transaction that is over: nothing can be asked of it.
_OVER = cast("Connection", SimpleNamespace(closed=True))


class Shown(NamedTuple):
    """That a person was shown values which not everybody may see.

    :param kind: of these items, a sensitivity. :param where: the place, by names alone; a subject as ``subject:ID``.
    """

    study_id: str
    login: str
    kind: str
    where: str


class Source(Protocol):
    """What reading functions need: a connection and the published definitions; they note who was shown what."""

    @property
    def connection(self) -> Connection: ...

    @property
    def versions(self) -> VersionCache: ...

    @property
    def shown(self) -> set[Shown]: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """A read transaction (see ``reading``)."""

    connection: Connection
    versions: VersionCache
    shown: set[Shown] = field(default_factory=set)


class UnitOfWork:
    """A write transaction. It commits once, on a clean exit of the ``with`` block, and rolls back otherwise.

    :param actor: who acts; services take it from here and from nowhere else.
    :param activate: resolves the plugins a study names against what this process has installed.
    :param files: the folder of files. :param hosting: where the installation keeps data.
    :raises Busy: when the database could not be had in time, and nothing was written; or when the disk did not confirm
        what was.
    """

    def __init__(
        self,
        gate: WriteGate,
        clock: Clock,
        actor: Actor,
        versions: VersionCache,
        activate: Callable[[Iterable[PluginUse]], Activation],
        files: FileFolder,
        hosting: Hosting = Hosting(),
    ) -> None:
        self.hosting = hosting
        self.clock = clock
        self.actor = actor
        self.versions = versions
        self.activate = activate
        self.files = files
        self.shown: set[Shown] = set()
        #: what lock checks of plugins said before the transaction, where it locks or waives
        self.looked: Looked | None = None
        self._gate = gate
        self._open = self._transaction()
        self._before: list[Callable[[], None]] = []
        self._after: list[Callable[[], None]] = []
        self._refused: tuple[BaseException, Callable[[UnitOfWork], None]] | None = None
        self._told: list[Callable[[list[Written]], None]] = []
        self._written: list[Written] = []
        self.connection: Connection

    def before_commit(self, check: Callable[[], None]) -> None:
        """Have something looked at before the transaction is committed; what it raises rolls it back."""
        self._before.append(check)

    def after_commit(self, action: Callable[[], None]) -> None:
        """Have something done once the transaction is committed and its locks are given back."""
        self._after.append(action)

    def note_refusal(self, refused: Exception, action: Callable[[UnitOfWork], None]) -> None:
        """Have a transaction of its own note why this one was given up, when it is for this very error."""
        self._refused = (refused, action)

    def tell(self, listener: Callable[[list[Written]], None]) -> None:
        """Have a listener told after the commit of every entry written: (operation, entry), in their order."""
        self._told.append(listener)

    def note(self, op: str, entries: Iterable[EntryFacts]) -> None:
        """Remember entries for the listeners; without any, an import of any size leaves nothing in memory."""
        if self._told:
            self._written += [(op, entry) for entry in entries]

    def __enter__(self) -> Self:
        try:
            self.connection = self._open.__enter__()
        except OperationalError as error:
            raise Busy(NOT_STORED) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._open.__exit__(kind, error, trace)
        except (OperationalError, IntegrityError) as failed:
            raise Busy(NOT_STORED) from failed
        finally:
            self.connection = _OVER  # the other one has gone on to whoever writes next
        if isinstance(error, (OperationalError, IntegrityError)):  # one operation came twice at once, say
            raise Busy(NOT_STORED) from error
        if error is not None and self._refused is not None and self._refused[0] is error:
            own = (self._gate, self.clock, self.actor, self.versions, self.activate, self.files)
            with UnitOfWork(*own, self.hosting) as uow:
                self._refused[1](uow)
        if error is None:
            for action in self._after:
                action()
            for listener in self._told:
                listener(self._written)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._gate.held(), self._gate.kept.lent() as connection, connection.begin():
            yield connection
            for check in self._before:
                check()
            if self.shown:
                accounts.log_shown(connection, iso(self.clock.now()), self.shown)
        self._gate.disk.settle()  # also where it wrote nothing: it may answer with what another has just committed


@contextmanager
def reading(engine: Engine, versions: VersionCache, *, consistent: bool = False) -> Iterator[Reading]:
    """A read transaction.

    :param consistent: every statement sees the same instant (cuts, exports). SQLite always does.
    """
    connection = engine.connect()
    if consistent and engine.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    with connection, connection.begin():
        yield Reading(connection, versions)


@contextmanager
def glancing(kept: Kept, versions: VersionCache) -> Iterator[Reading]:
    """Statements that need not see the same instant: none has to be sent around them.

    :param kept: see ``for_glances``.
    """
    with kept.lent() as connection:
        driver: Any = connection.connection.driver_connection
        if connection.dialect.name == "postgresql":  # SQLAlchemy takes long to tell it
            driver.autocommit = True
        try:
            yield Reading(connection, versions)
        finally:
            if connection.dialect.name == "postgresql" and not driver.closed:
                driver.autocommit = False
