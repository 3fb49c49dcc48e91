"""Checks that are switched off for a while: which are, what was asked for, and what was decided (REQ-DAT-07)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import (
    Action,
    BadRequest,
    DecidePause,
    MenuEntry,
    NotFound,
    Page,
    Panel,
    PanelPlace,
    PartialDate,
    PauseCheck,
    PauseState,
    PauseStep,
    Reason,
    ReasonRequired,
    Refused,
    SecondPersonRequired,
    SeeOther,
    TrailWanted,
    ValueRefused,
    WrongState,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edc_core.api import CheckPause, PageRequest, PanelRequest, StudyAccess, Times, TrailEntry

JOURNAL = 100  #: entries below the list; the trail holds all of them
FIELDS = ("check", "since", "until", "reason")
WORDS = {
    PauseState.ASKED: "waits for another person",
    PauseState.PLANNED: "approved, begins later",
    PauseState.OFF: "switched off",
}
REFUSED = (BadRequest, NotFound, ReasonRequired, SecondPersonRequired, ValueRefused, WrongState)


@dataclass(frozen=True, slots=True)
class PauseLine:
    """:param says: what the check says where it finds something. :param where: site numbers, or nothing for the study.

    :param since: as dates are shown; ``until`` likewise. :param asked_by: name; ``reason`` is blank for who reads no trail.
    :param may: the steps of the person at the page.
    """

    n: int
    check: str
    says: str
    where: str
    since: str
    until: str
    state: str
    asked_by: str
    reason: str
    may: tuple[PauseStep, ...]


@dataclass(frozen=True, slots=True)
class SwitchedOffPage:
    """:param checks: OID and words of what can be switched off. :param chosen: sites that were ticked, of ``sites``."""

    study: str
    lines: tuple[PauseLine, ...]
    checks: tuple[tuple[str, str], ...]
    sites: tuple[str, ...]
    chosen: tuple[str, ...]
    given: Mapping[str, str]
    may_ask: bool
    two_persons: bool
    journal: tuple[TrailEntry, ...]
    today: str
    message: str
    op: str
    times: Times


@dataclass(frozen=True, slots=True)
class WaitingPanel:
    """:param studies: names, each with the checks that somebody else asked for. :param total: requests in all of them."""

    studies: tuple[tuple[str, tuple[str, ...]], ...]
    total: int


def waiting(asked: PanelRequest) -> WaitingPanel | None:
    """What waits for the person's word, over all studies; nothing where nothing waits. It reads what every page has read."""
    found = [
        (study.name, tuple(one.check for one in study.pauses if _waits(study, one)))
        for study in asked.studies
    ]
    found = [(name, checks) for name, checks in found if checks]
    return WaitingPanel(tuple(found), sum(len(checks) for _, checks in found)) if found else None


def look(asked: PageRequest) -> SwitchedOffPage:
    return _page(asked)


def ask(asked: PageRequest) -> SeeOther | Refused:
    """Ask that a check be switched off."""
    asked.only("op", "sites", *FIELDS)
    given = _given(asked)
    if given["check"] not in {oid for oid, _ in _checks(asked.study)}:
        return Refused(_page(asked, "Choose a check of the list."))
    command = PauseCheck(
        study_id=asked.study.study_id, op=asked.text("op", required=True), check=given["check"],
        since=given["since"], until=given["until"], sites=asked.texts("sites"), reason=Reason(text=given["reason"]),
    )  # fmt: skip
    try:
        asked.study.submit(command)
    except REFUSED as refused:
        return Refused(_page(asked, refused.message))
    return SeeOther("off")


def decide(asked: PageRequest) -> SeeOther | Refused:
    """Approve or refuse what was asked for, or switch a check on again."""
    asked.only("op", "n", "step", "reason")
    number, step = asked.text("n"), asked.text("step")
    if not (number.isascii() and number.isdigit() and len(number) < 16) or step not in set(PauseStep):
        raise BadRequest("The request does not have the right fields: n, step.")
    command = DecidePause(
        study_id=asked.study.study_id, op=asked.text("op", required=True), n=int(number), step=PauseStep(step),
        reason=Reason(text=asked.text("reason", longest=2000)),
    )  # fmt: skip
    try:
        asked.study.submit(command)
    except REFUSED as refused:
        return Refused(_page(asked, refused.message, again=False))
    return SeeOther("off")


def off_at(pauses: Iterable[CheckPause]) -> dict[str, str]:
    """Where and until when a check is switched off now, in words, by its OID."""
    return {
        one.check: f"{', '.join(one.sites) or 'the whole study'}, until {PartialDate.parse(one.until).display()}"
        for one in pauses
        if one.state is PauseState.OFF
    }


def _checks(study: StudyAccess) -> tuple[tuple[str, str], ...]:
    return tuple((one.oid, one.title) for one in study.session()[1].checks)


def _given(asked: PageRequest) -> dict[str, str]:
    return {name: asked.text(name, longest=2000) for name in FIELDS}


def _page(asked: PageRequest, message: str = "", *, again: bool = True) -> SwitchedOffPage:
    """:param again: what was asked stands in the boxes once more."""
    study, (_, at_hand) = asked.study, asked.study.session()
    says = {one.oid: one.title for one in at_hand.checks}
    journal = _journal(study)
    told = {str(entry.columns["n"]): entry for entry in journal}
    return SwitchedOffPage(
        study=study.name,
        lines=tuple(
            PauseLine(
                one.n, one.check, says.get(one.check, ""), ", ".join(one.sites),
                PartialDate.parse(one.since).display(), PartialDate.parse(one.until).display(), WORDS[one.state],
                told[str(one.n)].who if str(one.n) in told else one.asked_by,
                told[str(one.n)].reason if str(one.n) in told else "",
                tuple(_steps(study, one)),
            )
            for one in study.pauses
        ),
        checks=tuple(says.items()),
        sites=tuple(site.number for site in at_hand.sites),
        chosen=asked.texts("sites") if again else (),
        given=_given(asked) if again else dict.fromkeys(FIELDS, ""),
        may_ask=study.may(Action.PAUSE_CHECK, "*"),
        two_persons=study.environment == "live",
        journal=journal,
        today=study.now[:10],
        message=message,
        op=asked.op,
        times=asked.times,
    )  # fmt: skip


def _steps(study: StudyAccess, one: CheckPause) -> Iterable[PauseStep]:
    """What the person may do."""
    if _waits(study, one):
        yield from (PauseStep.APPROVE, PauseStep.REFUSE)
    is_theirs = one.state is not PauseState.ASKED or one.asked_by == study.login
    if is_theirs and study.may(Action.PAUSE_CHECK, "*"):
        yield PauseStep.END


def _waits(study: StudyAccess, one: CheckPause) -> bool:
    """Whether the person decides it: nobody decides what they asked for themselves."""
    is_theirs = one.state is PauseState.ASKED and one.asked_by != study.login
    return is_theirs and study.may(Action.APPROVE_PAUSE, "*")


def _journal(study: StudyAccess) -> tuple[TrailEntry, ...]:
    if not study.may(Action.READ_TRAIL):
        return ()
    return study.trail(TrailWanted(kinds=("study.check",), above=True, limit=JOURNAL)).entries


_SEES = Action.COMPARE_VERSIONS
PAGES = (
    Page(
        path="off", action=_SEES, handler=look, template="switched_off.html",
        menu=MenuEntry("Checks switched off", under="Queries"),
    ),
    Page(path="off", action=Action.PAUSE_CHECK, handler=ask, template="switched_off.html", method="POST"),
    Page(
        path="off/decide", action=(Action.PAUSE_CHECK, Action.APPROVE_PAUSE), handler=decide,
        template="switched_off.html", method="POST",
    ),
)  # fmt: skip
PANEL = Panel(
    name="switched-off",
    place=PanelPlace.HOME,
    action=Action.APPROVE_PAUSE,
    handler=waiting,
    template="waiting_off.html",
)
