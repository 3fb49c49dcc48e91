"""Training and delegation on record in a study: who was trained in what, who may do what at a site, until when (REQ-ACC-10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import (
    Action,
    Attachment,
    BadRequest,
    EvidenceKind,
    MenuEntry,
    NotFound,
    Page,
    RecordEvidence,
    Refused,
    SeeOther,
    Task,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import PageRequest, StudyAccess, Times

FIELDS = ("login", "kind", "site", "document", "task", "tasks", "starts", "ends")
KINDS = (EvidenceKind.TRAINING, EvidenceKind.DELEGATION)
TASKS = (
    ("", "All that the role includes"),
    (Task.ENTER, "Enter data"),
    (Task.ANSWER, "Answer queries"),
    (Task.SIGN, "Sign"),
    (Task.UNBLIND, "Put an unblinding on record"),
)
RECORDED = (
    "login",
    "full_name",
    "kind",
    "site",
    "document",
    "task",
    "tasks",
    "starts",
    "ends",
    "actor",
    "at",
)
COLUMNS = (
    "login", "name", "kind", "site", "document", "task", "tasks in words", "from", "to", "recorded by", "recorded at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A record, and how it stands today: ``open``, ``ended`` or ``later``."""

    record: Mapping[str, str]
    state: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """:param kinds: (value, words), as ``tasks``. :param given: what was typed into the form, by field."""

    study: str
    lines: tuple[Line, ...]
    kinds: tuple[tuple[str, str], ...]
    tasks: tuple[tuple[str, str], ...]
    sites: tuple[str, ...]
    may_record: bool
    today: str
    given: Mapping[str, str]
    times: Times
    op: str
    message: str = ""
    links: tuple[tuple[str, str, bool], ...] = ()


def links_of(study: StudyAccess, here: str) -> tuple[tuple[str, str, bool], ...]:
    """The pages about access that the person may open: words, path, whether it is the one at hand."""
    pages = (
        (
            "Training and delegation",
            "evidence",
            study.may(Action.RECORD_EVIDENCE) or study.may(Action.READ_TRAIL),
        ),
        ("Access review", "review", study.may(Action.READ_TRAIL, "*")),
        (
            "What roles may do",
            "rights",
            study.may(Action.RECORD_EVIDENCE) or study.may(Action.READ_TRAIL, "*"),
        ),
        ("Sites", "sites", study.may(Action.MANAGE_SITES)),
    )
    return tuple((words, path, path == here) for words, path, may in pages if may)


def look(asked: PageRequest) -> EvidencePage | Attachment:
    """Everything on record; as CSV with ``?as=csv``. Fields in the address fill the form."""
    if asked.text("as") != "csv":
        return _page(asked)
    rows = ([one[name] for name in RECORDED] for one in asked.study.evidence())
    return Attachment.table("training-and-delegation.csv", COLUMNS, rows)


def record(asked: PageRequest) -> SeeOther | Refused:
    """Put it on record; it takes the place of an earlier one of the person, kind and site."""
    asked.only("op", *FIELDS)
    given = _given(asked)
    try:
        kind = EvidenceKind(given["kind"])
    except ValueError:
        return Refused(_page(asked, "Choose training or delegation."))
    command = RecordEvidence(
        study_id=asked.study.study_id, op=asked.text("op", required=True), login=given["login"], kind=kind,
        site=given["site"], document=given["document"], task=given["task"], tasks=given["tasks"],
        starts=given["starts"], ends=given["ends"],
    )  # fmt: skip
    try:
        asked.study.submit(command)
    except (BadRequest, NotFound) as refused:
        return Refused(_page(asked, refused.message))
    return SeeOther("evidence", anchor="records")


def _given(asked: PageRequest) -> dict[str, str]:
    return {name: asked.text(name, longest=1000) for name in FIELDS}


def _page(asked: PageRequest, message: str = "") -> EvidencePage:
    study = asked.study
    today = study.now[:10]
    return EvidencePage(
        study=study.name,
        lines=tuple(_line(one, today) for one in study.evidence()),
        kinds=tuple((kind.value, kind.value.capitalize()) for kind in KINDS),
        tasks=TASKS,
        sites=tuple(site.number for site in study.sites()),
        may_record=study.may(Action.RECORD_EVIDENCE),
        today=today,
        given=_given(asked),
        times=asked.times,
        op=asked.op,
        message=message,
        links=links_of(study, "evidence"),
    )


def _line(one: Mapping[str, str], today: str) -> Line:
    state = "later" if one["starts"] > today else "ended" if one["ends"] and one["ends"] < today else "open"
    return Line(one, state, {name: one[name] for name in FIELDS} | {"ends": one["ends"] or today})


PAGES = (
    Page(
        path="evidence",
        action=(Action.RECORD_EVIDENCE, Action.READ_TRAIL),
        handler=look,
        template="evidence.html",
        menu=MenuEntry("Access", action=Action.RECORD_EVIDENCE, seldom=True),
    ),
    Page(
        path="evidence",
        action=Action.RECORD_EVIDENCE,
        handler=record,
        template="evidence.html",
        method="POST",
    ),
)
