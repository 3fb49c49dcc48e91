"""What changed between two MetaDataVersions, in words, and how it meets data collected under the older one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from edc_core.domain.change_class import ChangeClass, ChangeKind, Said, worst
from edc_core.domain.compare import DefinitionChange, compare
from edc_core.domain.diff_places import moves
from edc_core.domain.diff_words import say
from edc_core.domain.metadata import own_expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.metadata import ItemGroupRef


@dataclass(frozen=True, slots=True)
class Difference:
    """One change in words.

    :param kind: ``moved`` is an item that left one place of a form for another.
    :param element: the ODM word for what changed (``ItemDef``); ``oid`` names it, ``name`` is what people call it.
    :param text: the change in one sentence. :param before: the words or the number that changed; ``after`` likewise.
    :param forms: OIDs of the forms whose pages, checks or columns it touches.
    """

    kind: ChangeKind
    element: str
    oid: str
    name: str
    text: str
    change_class: ChangeClass
    before: str = ""
    after: str = ""
    forms: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "element": self.element,
            "oid": self.oid,
            "name": self.name,
            "class": self.change_class.value,
            "text": self.text,
            "before": self.before,
            "after": self.after,
            "forms": list(self.forms),
        }


@lru_cache(maxsize=64)
def differences(old: MetaDataIndex, new: MetaDataIndex) -> tuple[Difference, ...]:
    """Everything that differs: definitions by kind, then items by place; none for versions that say the same."""
    uses = _Uses(old, new)
    found = [one for change in compare(old.version, new.version) for one in _of(change, uses)]
    placed = (_difference(one.said, "ItemDef", one.oid, one.name, one.forms) for one in moves(old, new))
    return (*found, *placed)


def touched_forms(found: Iterable[Difference]) -> dict[str, ChangeClass]:
    """Form OID to the strongest change that touches it."""
    by_form: dict[str, list[ChangeClass]] = {}
    for one in found:
        for form in one.forms:
            by_form.setdefault(form, []).append(one.change_class)
    return {form: worst(classes) for form, classes in by_form.items()}


def _difference(said: Said, element: str, oid: str, name: str, forms: tuple[str, ...]) -> Difference:
    return Difference(
        said.kind, element, oid, name, said.text, said.change_class, said.before, said.after, forms
    )


def _of(change: DefinitionChange, uses: _Uses) -> Iterator[Difference]:
    forms = uses.forms(change.element, change.oid)
    name = _name_of(change.after or change.before)
    if change.kind != "changed" and change.element == "ItemDef" and forms:
        return  # told with its places
    sentences = say(change) if change.kind == "changed" else [_whole(change, name, uses)]
    for said in sentences:
        yield _difference(said, change.element, change.oid, name, forms)


_WORDS = {
    "StudyEventDef": "Event",
    "FormDef": "Form",
    "ItemGroupDef": "Item group",
    "ItemDef": "Item",
    "CodeList": "Code list",
    "MeasurementUnit": "Unit",
    "ConditionDef": "Condition",
    "MethodDef": "Calculation",
    "ImputationMethod": "Imputation",
    "Presentation": "Presentation",
    "SiteDef": "Site",
    "PluginUse": "Plugin",
    "EpochDef": "Epoch",
    "ArmDef": "Arm",
}
#: With these, places of data go. Code lists, units and rules are told again by the items that used them.
_HOLDS_DATA = frozenset({"StudyEventDef", "FormDef", "ItemGroupDef"})
_RULES = frozenset({"ConditionDef", "MethodDef", "PluginUse"})


def _whole(change: DefinitionChange, name: str, uses: _Uses) -> Said:
    word = _WORDS[change.element]
    if change.element in _RULES:
        change_class = ChangeClass.MIGRATION
    elif change.kind == "removed":
        change_class = ChangeClass.BREAKS if change.element in _HOLDS_DATA else ChangeClass.SAFE
    elif uses.is_in_old(change.element, change.oid):
        change_class = ChangeClass.MIGRATION
    else:
        change_class = ChangeClass.SAFE
    verb = "removed" if change.kind == "removed" else "added"
    code = own_expression(getattr(change.after or change.before, "expressions", ()))
    before, after = (code, "") if change.kind == "removed" else ("", code)
    leaves_out = "; it leaves out what it governs where it holds" if change.element == "ConditionDef" else ""
    return Said(f"{word} '{name}' was {verb}{leaves_out}.", change_class, before, after, change.kind)


def _name_of(definition: object) -> str:
    for attribute in ("number", "name", "oid"):
        if found := getattr(definition, attribute, ""):
            return str(found)
    return ""


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
