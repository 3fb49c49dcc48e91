"""Values of records as the files tell them, and the subjects made of them when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, overload

from edc_core.api import ImportedForm, ImportedItem, ImportedSubject, ItemPath, Step, join_codes
from edc_core_redcap.problems import ProblemLog
from edc_core_redcap.project import Project

COMPLETE = {"0": False, "1": True, "2": True}  #: Incomplete, Unverified, Complete


class Place(NamedTuple):
    """A form of a record: event and form with their instances."""

    event: str
    event_key: str
    form: str
    form_key: str


class Cell(NamedTuple):
    """A value; of a checkbox the code that is ticked, one cell each."""

    value: str
    line: int


@dataclass(slots=True)
class Record:
    """Everything of one record.

    :param log: of the file that names it first, in ``line``. :param cells: by field, for a checkbox all that are
        ticked. :param others: cells of a form that belong to no field
        (a survey's time stamp).
    """

    key: str
    log: ProblemLog
    line: int
    group: str = ""
    cells: dict[Place, dict[str, list[Cell]]] = field(default_factory=dict)
    others: dict[Place, dict[str, str]] = field(default_factory=dict)
    status: dict[Place, str] = field(default_factory=dict)

    def places(self) -> Iterator[Place]:
        """Forms with anything but a status of Incomplete, which REDCap writes for forms never opened too."""
        for place in dict.fromkeys((*self.cells, *self.status, *self.others)):
            if self.cells.get(place) or self.others.get(place) or self.status.get(place, "0") != "0":
                yield place


class Subjects(Sequence[ImportedSubject]):
    """The subjects of a project. Only the cells lie in memory; a subject is put together when it is asked for."""

    def __init__(self, project: Project, records: Mapping[str, Record], groups: Mapping[str, str]) -> None:
        """:param groups: field to the OID of its item group."""
        self._project, self._records, self._groups = project, records, groups
        self._keys = list(records)
        self._order = {one.name: position for position, one in enumerate(project.fields)}

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, n: int) -> ImportedSubject: ...
    @overload
    def __getitem__(self, n: slice) -> tuple[ImportedSubject, ...]: ...
    def __getitem__(self, n: int | slice) -> ImportedSubject | tuple[ImportedSubject, ...]:
        if isinstance(n, slice):
            return tuple(map(self._subject, self._keys[n]))
        return self._subject(self._keys[n])

    def _subject(self, key: str) -> ImportedSubject:
        record = self._records[key]
        events = {event.name: n for n, event in enumerate(self._project.events)}
        places = sorted(record.places(), key=lambda place: (events[place.event], _number(place.event_key)))
        return ImportedSubject(
            self._project.oid,
            self._project.version,
            key,
            record.group,
            tuple(self._form(record, place) for place in places),
            line=record.line,
        )

    def _form(self, record: Record, place: Place) -> ImportedForm:
        path = ItemPath(Step(place.event, place.event_key), Step(place.form, place.form_key))
        values = record.cells.get(place, {})
        items = [self._item(path, name, values[name]) for name in sorted(values, key=self._order.__getitem__)]
        status = record.status.get(place, "")
        kept = {f"{place.form}_complete": status} if status else {}
        kept |= record.others.get(place, {})
        return ImportedForm(
            path,
            tuple(items),
            source={"redcap": kept} if kept else {},
            line=items[0].line if items else record.line,
            complete=COMPLETE.get(status, True),
        )

    def _item(self, path: ItemPath, name: str, cells: list[Cell]) -> ImportedItem:
        one = self._project.by_name[name]
        place = path.with_group(self._groups[name], "1").with_item(name)
        codes = {choice.code for choice in one.choices}
        missing = next(
            (c.value for c in cells if c.value in self._project.missing_codes and c.value not in codes), ""
        )
        if missing:
            return ImportedItem(place, None, missing, line=cells[0].line)
        raw = join_codes([cell.value for cell in cells]) if one.type == "checkbox" else cells[0].value
        return ImportedItem(place, raw, line=cells[0].line)


def _number(key: str) -> int:
    return int(key) if key.isdecimal() else 0
