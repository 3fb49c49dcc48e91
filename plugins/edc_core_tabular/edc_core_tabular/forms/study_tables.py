"""The tables that every study has beside those of its forms: subjects, visits not done, queries, signatures, reviews,
codings, audit.
"""

from __future__ import annotations

from dataclasses import dataclass

from edc_core.api import DataType, Variable


@dataclass(frozen=True, slots=True)
class StudyTable:
    """A table without records: those come from all subjects, see ``RowMaker``.

    :param name: also of its file. :param sas_name: at most eight characters. :param label: at most 40 bytes.
    """

    name: str
    sas_name: str
    label: str
    variables: tuple[Variable, ...]

    @property
    def header(self) -> tuple[str, ...]:
        return tuple(variable.name for variable in self.variables)


def _text(name: str, label: str, sas_name: str = "", key: int = 0) -> Variable:
    return Variable(name, label, DataType.TEXT, sas_name or name, key_sequence=key)


def _number(name: str, label: str, sas_name: str = "", key: int = 0) -> Variable:
    return Variable(name, label, DataType.INTEGER, sas_name or name, key_sequence=key)


#: Where a subject's row belongs.
SUBJECT = (
    _text("STUDYID", "Study OID", key=1),
    _text("SITEID", "Site number"),
    _text("SUBJID", "Subject key", key=2),
)
#: Where a form's row belongs.
FORM = (
    *SUBJECT,
    _text("EVENT", "OID of the study event", key=3),
    _text("EVENT_KEY", "Which occurrence of the event", "EVENTKEY", key=4),
    _text("FORM", "OID of the form", key=5),
    _text("FORM_KEY", "Which occurrence of the form", key=6),
)
#: How a form and its row stand.
STATE = (
    _text("META_DATA_VERSION", "Version of definitions it was entered with", "MDVOID"),
    _text("FORM_STATUS", "Status of the form", "FORMSTAT"),
    _text("PROTECTION", "Protection of the form", "PROTECT"),
    _text("SIGNATURE", "Signature state of the form", "SIGNSTAT"),
    _text("REMOVED", "Yes where the row was struck"),
)
_ITEM = (
    *FORM,
    _text("GROUPS", "Item groups around the item", key=7),
    _text("ITEM", "OID of the item", key=8),
    _text("REMOVED", "Yes where the row was struck"),
)

#: In an increment alone: what becomes of the rows of the export that it goes on from.
CHANGES = StudyTable(
    "changes",
    "CHANGES",
    "What becomes of the earlier export",
    (*FORM, _text("CHANGE", "REMOVED, or WRITTEN anew", key=7)),
)
STUDY_TABLES = (
    StudyTable(
        "subjects",
        "SUBJECTS",
        "Subjects",
        (
            *SUBJECT,
            _text("STATUS", "Status of the subject"),
            _number("FORMS", "Number of forms in this export"),
            _text("EVENTS_WITHOUT_FORMS", "Added events that hold no form", "EVNOFORM"),
        ),
    ),
    StudyTable(
        "visits_not_done",
        "NOTDONE",
        "Visits that were marked as not done",
        (*FORM[:5], _text("REASON", "Why it was not done")),
    ),
    StudyTable(
        "queries",
        "QUERIES",
        "Messages of queries",
        (
            *SUBJECT,
            _text("QUERY", "Identifier of the query", key=3),
            _text("PATH", "Where it stands"),
            _text("STATE", "State of the query"),
            _text("SOURCE", "Who or what opened it"),
            _text("CHECK", "OID of the check"),
            _text("KEY", "Which finding of the check"),
            _text("TEXT", "What is asked"),
            _text("AUTHOR", "Login of who opened it"),
            _text("AUTHOR_ROLE", "Role of who opened it", "AUTHROLE"),
            _text("OPENED_AT", "When it was opened (UTC)", "OPENEDAT"),
            _text("STATE_AT", "When it came into its state (UTC)"),
            _text("MODIFIED_AFTER_CLOSE", "Yes where data changed after closing", "MODAFTCL"),
            _text("FORWARDED_TO", "Role that it was forwarded to", "FORWARD"),
            _number("MESSAGE", "Number of the message", "MSG", key=4),
            _text("MESSAGE_BY", "Login of who wrote the message", "MSGBY"),
            _text("MESSAGE_ROLE", "Role of who wrote the message", "MSGROLE"),
            _text("MESSAGE_AT", "When the message was written (UTC)", "MSGAT"),
            _text("MESSAGE_STATE", "State that the message led to", "MSGSTATE"),
            _text("MESSAGE_TEXT", "Text of the message", "MSGTEXT"),
        ),
    ),
    StudyTable(
        "signatures",
        "SIGNED",
        "Signatures",
        (
            *SUBJECT,
            _text("PATH", "What was signed", key=3),
            _text("STATE", "State of the signature"),
            _text("SIGNED_BY", "Login of the signer", "SIGNEDBY", key=4),
            _text("FULL_NAME", "Name of the signer", "FULLNAME"),
            _text("ROLE", "Role of the signer"),
            _text("MEANING", "Meaning of the signature"),
            _text("SIGNED_AT", "When it was signed (UTC)", "SIGNEDAT", key=5),
            _text("ZONE", "Time zone of the signer"),
            _text("SIGNED_SITEID", "Site number at signing", "SIGNSITE"),
            _text("SHA256", "SHA-256 of what was signed"),
        ),
    ),
    StudyTable(
        "reviews",
        "REVIEWS",
        "Verifications and reviews of values",
        (
            *_ITEM,
            _text("REVIEW", "Group of reviewers", key=9),
            _text("STATE", "State of the review"),
            _text("CAUSE", "Why it was dropped"),
            _number("VERSION_SEEN", "Writes to the item that were seen", "VERSSEEN"),
            _text("USER", "Login of who took the last step"),
            _text("AT", "When the last step was taken (UTC)"),
        ),
    ),
    StudyTable(
        "codings",
        "CODINGS",
        "Levels of terms that values are coded by",
        (
            *_ITEM,
            _text("STATE", "Coded, or proposed and not approved"),
            _text("DICTIONARY", "Name of the dictionary", "DICTNAME"),
            _text("VERSION", "Version of the dictionary", "DICTVER"),
            _text("LANGUAGE", "Language of the terms", "DICTLANG"),
            _number("LEVEL_NUMBER", "1 for the term itself, then upwards", "LEVELN", key=9),
            _text("LEVEL", "Level of the hierarchy"),
            _text("CODE", "Code at this level"),
            _text("TERM", "Term at this level"),
            _text("METHOD", "Person, or how the term was found"),
            _text("USER", "Login of who chose the term"),
            _text("APPROVED_BY", "Login of who approved it", "APPROVED"),
            _text("AT", "When it was coded or approved (UTC)"),
        ),
    ),
    StudyTable(
        "audit",
        "AUDIT",
        "Writes to items, oldest first",
        (
            *_ITEM,
            _text("TRANSACTION", "Insert, Update or Remove", "TRANSACT"),
            _text("RAW", "What was typed"),
            _text("VALUE", "Value that was stored"),
            _text("MISSING", "Reason why there is no value"),
            _text("UNIT", "OID of the unit"),
            _text("READING", "Whether it could be read"),
            _text("USER", "Login of who wrote"),
            _text("ROLE", "Role of who wrote"),
            _text("SITE", "Site number of who wrote"),
            _text("AT", "When it was written (UTC)"),
            _text("REASON", "Why it was changed"),
            _text("SOURCE_ID", "Position in the ledger and operation", "SOURCEID", key=9),
            _text("SOURCE", "Imported audit record as JSON"),
        ),
    ),
)
