"""Put an unblinding of a subject on record, and look at what is on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import (
    Attachment,
    BadRequest,
    Reason,
    ReasonRequired,
    Refused,
    SeeOther,
    UnblindingDraft,
    UnblindingKind,
    ValueRefused,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import PageRequest, Times, Unblinding

FIELDS = ("kind", "happened", "told", "reason", "login")
KINDS = (
    (UnblindingKind.EMERGENCY, "Emergency: the treatment had to be known for the care of the subject"),
    (UnblindingKind.PLANNED, "Planned: the protocol foresees it"),
)
COLUMNS = (
    "subject", "site", "kind", "treatment learned at", "zone", "who learned it", "why", "recorded by", "login", "role",
    "recorded at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecordsPage:
    """Every record that the person may read, newest first."""

    study: str
    records: tuple[Unblinding, ...]
    times: Times


@dataclass(frozen=True, slots=True)
class SubjectPage:
    """:param given: what was typed, by field. :param message: why nothing was put on record."""

    study: str
    subject_key: str
    records: tuple[Unblinding, ...]
    kinds: tuple[tuple[UnblindingKind, str], ...]
    given: Mapping[str, str]
    message: str
    op: str
    times: Times


def look(asked: PageRequest) -> RecordsPage | Attachment:
    """What is on record; as CSV with ``?as=csv``."""
    found = asked.study.unblindings()
    if asked.text("as") == "csv":
        return Attachment.table("unblinding.csv", COLUMNS, map(_row, found))
    return RecordsPage(asked.study.name, found, asked.times)


def of_subject(asked: PageRequest) -> SubjectPage:
    return _page(asked, asked.text("subject", required=True))


def record(asked: PageRequest) -> SeeOther | Refused:
    """Put it on record, signed; a field that cannot be taken leaves what was typed on the page."""
    asked.only("op", "subject", "password", *FIELDS)
    key = asked.text("subject", required=True)
    given = _given(asked)
    try:
        draft = UnblindingDraft(key, _kind(given["kind"]), given["happened"], given["told"])
        asked.study.unblind(
            draft, Reason(text=given["reason"]), login=given["login"],
            password=asked.text("password", longest=1024), op=asked.text("op", required=True),
        )  # fmt: skip
    except (BadRequest, ReasonRequired, ValueRefused) as refused:
        return Refused(_page(asked, key, refused.message))
    return SeeOther("subject", {"subject": key}, anchor="records")


def _kind(text: str) -> UnblindingKind:
    try:
        return UnblindingKind(text)
    except ValueError:
        raise BadRequest("Choose whether it was an emergency or planned.") from None


def _given(asked: PageRequest) -> dict[str, str]:
    return {name: asked.text(name, longest=2000) for name in FIELDS}


def _page(asked: PageRequest, key: str, message: str = "") -> SubjectPage:
    records = asked.study.unblindings(key)
    return SubjectPage(asked.study.name, key, records, KINDS, _given(asked), message, asked.op, asked.times)


def _row(one: Unblinding) -> tuple[str, ...]:
    draft = one.draft
    return (
        draft.subject_key, one.site, draft.kind.value, draft.happened, one.zone, draft.told, one.reason, one.full_name,
        one.actor, one.role, one.at,
    )  # fmt: skip
