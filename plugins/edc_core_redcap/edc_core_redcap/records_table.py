"""A flat table of records: one row a record, event and instance, one column a field or a choice of a checkbox."""

from __future__ import annotations

import re
from dataclasses import replace

from edc_core_redcap.cells import Place
from edc_core_redcap.problems import ProblemLog
from edc_core_redcap.project import CLASSIC_EVENT, Event, Project
from edc_core_redcap.record_reader import Column, Gathering, columns_of
from edc_core_redcap.tables import Table

EVENT, INSTRUMENT, INSTANCE = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
_ARM = re.compile(r"(.+)_arm_(\d+)[a-z]?")


def is_records(header: tuple[str, ...], project: Project) -> bool:
    return bool(header) and header[0].lower() == project.record_id


def read_records(table: Table, gathering: Gathering) -> None:
    """Take every row of a table; what is wrong with it is added to the log, all of it."""
    log, project = gathering.log, gathering.project
    header = [heading.lower() for heading in table.header]
    keys = {EVENT, INSTRUMENT, INSTANCE}
    columns: list[Column | None] = []
    for heading in header:
        column = gathering.columns.get(heading)
        if column is None and heading not in keys:
            log.add("RED004", 1, f"'{heading}'.")
        if header.count(heading) > 1:
            log.add("RED013", 1, f"'{heading}'.")
        columns.append(column)
    if log.is_fatal:
        return
    events = {event.name: event for event in project.events}
    seen: dict[tuple[str, str, str, str], int] = {}
    for line, row in table.rows(log):
        cells = dict(zip(header, row, strict=True))
        key = cells[project.record_id].strip()
        if not key:
            log.add("RED030", line)
            continue
        event = events.get(cells.get(EVENT, "").strip() or (next(iter(events)) if len(events) == 1 else ""))
        form, instance = cells.get(INSTRUMENT, "").strip(), cells.get(INSTANCE, "").strip()
        if event is None:
            log.add("RED032", line)
        form = _instrument(form, project, log, line)
        if instance and not (instance.isdecimal() and int(instance) > 0):
            log.add("RED034", line)
        same = (key, event.name if event else "", form, instance)
        if same in seen:
            log.add("RED031", line, f"First in line {seen[same]}.")
        seen.setdefault(same, line)
        if event is not None:
            _take(gathering, key, line, (event, form, instance or "1"), list(zip(columns, row, strict=True)))


def _instrument(name: str, project: Project, log: ProblemLog, line: int) -> str:
    """The instrument of a repeating row: its name, or its title as exports with labels write it."""
    if not name or name in project.forms:
        return name
    titled = [form for form, title in project.titles.items() if title == name]
    if len(titled) == 1:
        return titled[0]
    log.add("RED033", line)
    return name


def _take(
    gathering: Gathering,
    key: str,
    line: int,
    where: tuple[Event, str, str],
    row: list[tuple[Column | None, str]],
) -> None:
    event, repeating, instance = where
    record = gathering.record(key, line)
    for column, value in row:
        if column is None:
            continue
        if column.name == gathering.project.record_id and (repeating or column.form not in event.forms):
            continue  # every row names its record; it is a value only where its form is
        if repeating and column.form != repeating and column.kind != "group":
            if value.strip() not in ("", "0"):
                gathering.log.add("RED035", line, f"'{column.name}' has a value in a row of '{repeating}'.")
            continue
        place = (
            Place(event.name, "1", column.form, instance)
            if repeating
            else Place(event.name, instance, column.form, "1")
        )
        gathering.put(record, place, column, value, line)


def with_events_of(project: Project, table: Table, log: ProblemLog) -> Project:
    """The events, their instruments and what repeats, from a table of records: a dictionary says nothing of them."""
    header = [heading.lower() for heading in table.header]
    columns = columns_of(project)
    forms: dict[str, dict[str, None]] = {}
    repeating: dict[tuple[str, str], None] = {}
    repeated: set[str] = set()
    has_events = EVENT in header
    for _, row in table.rows(ProblemLog(log.file)):
        cells = dict(zip(header, row, strict=True))
        name = cells.get(EVENT, "").strip() if has_events else CLASSIC_EVENT
        if not name:
            continue
        held = forms.setdefault(name, {})
        form, instance = cells.get(INSTRUMENT, "").strip(), cells.get(INSTANCE, "").strip()
        if form in project.forms:
            repeating[name, form] = None
            held[form] = None
        elif instance:
            repeated.add(name)
        for heading, value in cells.items():
            column = columns.get(heading)
            if column and value.strip() and column.kind != "group" and column.name != project.record_id:
                ticked = column.kind != "choice" or value != "0"
                if ticked and not form:
                    held[column.form] = None
    if not forms:
        return project
    if has_events:
        log.add("RED054", 1, f"They are {', '.join(forms)}.")
        first = project.fields[0].form
        forms[next(iter(forms))].setdefault(first, None)
    else:
        forms = {CLASSIC_EVENT: dict.fromkeys(project.forms)}
    events = tuple(
        Event(name, _title(name), tuple(f for f in project.forms if f in held), _arm(name), name in repeated)
        for name, held in forms.items()
    )
    return replace(project, events=events, repeating=frozenset(repeating))


def _title(name: str) -> str:
    match = _ARM.fullmatch(name)
    return (match[1] if match else name).replace("_", " ").capitalize()


def _arm(name: str) -> str:
    match = _ARM.fullmatch(name)
    return match[2] if match else "1"
