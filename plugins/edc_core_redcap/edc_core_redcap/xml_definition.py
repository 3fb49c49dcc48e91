"""The definition in a project XML: ODM 1.3 whose REDCap attributes say what ODM cannot."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from edc_core_redcap.choices import parse_choices, parse_missing_codes
from edc_core_redcap.dictionary import TYPES, VALIDATIONS, checked_field
from edc_core_redcap.problems import ProblemLog
from edc_core_redcap.project import CLASSIC_EVENT, Choice, Event, Field, Project
from edc_core_redcap.xml_stream import Element

_SIMPLE = frozenset({"StudyName", "StudyDescription", "ProtocolName"})


@dataclass(slots=True)
class _Item:
    element: Element
    question: str = ""
    rich: str = ""
    code_list: str = ""
    limits: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _CodeList:
    choices: list[Choice] = field(default_factory=list)
    checkbox: str = ""
    line: int = 0


class DefinitionReader:
    """Gathers the elements of a Study as they end, then makes a project of them."""

    def __init__(self, log: ProblemLog) -> None:
        self.log = log
        self._oid = self._version = ""
        self._texts: dict[str, str] = {}
        self._settings: dict[str, str] = {}
        self._forms: dict[str, tuple[str, str, list[Element]]] = {}  #: OID to name, title, refs to its groups
        self._groups: dict[str, list[Element]] = {}
        self._items: dict[str, _Item] = {}
        self._lists: dict[str, _CodeList] = {}
        self._events: dict[str, tuple[Element, list[Element]]] = {}
        self._order: list[str] = []
        self._repeating: dict[tuple[str, str], None] = {}
        self._repeating_events: set[str] = set()
        self._data_groups: dict[str, str] = {}
        self.studies = 0

    def started(self, stack: list[Element]) -> None:
        element = stack[-1]
        if element.name == "Study":
            self.studies += 1
            self._oid = element.get("OID")
        elif element.name == "MetaDataVersion":
            self._version = element.get("OID")
        elif element.name == "FormDef":
            name = element.get("FormName") or element.get("OID").removeprefix("Form.")
            self._forms[element.get("OID")] = (name, element.get("Name"), [])
        elif element.name == "ItemGroupDef":
            self._groups[element.get("OID")] = []
        elif element.name == "ItemDef":
            if element.get("OID") in self._items:
                self.log.add("RED021", element.line, f"'{element.get('OID')}'.")
            self._items[element.get("OID")] = _Item(element)
        elif element.name == "CodeList":
            self._lists[element.get("OID")] = _CodeList(
                checkbox=element.get("CheckboxChoices"), line=element.line
            )
        elif element.name == "StudyEventDef":
            self._events[element.get("OID")] = (element, [])

    def ended(self, stack: list[Element]) -> None:
        element, parent = stack[-1], stack[-2] if len(stack) > 1 else stack[-1]
        name = element.name
        if name == "ItemGroupRef" and parent.name == "FormDef":
            self._forms[parent.get("OID")][2].append(element)
        elif name == "ItemRef" and parent.name == "ItemGroupDef":
            self._groups[parent.get("OID")].append(element)
        elif name == "FormRef" and parent.name == "StudyEventDef":
            self._events[parent.get("OID")][1].append(element)
        elif name == "StudyEventRef":
            self._order.append(element.get("StudyEventOID"))
        elif parent.name == "GlobalVariables" or name.startswith("redcap:"):
            self._of_project(element, parent, stack)
        else:
            self._of_item(element, parent, stack)

    def _of_item(self, element: Element, parent: Element, stack: list[Element]) -> None:
        inside = {one.name: one for one in stack}
        item = self._items.get(inside["ItemDef"].get("OID")) if "ItemDef" in inside else None
        if item is not None:
            if element.name == "TranslatedText" and parent.name == "Question":
                item.question = item.question or element.text
            elif element.name == "CodeListRef":
                item.code_list = element.get("CodeListOID")
            elif element.name == "CheckValue":
                item.limits.setdefault(parent.get("Comparator"), element.text)
        elif element.name == "TranslatedText" and parent.name == "Decode" and "CodeList" in inside:
            code = inside["CodeListItem"].get("CodedValue")
            self._lists[inside["CodeList"].get("OID")].choices.append(Choice(code, element.text))

    def _of_project(self, element: Element, parent: Element, stack: list[Element]) -> None:
        name = element.name.removeprefix("redcap:")
        if name == "FormattedTranslatedText":
            item = next((self._items.get(e.get("OID")) for e in stack if e.name == "ItemDef"), None)
            if item is not None:
                item.rich = element.text
        elif element.name in _SIMPLE:
            self._texts[name] = element.text
        elif name == "RepeatingInstrument":
            self._repeating[element.get("UniqueEventName"), element.get("RepeatInstrument")] = None
        elif name == "RepeatingEvent":
            self._repeating_events.add(element.get("UniqueEventName"))
        elif name.startswith("DataAccessGroup"):
            self._data_group(element)
        elif name == "MissingDataCodes":
            self._settings[name] = element.text
        elif parent.name == "GlobalVariables" and not name.startswith("RepeatingInstruments"):
            if element.text and not element.attributes:
                self._settings[name] = element.text
            elif not element.text and name.endswith("Group"):
                self.log.add("RED049", element.line, f"{name.removesuffix('Group')}.")

    def _data_group(self, element: Element) -> None:
        title = element.get("group_name") or element.get("data_access_group_name") or element.text
        if title:
            unique = element.get("unique_group_name") or unique_group_name(title)
            self._data_groups[unique] = title

    def project(self, line: int = 1) -> Project | None:
        """The project, or ``None`` after fatal problems."""
        fields, titles = self._fields()
        if not fields:
            self.log.add("RED011", line)
            return None
        codes = parse_missing_codes(self._settings.get("MissingDataCodes", ""))
        events = self._all_events(tuple(titles))
        return Project(
            oid=self._oid or "REDCap",
            version=self._version or "1",
            name=self._texts.get("StudyName") or self._oid,
            fields=tuple(fields.values()),
            titles=titles,
            events=events,
            repeating=frozenset((event, form) for event, form in self._repeating if form in titles),
            groups=self._data_groups,
            missing_codes=codes,
            settings=self._settings,
            description=self._texts.get("StudyDescription", ""),
        )

    def _fields(self) -> tuple[dict[str, Field], dict[str, str]]:
        fields: dict[str, Field] = {}
        titles: dict[str, str] = {}
        for form, title, groups in self._forms.values():
            titles[form] = title
            for use in groups:
                group = use.get("ItemGroupOID")
                if group not in self._groups:
                    self.log.add("RED028", use.line, f"ItemGroupDef '{group}'.")
                for ref in self._groups.get(group, ()):
                    item = self._items.get(ref.get("ItemOID"))
                    if item is None:
                        self.log.add("RED028", ref.line, f"ItemDef '{ref.get('ItemOID')}'.")
                        continue
                    name = item.element.get("Variable") or ref.get("Variable") or ref.get("ItemOID")
                    if name != f"{form}_complete" and name not in fields:
                        fields[name] = self._field(name, form, item)
        return fields, titles

    def _field(self, name: str, form: str, item: _Item) -> Field:
        element = item.element
        kind = element.get("FieldType").lower()
        validation = element.get("TextValidationType").lower()
        listed = self._lists.get(item.code_list, _CodeList())
        kind = TYPES.get(kind, kind) or "text"
        choices = tuple(listed.choices) if kind in ("radio", "dropdown") else ()
        details = element.get("Calculation") or element.get("SliderLabels") or element.get("OntologySearch")
        if kind == "checkbox":
            details = listed.checkbox
            choices = parse_choices(details, self.log, listed.line, f"Field '{name}'") if details else ()
        return checked_field(
            Field(
                name=name,
                form=form,
                type=kind,
                line=element.line,
                label=item.question,
                rich_label=item.rich if item.rich != item.question else "",
                section=element.get("SectionHeader"),
                details=details,
                choices=choices,
                note=element.get("FieldNote"),
                validation=VALIDATIONS.get(validation, validation),
                minimum=item.limits.get("GE", ""),
                maximum=item.limits.get("LE", ""),
                identifier=element.get("Identifier").lower() == "y",
                branching=element.get("BranchingLogic"),
                required=element.get("RequiredField").lower() == "y",
                alignment=element.get("CustomAlignment"),
                question_number=element.get("QuestionNumber"),
                matrix=element.get("MatrixGroupName"),
                ranking=element.get("MatrixRanking").lower() == "y",
                annotation=element.get("FieldAnnotation"),
            ),
            self.log,
        )

    def _all_events(self, forms: tuple[str, ...]) -> tuple[Event, ...]:
        if not self._events:
            return (Event(CLASSIC_EVENT, "Event 1", forms, repeating=bool(self._repeating_events)),)
        found = {}
        for oid, (element, refs) in self._events.items():
            name = element.get("UniqueEventName") or oid.removeprefix("Event.")
            held = []
            for ref in refs:
                if ref.get("FormOID") in self._forms:
                    held.append(self._forms[ref.get("FormOID")][0])
                else:
                    self.log.add("RED028", ref.line, f"FormDef '{ref.get('FormOID')}'.")
            title = element.get("EventName") or element.get("Name")
            arm = element.get("ArmNum") or "1"
            repeating = name in self._repeating_events
            found[oid] = Event(name, title, tuple(held), arm, repeating, element.line)
        order = [oid for oid in dict.fromkeys(self._order) if oid in found]
        return tuple(found[oid] for oid in (*order, *(oid for oid in found if oid not in order)))

    def event_names(self) -> dict[str, str]:
        """OID of each StudyEventDef to its unique name."""
        return {
            oid: element.get("UniqueEventName") or oid.removeprefix("Event.")
            for oid, (element, _) in self._events.items()
        }


def unique_group_name(title: str) -> str:
    """The unique name that REDCap makes of a data access group's name: 18 characters, in lower case."""
    text = re.sub(r"[^a-z0-9_]", "", re.sub(r"\s+", "_", title.strip().lower()))
    return text[:18].rstrip("_") or title
