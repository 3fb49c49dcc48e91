"""What a form's footer counts: queries, notes, and values that could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from edc_core.rendering.view_model import Issues, LogRow, Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edc_core.domain.casebook import ItemData

ASKED = "form-queries"  #: id of the part of the page that shows queries about no single item


class Said(NamedTuple):
    """What an item that stands once adds to the form's counts."""

    id: str
    notes: Sequence[Note]
    data: ItemData | None

    @property
    def unreadable(self) -> bool:
        return self.data is not None and self.data.reading == "unreadable"


def issues(said: list[Said], log: list[LogRow], asked_of_form: int) -> Issues:
    """:param log: rows of tables that are not struck. :param asked_of_form: queries about the form or its sections."""
    noted = [one for one in said if one.notes and any(note.level != "info" for note in one.notes)]
    asked = {one.id for one in noted if any(note.query for note in one.notes)}
    in_log = [row.id for row in log if row.queries]
    of_form = [ASKED] if asked_of_form else []
    first = next(iter([*of_form, *(one.id for one in noted), *in_log]), "")
    return Issues(
        queries=len(asked) + sum(row.queries for row in log) + asked_of_form,
        notes=sum(one.id not in asked and not one.unreadable for one in noted),
        unreadable=sum(one.unreadable for one in noted),
        first=first,
    )
