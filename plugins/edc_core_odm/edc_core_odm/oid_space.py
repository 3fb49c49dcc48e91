"""One OID space per version: ODM 1.3.2 lets no two definitions of a version share an OID, of whatever kinds they are.

Items keep theirs, then item groups, forms, events; what comes too late is renamed and found again by the importer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from edc_core.api import MeasurementUnit, MetaDataVersion
from edc_core_odm import code_lists
from edc_core_odm.vocabulary import renamed


class OidSpace:
    """The spelling of each definition's OID in the file."""

    def __init__(self, version: MetaDataVersion, units: Mapping[str, str]) -> None:
        self.units = units
        taken = code_lists.oids()
        self.items = _spelled("ItemDef", (d.oid for d in version.items), taken)
        self.groups = _spelled("ItemGroupDef", (d.oid for d in version.item_groups), taken)
        self.forms = _spelled("FormDef", (d.oid for d in version.forms), taken)
        self.events = _spelled("StudyEventDef", (d.oid for d in version.events), taken)
        self.code_lists = _spelled("CodeList", (d.oid for d in version.code_lists), taken)
        self.imputations = _spelled("ImputationMethod", (d.oid for d in version.imputation_methods), taken)
        self.presentations = _spelled("Presentation", (d.oid for d in version.presentations), taken)
        self.conditions = _spelled("ConditionDef", (d.oid for d in version.conditions), taken)
        self.methods = _spelled("MethodDef", (d.oid for d in version.methods), taken)


def _spelled(kind: str, oids: Iterable[str], taken: set[str]) -> dict[str, str]:
    spelled = {}
    for oid in oids:
        spelling = renamed(kind, oid) if oid in taken else oid
        taken.add(spelling)
        spelled[oid] = spelling
    return spelled


def units_of(
    versions: Iterable[MetaDataVersion],
) -> tuple[list[tuple[str, MeasurementUnit, str]], dict[str, dict[str, str]]]:
    """Units belong to the Study in ODM and to the version here.

    :returns: ``(spelling, unit, version)`` of every unit to write, the version empty where all agree; and for each
        version the spelling of each of its units.
    """
    versions = list(versions)
    by_oid: dict[str, list[tuple[str, MeasurementUnit]]] = {}
    for version in versions:
        for unit in version.measurement_units:
            by_oid.setdefault(unit.oid, []).append((version.oid, unit))
    written: list[tuple[str, MeasurementUnit, str]] = []
    spelled: dict[str, dict[str, str]] = {version.oid: {} for version in versions}
    for oid, uses in by_oid.items():
        alike = len(uses) == len(versions) and all(unit == uses[0][1] for _, unit in uses)
        if alike:
            written.append((oid, uses[0][1], ""))
        for position, (version_oid, unit) in enumerate(uses):
            spelling = (
                oid if alike or position == 0 else f"EDC.MeasurementUnit:{quote(version_oid, safe='')}:{oid}"
            )
            spelled[version_oid][oid] = spelling
            if not alike:
                written.append((spelling, unit, version_oid))
    return written, spelled
