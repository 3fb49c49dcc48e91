"""AuditRecord, Signature, Annotation and Query as ODM 2.0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from edc_core.api import ExportSignature, Query, QueryMessage, QuerySource
from edc_core_odm.code_lists import flag
from edc_core_odm.odm2.read_marks import RENAMED
from edc_core_odm.odm2.vocabulary import (
    AUDIT_ATTRIBUTES,
    AUDIT_CHILDREN,
    CODING_ATTRIBUTES,
    QUERY_SOURCES,
    SIGNATURE_CHILDREN,
    SOURCES_IN,
    UNKNOWN_TIME,
)
from edc_core_odm.odm2.write_parts import translated
from edc_core_odm.own_marks import escape, to_json
from edc_core_odm.vocabulary import CLOSED, NC_NAME, NOBODY, TRANSACTIONS
from edc_core_odm.write_admin import as_list
from edc_core_odm.write_marks import (
    MarkWriter,
    Source,
    imported_flag,
    inside_record,
    is_allowed,
    is_date_time,
)
from edc_core_odm.write_xml import attribute, body, element

_SPELLED = {kept: spelling for spelling, kept in RENAMED.items()}


class MarkWriter2(MarkWriter):
    """Writes what stands beside the data. One per file, since XML ids are unique in a file."""

    def verbatim(self, name: str, record: Mapping[str, object]) -> tuple[str, list[str]]:
        """An imported AuditRecord or Signature; one that ODM 2.0 does not allow rides in a flag instead."""
        given = {_SPELLED.get(str(key), str(key)): str(value) for key, value in record.items()}
        is_audit = name == "AuditRecord"
        children = AUDIT_CHILDREN if is_audit else SIGNATURE_CHILDREN
        attributes = AUDIT_ATTRIBUTES if is_audit else ("ID",)
        kept = {str(key): str(value) for key, value in record.items()}
        if not is_allowed(kept, tuple(RENAMED.get(key, key) for key in (*children, *attributes))):
            return "", [flag("AUDIT" if is_audit else "SIGNATURE", escape(to_json(kept)))]
        if given.get("ID") in self._ids:
            del given["ID"]
        elif "ID" in given:
            self._ids.add(given["ID"])
        return element(name, {key: given.get(key) for key in attributes}, inside_record(children, given)), []

    def own_signature(self, record: dict[str, str], sha256: str) -> tuple[str, list[str]]:
        """ODM 2.0 has no place for the manifest, so a flag says it."""
        return self.verbatim("Signature", record)[0], [flag("MANIFEST", sha256)]

    def beside(
        self,
        source: Source,
        flags: Iterable[str],
        queries: Iterable[Query] = (),
        site: str = "",
        signature: ExportSignature | None = None,
    ) -> str:
        """Everything that follows the data in an element: records, annotations, queries."""
        head, more = self.head(source, signature)
        queries = list(queries)
        return head + self.annotations([*more, *flags], source, queries) + self.queries(queries, site)

    def annotations(self, flags: Iterable[str], source: Source, queries: Iterable[Query] = ()) -> str:
        """Our flags together in one, what a Query cannot say, then the imported annotations."""
        written: list[str] = []
        if own := "".join(flags):
            written.append(annotation_of(1, "", [own]))
        for query in queries:
            for number, message in enumerate(_thread(query), start=1 if query.messages else 0):
                if beside := _beside(query, number, message):
                    written.append(annotation_of(len(written) + 1, "", beside))
        for record in as_list(source.get("more_records")):
            if isinstance(record, dict):
                kind = "SIGNATURE" if "SignatureRef" in record else "AUDIT"
                written.append(annotation_of(len(written) + 1, "", [flag(kind, escape(to_json(record)))]))
        for found in as_list(source.get("annotations")):
            if isinstance(found, dict):
                written.append(self._imported(found, len(written) + 1))
        return "".join(written)

    def queries(self, queries: Iterable[Query], site: str) -> str:
        """One Query element for each message of a thread, since the standard gives a Query one Value."""
        return "".join(_query(query, message, site) for query in queries for message in _thread(query))

    def _imported(self, found: Mapping[str, object], number: int) -> str:
        stated = str(found.get("SeqNum", ""))
        identity = str(found.get("ID", ""))
        if NC_NAME.fullmatch(identity) and identity not in self._ids:
            self._ids.add(identity)
        else:
            identity = ""
        content = ""
        if "Comment" in found:
            by = found.get("SponsorOrSite")
            texts = [
                (str(pair[0]), str(pair[1]))
                for pair in as_list(found.get("Comments"))
                if isinstance(pair, (list, tuple)) and len(pair) == 2
            ]
            words = "".join(translated(*pair) for pair in texts or [("", str(found["Comment"]))])
            content = element("Comment", {"SponsorOrSite": by if by in ("Sponsor", "Site") else None}, words)
        for coding in as_list(found.get("Codings")):
            if isinstance(coding, dict) and coding.get("System"):
                content += element("Coding", {key: coding.get(key) for key in CODING_ATTRIBUTES})
        for one in as_list(found.get("Flags")):
            content += imported_flag(one) if isinstance(one, dict) and one.get("FlagValue") else ""
        attributes = {
            "SeqNum": stated if stated.isascii() and stated.isdigit() and int(stated) > 0 else number,
            "TransactionType": found.get("TransactionType")
            if found.get("TransactionType") in TRANSACTIONS
            else None,
            "ID": identity,
        }
        return element("Annotation", attributes, content)


def annotation_of(number: int, text: str, flags: Iterable[str]) -> str:
    comment = f"<Comment>{translated('', escape(text))}</Comment>" if text else ""
    return f'<Annotation SeqNum="{number}">{comment}{"".join(flags)}</Annotation>'


def _thread(query: Query) -> tuple[QueryMessage, ...]:
    opening = QueryMessage(1, query.author, query.author_role, query.opened_at, query.text, query.state.value)
    return query.messages or (opening,)


def _query(query: Query, message: QueryMessage, site: str) -> str:
    last = message is _thread(query)[-1]
    at = message.at if is_date_time(message.at) else UNKNOWN_TIME
    record = ""
    if message.actor:
        record = (
            f'<AuditRecord><UserRef UserOID="{attribute(message.actor)}"/>'
            f'<LocationRef LocationOID="{attribute(site or NOBODY)}"/>'
            f"<DateTimeStamp>{at}</DateTimeStamp></AuditRecord>"
        )
    attributes = {
        "OID": query.query_id,
        "Source": QUERY_SOURCES[query.source.value],
        "Type": "System" if query.source is QuerySource.SYSTEM else "Manual",
        "State": query.state.value if last else message.state or query.state.value,
        "LastUpdateDatetime": at,
        "Name": query.check_oid,
        "Target": query.recipient if last else "",
    }
    return element("Query", attributes, f"<Value>{body(escape(message.text))}</Value>{record}")


def _beside(query: Query, number: int, message: QueryMessage) -> list[str]:
    """Flags for what the Query element of a message cannot say; those of the whole thread are with its first one."""
    about = {"ROLE": message.role}
    if number <= 1:
        has_own_word = SOURCES_IN[QUERY_SOURCES[query.source.value]] == query.source.value
        about |= {
            "SOURCE": "" if has_own_word else query.source.value,
            "CHECK": query.check_oid,
            "KEY": query.finding_key,
            "AUTHOR": "" if query.author == message.actor else query.author,
            "MODIFIED": "Yes" if query.modified_after_close else "",
            "RECIPIENT": query.recipient,
            "PATH": str(query.path),
        }
    told = {kind: value for kind, value in about.items() if value}
    if not told and number:
        return []
    told = {"QUERY": query.query_id, "MESSAGE": str(number), **told}
    return [flag(kind, value if kind in CLOSED else escape(value)) for kind, value in told.items()]
