"""Builds the form page's view model from a definition, a casebook and what the person may do."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from edc_core.domain.casebook import Casebook, FormData, ItemData
from edc_core.domain.entry_state import TRANSITIONS, WORDS, EntryAction, EntryStatus
from edc_core.domain.item_path import ItemPath
from edc_core.domain.protection import Protection, effective, strictest
from edc_core.domain.site_time import day_beside
from edc_core.domain.standard_value import units_elsewhere
from edc_core.domain.values import display
from edc_core.errors import NotFound
from edc_core.rendering.form_issues import Said, issues
from edc_core.rendering.item_notes import WAITING, ItemNotes, has_codes
from edc_core.rendering.view_model import (
    Access,
    Addresses,
    Asked,
    FormFacts,
    FormPage,
    GroupPart,
    ItemRow,
    LogRow,
)
from edc_core.rendering.widgets import missing_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from edc_core.domain.index import MetaDataIndex, PlacedItem
    from edc_core.domain.metadata import ItemDef, ItemGroupDef, ItemGroupRef
    from edc_core.domain.query import Query
    from edc_core.domain.review import ReviewMark
    from edc_core.rendering.item_markup import ItemMarkup

_STATUS_LOOKS = {
    EntryStatus.NOT_STARTED: ("st-none", "k-none"),
    EntryStatus.IN_PROGRESS: ("st-part", "k-part"),
    EntryStatus.COMPLETE: ("st-done", "k-done"),
    EntryStatus.NOT_DONE: ("st-nd", "k-nd"),
    EntryStatus.REMOVED: ("st-nd", "k-nd"),
}
MAX_COLUMNS = 7


class FormBuilder:
    """One use: one page. Keep it only while the casebook it was given is the newest."""

    def __init__(
        self,
        markup: ItemMarkup,
        casebook: Casebook,
        path: ItemPath,
        *,
        access: Access,
        addresses: Addresses,
        facts: FormFacts,
        open_row: ItemPath | None = None,
    ) -> None:
        self.markup, self.index = markup, markup.index
        self.casebook, self.path = casebook, path
        self.access, self.addresses, self.facts = access, addresses, facts
        self.open_row = open_row
        self.form = casebook.forms.get(path) or FormData(path, self.index.version.oid)
        self._number = 0
        self._queries = _by_path(casebook)
        self.wording = ItemNotes(
            self.index, markup.language, self._queries, access=access, addresses=addresses, facts=facts,
            reviews=_reviews(casebook),
        )  # fmt: skip
        self._states: dict[ItemPath, tuple[Protection, bool]] = {}

    def page(self) -> FormPage:
        """The whole form."""
        parts = tuple(self._parts())
        rows = [row for row in items_of(parts) if not row.hidden]
        said = [Said(row.id, row.notes, row.data) for row in rows]
        return self._page(parts, said, [row for row in _log(parts) if not row.struck])

    def summary(self) -> FormPage:
        """The form without its parts: status and counts are drawn, its items are not."""
        said, log = [], []
        hidden, items = self.facts.hidden, self.casebook.items
        for placed, path, dom_id in self.seen():
            if not hidden or path not in hidden:
                data = items.get(path)
                said.append(Said(dom_id, self.wording.concerns(placed, path, data), data))
        for group, parent in _tables(self.markup, self.path):
            log += [row for row in self._log_rows(group, parent, []) if not row.struck]
        return self._page((), said, log)

    def seen(self) -> Sequence[tuple[PlacedItem, ItemPath, str]]:
        """Items that stand once and that the person may see, with their ids, in the order of the page."""
        standing, unseen = _standing(self.markup, self.path), self.access.unseen
        return [one for one in standing if one[0].item.oid not in unseen] if unseen else standing

    def _page(self, parts: tuple[GroupPart, ...], said: list[Said], log: list[LogRow]) -> FormPage:
        protection = self._state(self.path)[0]
        is_open = protection is Protection.OPEN
        event_removed = self.casebook.is_removed(self.path) and self.form.status is not EntryStatus.REMOVED
        status = EntryStatus.REMOVED if event_removed else self.form.status
        open_for_entry = self.access.enter and is_open and not self._not_to_begin
        icon, kind = _STATUS_LOOKS[status]
        assert self.path.form is not None and self.path.event is not None  # noqa: PT018
        event = self.index.events[self.path.event.oid]
        form = self.index.forms[self.path.form.oid]
        asked = list(self._asked())
        return FormPage(
            path=self.path,
            subject_key=self.casebook.subject.subject_key,
            title=self._text(form.title) or form.name,
            event_title=(self._text(event.title) or event.name)
            + (f" {self.path.event.key}" if event.repeating else ""),
            status=WORDS[status],
            status_icon=icon,
            status_kind=kind,
            protection=str(protection),
            meta_data_version=self.form.meta_data_version,
            parts=parts,
            answered=sum(one.data is not None and not one.data.is_blank for one in said),
            total=len(said),
            issues=issues(said, log, sum(not self._is_row(path) for path, _ in asked)),
            asked=tuple(one for _, one in asked),
            can_edit=self._can_edit(self.path),
            can_complete=open_for_entry and status in (EntryStatus.NOT_STARTED, EntryStatus.IN_PROGRESS),
            can_reopen=self.access.reopen and is_open and status is EntryStatus.COMPLETE,
            can_mark_not_done=open_for_entry and status is EntryStatus.NOT_STARTED,
            can_clear_not_done=open_for_entry and status is EntryStatus.NOT_DONE,
            can_remove=self.access.strike and is_open and (status, EntryAction.REMOVE) in TRANSITIONS,
            can_restore=self.access.strike and is_open and self.form.status is EntryStatus.REMOVED,
            reason_from_now=self._reason_from_now(),
            not_done_reason=missing_word(self.form.reason)
            if self.form.status in (EntryStatus.NOT_DONE, EntryStatus.REMOVED)
            else "",
            newer_version=self.form.n > 0 and self.form.meta_data_version != self.index.version.oid,
            language=self.markup.language,
            visit_not_done=self.casebook.is_not_done(self.path),
            visit_removed=event_removed,
            left_out=self.path in self.facts.left_out,
        )

    def _asked(self) -> Iterator[tuple[ItemPath, Asked]]:
        """Queries about no single item of the form, in the order of their places."""
        for path in sorted(self._queries, key=str):
            if path.item is None and path.form is not None and path.form_path == self.path:
                for note in self.wording.query_notes(self._queries[path]):
                    yield path, Asked(self._place_in_words(path), note)

    def _place_in_words(self, path: ItemPath) -> str:
        if not path.groups:
            return ""
        group = self.index.groups[path.groups[-1].oid]
        title = self._text(group.title) or group.name
        return f"{title}, {path.groups[-1].key}" if group.repeating else title

    def _is_row(self, path: ItemPath) -> bool:
        """Whether the place lies in a row of a table: such queries count with the row."""
        return any(self.index.groups[step.oid].repeating for step in path.groups)

    def row(self, path: ItemPath, number: int = 0) -> ItemRow:
        """One item, as it stands after a save.

        :raises NotFound: when the form's version has no such item, or the person may not see it.
        """
        placed = self.index.place(path)
        if placed.item.oid in self.access.unseen:
            raise NotFound(f"The study has no item '{path.item}' at '{path.parent}'.")
        return self._row(placed, path, number)

    def shown_items(self) -> Iterator[ItemDef | None]:
        """Items of the form that hold something for the person."""
        for path, data in self.casebook.items.items():
            if path.form_path == self.path and path.item not in self.access.unseen and not data.is_blank:
                yield self.index.items.get(path.item or "")

    def _text(self, text: object) -> str:
        return text.in_language(self.markup.language)  # type: ignore[attr-defined, no-any-return]

    def _reason_from_now(self) -> bool:
        if self.form.was_complete:
            return True
        return self.index.version.policy.reason_from == "first_save" and self.form.n > 0

    def _state(self, place: ItemPath) -> tuple[Protection, bool]:
        """Protection of a form or group, and whether entry is possible there; worked out once per place."""
        state = self._states.get(place)
        if state is None:
            protection = effective(place, self.casebook.protections, self.casebook.above)
            state = self._states[place] = (
                protection,
                self.access.enter
                and self.form.status not in (EntryStatus.NOT_DONE, EntryStatus.REMOVED)
                and not self._not_to_begin
                and protection is Protection.OPEN
                and not self.casebook.is_removed(place),
            )
        return state

    @property
    def _not_to_begin(self) -> bool:
        """Nothing is begun in a visit that was not done, nor a form that is not required.

        One that was begun before it stopped being required can be read and cleared.
        """
        if self.casebook.is_not_done(self.path):
            return True
        return self.path in self.facts.left_out and self.form.status is EntryStatus.NOT_STARTED

    def _can_edit(self, place: ItemPath) -> bool:
        return self._state(place)[1]

    def _parts(self) -> Iterator[GroupPart]:
        assert self.path.form is not None
        for place, ref in enumerate(self.index.forms[self.path.form.oid].group_refs):
            yield self._part(self.index.groups[ref.item_group_oid], self.path, is_first=place == 0)

    def _part(self, group: ItemGroupDef, parent: ItemPath, *, is_first: bool = False) -> GroupPart:
        """A group of the form. The form's title stands above the first one: it needs no heading to say its name."""
        where = parent.with_group(group.oid, "1")
        common = {
            "oid": group.oid,
            "id": "g" + where.dom_id[1:],
            "title": self._text(group.title) or ("" if is_first and not group.repeating else group.name),
            "parent": parent,
            "hidden": where in self.facts.hidden,
        }
        if group.repeating:
            columns = self._columns(group, where)
            return GroupPart(
                **common,  # type: ignore[arg-type]
                repeating=True,
                columns=tuple(self.markup.face(placed).question for placed in columns),
                rows=tuple(self._log_rows(group, parent, columns)),
                can_edit=self._can_edit(parent),
                least_rows=group.least_rows,
                most_rows=group.most_rows,
            )
        items = tuple(self._items(where))
        parts = tuple(self._part(self.index.groups[r.item_group_oid], where) for r in group.group_refs)
        return GroupPart(**common, items=items, parts=parts, is_grid=group.layout == "grid")  # type: ignore[arg-type]

    def _items(self, where: ItemPath) -> Iterator[ItemRow]:
        elsewhere = self.facts.elsewhere()
        for placed in self.markup.placed(self.path, where):
            if placed.item.oid not in self.access.unseen:
                path = where.with_item(placed.item.oid)
                is_asked = (placed.group_oids, placed.item.oid) not in elsewhere
                self._number += (
                    is_asked  # hidden ones count: a question keeps its number when others come and go
                )
                yield self._row(placed, path, self._number if is_asked else 0)

    def _row(self, placed: PlacedItem, path: ItemPath, number: int = 0) -> ItemRow:
        item = placed.item
        data = self.casebook.items.get(path) or ItemData(path)
        derived = placed.ref.method_oid is not None
        dom_id, text = names(path)
        protected, can_edit = self._state(path.parent)
        if path in self.casebook.protections:
            protected = strictest((protected, self.casebook.protections[path]))
            can_edit = can_edit and protected is Protection.OPEN
        day = day_beside(self.index, self.casebook.items, path)
        notes = self.wording.notes(placed, path, data, day)
        shown = display(item, None, data.value) if data.value is not None else data.raw
        read_only = derived or not can_edit
        awaits_unit = (
            data.is_blank and not data.unit and len(item.measurement_unit_oids) > 1 and not read_only
        )
        return ItemRow(
            placed=placed,
            path=path,
            id=dom_id,
            path_text=text,
            url=self.addresses.item(path),
            number=number,
            question=self.markup.face(placed).question,
            data=data,
            shown=data.value if data.value is not None and (has_codes(item) or item.file) else shown,
            text=self.wording.words(item, data),
            notes=notes,
            marks=tuple(
                self.wording.marks(path, protected, noted=any(note.level != "info" for note in notes))
            ),
            changes=data.version,
            read_only=read_only,
            hidden=path in self.facts.hidden,
            locked=protected is not Protection.OPEN,
            derived=derived,
            file_url=self.addresses.file(path) if item.file else "",
            unit=self.facts.units().get(item.oid, "") if awaits_unit else data.unit,
            elsewhere=units_elsewhere(item, self.facts.country),
        )

    def _columns(self, group: ItemGroupDef, where: ItemPath) -> list[PlacedItem]:
        by_name = {self.index.items[ref.item_oid].name: ref.item_oid for ref in group.item_refs}
        chosen = [by_name[name] for name in group.columns if name in by_name]
        oids = chosen or [ref.item_oid for ref in group.item_refs][:MAX_COLUMNS]
        return [self.index.place(where.with_item(oid)) for oid in oids if oid not in self.access.unseen]

    def _log_rows(self, group: ItemGroupDef, parent: ItemPath, columns: list[PlacedItem]) -> Iterator[LogRow]:
        depth = len(parent.groups)
        keys = {
            p.groups[depth].key: p.groups[depth]
            for p in (*self.casebook.groups, *self.casebook.items)
            if len(p.groups) > depth and p.groups[depth].oid == group.oid and parent.contains(p)
        }
        for key in sorted(keys, key=_key_order):
            place = parent.with_group(group.oid, key)
            data = self.casebook.groups.get(place)
            cells = (
                self.wording.words(
                    p.item, self.casebook.items.get(place.with_item(p.item.oid)) or ItemData(place)
                )
                for p in columns
            )
            is_open = self.open_row is not None and place.contains(self.open_row)
            yield LogRow(
                key=key,
                path=place,
                id="w" + place.dom_id[1:],
                cells=tuple(cells),
                struck=bool(data and data.removed),
                reason=data.reason if data else "",
                queries=sum(
                    1
                    for path, queries in self._queries.items()
                    if place.contains(path) and any(q.state in WAITING for q in queries)
                ),
                parts=(self._editor(group, place),) if is_open else (),
            )

    def _editor(self, group: ItemGroupDef, place: ItemPath) -> GroupPart:
        return GroupPart(
            oid=group.oid,
            id="e" + place.dom_id[1:],
            title=self._text(group.title) or group.name,
            parent=place,
            items=tuple(self._items(place)),
            parts=tuple(self._part(self.index.groups[r.item_group_oid], place) for r in group.group_refs),
        )


@lru_cache(maxsize=65536)
def names(path: ItemPath) -> tuple[str, str]:
    """An item's id in the page and its text. The same for every subject, so worth keeping."""
    return path.dom_id, str(path)


def _by_path(casebook: Casebook) -> dict[ItemPath, list[Query]]:
    found: dict[ItemPath, list[Query]] = {}
    for query in casebook.queries.values():
        found.setdefault(query.path, []).append(query)
    return found


def _reviews(casebook: Casebook) -> dict[ItemPath, list[ReviewMark]]:
    found: dict[ItemPath, list[ReviewMark]] = {}
    for mark in casebook.marks.values():
        found.setdefault(mark.path, []).append(mark)
    return found


def items_of(parts: tuple[GroupPart, ...]) -> Iterator[ItemRow]:
    """Items that stand once. Rows of tables come and go, so they do not count as answered or not."""
    for part in parts:
        yield from part.items
        yield from items_of(part.parts)


def sections_of(parts: tuple[GroupPart, ...]) -> Iterator[GroupPart]:
    """Every section of a page, those inside others and in the open row too."""
    for part in parts:
        yield part
        yield from sections_of(part.parts)
        for row in part.rows:
            yield from sections_of(row.parts)


def _log(parts: tuple[GroupPart, ...]) -> Iterator[LogRow]:
    for part in parts:
        yield from part.rows
        yield from _log(part.parts)


@lru_cache(maxsize=4096)
def _standing(markup: ItemMarkup, form: ItemPath) -> tuple[tuple[PlacedItem, ItemPath, str], ...]:
    """Items of a form that stand once, with their ids, in the order of the page. The same for every subject, so worth keeping."""
    return tuple(
        (placed, path, path.dom_id)
        for group, where in _groups(markup.index, form)
        if not group.repeating
        for placed in markup.placed(form, where)
        for path in (where.with_item(placed.item.oid),)
    )


@lru_cache(maxsize=4096)
def _tables(markup: ItemMarkup, form: ItemPath) -> tuple[tuple[ItemGroupDef, ItemPath], ...]:
    """Tables of a form that stand once, each with the place its rows are below."""
    return tuple((group, where.parent) for group, where in _groups(markup.index, form) if group.repeating)


def _groups(index: MetaDataIndex, form: ItemPath) -> Iterator[tuple[ItemGroupDef, ItemPath]]:
    """Groups of a form in the order of the page; what is inside a table comes with its rows."""

    def walk(refs: Iterable[ItemGroupRef], parent: ItemPath) -> Iterator[tuple[ItemGroupDef, ItemPath]]:
        for ref in refs:
            group = index.groups[ref.item_group_oid]
            where = parent.with_group(group.oid, "1")
            yield group, where
            if not group.repeating:
                yield from walk(group.group_refs, where)

    assert form.form is not None
    yield from walk(index.forms[form.form.oid].group_refs, form)


def _key_order(key: str) -> tuple[int, int, str]:
    """Numbers in their order, then other keys as text."""
    return (0, int(key), key) if key.isascii() and key.isdigit() else (1, 0, key)
