"""What a subject is known by, put right: its number, its site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import (
    Action,
    AlreadyExists,
    BadRequest,
    CorrectSubjectKey,
    EntryClosed,
    ItemPath,
    MoveSubject,
    Protected,
    Protection,
    Reason,
    ReasonRequired,
    Refused,
    SeeOther,
    ValueRefused,
    WrongState,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import PageRequest, SubjectAtHand

#: What the person can put right on the page, or has to be told there.
REFUSED = (AlreadyExists, BadRequest, EntryClosed, Protected, ReasonRequired, ValueRefused, WrongState)
FIELDS = ("new_key", "site", "day", "reason")


@dataclass(frozen=True, slots=True)
class SubjectPage:
    """What can be put right about a subject by the person.

    :param site: where it is. :param sites: where the person may transfer it to: number and name.
    :param done: what was put right just now: ``number``, ``site`` or nothing.
    :param wrong: which of them was refused, and ``message`` why; ``given`` is what was sent.
    """

    study: str
    subject_key: str
    site: str
    may_number: bool
    may_site: bool
    may_data: bool
    sites: tuple[tuple[str, str], ...]
    today: str
    done: str
    wrong: str
    message: str
    given: Mapping[str, str]
    op: str


def look(asked: PageRequest) -> SubjectPage:
    done = asked.text("done")
    return _page(asked, asked.text("subject", required=True), done=done if done in ("number", "site") else "")


def correct(asked: PageRequest) -> SeeOther | Refused:
    """Correct the number."""
    asked.only("op", "subject", "new_key", "reason")
    key = asked.text("subject", required=True)
    command = CorrectSubjectKey(
        study_id=asked.study.study_id, op=asked.text("op", required=True), subject_key=key,
        new_key=asked.text("new_key", required=True), reason=_reason(asked),
    )  # fmt: skip
    try:
        (corrected,) = asked.study.submit(command)
    except REFUSED as refused:
        return Refused(_page(asked, key, wrong="number", message=refused.message))
    return SeeOther(query={"subject": corrected["subject_key"], "done": "number"})


def transfer(asked: PageRequest) -> SeeOther | Refused:
    """Transfer the subject to another site."""
    asked.only("op", "subject", "site", "day", "reason")
    key = asked.text("subject", required=True)
    command = MoveSubject(
        study_id=asked.study.study_id, op=asked.text("op", required=True), subject_key=key,
        site=asked.text("site", required=True), day=asked.text("day", longest=10), reason=_reason(asked),
    )  # fmt: skip
    try:
        asked.study.submit(command)
    except REFUSED as refused:
        return Refused(_page(asked, key, wrong="site", message=refused.message))
    return SeeOther(query={"subject": key, "done": "site"})


def _reason(asked: PageRequest) -> Reason:
    return Reason(text=asked.text("reason", longest=2000))


def _page(
    asked: PageRequest, subject_key: str, *, done: str = "", wrong: str = "", message: str = ""
) -> SubjectPage:
    study, at_hand = asked.study, asked.study.at_hand(subject_key)
    here, book = at_hand.site.site_id, at_hand.book
    is_open = not book.subject.is_record and book.protection(ItemPath()) is Protection.OPEN
    may_site = is_open and study.may(Action.MOVE_SUBJECT, here)
    return SubjectPage(
        study=study.name,
        subject_key=subject_key,
        site=at_hand.site.number,
        may_number=is_open and study.may(Action.CORRECT_SUBJECT, here),
        may_site=may_site,
        may_data=is_open and study.may(Action.STRIKE, here),
        sites=_sites(asked, at_hand) if may_site else (),
        today=study.now[:10],
        done=done,
        wrong=wrong,
        message=message,
        given={name: asked.text(name, longest=2000) for name in FIELDS} if wrong else {},
        op=asked.op,
    )


def _sites(asked: PageRequest, at_hand: SubjectAtHand) -> tuple[tuple[str, str], ...]:
    """Other sites at which the person may transfer subjects."""
    _, study = asked.study.session()
    names = {site.number: site.name for site in asked.study.sites()}
    return tuple(
        (site.number, names.get(site.number, ""))
        for site in study.sites
        if site != at_hand.site and asked.study.may(Action.MOVE_SUBJECT, site.site_id)
    )
