"""The data dictionary: one row a field, 18 columns."""

from __future__ import annotations

from dataclasses import replace

from edc_core_redcap.choices import TRUE_FALSE, YES_NO, parse_choices
from edc_core_redcap.problems import ProblemLog
from edc_core_redcap.project import CHOICE_TYPES, COLUMNS, FIELD_NAME, FIELD_TYPES, FORM_NAME, Field
from edc_core_redcap.tables import Table

_HEADINGS = {heading: key for key, heading in COLUMNS.items()} | {key: key for key in COLUMNS}
#: What the project XML and old dictionaries call a type or a validation.
TYPES = {"select": "dropdown", "textarea": "notes"}
VALIDATIONS = {"int": "integer", "float": "number"}


def is_dictionary(header: tuple[str, ...]) -> bool:
    known = {_HEADINGS.get(heading) for heading in header}
    return {"field_name", "form_name", "field_type"} <= known


def read_dictionary(table: Table, log: ProblemLog) -> tuple[Field, ...]:
    """The fields of a dictionary; everything wrong with it is added to the log."""
    keys = [_HEADINGS.get(heading, "") for heading in table.header]
    for key, heading in COLUMNS.items():
        if key not in keys:
            log.add("RED003", 1, f"'{heading}'.")
    for heading, key in zip(table.header, keys, strict=True):
        if not key:
            log.add("RED004", 1, f"'{heading}'.")
        elif keys.count(key) > 1:
            log.add("RED013", 1, f"'{heading}'.")
    fields: dict[str, Field] = {}
    for line, row in table.rows(log):
        cells = {key: cell.strip() for key, cell in zip(keys, row, strict=True) if key}
        one = _field(cells, line, log)
        if one.name in fields:
            log.add("RED021", line, f"'{one.name}', first in line {fields[one.name].line}.")
        fields.setdefault(one.name, one)
    if not fields and not log.is_fatal:
        log.add("RED011", 1)
    return tuple(fields.values())


def _field(cells: dict[str, str], line: int, log: ProblemLog) -> Field:
    def cell(key: str) -> str:
        return cells.get(key, "")

    kind = cell("field_type").lower()
    validation = cell("text_validation_type_or_show_slider_number").lower()
    return checked_field(
        Field(
            name=cell("field_name").lower(),
            form=cell("form_name").lower(),
            type=TYPES.get(kind, kind),
            line=line,
            label=cell("field_label"),
            section=cell("section_header"),
            details=cell("select_choices_or_calculations"),
            note=cell("field_note"),
            validation=VALIDATIONS.get(validation, validation),
            minimum=cell("text_validation_min"),
            maximum=cell("text_validation_max"),
            identifier=cell("identifier").lower() == "y",
            branching=cell("branching_logic"),
            required=cell("required_field").lower() == "y",
            alignment=cell("custom_alignment"),
            question_number=cell("question_number"),
            matrix=cell("matrix_group_name"),
            ranking=cell("matrix_ranking").lower() == "y",
            annotation=cell("field_annotation"),
        ),
        log,
    )


def checked_field(one: Field, log: ProblemLog) -> Field:
    """A field with its choices read; what is wrong with its name, instrument, type or choices is added to the log."""
    if not FIELD_NAME.fullmatch(one.name):
        log.add("RED020", one.line, f"It is '{one.name}'.")
    if not FORM_NAME.fullmatch(one.form):
        log.add("RED025", one.line, f"Field '{one.name}': it is '{one.form}'.")
    if one.type not in FIELD_TYPES:
        log.add("RED022", one.line, f"Field '{one.name}': it is '{one.type}'.")
    if one.type in CHOICE_TYPES and not one.choices:
        return replace(one, choices=parse_choices(one.details, log, one.line, f"Field '{one.name}'"))
    if one.type in ("yesno", "truefalse"):
        return replace(one, choices=YES_NO if one.type == "yesno" else TRUE_FALSE)
    return one
