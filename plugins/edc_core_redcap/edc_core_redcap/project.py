"""A REDCap project as its files tell it, before it becomes a definition of ours."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass, field
from functools import cached_property

#: The columns of a data dictionary: the word of the API, and the heading of the download.
COLUMNS = {
    "field_name": "Variable / Field Name",
    "form_name": "Form Name",
    "section_header": "Section Header",
    "field_type": "Field Type",
    "field_label": "Field Label",
    "select_choices_or_calculations": "Choices, Calculations, OR Slider Labels",
    "field_note": "Field Note",
    "text_validation_type_or_show_slider_number": "Text Validation Type OR Show Slider Number",
    "text_validation_min": "Text Validation Min",
    "text_validation_max": "Text Validation Max",
    "identifier": "Identifier?",
    "branching_logic": "Branching Logic (Show field only if...)",
    "required_field": "Required Field?",
    "custom_alignment": "Custom Alignment",
    "question_number": "Question Number (surveys only)",
    "matrix_group_name": "Matrix Group Name",
    "matrix_ranking": "Matrix Ranking?",
    "field_annotation": "Field Annotation",
}
CHOICE_TYPES = frozenset({"radio", "dropdown", "checkbox"})
FIELD_TYPES = CHOICE_TYPES | {"text", "notes", "yesno", "truefalse", "calc", "slider", "file", "descriptive", "sql"}  # fmt: skip
FIELD_NAME = re.compile("[a-z][a-z0-9_]*")
FORM_NAME = re.compile("[a-z0-9_]+")
CLASSIC_EVENT = "event_1_arm_1"  #: of a project without events


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One row of a data dictionary.

    :param details: the column of choices as written: choices, a calculation, slider labels or a query.
    :param choices: of radio, dropdown, checkbox, yesno and truefalse.
    :param rich_label: the label with its markup, where it has any.
    """

    name: str
    form: str
    type: str
    line: int
    label: str = ""
    section: str = ""
    details: str = ""
    choices: tuple[Choice, ...] = ()
    note: str = ""
    validation: str = ""
    minimum: str = ""
    maximum: str = ""
    identifier: bool = False
    branching: str = ""
    required: bool = False
    alignment: str = ""
    question_number: str = ""
    matrix: str = ""
    ranking: bool = False
    annotation: str = ""
    rich_label: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """An event of an arm, by its unique name (``visit_1_arm_2``)."""

    name: str
    title: str = ""
    forms: tuple[str, ...] = ()
    arm: str = "1"
    repeating: bool = False
    line: int = 0


@dataclass(frozen=True)
class Project:
    """Everything the definition files say.

    :param titles: instrument to its title. :param repeating: (event, instrument) of repeating instruments.
    :param groups: unique name of each data access group to its name.
    :param missing_codes: the project's missing data codes with their labels.
    :param settings: what the file says about the project that has no place in a definition.
    """

    oid: str
    version: str
    name: str
    fields: tuple[Field, ...]
    titles: dict[str, str] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    repeating: frozenset[tuple[str, str]] = frozenset()
    groups: dict[str, str] = field(default_factory=dict)
    missing_codes: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    description: str = ""

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {one.name: one for one in self.fields}

    @cached_property
    def forms(self) -> dict[str, list[Field]]:
        """Instrument to its fields, in the order of the definition."""
        found: dict[str, list[Field]] = {}
        for one in self.fields:
            found.setdefault(one.form, []).append(one)
        return found

    @cached_property
    def events_of(self) -> dict[str, tuple[str, ...]]:
        """Instrument to the events it belongs to."""
        return {form: tuple(e.name for e in self.events if form in e.forms) for form in self.forms}

    @cached_property
    def repeating_forms(self) -> frozenset[str]:
        return frozenset(form for _, form in self.repeating)

    @property
    def record_id(self) -> str:
        """The first field: it holds the record's name."""
        return self.fields[0].name


def word(name: str) -> str:
    """A name as expressions can write it: beginning with a letter, and no word of the language."""
    text = name if name[:1].isalpha() else f"X{name}"
    return f"{text}_" if keyword.iskeyword(text) else text


def title_of(form: str) -> str:
    """The title REDCap gives to an instrument whose dictionary is uploaded: ``vital_signs`` is Vital Signs."""
    return " ".join(part.capitalize() for part in form.split("_") if part) or form


def suffix_of(code: str) -> str:
    """A choice's code as the end of a column's name: ``-1`` is ``_1``, so that its column is ``field____1``."""
    return re.sub(r"[^a-z0-9]", "_", code.lower())


def checkbox_columns(one: Field, missing_codes: dict[str, str]) -> dict[str, str]:
    """Name of each column of a checkbox to the code it ticks; a missing data code has one too."""
    codes = [*(choice.code for choice in one.choices), *missing_codes]
    columns: dict[str, str] = {}
    for code in codes:
        columns.setdefault(f"{one.name}___{suffix_of(code)}", code)
    return columns
