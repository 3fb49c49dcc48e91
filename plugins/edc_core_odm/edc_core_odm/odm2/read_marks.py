"""AuditRecord, Signature, Annotation and Query of ODM 2.0: kept as those of ODM 1.3.2 are, so that either format can write them."""

from __future__ import annotations

from edc_core_odm.odm2.read_queries import QueryElement, query_element, settled
from edc_core_odm.odm2.vocabulary import (
    AUDIT_ATTRIBUTES,
    AUDIT_CHILDREN,
    CODING_ATTRIBUTES,
    SIGNATURE_CHILDREN,
)
from edc_core_odm.read_definitions import Source
from edc_core_odm.read_marks import Mark, Marks, Record, own_flags, read_flag, read_record
from edc_core_odm.safe_xml import Element
from edc_core_odm.vocabulary import LIST

#: Spelling of ODM 2.0 to that of the kept record.
RENAMED = {"UsedMethod": "UsedImputationMethod"}


class Marks2(Marks):
    """What was found beside the data of one element."""

    __slots__ = ("_queries",)

    def __init__(self) -> None:
        super().__init__()
        self._queries: list[QueryElement] = []

    def take(self, source: Source, element: Element) -> bool:
        name = source.name(element)
        if name == "AuditRecord":
            found = read_record(source, element, AUDIT_ATTRIBUTES, AUDIT_CHILDREN, AUDIT_CHILDREN[:3])
            renamed = {RENAMED.get(key, key): value for key, value in found.items()}
            self._first("audit", renamed, source, element)
        elif name == "Signature":
            found = read_record(source, element, ("ID",), SIGNATURE_CHILDREN, SIGNATURE_CHILDREN)
            self._first("signature", found, source, element)
        elif name == "Annotation":
            self._annotation(source, element)
        elif name == "Query":
            self._queries.append(query_element(source, element))
        else:
            return False
        return True

    def _annotation(self, source: Source, element: Element) -> None:
        found: Mark = dict(source.attributes(element, "SeqNum", "TransactionType", "ID"))
        flags: list[Record] = []
        codings: list[Record] = []
        for name, child in source.children(element, "Comment", "Coding", "Flag"):
            if name == "Comment":
                found |= source.attributes(child, "SponsorOrSite")
                said = source.texts(child)
                found["Comment"] = said.in_language("en")
                if len(said.texts) > 1 or (said.texts and said.texts[0][0]):
                    found["Comments"] = [list(pair) for pair in said.texts]
            elif name == "Coding":
                codings.append(source.attributes(child, *CODING_ATTRIBUTES))
            else:
                flags.append(read_flag(source, child))
        if any(flag.get("FlagValueCodeListOID", "").startswith(LIST) for flag in flags):
            self._restore(own_flags(found, flags), source, element)
            return
        if flags:
            found["Flags"] = flags
        if codings:
            found["Codings"] = codings
        self.annotations.append(found)

    def settle(self, source: Source) -> None:
        """Put the queries where the flags beside them are, now that both are known."""
        for flags, line in settled(self._queries, self.own, source.log):
            self.own.append(flags)
            self.lines.append(line)
        self._queries.clear()
