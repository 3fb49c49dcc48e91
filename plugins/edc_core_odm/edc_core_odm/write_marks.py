"""AuditRecord, Signature and Annotation as ODM: imported ones word for word, ours from ledger and queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from edc_core.api import AuditRecord, ExportItem, ExportSignature, ExportSubject, ItemPath, Query, Step
from edc_core_odm.code_lists import flag
from edc_core_odm.own_marks import escape, to_json
from edc_core_odm.vocabulary import (
    AUDIT_ATTRIBUTES,
    AUDIT_CHILDREN,
    CLOSED,
    DATE_TIME,
    EDIT_POINTS,
    FREE,
    NC_NAME,
    NOBODY,
    REFERENCE,
    SIGNATURE_CHILDREN,
    TRANSACTIONS,
    YES_NO,
)
from edc_core_odm.write_xml import attribute, body

Source = Mapping[str, object]


def inside_record(children: Iterable[str], given: Mapping[str, str]) -> str:
    """The children of an AuditRecord or Signature; a reference that nobody gave points to ``NOBODY``."""
    parts = []
    for child in children:
        if key := REFERENCE.get(child):
            parts.append(f'<{child} {key}="{attribute(given.get(child) or NOBODY)}"/>')
        elif child in given:
            parts.append(f"<{child}>{body(given[child])}</{child}>")
    return "".join(parts)


class MarkWriter:
    """Writes what stands beside the data. One per file, since XML ids are unique in a file."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._people: dict[tuple[str, str], str] = {}

    def audit(self, record: AuditRecord) -> tuple[str, list[str]]:
        """The AuditRecord of one history record, and flags for what it cannot hold."""
        imported = record.source.get("audit")
        if isinstance(imported, dict) and imported:
            return self.verbatim("AuditRecord", imported)
        return self.own_audit(record), []

    def own_audit(self, record: AuditRecord) -> str:
        """The AuditRecord of a write that happened here."""
        if not record.at:
            return ""
        people = (record.user, record.site_number)
        known = self._people.get(people)
        if known is None:
            known = self._people[people] = (
                f'<AuditRecord><UserRef UserOID="{attribute(record.user or NOBODY)}"/>'
                f'<LocationRef LocationOID="{attribute(record.site_number or NOBODY)}"/><DateTimeStamp>'
            )
        reason = f"<ReasonForChange>{body(record.reason)}</ReasonForChange>" if record.reason else ""
        source_id = f"<SourceID>{body(record.source_id)}</SourceID>" if record.source_id else ""
        return f"{known}{record.at}</DateTimeStamp>{reason}{source_id}</AuditRecord>"

    def verbatim(self, name: str, record: Mapping[str, object]) -> tuple[str, list[str]]:
        """An imported AuditRecord or Signature; one that ODM 1.3.2 does not allow rides in a flag instead."""
        given = {str(key): str(value) for key, value in record.items()}
        is_audit = name == "AuditRecord"
        children = AUDIT_CHILDREN if is_audit else SIGNATURE_CHILDREN
        if not is_allowed(given, (*children, *(AUDIT_ATTRIBUTES if is_audit else ("ID",)))):
            return "", [flag("AUDIT" if is_audit else "SIGNATURE", escape(to_json(given)))]
        identity = given.get("ID", "")
        keep = bool(identity) and identity not in self._ids
        self._ids.add(identity)
        attributes = "".join(
            f' {key}="{attribute(given[key])}"'
            for key in AUDIT_ATTRIBUTES
            if key in given and (key != "ID" or keep)
        )
        return f"<{name}{attributes}>{inside_record(children, given)}</{name}>", []

    def head(self, source: Source, signature: ExportSignature | None = None) -> tuple[str, list[str]]:
        """AuditRecord and Signature of a data element, as its import found them, and flags for what they cannot hold.

        :param signature: given here; a valid one takes the place of an imported one, which goes into a flag.
        """
        written: list[str] = []
        flags: list[str] = []
        own, told = self._given_here(signature)
        for key, name in (("audit", "AuditRecord"), ("signature", "Signature")):
            record = source.get(key)
            if isinstance(record, dict) and record:
                if own and key == "signature":
                    flags.append(flag("SIGNATURE", escape(to_json(record))))
                    continue
                text, more = self.verbatim(name, record)
                written.append(text)
                flags += more
        return "".join((*written, own)), [*flags, *told]

    def _given_here(self, one: ExportSignature | None) -> tuple[str, list[str]]:
        """The Signature of a valid one; of one that was broken or withdrawn a flag alone."""
        if one is None:
            return "", []
        if one.state != "signed":
            return "", [flag("SIGNED", one.state)]
        return self.own_signature(
            {
                "UserRef": one.user,
                "LocationRef": one.site_number,
                "SignatureRef": signature_oid(one.meaning),
                "DateTimeStamp": one.at,
            },
            one.sha256,
        )

    def own_signature(self, record: dict[str, str], sha256: str) -> tuple[str, list[str]]:
        """:param sha256: of the manifest; ODM 1.3.2 has a place for it."""
        return self.verbatim("Signature", record | {"CryptoBindingManifest": f"sha256:{sha256}"})

    def annotations(self, flags: Iterable[str], source: Source, queries: Iterable[Query] = ()) -> str:
        """All annotations of one data element: our flags together in one, one for each message, then the imported."""
        written: list[str] = []
        own = "".join(flags)
        if own:
            written.append(f'<Annotation SeqNum="1">{own}</Annotation>')
        for query in queries:
            written += [
                annotation_of(len(written) + 1 + n, *part) for n, part in enumerate(messages_of(query))
            ]
        more = source.get("more_records")
        for record in more if isinstance(more, (list, tuple)) else ():
            kind = "SIGNATURE" if "SignatureRef" in record else "AUDIT"
            written.append(
                f'<Annotation SeqNum="{len(written) + 1}">{flag(kind, escape(to_json(record)))}</Annotation>'
            )
        imported = source.get("annotations")
        for found in imported if isinstance(imported, (list, tuple)) else ():
            if isinstance(found, dict):
                written.append(self._imported(found, len(written) + 1))
        return "".join(written)

    def _imported(self, found: Mapping[str, object], number: int) -> str:
        stated = str(found.get("SeqNum", ""))
        sequence = stated if stated.lstrip("+-").isascii() and stated.lstrip("+-").isdigit() else str(number)
        attributes = f' SeqNum="{sequence}"'
        if found.get("TransactionType") in TRANSACTIONS:
            attributes += f' TransactionType="{found["TransactionType"]}"'
        identity = str(found.get("ID", ""))
        if NC_NAME.fullmatch(identity) and identity not in self._ids:
            self._ids.add(identity)
            attributes += f' ID="{identity}"'
        content = ""
        if "Comment" in found:
            by = found.get("SponsorOrSite")
            author = f' SponsorOrSite="{by}"' if by in ("Sponsor", "Site") else ""
            content = f"<Comment{author}>{body(str(found['Comment']))}</Comment>"
        flags = found.get("Flags")
        for one in flags if isinstance(flags, (list, tuple)) else ():
            content += imported_flag(one)
        return f"<Annotation{attributes}>{content}</Annotation>"


def signature_oid(meaning: str) -> str:
    """OID of the SignatureDef of a meaning."""
    return f"EDC.{meaning.upper()}"


def signature_on(subject: ExportSubject, path: ItemPath) -> ExportSignature | None:
    return next((one for one in subject.signatures if one.path == path), None)


def standing_flags(item: ExportItem) -> list[str]:
    """Flags of a value as it is: verified or reviewed, one for each group of reviewers, and coded."""
    flags = [flag(f"REVIEW_{mark.group.name}", mark.state.value) for mark in item.reviews]
    if item.coding is not None:
        term = item.coding.term
        said = {
            "state": item.coding.state.value,
            "dictionary": term.dictionary,
            "version": term.version,
            "language": term.language,
            "levels": [level._asdict() for level in term.levels],
        }
        flags.append(flag("CODING", escape(to_json(said))))
    return flags


def not_done_flags(subject: ExportSubject, event: Step) -> list[str]:
    """Flags of a visit that was marked as not done."""
    reason = subject.not_done.get(ItemPath(event))
    if reason is None:
        return []
    return [flag("ENTRY", "not_done"), *([flag("REASON", escape(reason))] if reason else [])]


def restored(
    queries: Iterable[object], live: Iterable[Query], annotation: Callable[[int, str, Iterable[str]], str]
) -> str:
    """Messages of queries that an import brought and no live query stands for.

    :param annotation: an annotation as its number, comment and flags make it in the format that is written.
    """
    brought = [found for found in queries if isinstance(found, dict)]
    gone = _stood_for(brought, live)
    written: list[str] = []
    for found in brought:
        if found.get("QUERY") not in gone:
            flags = [
                flag(kind, value if kind in CLOSED else escape(value))
                for kind in (*CLOSED, *FREE)
                if (value := str(found.get(kind, "")))
            ]
            written.append(annotation(len(written) + 1, str(found.get("TEXT", "")), flags))
    return "".join(written)


def _stood_for(brought: Iterable[dict[str, object]], live: Iterable[Query]) -> set[object]:
    """Ids of brought queries that are in the file already: the same query, or the same question asked again.

    The import runs the checks anew; a check whose OID the file could not hold asks in the same words.
    """
    found: set[object] = set()
    asked: set[tuple[object, ...]] = set()
    for query in live:
        found.add(query.query_id)
        asked.add((str(query.path), query.text))
        if query.check_oid:
            asked.add((str(query.path), query.check_oid, query.finding_key))
    for one in brought:
        place = one.get("PATH", "")
        if {(place, one.get("TEXT", "")), (place, one.get("CHECK", ""), one.get("KEY", ""))} & asked:
            found.add(one.get("QUERY"))
    return found


def annotation_of(number: int, text: str, flags: Iterable[str]) -> str:
    comment = f"<Comment>{body(escape(text))}</Comment>" if text else ""
    return f'<Annotation SeqNum="{number}">{comment}{"".join(flags)}</Annotation>'


def messages_of(query: Query) -> Iterable[tuple[str, list[str]]]:
    about = {
        "QUERY": query.query_id,
        "PATH": str(query.path),
        "STATE": query.state.value,
        "SOURCE": query.source.value,
        "CHECK": query.check_oid,
        "KEY": query.finding_key,
        "AUTHOR": query.author,
        "MODIFIED": "Yes" if query.modified_after_close else "",
        "RECIPIENT": query.recipient,
    }
    shared = [
        flag(kind, value if kind in CLOSED else escape(value)) for kind, value in about.items() if value
    ]
    if not query.messages:
        yield (
            query.text,
            [*shared, flag("MESSAGE", "0"), *([flag("AT", query.opened_at)] if query.opened_at else [])],
        )
    for message in query.messages:
        own = {
            "MESSAGE": str(message.n),
            "ACTOR": message.actor,
            "ROLE": message.role,
            "AT": message.at,
            "AFTER": message.state,
        }
        yield message.text, [*shared, *(flag(kind, escape(value)) for kind, value in own.items() if value)]


def imported_flag(one: object) -> str:
    if not isinstance(one, dict) or not one.get("FlagValueCodeListOID"):
        return ""
    parts = ""
    for name in ("FlagValue", "FlagType"):
        if one.get(f"{name}CodeListOID") and (name == "FlagValue" or one.get(name)):
            parts += f'<{name} CodeListOID="{attribute(str(one[f"{name}CodeListOID"]))}">{body(str(one.get(name, "")))}</{name}>'
    return f"<Flag>{parts}</Flag>"


def is_allowed(given: Mapping[str, str], known: tuple[str, ...]) -> bool:
    return (
        all(key in known for key in given)
        and is_date_time(given.get("DateTimeStamp", ""))
        and given.get("EditPoint", "DBAudit") in EDIT_POINTS
        and given.get("UsedImputationMethod", "Yes") in YES_NO
        and NC_NAME.fullmatch(given.get("ID", "x")) is not None
    )


def is_date_time(text: str) -> bool:
    """Whether XML Schema takes it as a dateTime."""
    if DATE_TIME.fullmatch(text.strip()) is None:
        return False
    try:
        date.fromisoformat(text.strip()[:10])
    except ValueError:
        return False
    return True
