"""What a check across subjects is handed to look at: named items of every subject of a study, row by row.

A kit used twice or a cohort's slot that is taken shows in no single casebook. Such a check says which items it reads,
and sees those alone: a study of thousands of subjects stays small enough to look at after a save.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from edc_core.domain.finding import Severity
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.metadata import CheckExample, TranslatedText
from edc_core.domain.partial_date import PartialDate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from edc_core.domain.index import MetaDataIndex

Place = tuple[str, Step | None, Step | None, tuple[Step, ...]]  #: subject, event, form and rows


@dataclass(frozen=True, slots=True)
class StudySubject:
    """Whose data a row holds; ``subject_id`` is for the system, the key for people.

    :param site: number of the site. :param zone: its IANA time zone.
    """

    subject_id: str
    subject_key: str
    site: str = ""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class StudyRow:
    """The items of one form outside its repeating groups, or of one row, of one subject.

    :param form: name of the form. :param cells: item name to path and canonical text, of the items the check reads;
        what is blank, missing or unreadable is not there.
    """

    subject: StudySubject
    form: str
    cells: Mapping[str, tuple[ItemPath, str]]

    @property
    def event(self) -> Step:
        return next(iter(self.cells.values()))[0].event or Step("", "")

    def text(self, item: str) -> str | None:
        cell = self.cells.get(item)
        return None if cell is None else cell[1]

    def number(self, item: str) -> Decimal | None:
        """:return: ``None`` for a censored result, such as ``<0.5``, too: it is no number."""
        text = self.text(item)
        return None if text is None or text.startswith(("<", ">")) else Decimal(text)

    def date(self, item: str) -> PartialDate | None:
        text = self.text(item)
        return None if text is None else PartialDate.parse(text)

    def instant(self, date: str, time: str = "") -> datetime | None:
        """When something was, by the zone of the site, so that subjects of two countries compare.

        :param date: name of a date-time item, or of a date item with the ``time`` item beside it.
        """
        day, clock = self.text(date), self.text(time) if time else ""
        if day is None or clock is None:
            return None
        try:
            moment = datetime.fromisoformat(f"{day}T{clock}" if time else day)
        except ValueError:  # a partial date is no instant
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self.subject.zone or "UTC"))

    def stamp(self) -> list[Any]:
        """What a fingerprint is made of."""
        return [self.subject.subject_id, *sorted([str(path), text] for path, text in self.cells.values())]


class StudyView:
    """Items of all subjects of a study, as one check across subjects may see them."""

    def __init__(self, rows: Sequence[StudyRow]) -> None:
        self._rows = rows

    def rows(self, form: str) -> tuple[StudyRow, ...]:
        """Rows of a form (by its name), in the order of subject keys, of the study's events and of repeat keys.

        Struck rows, removed forms and removed visits are absent.
        """
        return self._by_form.get(form, ())

    @cached_property
    def _by_form(self) -> dict[str, tuple[StudyRow, ...]]:
        found: dict[str, list[StudyRow]] = {}
        for row in self._rows:
            found.setdefault(row.form, []).append(row)
        return {form: tuple(rows) for form, rows in found.items()}


@dataclass(frozen=True, slots=True)
class StudyFinding:
    """What a check across subjects has to say about one item of one subject.

    :param row: where it stands; ``item`` is one of the items read.
    :param message: as of a ``Finding``; it names no other subject, for its reader may not see them.
    :param rests_on: rows of other subjects it rests on. A query that a person closed stays silent until one of
        these, or its own row, changes.
    """

    row: StudyRow
    item: str
    message: str | TranslatedText
    key: str = ""
    rests_on: tuple[StudyRow, ...] = ()

    def fingerprint(self) -> str:
        text = json.dumps([self.row.stamp(), *(row.stamp() for row in self.rests_on)], separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class CrossSubjectCheck:
    """A coded check across the subjects of a study. It must be pure: the same picture gives the same findings.

    :param oid: stable id, unique in the study.
    :param form: name or OID of the form its findings stand in.
    :param reads: the items it looks at, as ``FORM.ITEM`` by name; nothing else is in its picture.
    :param check: called with the study's view; returns findings.
    :param examples: as of an ``EditCheck``, with the subject before each address: ``S1:C1D1/EX.KITNO``.
    """

    oid: str
    title: str
    form: str
    reads: tuple[str, ...]
    check: Callable[[StudyView], Iterable[StudyFinding]]
    severity: Severity = Severity.QUERY
    examples: tuple[CheckExample, ...] = ()


@dataclass(frozen=True, slots=True)
class StudyCells:
    """The values that checks across subjects read, as they are taken from the store and travel to the check host."""

    subjects: tuple[StudySubject, ...] = ()
    cells: tuple[tuple[str, str, str], ...] = field(default=())  #: subject id, path as text, canonical text


def read_items(index: MetaDataIndex, reads: Iterable[str]) -> dict[str, tuple[str, str]]:
    """OID of each item named ``FORM.ITEM`` to the names of its form and of itself.

    :raises KeyError: the study has no such form or item; the message names it.
    """
    forms = {form.name: form.oid for form in index.version.forms}
    found: dict[str, tuple[str, str]] = {}
    for address in reads:
        form, _, name = address.partition(".")
        placed = [p for p in index.placed_items(forms[form]) if p.item.name == name] if form in forms else []
        if not placed:
            raise KeyError(f"There is no item '{address}' in the study.")
        found[placed[0].item.oid] = (form, name)
    return found


def study_rows(
    index: MetaDataIndex, cells: StudyCells, items: Mapping[str, tuple[str, str]]
) -> list[StudyRow]:
    """Rows made of cells, in order; of the items given alone."""
    subjects = {subject.subject_id: subject for subject in cells.subjects}
    order = index.event_order
    found: dict[Place, tuple[str, dict[str, tuple[ItemPath, str]]]] = {}
    for subject_id, text, value in cells.cells:
        path = ItemPath.parse(text)
        if path.item is None or path.item not in items or subject_id not in subjects:
            continue
        form, name = items[path.item]
        rows = tuple(step for step in path.groups if index.groups[step.oid].repeating)
        found.setdefault((subject_id, path.event, path.form, rows), (form, {}))[1][name] = (path, value)

    def position(place: Place) -> Any:
        subject_id, event, form, rows = place
        oid = event.oid if event else ""
        return (
            subjects[subject_id].subject_key,
            order.get(oid, len(order)),
            event.rank if event else (0, 0, ""),
            form.rank if form else (0, 0, ""),
            tuple(step.rank for step in rows),
        )

    return [
        StudyRow(subjects[place[0]], form, values)
        for place, (form, values) in sorted(found.items(), key=lambda entry: position(entry[0]))
    ]
