"""The page of the log: record a request, note what was done, and how many days there are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from edc_core.api import (
    Action,
    AddNote,
    AddSubjectNote,
    Attachment,
    BadRequest,
    MenuEntry,
    NotAllowed,
    NotFound,
    Page,
    Refused,
    SeeOther,
    TrailWanted,
    ValueRefused,
)
from edc_core_subject_rights.log import (
    DAYS,
    MOST_DAYS,
    TOPIC,
    Kind,
    Request,
    Step,
    days_of,
    due_on,
    requests_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import PageRequest, StudyAccess, Times, TrailEntry

LONGEST = 2000
AT_ONCE = 1000  #: entries read at once
STATES = ("open", "overdue", "done", "declined")
OUTCOMES = {Step.DONE: "Done", Step.DECLINED: "Declined", Step.NOTED: "Only a note"}
HEADER = (
    "Subject", "Site", "Request", "Received", "Due", "State", "Step", "On", "Words", "By", "Role", "Recorded (UTC)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LogPage:
    """:param lines: (request, its state). :param counts: (state, how many) over all. :param said: why nothing was kept, by form: ``new``, ``days``, or the key of a request.

    :param subjects: keys that the person records for.
    """

    study: str
    lines: tuple[tuple[Request, str], ...]
    counts: tuple[tuple[str, int], ...]
    state: str
    kinds: tuple[str, ...]
    outcomes: tuple[tuple[str, str], ...]
    subjects: tuple[str, ...]
    may_record: frozenset[str]
    may_choose: bool
    days: int
    today: str
    given: Mapping[str, str]
    said: Mapping[str, str]
    op: str
    times: Times


def look(asked: PageRequest) -> LogPage:
    """The log at the sites where the person reads the trail."""
    return _page(asked)


def as_csv(asked: PageRequest) -> Attachment:
    """A row for each step."""
    today = asked.study.now[:10]
    rows = (
        (
            one.subject_key, one.site, one.kind.value, one.received, one.due, one.state(today), step.step.value,
            step.on, step.words, step.who, step.role, step.at,
        )
        for one in requests_of(_entries(asked.study))
        for step in one.steps
    )  # fmt: skip
    return Attachment.table("requests-of-subjects.csv", HEADER, rows)


def record(asked: PageRequest) -> SeeOther | Refused:
    """Record what a subject asked for."""
    kind, received = asked.text("kind"), asked.text("on", longest=10)
    if kind not in set(Kind):
        return _refused(asked, "new", "Choose what the subject asks for.")
    if why := _no_day(received, asked.study.now[:10]):
        return _refused(asked, "new", why)
    due = due_on(received, days_of(asked.study.notes(DAYS)))
    content = {
        "step": Step.RECEIVED.value,
        "kind": kind,
        "on": received,
        "due": due,
        "request": asked.text("op"),
    }
    return _keep(asked, "new", asked.text("subject"), f"{kind} asked for", content)


def step(asked: PageRequest) -> SeeOther | Refused:
    """Note what was done about a request."""
    found = {one.key: one for one in requests_of(_entries(asked.study))}
    request = found.get(asked.text("request"))
    if request is None:
        raise NotFound("There is no such request. Reload the page.")
    outcome, on = asked.text("step"), asked.text("on", longest=10)
    if request.closed:
        return _refused(asked, request.key, "Somebody has closed this request meanwhile. Look at it again.")
    if outcome not in set(OUTCOMES):
        return _refused(asked, request.key, "Choose what came of it.")
    if why := _no_day(on, asked.study.now[:10]) or (
        "" if on >= request.received else "This is before the request came."
    ):
        return _refused(asked, request.key, why)
    content = {
        "step": outcome,
        "kind": request.kind.value,
        "on": on,
        "due": request.due,
        "request": request.key,
    }
    return _keep(asked, request.key, request.subject_key, f"{request.kind} {outcome}", content)


def choose(asked: PageRequest) -> SeeOther | Refused:
    """Keep how many days there are to answer; requests that came before keep their day."""
    if not _sees_all(asked.study):
        raise NotAllowed("How many days there are is said by those who see every site of the study.")
    days = asked.text("days", longest=3)
    if not (days.isascii() and days.isdecimal() and 0 < int(days) <= MOST_DAYS):
        return _refused(asked, "days", f"Give 1 to {MOST_DAYS} days.")
    note = AddNote(
        study_id=asked.study.study_id, op=asked.text("op", required=True), topic=DAYS, name="days",
        content={"days": int(days)}, shared=True,
    )  # fmt: skip
    asked.study.submit(note)
    return SeeOther(anchor="days")


def _keep(
    asked: PageRequest, form: str, subject: str, name: str, content: dict[str, str]
) -> SeeOther | Refused:
    words = asked.text("words", longest=LONGEST)
    if not words:
        return _refused(asked, form, "Write what was asked for or done, without the name of the subject.")
    command = AddSubjectNote(
        study_id=asked.study.study_id, op=asked.text("op", required=True), subject_key=subject, topic=TOPIC, name=name,
        content=content | {"words": words},
    )  # fmt: skip
    try:
        asked.study.submit(command)
    except (BadRequest, NotFound, ValueRefused) as refused:
        return _refused(asked, form, refused.message)
    return SeeOther()


def _refused(asked: PageRequest, form: str, why: str) -> Refused:
    return Refused(_page(asked, {form: why}))


def _no_day(text: str, today: str) -> str:
    """Why it is no day of the past or today; empty where it is."""
    try:
        day = date.fromisoformat(text).isoformat()
    except ValueError:
        return "Give the day, for example 2026-03-04."
    return "This day has not come yet." if day > today else ""


def _page(asked: PageRequest, said: Mapping[str, str] | None = None) -> LogPage:
    study, state = asked.study, asked.text("state")
    if state not in ("", *STATES):
        raise BadRequest(f"'{state}' is no state of a request. Known are: {', '.join(STATES)}.")
    today = study.now[:10]
    lines = [(one, one.state(today)) for one in requests_of(_entries(study))]
    counted = Counter(of for _, of in lines)
    subjects = _own_subjects(study)
    fields = ("subject", "kind", "on", "words", "step", "days")
    return LogPage(
        study=study.name,
        lines=tuple(line for line in lines if state in ("", line[1])),
        counts=tuple((one, counted[one]) for one in STATES),
        state=state,
        kinds=tuple(kind.value for kind in Kind),
        outcomes=tuple((one.value, words) for one, words in OUTCOMES.items()),
        subjects=subjects,
        may_record=frozenset(subjects),
        may_choose=_sees_all(study) and study.may(Action.REVIEW_DATA),
        days=days_of(study.notes(DAYS)),
        today=today,
        given={name: asked.text(name, longest=LONGEST) for name in fields},
        said=said or {},
        op=asked.op,
        times=asked.times,
    )


def _own_subjects(study: StudyAccess) -> tuple[str, ...]:
    """Those that the person records requests of."""
    if not study.may(Action.RECORD_REQUEST):
        return ()
    return tuple(one.subject_key for one in study.subjects())


def _sees_all(study: StudyAccess) -> bool:
    return study.may(Action.VIEW_DATA, "*")


def _entries(study: StudyAccess) -> list[TrailEntry]:
    found: list[TrailEntry] = []
    before = ""
    while True:
        page = study.trail(TrailWanted(kinds=("note.add",), words=TOPIC, before=before, limit=AT_ONCE))
        found += page.entries
        before = page.older
        if not before:
            return found


_READS, _RECORDS = Action.READ_TRAIL, Action.RECORD_REQUEST
PAGES = (
    Page(
        path="", action=_READS, handler=look, template="requests.html",
        menu=MenuEntry("Requests of subjects", seldom=True),
    ),
    Page(path="requests.csv", action=_READS, handler=as_csv, leaves=True),
    Page(path="", action=_RECORDS, handler=record, template="requests.html", method="POST"),
    Page(path="step", action=_RECORDS, handler=step, template="requests.html", method="POST"),
    Page(path="days", action=Action.REVIEW_DATA, handler=choose, template="requests.html", method="POST"),
)  # fmt: skip
