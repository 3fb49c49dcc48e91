"""What is common to records of both kinds of file: columns that mean something, and values put where they belong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from edc_core_redcap.cells import COMPLETE, Cell, Place, Record
from edc_core_redcap.problems import ProblemLog
from edc_core_redcap.project import Event, Project, checkbox_columns

GROUP = "redcap_data_access_group"


@dataclass(frozen=True, slots=True)
class Column:
    """What a column or an ItemOID means.

    :param kind: ``field``, ``choice`` (of a checkbox), ``status``, ``group`` or ``other``.
    """

    kind: str
    name: str
    form: str
    code: str = ""


def columns_of(project: Project) -> dict[str, Column]:
    """Every column that records of a project can have."""
    found: dict[str, Column] = {}
    for form, fields in project.forms.items():
        for one in fields:
            if one.type == "checkbox":
                for column, code in checkbox_columns(one, project.missing_codes).items():
                    found[column] = Column("choice", one.name, form, code)
            elif one.type != "descriptive":
                found[one.name] = Column("field", one.name, form)
        found.setdefault(f"{form}_complete", Column("status", f"{form}_complete", form))
        for suffix in ("timestamp", "return_code"):
            found.setdefault(f"{form}_{suffix}", Column("other", f"{form}_{suffix}", form))
    first = project.fields[0].form
    found.setdefault(GROUP, Column("group", GROUP, first))
    found.setdefault("redcap_survey_identifier", Column("other", "redcap_survey_identifier", first))
    return found


@dataclass(slots=True)
class Gathering:
    """Records of all files as they are read, with what they say beyond the definition.

    :param log: of the file that is being read.
    """

    project: Project
    log: ProblemLog
    records: dict[str, Record] = field(default_factory=dict)
    added: dict[tuple[str, str], None] = field(default_factory=dict)  #: (event, form) the definition has not
    columns: Mapping[str, Column] = field(default_factory=dict)
    _events: dict[str, Event] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.columns = columns_of(self.project)
        self._events = {event.name: event for event in self.project.events}

    def record(self, key: str, line: int) -> Record:
        return self.records.setdefault(key, Record(key, self.log, line))

    def put(
        self, record: Record, place: Place, column: Column, value: str, line: int, *, is_file: bool = False
    ) -> None:
        """Take one value; blanks hold nothing.

        :param is_file: the value names a file whose content stands in the source.
        """
        if not value.strip():
            return
        if column.kind == "group":
            self._group(record, value.strip(), line)
            return
        if column.kind == "status":
            if value not in COMPLETE:
                self.log.add("RED035", line, f"'{column.name}' is 0, 1 or 2.")
            record.status[place] = value
            if value == "0":
                return
        elif column.kind == "other":
            record.others.setdefault(place, {})[column.name] = value
        elif column.kind == "field":
            if is_file or self.project.by_name[column.name].type == "file":
                where = f"Record '{record.key}', field '{column.name}' in '{place.event}'"
                self.log.add("RED050", line, f"{where}: '{value}'.")
            self._value(record, place, column.name, Cell(value, line))
        elif value != "0":
            record.cells.setdefault(place, {}).setdefault(column.name, []).append(Cell(column.code, line))
        else:
            return
        if place.form not in self._events[place.event].forms:
            self.added[place.event, place.form] = None
            self.log.add("RED053", line, f"'{place.form}' in '{place.event}'.")

    def _value(self, record: Record, place: Place, name: str, cell: Cell) -> None:
        (before,) = record.cells.setdefault(place, {}).setdefault(name, [cell])
        if before.value != cell.value:
            self.log.add("RED036", cell.line, f"Field '{name}', first in line {before.line}.")

    def _group(self, record: Record, name: str, line: int) -> None:
        if record.group and record.group != name:
            self.log.add("RED037", line, f"They are '{record.group}' and '{name}'.")
        record.group = name

    def project_with_found(self) -> Project:
        """The project with the sites and places of forms that only the records name."""
        groups = dict(self.project.groups)
        without = [record for record in self.records.values() if not record.group]
        for record in self.records.values():
            if record.group and record.group not in groups:
                groups = self._with_group(groups, record)
        if without and groups:
            record = without[0]
            record.log.add("RED056", record.line, f"They are {len(without)} of {len(self.records)}.")
        return with_forms(replace(self.project, groups=groups), self.added)

    def _with_group(self, groups: dict[str, str], record: Record) -> dict[str, str]:
        """The group of a record under the unique name that the record states.

        A project XML states names only; REDCap shortens them and adds a letter where two become alike.
        """
        short = _letters(record.group)
        alike = [unique for unique, title in groups.items() if _letters(title).startswith(short)]
        used = {one.group for one in self.records.values()}
        if len(alike) == 1 and alike[0] not in used:
            return {record.group if unique == alike[0] else unique: title for unique, title in groups.items()}
        record.log.add("RED052", record.line, f"It is '{record.group}'.")
        return {**groups, record.group: record.group}


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())


def with_forms(project: Project, added: Iterable[tuple[str, str]]) -> Project:
    """The project with instruments added to events, each event's in the order of the definition."""
    wanted = {(event.name, form) for event in project.events for form in event.forms} | set(added)
    return replace(
        project,
        events=tuple(
            replace(event, forms=tuple(form for form in project.forms if (event.name, form) in wanted))
            for event in project.events
        ),
    )
