"""The root of a file of ODM 2.0: a whole one or a fragment of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from edc_core_odm.odm2.vocabulary import NAMESPACE
from edc_core_odm.problems import ProblemLog
from edc_core_odm.safe_xml import Element, checked_root, elements, line_of, root_attributes

#: Roots that a file may have beside ODM; anything smaller says of nothing to which study it belongs.
FRAGMENTS = ("Study", "MetaDataVersion", "AdminData", "ClinicalData")


@dataclass(frozen=True, slots=True)
class Root:
    name: str
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def is_fragment(self) -> bool:
        return self.name != "ODM"


def recognises(name: str, head: bytes) -> bool:
    """Say whether a file's beginning looks like ODM 2.0, whole or a fragment."""
    return NAMESPACE.encode() in head.replace(b"\0", b"")


def root_of(path: Path, log: ProblemLog) -> Root | None:
    """The root of an acceptable file, or ``None`` after a fatal problem. A fragment is reported with what it holds."""
    root = checked_root(path, log, _checked)
    if root is not None and root.is_fragment:
        log.add("ODM051", 1, f"Its root is {root.name}{_holding(path)}.")
    return root


def _checked(root: Element, log: ProblemLog) -> Root | None:
    name = etree.QName(root)
    if name.namespace != NAMESPACE:
        if name.localname == "ODM" and "/odm/v1" in (name.namespace or "/odm/v1"):
            log.add("ODM054", line_of(root), "Import it with the format odm-1.3.2.")
        else:
            log.add("ODM003", line_of(root), f"Its root is '{name.localname}'.")
        return None
    if name.localname != "ODM" and name.localname not in FRAGMENTS:
        log.add(
            "ODM052",
            line_of(root),
            f"Its root is {name.localname}. Put it into a MetaDataVersion or a Study.",
        )
        return None
    return Root(name.localname, root_attributes(root, log))


def _holding(path: Path) -> str:
    """The children of the root by name, for a person: `` with 1 WorkflowDef and 3 StudyEventDef``."""
    counted: Counter[str] = Counter()
    log = ProblemLog(path.name)  # what is wrong with the file is told when it is read
    depth = 0
    for event, element in elements(path, log, None, start=True):
        depth += 1 if event == "start" else -1
        if event == "end":
            if depth == 1:
                counted[etree.QName(element).localname] += 1
            element.clear()
    told = [f"{count} {name}" for name, count in counted.items()]
    if not told:
        return ""
    return " with " + " and ".join(filter(None, (", ".join(told[:-1]), told[-1])))
