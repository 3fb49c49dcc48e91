"""The installation as one object: settings, database, clock, plugins. Made once per process and handed in."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from edc_core.check_host import CheckHost
from edc_core.clock import SystemClock
from edc_core.domain.permission import Actor
from edc_core.store.engine import WriteGate, for_glances, make_engine
from edc_core.store.files import FileFolder
from edc_core.store.unit_of_work import Reading, UnitOfWork, glancing, reading
from edc_core.store.versions import VersionCache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from edc_core.clock import Clock
    from edc_core.plugin_manager import EdcPlugins
    from edc_core.settings import Settings
    from edc_core.store.unit_of_work import Written


_NOTES = Actor("system", trusted=True)  #: keeps the access log of what others look at


class Core:
    """Everything a service, a page or a command needs to begin its work.

    :ivar listeners: told after each commit what was written: (operation, entry) in order; they never raise.
    :ivar closing: called before the installation is given back.
    """

    def __init__(self, settings: Settings, plugins: EdcPlugins, clock: Clock | None = None) -> None:
        self.settings = settings
        self.plugins = plugins
        self.clock = clock or SystemClock()
        self.engine = make_engine(settings.database_url)
        self.gate = WriteGate(self.engine)
        self._glances = for_glances(self.engine)
        self.versions = VersionCache()
        self.files = FileFolder(settings.files_dir)
        self.check_host = CheckHost()
        self.listeners: list[Callable[[Sequence[Written]], None]] = []
        self.closing: list[Callable[[], None]] = []

    def write(self, actor: Actor) -> UnitOfWork:
        """A write transaction for an actor, to be used in a ``with`` block."""
        uow = UnitOfWork(
            self.gate, self.clock, actor, self.versions, self.plugins.activate, self.files, self.settings.hosting
        )  # fmt: skip
        for listener in self.listeners:
            uow.tell(listener)
        return uow

    @contextmanager
    def read(self, *, consistent: bool = False) -> Iterator[Reading]:
        """A read transaction. Who was shown what not everybody may see is on record when it ends, or it fails."""
        with reading(self.engine, self.versions, consistent=consistent) as source:
            yield source
        if source.shown:
            with self.write(_NOTES) as uow:
                uow.shown.update(source.shown)

    def glance(self) -> AbstractContextManager[Reading]:
        """A few short statements, each by itself: for what every request looks up first."""
        return glancing(self._glances, self.versions)

    def close(self) -> None:
        """End the check host and give back every connection."""
        for action in self.closing:
            action()
        self.check_host.close()
        self._glances.close()
        self.gate.close()
        self.engine.dispose()
