"""The page of the record: what is so, what is open, and the form for what only people know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import Action, Attachment, BadRequest, MenuEntry, Page, Refused, SeeOther
from edc_core_privacy_record import assessment, documents
from edc_core_privacy_record.facts import facts_of
from edc_core_privacy_record.record import record_of
from edc_core_privacy_record.told import FIELDS, LONGEST, said, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import PageRequest, Times
    from edc_core_privacy_record.record import Section
    from edc_core_privacy_record.told import Field, Said


@dataclass(frozen=True, slots=True)
class RecordPage:
    """:param open: how many lines want something. :param typed: what was sent, by field; ``message`` is why ``wrong`` was not kept."""

    study: str
    version: str
    sections: tuple[Section, ...]
    open: int
    fields: tuple[Field, ...]
    said: Mapping[str, Said]
    may_say: bool
    longest: int
    typed: Mapping[str, str]
    wrong: str
    message: str
    op: str
    times: Times


def look(asked: PageRequest) -> RecordPage:
    """The record as of now."""
    return _page(asked)


def keep(asked: PageRequest) -> SeeOther | Refused:
    """Keep what was changed of what people say, field by field in their order; what comes after one that is refused is not kept."""
    study, op = asked.study, asked.text("op", longest=150, required=True)
    typed = {field.name: asked.text(field.name, longest=LONGEST) for field in FIELDS}
    known = said(study)
    for field in FIELDS:
        text = typed[field.name].replace("\r\n", "\n").strip()
        if text == (known[field.name].text if field.name in known else ""):
            continue
        try:
            say(study, field.name, text, op=f"{op}:{field.name}")
        except BadRequest as error:
            return Refused(_page(asked, typed, wrong=field.name, message=error.message))
    return SeeOther()


def as_csv(asked: PageRequest) -> Attachment:
    """The record as a table."""
    facts = facts_of(asked.study)
    return documents.as_csv(facts, record_of(facts, said(asked.study)))


def as_html(asked: PageRequest) -> Attachment:
    """The record as a document."""
    facts = facts_of(asked.study)
    return documents.as_html(facts, record_of(facts, said(asked.study)))


def assess(asked: PageRequest) -> Attachment:
    """The sheet from which the impact assessment is written."""
    facts = facts_of(asked.study)
    rows = assessment.rows(facts, said(asked.study))
    return Attachment.table(f"impact-assessment-input-{facts.study}-{facts.day}.csv", assessment.HEADER, rows)


def _page(
    asked: PageRequest, typed: Mapping[str, str] | None = None, *, wrong: str = "", message: str = ""
) -> RecordPage:
    study, known = asked.study, said(asked.study)
    facts = facts_of(study)
    sections = record_of(facts, known)
    return RecordPage(
        study=study.name,
        version=facts.version,
        sections=sections,
        open=sum(line.is_open for section in sections for line in section.lines),
        fields=FIELDS,
        said=known,
        may_say=study.may(Action.MANAGE_SITES, "*"),
        longest=LONGEST,
        typed=typed if typed is not None else {name: one.text for name, one in known.items()},
        wrong=wrong,
        message=message,
        op=asked.op,
        times=asked.times,
    )


READ = Action.EXPORT_LOCKED
PAGES = (
    Page(
        path="", action=READ, handler=look, template="record.html",
        menu=MenuEntry("Record of processing", seldom=True),
    ),
    Page(path="", action=Action.MANAGE_SITES, handler=keep, template="record.html", method="POST"),
    Page(path="record.csv", action=READ, handler=as_csv),
    Page(path="record.html", action=READ, handler=as_html),
    Page(path="assessment.csv", action=READ, handler=assess),
)  # fmt: skip
