"""Ask for a redaction from an item's history, and decide those that wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import (
    Action,
    BadRequest,
    DecideRedaction,
    Reason,
    ReasonRequired,
    Refused,
    RequestRedaction,
    SeeOther,
    WrongState,
)

if TYPE_CHECKING:
    from edc_core.api import PageRequest, PanelRequest, Times, WaitingRedaction

REFUSED = (BadRequest, ReasonRequired, WrongState)  #: what the person can put right on the page


@dataclass(frozen=True, slots=True)
class RedactionsPage:
    """What waits for a second person, and the entry that this person asks about.

    :param subject_key: with ``entry``, what to ask about; empty where nobody asks. :param of_reason: about its reason.
    :param message: why it was not asked for.
    """

    study: str
    waiting: tuple[WaitingRedaction, ...]
    may_decide: bool
    may_ask: bool
    subject_key: str
    entry: str
    of_reason: bool
    reason: str
    message: str
    op: str
    times: Times


@dataclass(frozen=True, slots=True)
class WaitingPanel:
    """:param waiting: by study, what another person asked for."""

    waiting: tuple[tuple[str, tuple[WaitingRedaction, ...]], ...]
    total: int
    times: Times


def look(asked: PageRequest) -> RedactionsPage:
    return _page(asked)


def about(asked: PageRequest) -> RedactionsPage:
    """The page with the entry that is asked about."""
    key, entry = asked.text("subject", required=True), asked.text("entry", longest=9, required=True)
    return _page(asked, key, entry, of_reason=asked.text("of") == "reason")


def ask(asked: PageRequest) -> SeeOther | Refused:
    """Ask another person to take the words of an entry out."""
    asked.only("op", "subject", "entry", "reason", "of")
    key, entry = asked.text("subject", required=True), asked.text("entry", longest=9, required=True)
    reason, of_reason = asked.text("reason", longest=2000), asked.text("of") == "reason"
    command = RequestRedaction(
        study_id=asked.study.study_id, op=asked.text("op", required=True), subject_key=key,
        n=_number(entry), reason=Reason(text=reason), of_reason=of_reason,
    )  # fmt: skip
    try:
        asked.study.submit(command)
    except REFUSED as refused:
        return Refused(_page(asked, key, entry, reason, refused.message, of_reason=of_reason))
    return SeeOther()


def decide(asked: PageRequest) -> SeeOther | Refused:
    """Take the words out, or refuse to."""
    asked.only("op", "subject", "request", "reason", "approve")
    command = DecideRedaction(
        study_id=asked.study.study_id,
        op=asked.text("op", required=True),
        subject_key=asked.text("subject", required=True),
        request=_number(asked.text("request", longest=9, required=True)),
        approve=asked.text("approve", required=True) == "true",
        reason=Reason(text=asked.text("reason", longest=2000)),
    )
    try:
        asked.study.submit(command)
    except REFUSED as refused:
        return Refused(_page(asked, message=refused.message))
    return SeeOther()


def waiting(asked: PanelRequest) -> WaitingPanel | None:
    """What another person asked for, over all studies; nothing where nothing waits."""
    found = [(one.name, tuple(w for w in one.redactions() if not w.mine)) for one in asked.studies]
    found = [(name, lines) for name, lines in found if lines]
    if not found:
        return None
    return WaitingPanel(tuple(found), sum(len(lines) for _, lines in found), asked.times)


def _page(
    asked: PageRequest,
    subject_key: str = "",
    entry: str = "",
    reason: str = "",
    message: str = "",
    *,
    of_reason: bool = False,
) -> RedactionsPage:
    return RedactionsPage(
        asked.study.name, asked.study.redactions(), asked.study.may(Action.APPROVE_REDACTION),
        asked.study.may(Action.REDACT), subject_key, entry, of_reason, reason, message, asked.op, asked.times,
    )  # fmt: skip


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise BadRequest("The request names no entry of a history.")
    return int(text)
