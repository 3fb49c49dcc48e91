"""What differs between two MetaDataVersions, definition by definition and field by field."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.domain.metadata import MetaDataVersion

#: Collections of a version whose parts are told apart by a key, in the order in which differences are listed.
COLLECTIONS: dict[str, tuple[str, str]] = {
    "epochs": ("EpochDef", "oid"),
    "arms": ("ArmDef", "oid"),
    "events": ("StudyEventDef", "oid"),
    "forms": ("FormDef", "oid"),
    "item_groups": ("ItemGroupDef", "oid"),
    "items": ("ItemDef", "oid"),
    "code_lists": ("CodeList", "oid"),
    "measurement_units": ("MeasurementUnit", "oid"),
    "conditions": ("ConditionDef", "oid"),
    "methods": ("MethodDef", "oid"),
    "imputation_methods": ("ImputationMethod", "oid"),
    "presentations": ("Presentation", "oid"),
    "sites": ("SiteDef", "number"),
    "plugins": ("PluginUse", "name"),
    "functions": ("FunctionDef", "name"),
}

ChangeKind = Literal["added", "removed", "changed"]


@dataclasses.dataclass(frozen=True, slots=True)
class DefinitionChange:
    """One definition that was added, removed or changed.

    :param element: the ODM word for what it is (``ItemDef``); ``MetaDataVersion`` for the version itself.
    :param fields: names of the changed fields with old and new value; empty unless ``kind`` is ``changed``.
    :param before: the definition as it was; ``None`` for an added one. :param after: likewise, as it is.
    """

    kind: ChangeKind
    element: str
    oid: str
    fields: tuple[tuple[str, object, object], ...] = ()
    before: object = None
    after: object = None

    @property
    def field_names(self) -> tuple[str, ...]:
        return tuple(name for name, _, _ in self.fields)

    def __str__(self) -> str:
        names = f": {', '.join(self.field_names)}" if self.fields else ""
        return f"{self.kind} {self.element} {self.oid}{names}"


def compare(old: MetaDataVersion, new: MetaDataVersion) -> tuple[DefinitionChange, ...]:
    """The differences from one version to another, both completed; the order of definitions does not matter."""
    return tuple(_changes(old, new))


def _changes(old: MetaDataVersion, new: MetaDataVersion) -> Iterator[DefinitionChange]:
    own = tuple(part for part in _differing(old, new) if part[0] not in COLLECTIONS)
    if own:
        yield DefinitionChange("changed", "MetaDataVersion", new.oid, own, old, new)
    for collection, (element, key) in COLLECTIONS.items():
        before = {getattr(part, key): part for part in getattr(old, collection)}
        after = {getattr(part, key): part for part in getattr(new, collection)}
        for oid in sorted(before.keys() | after.keys()):
            if oid not in before:
                yield DefinitionChange("added", element, oid, after=after[oid])
            elif oid not in after:
                yield DefinitionChange("removed", element, oid, before=before[oid])
            elif before[oid] != after[oid]:
                was, now = before[oid], after[oid]
                yield DefinitionChange("changed", element, oid, _differing(was, now), was, now)


def _differing(old: Any, new: Any) -> tuple[tuple[str, object, object], ...]:
    names = [field.name for field in dataclasses.fields(old)]
    pairs = [(name, getattr(old, name), getattr(new, name)) for name in names]
    return tuple(pair for pair in pairs if pair[1] != pair[2])
