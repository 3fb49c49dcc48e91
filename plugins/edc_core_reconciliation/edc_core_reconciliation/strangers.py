"""Events that the safety database has of subjects whom the study does not know, and what a person said becomes of each:
it is of another subject, whose number was written wrongly, or it is none of this study's.

What is said names the event by a digest of its subject number and of the cells that name it; nothing of it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from edc_core.api import AddNote
from edc_core_reconciliation.compare import plain
from edc_core_reconciliation.events import IN_A_NOTE, digest, subject_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from edc_core.api import StudyAccess, StudyNote
    from edc_core_reconciliation.compare import Theirs
    from edc_core_reconciliation.events import Column

SAID = "reconciliation.said"  #: topic of what becomes of an event
STRANGERS = "reconciliation.strangers"  #: topic of the events that a kept reconciliation found


class Fate(StrEnum):
    """What becomes of an event. ``OPEN``: what was said before no longer counts."""

    SUBJECT = "subject"
    NONE = "none"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Stranger:
    """A line whose subject the person does not find in the study.

    :param name: of the event. :param line: as it stands in the file. :param note: what was said of it last, if it counts.
    :param subject_key: whose it was said to be; empty otherwise, and where that subject is not there any more.
    """

    name: str
    line: Theirs
    note: StudyNote | None
    subject_key: str

    @property
    def is_open(self) -> bool:
        """Nobody has said what becomes of it."""
        return self.note is None or (self.fate is Fate.SUBJECT and not self.subject_key)

    @property
    def fate(self) -> Fate:
        """What was said last."""
        return fate_of(self.note)


def fate_of(note: StudyNote | None) -> Fate:
    """What a note says becomes of an event."""
    return Fate(note.content["is"]) if note else Fate.OPEN


def name_of(line: Theirs, keys: Sequence[int], columns: Sequence[Column]) -> str:
    """What stays the same of an event while its subject number and the cells that name it do.

    :param keys: positions of these cells, none of an item that not everybody may see.
    """
    return digest([plain(line.subject_key), *(columns[n].read(line.cells[n]) for n in keys)])


def newest_said(study: StudyAccess) -> Mapping[str, StudyNote]:
    """By the name of the event, what was said last, whoever said it."""
    found: dict[str, StudyNote] = {}
    for note in study.notes(SAID):
        if note.name not in found or note.n > found[note.name].n:
            found[note.name] = note
    return {name: note for name, note in found.items() if fate_of(note) is not Fate.OPEN}


def strangers_of(
    lines: Iterable[Theirs],
    subject_keys: Iterable[str],
    said: Mapping[str, StudyNote],
    keys: Sequence[int],
    columns: Sequence[Column],
) -> tuple[Stranger, ...]:
    """The lines of subjects who are not among these, in their order. :param said: as ``newest_said``."""
    known = {plain(key): key for key in subject_keys}
    by_digest = {subject_of(key): key for key in known.values()}
    found = []
    for line in lines:
        if plain(line.subject_key) in known:
            continue
        name = name_of(line, keys, columns)
        note = said.get(name)
        key = by_digest.get(note.content["subject"], "") if note and fate_of(note) is Fate.SUBJECT else ""
        found.append(Stranger(name, line, note, key))
    return tuple(found)


def placed(lines: Iterable[Theirs], strangers: Sequence[Stranger]) -> list[Theirs]:
    """The lines that are compared: those of strangers only where somebody said whose they are, as that subject's."""
    by_line = {one.line.line: one for one in strangers}
    found = []
    for line in lines:
        stranger = by_line.get(line.line)
        if stranger is None:
            found.append(line)
        elif stranger.subject_key:
            found.append(replace(line, subject_key=stranger.subject_key, written=line.subject_key))
    return found


def kept_of(of: str, strangers: Sequence[Stranger]) -> Iterator[dict[str, Any]]:
    """What is kept of them, in parts: of each its line, a digest of its subject number and whose it was said to be.

    :param of: the name of the note of the reconciliation.
    """
    each = {
        one.name: [one.line.line, subject_of(one.line.subject_key), subject_of(one.subject_key) if one.subject_key else ""]
        for one in strangers
    }  # fmt: skip
    names = sorted(each)
    for begin in range(0, len(names), IN_A_NOTE):
        yield {"of": of, "events": {name: each[name] for name in names[begin : begin + IN_A_NOTE]}}


def saying(study: StudyAccess, op: str, name: str, fate: Fate, words: str, subject_key: str = "") -> AddNote:
    """The command that says what becomes of an event. :param subject_key: whose it is, for ``Fate.SUBJECT``."""
    content = {"is": fate.value, "subject": subject_of(subject_key) if subject_key else "", "words": words}
    return AddNote(study_id=study.study_id, op=op, topic=SAID, name=name, content=content)
