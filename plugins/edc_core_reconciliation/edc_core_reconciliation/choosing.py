"""Which file is compared, and which of its columns is which item: as it was chosen, kept before, or guessed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from edc_core.api import BadRequest, FileValue, NotFound
from edc_core_reconciliation.compare import plain, read_table
from edc_core_reconciliation.events import SENSITIVE, SUBJECT, Choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edc_core.api import ListingColumn, ListingPart, PageRequest, StudyAccess, StudyNote
    from edc_core_reconciliation.compare import Table

SUBJECT_WORDS = ("subject", "subject number", "subject id", "subjid", "usubjid", "patient", "patient id")


def file_of(asked: PageRequest) -> FileValue | None:
    """:raises NotFound: it is not there (any more)."""
    text = asked.text("file", longest=400)
    if not text:
        return None
    try:
        file = FileValue.parse(text)
    except ValueError:
        raise NotFound("This file is not there (any more). Send it again.") from None
    if not asked.study.staged.holds(file):
        raise NotFound("This file is not there (any more). Send it again.")
    return file


def table_of(study: StudyAccess, file: FileValue) -> Table:
    """:raises BadRequest: it is no table, and where."""
    with study.staged.open(file) as stream:
        return read_table(stream.read())


def mapping_of(
    asked: PageRequest, table: Table | None, parts: Sequence[ListingPart], kept: Sequence[StudyNote]
) -> Choice:
    """As it was chosen; else as it was kept last, as far as it fits the file."""
    known = {(part.form, part.group) for part in parts}
    if table and (part := asked.text("part", longest=600)):
        chosen = _part(part)
        if chosen not in known:
            raise BadRequest("Choose the form of the events from the list.")
        said = asked.texts("column")
        columns = dict(zip(table.columns, said, strict=False)) if len(said) == len(table.columns) else {}
        only = (asked.text("only"), asked.text("is"))
        return Choice(chosen, only, columns, frozenset(asked.texts("key")) & set(table.columns))
    if table and kept:
        before = Choice.of(max(kept, key=lambda note: note.n).content["mapping"])
        if before.part in known and set(before.columns) == set(table.columns):
            return replace(before, columns={**before.columns, **_sensitive_before(asked.study)})
    return Choice(next(iter(sorted(known, key=_is_no_event)), ("", "")), ("", ""), {}, frozenset())


def _sensitive_before(study: StudyAccess) -> dict[str, str]:
    """What the person may know of columns that were compared with items which not everybody may see."""
    notes = study.notes(SENSITIVE)
    return dict(max(notes, key=lambda note: note.n).content["columns"]) if notes else {}


def _is_no_event(part: tuple[str, str]) -> bool:
    """A form whose OID names serious events is offered first."""
    return "SAE" not in part[0].upper()


def guessed(mapping: Choice, table: Table, items: Sequence[ListingColumn]) -> Choice:
    """Columns whose heading is that of an item, where nobody chose one of this form."""
    if {one.oid for one in items} & set(mapping.columns.values()):
        return mapping
    known = {plain(word): one.oid for one in items for word in (one.label, one.name, one.oid)}
    columns = {
        heading: SUBJECT if plain(heading) in SUBJECT_WORDS else known.get(plain(heading), "")
        for heading in table.columns
    }
    return replace(mapping, columns=columns)


def fields_of(file: FileValue | None, table: Table | None, mapping: Choice) -> dict[str, object]:
    """The choice as fields of an address."""
    if file is None or table is None:
        return {}
    return {
        "file": str(file),
        "part": named(*mapping.part),
        "only": mapping.only[0],
        "is": mapping.only[1],
        "column": [mapping.columns.get(heading, "") for heading in table.columns],
        "key": sorted(mapping.keys),
        "compare": "1",
    }


def named(form: str, group: str) -> str:
    """A form or a log as a field has it."""
    return json.dumps([form, group])


def _part(text: str) -> tuple[str, str]:
    """:raises BadRequest: it names no part."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, list) or [type(one) for one in found] != [str, str]:
        raise BadRequest("Choose the form of the events from the list.")
    return found[0], found[1]
