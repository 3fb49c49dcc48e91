"""What keeps the study from being locked: events that no kept reconciliation found the same, as they stand, and those of the
safety database that belong to no subject as long as nobody has said what becomes of them (REQ-LCK-02, REQ-QRY-08).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import ItemPath, LockCheck, Obstacle, Unsettled
from edc_core_reconciliation.events import (
    EVENTS,
    KEPT,
    SENSITIVE,
    Choice,
    columns_of,
    events_of,
    item_of,
    name_of,
    state_of,
    subject_of,
)
from edc_core_reconciliation.strangers import STRANGERS, Fate, fate_of, newest_said

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from edc_core.api import StudyAccess, StudyNote

NEVER = "No comparison with the safety database is kept yet. Compare, and keep what comes of it."
DIFFERS = "No kept comparison found it the same in the safety database as it stands now. Compare again."
ITEM_DIFFERS = (
    "No kept comparison found this item the same in the safety database as it stands now. Somebody who may see it compares "
    "again."
)
THERE = "Only in the safety database, as the newest kept comparison says. Events: "
NOBODY = "The safety database has an event of a subject whom the study does not know: line {line} of the list that was compared on {day}. Say whose it is, or that it is none of this study's."
SAID_SINCE = "What was said of line {line} of the list that was compared on {day} has changed since. Compare again, and keep what comes of it."


def unsettled(study: StudyAccess) -> Iterator[Unsettled]:
    """Events of the choice that was kept last which are not the same there, by what the newest comparison with each says."""
    kept = sorted(study.notes(KEPT), key=lambda note: note.n, reverse=True)
    subjects = [one.subject_key for one in study.subjects()]
    if not kept:
        yield from (Unsettled(key, ItemPath(), NEVER) for key in subjects)
        return
    yield from _events(study, Choice.of(kept[0].content["mapping"]))
    there: dict[str, int] = {}
    for note in _of(kept[0], study.notes(EVENTS)):
        for subject, count in note.content["there"].items():
            there[subject] = there.get(subject, 0) + count
    yield from _strangers(study, kept[0], {subject_of(key) for key in subjects}, there)
    for key in subjects:
        if count := there.get(subject_of(key), 0):
            yield Unsettled(key, ItemPath(), f"{THERE}{count}", f"there {count}")


def _of(kept: StudyNote, notes: Sequence[StudyNote]) -> list[StudyNote]:
    return [note for note in notes if (note.content["of"], note.actor) == (kept.name, kept.actor)]


def _events(study: StudyAccess, choice: Choice) -> Iterator[Unsettled]:
    told = sorted(study.notes(EVENTS), key=lambda note: note.n, reverse=True)
    hidden = sorted(study.notes(SENSITIVE), key=lambda note: note.n, reverse=True)
    sensitive = sorted({oid for note in hidden for oid in note.content["oids"]})
    oids = sorted({oid for note in told for oid in note.content["oids"]})
    columns = columns_of(study, choice.part, [*oids, *sensitive])
    there = {column.oid for column in columns}
    index = study.session()[1].index
    for event in events_of(study, choice, columns):
        name = name_of(event)
        found = next((note.content for note in told if name in note.content["events"]), None)
        if found is None or found["events"][name] != state_of(event, columns, found["oids"]):
            yield Unsettled(event.subject_key, event.path, DIFFERS)
        for oid in sensitive:
            if oid in there and _state_then(hidden, name, oid) != state_of(event, columns, [oid]):
                path = item_of(index, choice.part, event, oid)
                yield Unsettled(event.subject_key, path, ITEM_DIFFERS, oid)


def _state_then(newest_first: Sequence[StudyNote], name: str, oid: str) -> str:
    """As the newest comparison of this item of the event found it; empty where there is none, or it differed."""
    for note in newest_first:
        if oid in note.content["oids"] and name in note.content["events"]:
            state: str = note.content["events"][name][note.content["oids"].index(oid)]
            return state
    return ""


def _strangers(
    study: StudyAccess, kept: StudyNote, subjects: Collection[str], there: dict[str, int]
) -> Iterator[Unsettled]:
    """Events of nobody. Those that only the person who compared could not place are counted for their subject.

    :param subjects: digests of the numbers of all subjects. :param there: is added to.
    """
    said = newest_said(study)
    for note in _of(kept, study.notes(STRANGERS)):
        each: Mapping[str, Sequence[object]] = note.content["events"]
        for name, (line, written, subject) in each.items():
            where = {"line": line, "day": note.at[:10]}
            now = said.get(name)
            fate = fate_of(now)
            if subject:
                if now is None or fate is not Fate.SUBJECT or now.content["subject"] != subject:
                    yield Unsettled("", ItemPath(), SAID_SINCE.format(**where), f"said {name}")
            elif written in subjects:
                there[str(written)] = there.get(str(written), 0) + 1
            elif fate is Fate.SUBJECT:
                yield Unsettled("", ItemPath(), SAID_SINCE.format(**where), f"said {name}")
            elif fate is Fate.OPEN:
                yield Unsettled("", ItemPath(), NOBODY.format(**where), f"nobody {name}")


CHECK = LockCheck(
    "RECONCILED",
    "Serious events are the same in the safety database",
    Obstacle.UNRECONCILED,
    unsettled,
    page="",
)
