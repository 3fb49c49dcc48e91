"""AuditRecord, Signature, Annotation and Query of ODM 2.0: kept as those of ODM 1.3.2 are, so that either format can write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from edc_core_odm.odm2.vocabulary import (
    AUDIT_ATTRIBUTES,
    AUDIT_CHILDREN,
    CODING_ATTRIBUTES,
    SIGNATURE_CHILDREN,
    SOURCES_IN,
    UNKNOWN_TIME,
)
from edc_core_odm.own_marks import unescape
from edc_core_odm.read_definitions import Source, content
from edc_core_odm.read_marks import Mark, Marks, Record, own_flags, read_flag, read_record
from edc_core_odm.safe_xml import Element, line_of
from edc_core_odm.vocabulary import LIST

#: Spelling of ODM 2.0 to that of the kept record.
RENAMED = {"UsedMethod": "UsedImputationMethod"}


class Marks2(Marks):
    """What was found beside the data of one element."""

    __slots__ = ("_queries",)

    def __init__(self) -> None:
        super().__init__()
        self._queries: list[tuple[dict[str, str], int]] = []

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
            self._queries.append((_query(source, element), line_of(element)))
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
        """Put the queries, one element for each message, where the flags beside them are.

        Only our own flags say that a query is of a check of ours; the Name may be anything.
        """
        beside = {(flags["QUERY"], flags.get("MESSAGE", "")): flags for flags in self.own if "QUERY" in flags}
        states = {flags["QUERY"]: flags["STATE"] for flags, _ in self._queries}  # the last one counts
        counted: dict[str, int] = {}
        for flags, line in self._queries:
            query = flags["QUERY"]
            name = flags.pop("NAME", "")
            number = counted[query] = counted.get(query, -1 if (query, "0") in beside else 0) + 1
            told = flags | {"MESSAGE": str(number), "AFTER": flags["STATE"], "STATE": states[query]}
            if number <= 1 and "ACTOR" in flags:
                told["AUTHOR"] = flags["ACTOR"]
            more = beside.get((query, str(number)))
            if name and not {(query, "0"), (query, "1")} & beside.keys():
                source.log.add("ODM018", line, "Name of Query.")
            if more is None:
                self.own.append(told)
                self.lines.append(line)
            else:
                more |= told | more
        self._queries.clear()


def _query(source: Source, element: Element) -> dict[str, str]:
    """One Query as the flags that ODM 1.3.2 would say it with."""
    given = source.attributes(
        element, "OID", "Source", "Target", "Type", "State", "LastUpdateDatetime", "Name"
    )
    flags = {
        "QUERY": given.get("OID", ""),
        "STATE": given.get("State", ""),
        "SOURCE": SOURCES_IN.get(given.get("Source", ""), "Other"),
        "AT": ""
        if given.get("LastUpdateDatetime") == UNKNOWN_TIME
        else instant(given.get("LastUpdateDatetime", "")),
        "NAME": given.get("Name", ""),
    }
    if given.get("Source") not in SOURCES_IN:
        source.log.add(
            "ODM015", line_of(element), f"Source of Query is '{given.get('Source', '')}'; Other was taken."
        )
    if "Target" in given:
        source.log.add("ODM018", line_of(element), "Target of Query.")
    texts = []
    for name, child in source.children(element, "Value", "AuditRecord"):
        if name == "Value":
            texts.append(content(child))
            continue
        record = read_record(source, child, AUDIT_ATTRIBUTES, AUDIT_CHILDREN, AUDIT_CHILDREN[:3])
        flags |= {"ACTOR": record.get("UserRef", "")}
    flags["TEXT"] = unescape("\n".join(texts))
    return {key: value for key, value in flags.items() if value or key in ("QUERY", "STATE")}


def instant(text: str) -> str:
    """A dateTime in UTC, as it is written if it is. One without a zone is taken as UTC; what is none stays as it is."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    if found.utcoffset() == timedelta():
        return text.strip()
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    return found.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
