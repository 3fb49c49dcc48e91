"""AuditRecord, Signature and Annotation: kept word for word, except our own flags, which are read back."""

from __future__ import annotations

import json

from edc_core_odm.own_marks import unescape
from edc_core_odm.read_definitions import Source, content
from edc_core_odm.safe_xml import Element, line_of
from edc_core_odm.vocabulary import (
    AUDIT_ATTRIBUTES,
    AUDIT_CHILDREN,
    CLOSED,
    LIST,
    NOBODY,
    REFERENCE,
    SIGNATURE_CHILDREN,
)

Record = dict[str, str]
Mark = dict[str, object]


def record(source: Source, element: Element) -> Record:
    """An AuditRecord or Signature of ODM 1.3.2."""
    if source.name(element) == "AuditRecord":
        return read_record(source, element, AUDIT_ATTRIBUTES, AUDIT_CHILDREN, AUDIT_CHILDREN[:3])
    return read_record(source, element, ("ID",), SIGNATURE_CHILDREN, SIGNATURE_CHILDREN[:4])


def read_record(
    source: Source,
    element: Element,
    attributes: tuple[str, ...],
    children: tuple[str, ...],
    needed: tuple[str, ...],
) -> Record:
    """An AuditRecord or Signature as a flat mapping of ODM names to text, in whatever order it was written."""
    found: Record = dict(source.attributes(element, *attributes))
    for name, child in source.children(element, *children):
        if name in found:
            source.log.add("ODM017", line_of(child), f"{name} of {source.name(element)}.")
            continue
        key = REFERENCE.get(name)
        found[name] = source.attributes(child, key).get(key, "") if key else content(child)
    if any(not found.get(name) for name in needed):
        lacking = ", ".join(name for name in needed if not found.get(name))
        source.log.add("ODM032", line_of(element), f"{source.name(element)} without {lacking}.")
    return {key: value for key, value in found.items() if not (key in REFERENCE and value == NOBODY)}


def annotation(source: Source, element: Element) -> tuple[Mark | None, list[dict[str, str]]]:
    """A foreign annotation word for word, or the flags of one of ours by type (the comment under ``TEXT``)."""
    found: Mark = dict(source.attributes(element, "SeqNum", "TransactionType", "ID"))
    flags: list[Record] = []
    for name, child in source.children(element, "Comment", "Flag"):
        if name == "Comment":
            found |= source.attributes(child, "SponsorOrSite")
            found["Comment"] = content(child)
        else:
            flags.append(read_flag(source, child))
    if any(flag.get("FlagValueCodeListOID", "").startswith(LIST) for flag in flags):
        return None, [own_flags(found, flags)]
    if flags:
        found["Flags"] = flags
    return found, []


def read_flag(source: Source, element: Element) -> Record:
    flag: Record = {}
    for name, child in source.children(element, "FlagValue", "FlagType"):
        flag[name] = content(child)
        flag[f"{name}CodeListOID"] = source.attributes(child, "CodeListOID").get("CodeListOID", "")
    return flag


def own_flags(found: Mark, flags: list[Record]) -> dict[str, str]:
    own = {"TEXT": unescape(str(found["Comment"]))} if "Comment" in found else {}
    for flag in flags:
        kind = flag.get("FlagValueCodeListOID", "").removeprefix(LIST)
        value = flag.get("FlagValue", "")
        own[kind] = value if kind in CLOSED else unescape(value)
    return own


class Marks:
    """What was found beside the data of one element."""

    __slots__ = ("annotations", "audit", "lines", "more", "own", "signature")

    def __init__(self) -> None:
        self.audit: Record = {}
        self.signature: Record = {}
        self.annotations: list[Mark] = []
        self.more: list[Record] = []  #: further records of an element that may have one
        self.own: list[dict[str, str]] = []
        self.lines: list[int] = []  #: of each annotation in ``own``

    def take(self, source: Source, element: Element) -> bool:
        """Read one mark; ``False`` when the element is none."""
        name = source.name(element)
        if name == "AuditRecord":
            self._first("audit", record(source, element), source, element)
        elif name == "Signature":
            self._first("signature", record(source, element), source, element)
        elif name == "Annotation":
            foreign, own = annotation(source, element)
            if foreign is not None:
                self.annotations.append(foreign)
            for flags in own:
                self._restore(flags, source, element)
        else:
            return False
        return True

    def _first(self, kind: str, found: Record, source: Source, element: Element) -> None:
        if getattr(self, kind):
            source.log.add("ODM031", line_of(element), f"{source.name(element)}.")
            self.more.append(found)
        else:
            setattr(self, kind, found)

    def _restore(self, flags: dict[str, str], source: Source, element: Element) -> None:
        """A record that ODM could not hold comes back in place of what was written for it."""
        for kind, slot in (("AUDIT", "audit"), ("SIGNATURE", "signature")):
            if kind not in flags:
                continue
            try:
                data = json.loads(flags.pop(kind))
                found = {str(key): str(value) for key, value in data.items()}
            except (ValueError, AttributeError):
                source.log.add("ODM041", line_of(element), f"Flag {LIST}{kind}.")
                continue
            if getattr(self, slot):
                self.more.append(found)
            else:
                setattr(self, slot, found)
        if set(flags) == {"TEXT"}:
            flags.clear()
        if flags:
            self.own.append(flags)
            self.lines.append(line_of(element))

    def flag(self, kind: str) -> str:
        return next((flags[kind] for flags in self.own if kind in flags and "QUERY" not in flags), "")

    def source(self) -> dict[str, object]:
        """What is kept word for word in ``source`` of the imported data."""
        kept: dict[str, object] = {}
        if self.audit:
            kept["audit"] = self.audit
        if self.signature:
            kept["signature"] = self.signature
        if self.annotations:
            kept["annotations"] = self.annotations
        if self.more:
            kept["more_records"] = self.more
        return kept
