"""Casebooks without a database: what a check or an exporter is handed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self

from edc_core.domain.casebook import Casebook, FormData, GroupData, ItemData, Subject
from edc_core.domain.casebook_picture import CasebookPicture, Reads
from edc_core.domain.casebook_view import CasebookView, FormView
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.values import parse
from edc_core.errors import NotFound

if TYPE_CHECKING:
    from edc_core.domain.metadata import MetaDataVersion


class SubjectBuilder:
    """A subject of a definition, filled value by value. Values are read as the site types them."""

    def __init__(self, version: MetaDataVersion, subject_key: str = "S-001") -> None:
        self.index = MetaDataIndex(version)
        self.casebook = Casebook(Subject("study", "subject", subject_key, "site"))

    def with_value(
        self,
        item: str,
        raw: str = "",
        *,
        event: str = "",
        event_key: str = "1",
        form_key: str = "1",
        rows: tuple[str, ...] = (),
        missing: str = "",
    ) -> Self:
        """Enter an item (by OID) in its form, which is begun by it.

        :param event: the first event holding the form when empty.
        :param rows: keys of the repeating groups around the item, outermost first.
        :param missing: a reason instead of a value.
        """
        path = find_path(self.index, item, event=event, event_key=event_key, form_key=form_key, rows=rows)
        definition = self.index.items[item]
        read = parse(definition, self.index.code_lists.get(definition.code_list_oid or ""), raw)
        version = self.casebook.items[path].version + 1 if path in self.casebook.items else 1
        self.casebook.items[path] = ItemData(
            path,
            "" if missing else raw,
            None if missing else read.value,
            missing,
            reading="ok" if missing else read.reading,
            version=version,
        )
        form = path.form_path
        known = FormData(form, self.index.version.oid, EntryStatus.IN_PROGRESS)
        self.casebook.forms.setdefault(form, known)
        return self

    def with_complete(self, form: str, *, event: str = "", event_key: str = "1", form_key: str = "1") -> Self:
        """Have a form Complete."""
        path = find_form(self.index, form, event=event, event_key=event_key, form_key=form_key)
        self.casebook.forms[path] = FormData(
            path, self.index.version.oid, EntryStatus.COMPLETE, was_complete=True
        )
        return self

    def with_struck_row(self, item: str, *rows: str, event: str = "") -> Self:
        """Strike the row that an item of it stands in."""
        path = find_path(self.index, item, event=event, rows=rows).parent
        self.casebook.groups[path] = GroupData(path, removed=True, reason="struck")
        return self

    def with_removed_form(self, form: str, *, event: str = "") -> Self:
        path = find_form(self.index, form, event=event)
        self.casebook.forms[path] = replace(self.casebook.forms[path], status=EntryStatus.REMOVED)
        return self

    def picture(self) -> CasebookPicture:
        """The casebook as it is now, ready for checks."""
        return CasebookPicture(self.casebook, self.index)

    def view(self, reads: Reads | None = None) -> CasebookView:
        return CasebookView(self.picture(), reads)

    def form(self, form: str, *, event: str = "") -> FormView:
        """The view a check of that form is called with."""
        view = self.view().form(form, event=event)
        assert view is not None, f"the subject has no form {form}"
        return view


def a_subject(version: MetaDataVersion, subject_key: str = "S-001") -> SubjectBuilder:
    return SubjectBuilder(version, subject_key)


def find_form(
    index: MetaDataIndex, form: str, *, event: str = "", event_key: str = "1", form_key: str = "1"
) -> ItemPath:
    """The path of a form occurrence.

    :raises NotFound: no event (or not that one) has the form.
    """
    for definition in index.version.events:
        if event in ("", definition.oid) and any(ref.form_oid == form for ref in definition.form_refs):
            return ItemPath(Step(definition.oid, event_key), Step(form, form_key))
    raise NotFound(f"No event has form '{form}'.")


def find_path(
    index: MetaDataIndex,
    item: str,
    *,
    event: str = "",
    event_key: str = "1",
    form_key: str = "1",
    rows: tuple[str, ...] = (),
) -> ItemPath:
    """The path of an item by its OID, see ``SubjectBuilder.with_value``.

    :raises NotFound: no form has the item.
    """
    for form in index.version.forms:
        for placed in index.placed_items(form.oid):
            if placed.item.oid == item:
                path = find_form(index, form.oid, event=event, event_key=event_key, form_key=form_key)
                keys = iter(rows)
                for group in placed.groups:
                    path = path.with_group(group.oid, next(keys, "1") if group.repeating else "1")
                return path.with_item(item)
    raise NotFound(f"No form has item '{item}'.")
