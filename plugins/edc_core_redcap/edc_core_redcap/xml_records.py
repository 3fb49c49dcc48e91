"""The records in a project XML (ClinicalData): an element a value, checkboxes one a choice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from edc_core_redcap.cells import Place
from edc_core_redcap.project import CLASSIC_EVENT
from edc_core_redcap.record_reader import Gathering
from edc_core_redcap.xml_stream import Element


class _Value(NamedTuple):
    """A value as found, before the project is known to be whole."""

    record: str
    event: str
    event_key: str
    form: str
    form_key: str
    item: str
    value: str
    line: int
    is_file: bool


@dataclass(slots=True)
class RecordReader:
    """Gathers ItemData as they end; ``take`` puts them where they belong when the definition is whole.

    The content of an uploaded file is left out; its name is the value.
    """

    values: list[_Value] = field(default_factory=list)
    records: dict[str, int] = field(default_factory=dict)
    without_key: list[int] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)

    def ended(self, stack: list[Element]) -> None:
        element = stack[-1]
        if element.name == "SubjectData":
            key = element.get("SubjectKey").strip()
            if not key:
                self.without_key.append(element.line)
            self.records.setdefault(key, element.line)
        elif element.name.startswith("ItemData") and element.get("ItemOID"):
            self._item(element, {one.name: one for one in stack[:-1]})

    def _item(self, element: Element, above: dict[str, Element]) -> None:
        subject, event, form = above.get("SubjectData"), above.get("StudyEventData"), above.get("FormData")
        if subject is None:
            return
        value = element.attributes.get("Value", element.text)
        is_file = element.name == "ItemDataBase64Binary"
        if is_file:
            value = element.get("DocName") or "file"
        self.values.append(
            _Value(
                self._one(subject.get("SubjectKey").strip()),
                self._one(event.get("StudyEventOID") if event else ""),
                self._one((event.get("StudyEventRepeatKey") if event else "") or "1"),
                self._one(form.get("FormOID").removeprefix("Form.") if form else ""),
                self._one((form.get("FormRepeatKey") if form else "") or "1"),
                self._one(element.get("ItemOID")),
                value,
                element.line,
                is_file,
            )
        )

    def _one(self, text: str) -> str:
        """The same text always as the same object: names and keys come once a value."""
        return self._names.setdefault(text, text)

    def take(self, gathering: Gathering, event_names: dict[str, str]) -> None:
        """Put every value where it belongs; what the project does not know is added to the log."""
        log, project = gathering.log, gathering.project
        known = {event.name for event in project.events}
        for line in self.without_key:
            log.add("RED030", line)
        for key, line in self.records.items():
            if key:
                gathering.record(key, line)
        for value in self.values:
            column = gathering.columns.get(value.item)
            event = event_names.get(value.event, value.event.removeprefix("Event.")) or CLASSIC_EVENT
            if column is None:
                log.add("RED035", value.line, f"ItemOID '{value.item[:60]}'.")
            elif event not in known:
                log.add("RED032", value.line, f"It is '{event}'.")
            elif value.form and value.form not in project.forms:
                log.add("RED035", value.line, f"FormOID '{value.form[:60]}'.")
            else:
                form = (
                    column.form if column.kind in ("field", "choice", "status") else value.form or column.form
                )
                place = Place(event, value.event_key, form, value.form_key)
                record = gathering.record(value.record, value.line)
                gathering.put(record, place, column, value.value, value.line, is_file=value.is_file)
