"""The periodic review of who has access to a study, signed by whoever did it (REQ-ACC-11)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from edc_core.api import (
    Action,
    AddNote,
    Attachment,
    BadRequest,
    MenuEntry,
    Page,
    Panel,
    PanelPlace,
    ReasonRequired,
    Refused,
    SeeOther,
)
from edc_core_access.evidence import links_of
from edc_core_access.roles import Line, csv_of, day_of, lines_of

if TYPE_CHECKING:
    from edc_core.api import PageRequest, PanelRequest, StudyAccess, StudyNote, Times

TOPIC = "access.review"
EVERY = 90  #: days after which roles are looked through again
SIGNERS = Action.RELEASE_STUDY  #: who answers for the study signs; an inspector and a site read
MEANING = "I have looked through who has access to this study. What is to be changed stands in my findings."


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """:param sha256: of the roles that the person was shown. :param due: the day on which they are to be looked through."""

    study: str
    day: str
    today: str
    lines: tuple[Line, ...]
    sha256: str
    reviews: tuple[StudyNote, ...]
    due: str
    every: int
    may_sign: bool
    meaning: str
    times: Times
    op: str
    message: str = ""
    findings: str = ""
    login: str = ""
    links: tuple[tuple[str, str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class DuePanel:
    """:param studies: each with the day of its last review, empty for none, and the day on which it was due."""

    studies: tuple[tuple[str, str, str], ...]
    every: int


def look(asked: PageRequest) -> ReviewPage | Attachment | Refused:
    """Roles of a day, and the reviews that were signed; as CSV with ``?as=csv``."""
    day = day_of(asked, asked.study.now[:10])
    try:
        page = _page(asked, day)
    except BadRequest as refused:
        return Refused(_page(asked, asked.study.now[:10], refused.message))
    return csv_of(f"access-{day}.csv", page.lines) if asked.text("as") == "csv" else page


def sign(asked: PageRequest) -> SeeOther | Refused:
    """Sign that the roles of today were looked through. They are those that were shown, or nothing is signed."""
    asked.only("op", "sha256", "findings", "login", "password")
    today = asked.study.now[:10]
    page = _page(asked, today)
    if not page.findings:
        return Refused(_page(asked, today, "Write what you found, or that nothing is to be changed."))
    if asked.text("sha256") != page.sha256:
        return Refused(
            _page(asked, today, "The roles have changed since you opened the page. Look at them once more.")
        )
    try:
        component = asked.study.prove(asked.text("login"), asked.text("password", longest=1024))
        content = {
            "day": today,
            "roles": len(page.lines),
            "sha256": page.sha256,
            "findings": page.findings,
            "meaning": MEANING,
            "component": component,
        }
        command = AddNote(
            study_id=asked.study.study_id, op=asked.text("op", required=True), topic=TOPIC,
            name=f"Access on {today}, {asked.study.now[11:19]}", content=content, shared=True,
        )  # fmt: skip
        asked.study.submit(command)
    except (BadRequest, ReasonRequired) as refused:
        return Refused(_page(asked, today, refused.message))
    return SeeOther("review", anchor="reviews")


def due(asked: PanelRequest) -> DuePanel | None:
    """Studies whose access is to be looked through, for who may; practice studies are not reminded of."""
    found = []
    for study in asked.studies:
        if study.environment != "dev" and study.may(SIGNERS, "*"):
            last, on = _due(study.notes(TOPIC))
            if on <= study.now[:10]:
                found.append((study.name, last, on))
    return DuePanel(tuple(found), EVERY) if found else None


def _due(reviews: tuple[StudyNote, ...]) -> tuple[str, str]:
    """The day of the newest review and the day of the next one; both empty before the first."""
    last = max((str(one.content["day"]) for one in reviews), default="")
    return last, (date.fromisoformat(last) + timedelta(days=EVERY)).isoformat() if last else ""


def _page(asked: PageRequest, day: str, message: str = "") -> ReviewPage:
    study: StudyAccess = asked.study
    lines = lines_of(study.roles(day))
    reviews = study.notes(TOPIC) if study.may(Action.VIEW_DATA) else ()
    return ReviewPage(
        study=study.name,
        day=day,
        today=study.now[:10],
        lines=lines,
        sha256=_digest(lines),
        reviews=reviews,
        due=_due(reviews)[1],
        every=EVERY,
        may_sign=study.may(SIGNERS, "*") and study.may(Action.VIEW_DATA),
        meaning=MEANING,
        times=asked.times,
        op=asked.op,
        message=message,
        findings=asked.text("findings", longest=8000),
        login=asked.text("login"),
        links=links_of(study, "review"),
    )


def _digest(lines: tuple[Line, ...]) -> str:
    """Of who had which role where; when they last signed in is no part of it."""
    said = [
        (one.login, one.name, one.study, one.role, one.unblinded, one.where, one.starts, one.ends)
        for one in lines
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


REMINDER = Panel(name="access-due", place=PanelPlace.HOME, action=SIGNERS, handler=due, template="due.html")
PAGES = (
    Page(
        path="review",
        action=Action.READ_TRAIL,
        handler=look,
        template="review.html",
        menu=MenuEntry("Access review", under="Trail", everywhere=True),
    ),
    Page(path="review", action=SIGNERS, handler=sign, template="review.html", method="POST"),
)
