"""What changed between two versions, in words: the page, the command and its JSON say the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from edc_core.api import PlaceChange, own_expression, version_changes
from edc_core_amendments.words import Said, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import ChangeClass, DefinitionChange, ItemPlace, MetaDataIndex, VersionChange
    from edc_core_amendments.words import Kind


@dataclass(frozen=True, slots=True)
class Difference:
    """One change in words.

    :param kind: ``moved`` is an item that left one place of a form for another.
    :param element: the ODM word for what changed (``ItemDef``); ``oid`` names it, ``name`` is what people call it.
    :param text: the change in one sentence. :param before: the words or the number that changed; ``after`` likewise.
    :param forms: OIDs of the forms whose pages, checks or columns it touches.
    """

    kind: Kind
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
    """Everything that differs, in the order of ``version_changes``."""
    return tuple(one for found in version_changes(old, new) for one in _told(found, old, new))


def _told(found: VersionChange, old: MetaDataIndex, new: MetaDataIndex) -> Iterator[Difference]:
    change = found.change
    if isinstance(change, PlaceChange):
        item = new.items.get(change.oid) or old.items[change.oid]
        name, sentences = item.name, [_placed(found, change, old, new)]
    else:
        name = _name_of(change.after or change.before)
        sentences = list(say(change)) if change.kind == "changed" else [_whole(found, change, name)]
    for said in sentences:
        yield Difference(
            said.kind, change.element, change.oid, name, said.text, said.change_class, said.before, said.after,
            found.forms,
        )  # fmt: skip


def _placed(found: VersionChange, change: PlaceChange, old: MetaDataIndex, new: MetaDataIndex) -> Said:
    item = new.items.get(change.oid) or old.items[change.oid]
    was = _where(old, change.before) if change.before else ""
    now = _where(new, change.after) if change.after else ""
    if was and now:
        text = f"Item {item.name} moved from {was} to {now}; its values stay at the old place."
        return Said(text, found.change_class, was, now, "moved")
    question = item.question.in_language("en")
    if was:
        return Said(f"Item {item.name} was removed from {was}.", found.change_class, question, "", "removed")
    return Said(f"Item {item.name} was added to {now}.", found.change_class, "", question, "added")


def _where(index: MetaDataIndex, place: ItemPlace) -> str:
    name = index.forms[place.form_oid].name
    last = index.groups[place.group_oids[-1]].name if place.group_oids else ""
    return f"form {name}" if last in ("", name) else f"form {name}, group {last}"


WORDS = {
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
    "FunctionDef": "Function",
    "EpochDef": "Epoch",
    "ArmDef": "Arm",
}


def _whole(found: VersionChange, change: DefinitionChange, name: str) -> Said:
    removed = change.kind == "removed"
    verb = "removed" if removed else "added"
    code = own_expression(getattr(change.after or change.before, "expressions", ()))
    before, after = (code, "") if removed else ("", code)
    leaves_out = "; it leaves out what it governs where it holds" if change.element == "ConditionDef" else ""
    text = f"{WORDS[change.element]} '{name}' was {verb}{leaves_out}."
    return Said(text, found.change_class, before, after, change.kind)


def _name_of(definition: object) -> str:
    for attribute in ("number", "name", "oid"):
        if named := getattr(definition, attribute, ""):
            return str(named)
    return ""
