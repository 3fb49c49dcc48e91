"""What changed between two MetaDataVersions, and how each change meets data collected under the older one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from edc_core.domain.change_class import ChangeClass, class_of, worst
from edc_core.domain.compare import DefinitionChange, compare
from edc_core.domain.place_changes import PlaceChange, place_changes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.metadata import ItemGroupRef


@dataclass(frozen=True, slots=True)
class VersionChange:
    """One definition that changed, or one item that stands elsewhere.

    :param change_class: the strongest of all that changed in it.
    :param forms: OIDs of the forms whose pages, checks or columns it touches.
    """

    change: DefinitionChange | PlaceChange
    change_class: ChangeClass
    forms: tuple[str, ...]


@lru_cache(maxsize=64)
def version_changes(old: MetaDataIndex, new: MetaDataIndex) -> tuple[VersionChange, ...]:
    """Everything that differs: definitions by kind, then items by place; none for versions that say the same."""
    uses = _Uses(old, new)
    definitions = (
        VersionChange(change, _class_of(change, uses), uses.forms(change.element, change.oid))
        for change in compare(old.version, new.version)
        if not _is_told_by_place(change, uses)
    )
    return (*definitions, *(_placed(change, old) for change in place_changes(old, new)))


def touched_forms(found: Iterable[VersionChange]) -> dict[str, ChangeClass]:
    """Form OID to the strongest change that touches it."""
    by_form: dict[str, list[ChangeClass]] = {}
    for one in found:
        for form in one.forms:
            by_form.setdefault(form, []).append(one.change_class)
    return {form: worst(classes) for form, classes in by_form.items()}


def _is_told_by_place(change: DefinitionChange, uses: _Uses) -> bool:
    return (
        change.kind != "changed" and change.element == "ItemDef" and bool(uses.forms("ItemDef", change.oid))
    )


def _placed(change: PlaceChange, old: MetaDataIndex) -> VersionChange:
    if change.before is not None:
        change_class = ChangeClass.BREAKS
    else:
        begun = change.after is not None and change.after.form_oid in old.forms
        change_class = ChangeClass.MIGRATION if begun else ChangeClass.SAFE
    forms = dict.fromkeys(place.form_oid for place in (change.before, change.after) if place is not None)
    return VersionChange(change, change_class, tuple(forms))


#: With these, places of data go. Code lists, units and rules are told again by the items that used them.
_HOLDS_DATA = frozenset({"StudyEventDef", "FormDef", "ItemGroupDef"})
_RULES = frozenset({"ConditionDef", "MethodDef", "PluginUse", "FunctionDef"})


def _class_of(change: DefinitionChange, uses: _Uses) -> ChangeClass:
    if change.kind == "changed":
        return worst(class_of(change.element, name, before, after) for name, before, after in change.fields)
    if change.element in _RULES:
        return ChangeClass.MIGRATION
    if change.kind == "removed":
        return ChangeClass.BREAKS if change.element in _HOLDS_DATA else ChangeClass.SAFE
    return ChangeClass.MIGRATION if uses.is_in_old(change.element, change.oid) else ChangeClass.SAFE


class _Uses:
    """In which forms a definition is used, in either version."""

    def __init__(self, old: MetaDataIndex, new: MetaDataIndex) -> None:
        self._old = old
        self._by: dict[tuple[str, str], set[str]] = {}
        for index in (old, new):
            for form in index.version.forms:
                self._look(index, form.oid)
            by_name = {form.name: form.oid for form in index.version.forms}
            for event in index.version.events:  # its window is asked about at the item that dates it
                if dated := by_name.get(event.date.partition(".")[0]):
                    self._by.setdefault(("StudyEventDef", event.oid), set()).add(dated)

    def forms(self, element: str, oid: str) -> tuple[str, ...]:
        return tuple(sorted(self._by.get((element, oid), ())))

    def is_in_old(self, element: str, oid: str) -> bool:
        """Whether a form that the older version had uses it now."""
        return any(form in self._old.forms for form in self.forms(element, oid))

    def _look(self, index: MetaDataIndex, form: str) -> None:
        def note(element: str, oid: str | None) -> None:
            if oid:
                self._by.setdefault((element, oid), set()).add(form)

        def groups(refs: Iterable[ItemGroupRef]) -> None:
            for ref in refs:
                note("ItemGroupDef", ref.item_group_oid)
                note("ConditionDef", ref.condition_oid)
                groups(index.groups[ref.item_group_oid].group_refs)

        note("FormDef", form)
        groups(index.forms[form].group_refs)
        for placed in index.placed_items(form):
            note("ItemDef", placed.item.oid)
            note("CodeList", placed.item.code_list_oid)
            note("MethodDef", placed.ref.method_oid)
            note("ConditionDef", placed.ref.condition_oid)
            note("ImputationMethod", placed.ref.imputation_method_oid)
            for unit in placed.item.measurement_unit_oids:
                note("MeasurementUnit", unit)
