"""What the ``define.xml`` of the sponsor says of the analysis datasets (Define-XML 2.0 or 2.1), and whether it fits them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from edc_core.api import TabularDataset

DEFINE = "define.xml"


@dataclass(frozen=True, slots=True)
class DefinedVariable:
    """:param origin: ``Derived``, ``Assigned``, ``Predecessor`` or empty. :param source: what a predecessor is, ``DM.AGE``."""

    name: str
    origin: str
    source: str


@dataclass(frozen=True, slots=True)
class DefinedDataset:
    """:param observation_class: ``SUBJECT LEVEL ANALYSIS DATASET``; :param structure: in words, empty where it is not said."""

    name: str
    observation_class: str
    structure: str
    variables: tuple[DefinedVariable, ...]


@dataclass(frozen=True, slots=True)
class AnalysisDefine:
    """:param version: of Define-XML. :param standards: name and version of each standard that it is said to follow.

    :param problems: why it does not fit the datasets, each with its place and the remedy.
    """

    version: str = ""
    standards: tuple[tuple[str, str], ...] = ()
    datasets: Mapping[str, DefinedDataset] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def read_define(file: Path, tables: Mapping[str, TabularDataset]) -> AnalysisDefine:
    """:param tables: the datasets beside it, by name."""
    try:
        tree = etree.parse(file, etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False))
    except etree.XMLSyntaxError as error:
        problem = f"{DEFINE}, line {error.lineno}: It is not well formed ({error.msg}). Write it again."
        return AnalysisDefine(problems=(problem,))
    items = {one.get("OID"): one for one in _every(tree, "ItemDef")}
    found = {}
    for group in _every(tree, "ItemGroupDef"):
        refs = [items.get(ref.get("ItemOID")) for ref in _every(group, "ItemRef")]
        name = group.get("Name") or ""
        found[name] = DefinedDataset(
            name, _class_of(group), _own(group, "Structure"), tuple(_variable(one) for one in refs)
        )
    version = next((_own(one, "DefineVersion") for one in _every(tree, "MetaDataVersion")), "")
    return AnalysisDefine(version, tuple(_standards(tree)), found, tuple(_differences(found, tables)))


def _standards(tree: etree._ElementTree) -> Iterator[tuple[str, str]]:
    for one in _every(tree, "Standard"):  # 2.1
        yield one.get("Name") or "", " ".join(filter(None, (one.get("PublishingSet"), one.get("Version"))))
    for one in _every(tree, "MetaDataVersion"):  # 2.0
        if name := _own(one, "StandardName"):
            yield name, _own(one, "StandardVersion")


def _class_of(group: etree._Element) -> str:
    named = next((one.get("Name") or "" for one in _every(group, "Class")), "")  # 2.1
    return named or _own(group, "Class")


def _variable(item: etree._Element | None) -> DefinedVariable:
    if item is None:
        return DefinedVariable("", "", "")
    for origin in _every(item, "Origin"):
        text = " ".join("".join(origin.itertext()).split())
        return DefinedVariable(item.get("Name") or "", origin.get("Type") or "", text)
    return DefinedVariable(item.get("Name") or "", "", "")


def _differences(found: Mapping[str, DefinedDataset], tables: Mapping[str, TabularDataset]) -> Iterator[str]:
    for name in sorted(tables.keys() - found.keys()):
        yield f"{DEFINE}: It does not describe {name}. Add an ItemGroupDef, or take {name.lower()}.xpt out."
    for name in sorted(filter(None, found.keys() - tables.keys())):
        yield f"{DEFINE}: It describes {name}, and there is no {name.lower()}.xpt."
    for name in sorted(tables.keys() & found.keys()):
        said = [one.name for one in found[name].variables]
        there = [one.name for one in tables[name].variables]
        for variable in sorted(set(there) - set(said)):
            yield f"{DEFINE}, {name}: Variable {variable} is not described. Add an ItemRef and an ItemDef."
        for variable in sorted(set(said) - set(there)):
            yield f"{DEFINE}, {name}: It describes {variable or 'a variable without an ItemDef'}, which the dataset does not have."
        if set(said) == set(there) and said != there:
            yield f"{DEFINE}, {name}: Its variables are in another order than in the dataset. Order the ItemRefs as they lie there."


def _own(one: etree._Element, name: str) -> str:
    """An attribute of the namespace of Define-XML, whatever its version."""
    return next((value for key, value in one.attrib.items() if etree.QName(key).localname == name), "")


def _every(below: etree._ElementTree | etree._Element, name: str) -> Iterable[etree._Element]:
    return below.iter(f"{{*}}{name}")
