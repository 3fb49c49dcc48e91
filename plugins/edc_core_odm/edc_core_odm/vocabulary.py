"""Names of ODM 1.3.2 and of our own marks in it, so that reader and writer cannot drift apart."""

from __future__ import annotations

import re

from edc_core.api import ReviewGroup

NAMESPACE = "http://www.cdisc.org/ns/odm/v1.3"
NAMESPACE_2 = "http://www.cdisc.org/ns/odm/v2.0"
XML = "{http://www.w3.org/XML/1998/namespace}"

ALIAS = "EDC."  #: contexts of aliases that restore what ODM 1.3.2 has no word for
LIST = "CL.EDC."  #: OIDs of the code lists behind our flags
NOBODY = "EDC.NONE"  #: user or location of a record that states none

#: Flag types with a closed list of values, and what each value means.
CLOSED: dict[str, dict[str, str]] = {
    "ENTRY": {
        "not_started": "Not started",
        "in_progress": "In progress",
        "complete": "Complete",
        "not_done": "Not done",
        "removed": "Removed",
    },
    "PROTECTION": {
        "open": "Open",
        "frozen": "Frozen: no change of data",
        "locked": "Locked: no change at all",
    },
    "SIGNED": {
        "signed": "Signed",
        "broken": "Signed, and changed since",
        "withdrawn": "Signed, and withdrawn by the signer",
    },
    "READING": {
        "unreadable": "The value could not be read as its type; it is written as it was typed",
        "censored": "The result lies outside the limits of quantification; the value is the limit with its sign",
    },
    "REMOVED": {"Yes": "Struck by the site; kept for the audit trail"},
    "STATE": {
        "Candidate": "Candidate",
        "Open": "Open",
        "Answered": "Answered",
        "Closed": "Closed",
        "Cancelled": "Cancelled",
        "Resolved": "Resolved",
    },
    **{
        f"REVIEW_{group.name}": {
            "verified": "Seen and found right, as the value is now",
            "dropped": "Seen before the value, or the words it was read by, changed",
            "required": "The mark was taken back",
        }
        for group in ReviewGroup
    },
    "SOURCE": {
        "System": "System",
        "Data Management": "Data Management",
        "Site Monitor": "Site Monitor",
        "Medical": "Medical",
        "Safety": "Safety",
        "Coder": "Coder",
        "Other": "Other",
    },
}
#: Flag types whose value is free text (backslash escapes for what XML cannot hold), and what it is.
FREE: dict[str, str] = {
    "QUERY": "Query id",
    "PATH": "Place in the casebook: event[key]/form[key]/group[key]/item",
    "MESSAGE": "Number of the message in its query",
    "ACTOR": "Who wrote it",
    "ROLE": "Role of who wrote it",
    "AT": "When it was written, UTC",
    "AFTER": "State the message left the query in",
    "CHECK": "OID of the check that asked",
    "KEY": "Which finding of the check",
    "AUTHOR": "Who opened the query",
    "MODIFIED": "Data changed after the query was closed",
    "RECIPIENT": "Role of the group that an open query was forwarded to",
    "STATUS": "Status of the subject",
    "REASON": "Why a visit was not done",
    "MANIFEST": "SHA-256 of what was signed",
    "RAW": "The value exactly as it was typed",
    "CODING": "Term of a dictionary that the value was coded by, with its place, as JSON",
    "AUDIT": "An imported audit record that ODM 1.3.2 cannot hold, as JSON",
    "SIGNATURE": "An imported signature that ODM 1.3.2 cannot hold, as JSON",
}
MISSING: dict[str, str] = {
    "ND": "Not done",
    "NA": "Not applicable",
    "UNK": "Unknown",
    "NASK": "Not asked",
}

AUDIT_CHILDREN = ("UserRef", "LocationRef", "DateTimeStamp", "ReasonForChange", "SourceID")
AUDIT_ATTRIBUTES = ("EditPoint", "UsedImputationMethod", "ID")
SIGNATURE_CHILDREN = ("UserRef", "LocationRef", "SignatureRef", "DateTimeStamp", "CryptoBindingManifest")
REFERENCE = {"UserRef": "UserOID", "LocationRef": "LocationOID", "SignatureRef": "SignatureOID"}
EDIT_POINTS = frozenset({"Monitoring", "DataManagement", "DBAudit"})
YES_NO = frozenset({"Yes", "No"})
TRANSACTIONS = frozenset({"Insert", "Update", "Remove", "Upsert", "Context"})

TYPED_ITEM_DATA = tuple(
    "ItemData" + kind
    for kind in (
        "URI", "Any", "Boolean", "String", "Integer", "Float", "Double", "Date", "Time", "Datetime", "HexBinary",
        "Base64Binary", "HexFloat", "Base64Float", "PartialDate", "PartialTime", "PartialDatetime",
        "DurationDatetime", "IntervalDatetime", "IncompleteDatetime", "IncompleteDate", "IncompleteTime",
    )
)  # fmt: skip

DATE_TIME = re.compile(
    r"-?\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?"
    r"(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
)
DATE = re.compile(r"-?\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(Z|[+-](0\d|1[0-3]):[0-5]\d)?")
NC_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")
LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
SAS_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,7}")
SAS_FORMAT = re.compile(r"[A-Za-z_$][A-Za-z0-9_.]{0,7}")
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")

_RENAMED = re.compile(
    r"EDC\.(?:(?:StudyEventDef|FormDef|ItemGroupDef|CodeList|ImputationMethod|Presentation|ConditionDef|MethodDef):"
    r"|MeasurementUnit:[^:]*:)(?=.)",
    re.DOTALL,
)


def renamed(kind: str, oid: str) -> str:
    """An OID in a file where its own spelling is taken: ODM 1.3.2 has one OID space for all kinds of definitions."""
    return f"EDC.{kind}:{oid}"


def original(oid: str) -> str:
    """The reverse of ``renamed``."""
    return _RENAMED.sub("", oid, count=1) if oid.startswith("EDC.") else oid


#: Choices of a study's policy that are lists of names; each is a mark of its own.
LISTS_OF_POLICY = ("review_first", "scanners_off", "scanners_ask", "scanners_block", "double_entry")
