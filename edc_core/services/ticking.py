"""The tick of the clock: once a day in each site's zone, checks that time alone can make fire are looked at again.

Expressions do not know today, so that what they said can be repeated. They know the last recorded ``clock.tick``: an
entry in the study's chain for each zone and day, before any check is looked at (decision "Time"). A look that changes
nothing leaves nothing, so a tick that was interrupted is simply looked at again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from edc_core.domain.commands import Command, FormCommand
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.protection import Touch
from edc_core.errors import Protected, WrongState
from edc_core.expressions.rules import rules_of
from edc_core.ledger.append import Effect, record
from edc_core.services import following
from edc_core.services.checking import SYSTEM_ACTOR
from edc_core.services.late import late
from edc_core.services.open_form import open_form
from edc_core.services.operation import open_study, open_subject
from edc_core.store import readers, times

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.core import Core
    from edc_core.store.times import StartedForm

NO_PAUSES = "[]"  #: no check of a study is switched off
PAUSE = timedelta(minutes=1)  #: between two looks at the calendar


class Ticker:
    """Ticks once a day in each zone of each study, however often it is asked; after a restart it looks once more."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._looked: datetime | None = None
        self._done: dict[tuple[str, str], str] = {}

    def tick_due(self) -> int:
        """Tick where a day began. :returns: how many forms got or lost queries, and times
        for which a check is switched off that began or ended.
        """
        now = self._core.clock.now()
        if self._looked is not None and timedelta(0) <= now - self._looked < PAUSE:
            return 0
        self._looked = now
        with self._core.read() as source:
            studies = readers.studies(source.connection)
            zones = {
                (study.study_id, site.zone or "UTC")
                for study in studies
                for site in readers.sites(source.connection, study.study_id).values()
            }
        changed = 0
        for study in studies:
            if study.pauses != NO_PAUSES:
                changed += late("check_pauses", "turn_due")(self._core, study)
        for study_id, zone in sorted(zones):
            day = now.astimezone(ZoneInfo(zone)).date().isoformat()
            if self._done.get((study_id, zone)) != day:
                changed += tick(self._core, study_id, zone)
                self._done[study_id, zone] = day
        return changed


def tick(core: Core, study_id: str, zone: str) -> int:
    """Record today's tick of a zone, unless it stands there, and look at every form whose checks time can change.

    :returns: how many forms got or lost queries; 0 where no version of the study asks for ``clock.tick``.
    """
    with core.read() as source:
        ticking = {
            oid: rules_of(source.versions.get(source.connection, study_id, oid)).ticking
            for oid in readers.versions(source.connection, study_id)
        }
    if not any(ticking.values()):
        return 0
    day = core.clock.now().astimezone(ZoneInfo(zone)).date().isoformat()
    op = f"tick:{zone}:{day}"
    _record(core, study_id, zone, day, op)
    return sum(
        _look_again(core, study_id, op, started) for started in _started(core, study_id, zone, ticking)
    )


def _record(core: Core, study_id: str, zone: str, day: str, op: str) -> None:
    with core.write(SYSTEM_ACTOR) as uow:
        operation = open_study(uow, Command(study_id=study_id, op=op))
        if operation.earlier is None:
            common = replace(operation.circumstances(""), site_zone=zone)
            effect = Effect(EntryKind.CLOCK_TICK, "", {"zone": zone, "day": day})
            operation.entries += len(record(uow, operation.head, [effect], common))
            operation.finish({})


def _started(core: Core, study_id: str, zone: str, ticking: dict[str, set[str]]) -> Iterator[StartedForm]:
    forms = set().union(*ticking.values())
    with core.read() as source:
        found = times.started_forms(source.connection, study_id, zone, forms)
    for started in found:
        form = started.path.form
        if form is not None and form.oid in ticking.get(started.meta_data_version, ()):
            yield started


def _look_again(core: Core, study_id: str, op: str, started: StartedForm) -> bool:
    command = FormCommand(
        study_id=study_id,
        op=f"{op}:{started.subject_id}:{started.path.dom_id}",
        subject_key=started.subject_key,
        form=started.path,
    )
    try:
        with core.write(SYSTEM_ACTOR) as uow:
            operation = open_subject(uow, command)
            if operation.earlier is not None:
                return False
            form = open_form(operation, command)
            picture = form.picture
            picture.require(Touch.QUERY)
            effects = following.follow(form, picture.items, dict(picture.groups), picture.status)
            if effects:
                form.finish(effects, picture.status)
            return bool(effects)
    except (Protected, WrongState):
        return False  # locked, or its visit was removed or not done: nobody could answer there
