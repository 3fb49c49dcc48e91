"""What keeps the study from being locked: events that no kept reconciliation found the same, as they stand (REQ-LCK-02)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import ItemPath, LockCheck, Obstacle, Unsettled
from edc_core_reconciliation.events import (
    EVENTS,
    KEPT,
    Choice,
    columns_of,
    events_of,
    name_of,
    state_of,
    subject_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import StudyAccess

NEVER = "No comparison with the safety database is kept yet. Compare, and keep what comes of it."
DIFFERS = "No kept comparison found it the same in the safety database as it stands now. Compare again."
THERE = "Only in the safety database, as the newest kept comparison says. Events: "


def unsettled(study: StudyAccess) -> Iterator[Unsettled]:
    """Events of the choice that was kept last which are not the same there, by what the newest comparison with each says."""
    kept = sorted(study.notes(KEPT), key=lambda note: note.n, reverse=True)
    subjects = [one.subject_key for one in study.subjects()]
    if not kept:
        yield from (Unsettled(key, ItemPath(), NEVER) for key in subjects)
        return
    told = sorted(study.notes(EVENTS), key=lambda note: note.n, reverse=True)
    choice = Choice.of(kept[0].content["mapping"])
    columns = columns_of(study, choice.part, sorted({oid for note in told for oid in note.content["oids"]}))
    for event in events_of(study, choice, columns):
        name = name_of(event)
        found = next((note.content for note in told if name in note.content["events"]), None)
        if found is None or found["events"][name] != state_of(event, columns, found["oids"]):
            yield Unsettled(event.subject_key, event.path, DIFFERS)
    of = (kept[0].name, kept[0].actor)
    newest = [note.content["there"] for note in told if (note.content["of"], note.actor) == of]
    for key in subjects:
        if count := sum(there.get(subject_of(key), 0) for there in newest):
            yield Unsettled(key, ItemPath(), f"{THERE}{count}", f"there {count}")


CHECK = LockCheck(
    "RECONCILED", "Serious events are the same in the safety database", Obstacle.UNRECONCILED, unsettled
)
