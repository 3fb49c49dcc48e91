"""Query elements of ODM 2.0, one for each message, as the flags that ODM 1.3.2 says the same with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from edc_core_odm.odm2.vocabulary import AUDIT_ATTRIBUTES, AUDIT_CHILDREN, SOURCES_IN, UNKNOWN_TIME
from edc_core_odm.own_marks import unescape
from edc_core_odm.problems import ProblemLog
from edc_core_odm.read_definitions import Source, content
from edc_core_odm.read_marks import read_record
from edc_core_odm.safe_xml import Element, line_of

Flags = dict[str, str]


@dataclass(frozen=True, slots=True)
class QueryElement:
    """One message of a query.

    :param unused: parts of it that have no place here. In a file of ours they say what the flags beside it say too.
    """

    flags: Flags
    line: int
    unused: tuple[str, ...]


def query_element(source: Source, element: Element) -> QueryElement:
    line = line_of(element)
    given = source.attributes(
        element, "OID", "Source", "Target", "Type", "State", "LastUpdateDatetime", "Name"
    )
    asked_by = given.get("Source", "")
    if asked_by not in SOURCES_IN:
        source.log.add("ODM015", line, f"Source of Query is '{asked_by}'; Other was taken.")
    unused = [f"{name} of Query." for name in ("Name", "Target") if name in given]
    at = given.get("LastUpdateDatetime", "")
    flags = {
        "QUERY": given.get("OID", ""),
        "STATE": given.get("State", ""),
        "SOURCE": SOURCES_IN.get(asked_by, "Other"),
        "AT": "" if at == UNKNOWN_TIME else instant(at),
    }
    texts = []
    for name, child in source.children(element, "Value", "AuditRecord"):
        if name == "Value":
            texts.append(content(child))
            continue
        record = read_record(source, child, AUDIT_ATTRIBUTES, AUDIT_CHILDREN, AUDIT_CHILDREN[:3])
        flags["ACTOR"] = record.get("UserRef", "")
        unused.append("AuditRecord of a Query, except its user.")
    flags["TEXT"] = "\n".join(texts)
    told = {key: value for key, value in flags.items() if value or key in ("QUERY", "STATE")}
    return QueryElement(told, line, tuple(unused))


def settled(
    found: Iterable[QueryElement], own: Iterable[Flags], log: ProblemLog
) -> Iterator[tuple[Flags, int]]:
    """Messages with their lines that have no flags beside them; those that have are completed in place.

    Only flags of ours say that a query is of a check of ours, since the Name may be anything.
    """
    found = list(found)
    beside = {(flags["QUERY"], flags.get("MESSAGE", "")): flags for flags in own if "QUERY" in flags}
    states = {one.flags["QUERY"]: one.flags["STATE"] for one in found}  # the last one counts
    counted: dict[str, int] = {}
    for one in found:
        query = one.flags["QUERY"]
        first = 0 if (query, "0") in beside else 1
        is_ours = (query, str(first)) in beside
        number = counted[query] = counted.get(query, first - 1) + 1
        told = one.flags | {
            "MESSAGE": str(number),
            "AFTER": one.flags["STATE"],
            "STATE": states[query],
        }
        if number == first and "ACTOR" in told:
            told["AUTHOR"] = told["ACTOR"]
        if is_ours and "TEXT" in told:
            told["TEXT"] = unescape(told["TEXT"])
        for what in () if is_ours else one.unused:
            log.add("ODM018", one.line, what)
        more = beside.get((query, str(number)))
        if more is None:
            yield told, one.line
        else:
            more |= told | more


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
