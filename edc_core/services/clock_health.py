"""Look whether the clock is right: for whoever runs the system, and before each signature (REQ-TIM-01)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from edc_core.clock import iso
from edc_core.domain.clock_health import ClockHealth
from edc_core.errors import WrongState
from edc_core.services.checking import SYSTEM_ACTOR
from edc_core.store import accounts, times

if TYPE_CHECKING:
    from edc_core.clock import Clock
    from edc_core.core import Core
    from edc_core.domain.clock_health import ClockStanding
    from edc_core.store.unit_of_work import Source, UnitOfWork


def look(clock: Clock, source: Source) -> ClockHealth:
    """The server's clock beside its time server and beside the database's: one statement, on SQLite none."""
    apart = None
    if times.has_own_clock(source.connection):
        apart = clock.apart_from(partial(times.database_time, source.connection))
    return ClockHealth(clock.off_by(), apart)


def look_whole(clock: Clock, source: Source) -> ClockHealth:
    """The same, and whether the clock was set back behind the newest entry of any study."""
    now, newest = clock.now(), times.newest_entry(source.connection)
    behind = (newest - now).total_seconds() if newest else 0.0
    found = look(clock, source)
    return ClockHealth(found.off_s, found.apart_s, max(behind, 0.0))


def require_right(uow: UnitOfWork) -> ClockHealth:
    """What a signature keeps of the clock.

    :raises WrongState: it is off by more than a minute; where nothing can tell, that is no reason to refuse.
    """
    found = look(uow.clock, uow)
    if found.closes_signing:
        raise WrongState(
            f"Nothing was signed: a signature holds its time, and the clock is not right. {found.words} "
            "Nothing that you entered is lost. Tell whoever runs the system, and sign when the clock is right."
        )
    return found


def note(core: Core, last: ClockStanding | None) -> ClockHealth:
    """Keep in the access log how the clock stands, when that is otherwise than last time."""
    with core.read() as source:
        found = look_whole(core.clock, source)
    if found.standing is not last:
        with core.write(SYSTEM_ACTOR) as uow:
            accounts.log_access(
                uow.connection, iso(uow.clock.now()), SYSTEM_ACTOR.name, f"clock {found.standing}", detail=found.words
            )  # fmt: skip
    return found
