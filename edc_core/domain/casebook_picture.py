"""A casebook made ready for the checks that look at it: what stands where is found once, what each has read is noted.

Every read is noted because the fingerprint of a finding is made of what was read.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.casebook import Casebook, FormData, ItemData
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath, Step

    Level = tuple[Step | None, Step | None, tuple[Step, ...]]  #: event, form and groups of a place


class Cell(NamedTuple):
    """One item of a form or row; ``data`` is ``None`` where nothing was ever entered."""

    path: ItemPath
    data: ItemData | None


@dataclass(slots=True)
class Reads:
    """What one call of a check has looked at: items as they stood, and which forms and rows there were.

    It is only noted while the check runs; most checks find nothing, and then nobody asks for the fingerprint.
    """

    cells: list[Cell] = field(default_factory=list)
    lists: list[tuple[str, ItemPath | str, str, tuple[ItemPath, ...]]] = field(default_factory=list)

    def fingerprint(self) -> str:
        """SHA-256 over what was read, whatever its order."""
        whole: dict[str, object] = {
            f"{what}({among},{name})": [str(path) for path in found]
            for what, among, name, found in self.lists
        }
        for path, data in self.cells:
            whole[str(path)] = (
                None if data is None else [data.value, data.missing, data.unit, data.reading, data.raw]
            )
        text = json.dumps(whole, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class CasebookPicture:
    """A casebook that does not change any more, with what its views have looked up in it.

    :param others: further versions of the study by OID; a form of one of them is seen as that version defines it.
    """

    def __init__(
        self, casebook: Casebook, index: MetaDataIndex, others: Mapping[str, MetaDataIndex] | None = None
    ) -> None:
        self.casebook = casebook
        self.index = index
        self.others = others or {}
        self._forms: dict[tuple[str, str], tuple[FormData, ...]] = {}
        self._rows: dict[tuple[ItemPath, str], tuple[ItemPath, ...]] = {}
        self._cells: dict[ItemPath, dict[str, Cell]] = {}

    def index_of(self, form: FormData) -> MetaDataIndex:
        """The version a form keeps (decision "Versions")."""
        return self.others.get(form.meta_data_version, self.index)

    def index_at(self, path: ItemPath) -> MetaDataIndex:
        """The version that defines a place: that of its form where it is started."""
        form = self.casebook.forms.get(path.form_path) if path.form is not None else None
        return self.index if form is None else self.index_of(form)

    def forms(self, form: str, event: str) -> tuple[FormData, ...]:
        """Forms of a kind (name or OID) that are there, in the order of events and of keys; ``""`` is any event."""
        known = self._forms.get((form, event))
        if known is None:
            known = self._forms[form, event] = tuple(self._find_forms(form, event))
        return known

    def _find_forms(self, form: str, event: str) -> list[FormData]:
        order = {d.oid: position for position, d in enumerate(self.index.version.events)}
        found = [
            ((order.get(path.event.oid, len(order)), path.event.rank, path.form.rank), data)
            for path, data in self.casebook.forms.items()
            if path.form is not None
            and path.event is not None
            and (definition := self.index_of(data).forms.get(path.form.oid)) is not None
            and form in (definition.oid, definition.name)
            and event in ("", path.event.oid)
            and not self.casebook.is_removed(path)
        ]
        found.sort(key=lambda placed: placed[0])
        return [data for _, data in found]

    def rows(self, parent: ItemPath, group_oid: str) -> tuple[ItemPath, ...]:
        """Rows of a group that are there, in the order of their keys."""
        known = self._rows.get((parent, group_oid))
        if known is None:
            steps = self._steps.get(((parent.event, parent.form, parent.groups), group_oid), ())
            rows = [parent.with_group(*step) for step in steps]
            rows = [row for row in rows if not self.casebook.is_removed(row)]
            rows.sort(key=lambda row: row.groups[-1].rank)
            known = self._rows[parent, group_oid] = tuple(rows)
        return known

    @cached_property
    def _steps(self) -> dict[tuple[Level, str], dict[Step, None]]:
        """Occurrences of groups by the place they stand in and their OID."""
        found: dict[tuple[Level, str], dict[Step, None]] = {}
        places = {(p.event, p.form, p.groups): None for p in (*self.casebook.items, *self.casebook.groups)}
        for event, form, groups in places:
            for depth, step in enumerate(groups):
                found.setdefault(((event, form, groups[:depth]), step.oid), {})[step] = None
        return found

    def cells(self, place: ItemPath) -> dict[str, Cell]:
        """Where views of a form or row keep the items they have found, by the word they were asked with."""
        return self._cells.setdefault(place, {})
