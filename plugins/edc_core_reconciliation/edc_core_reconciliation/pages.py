"""The pages: send the list of the safety database, say which column is which item, read the differences, ask about them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from edc_core.api import (
    Action,
    AddNote,
    Attachment,
    BadRequest,
    EdcError,
    FileRules,
    FileValue,
    ItemPath,
    MenuEntry,
    OpenQuery,
    Page,
    Refused,
    SeeOther,
)
from edc_core_reconciliation.choosing import fields_of, file_of, guessed, mapping_of, named, table_of
from edc_core_reconciliation.compare import plain
from edc_core_reconciliation.events import (
    EVENTS,
    KEPT,
    SENSITIVE,
    Choice,
    found_of,
    items_of,
    sensitive_of,
)
from edc_core_reconciliation.result import HEADER, Result, result_of, rows_of
from edc_core_reconciliation.strangers import STRANGERS, Fate, kept_of, saying

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.api import ListingColumn, PageRequest, StudyNote, Times

FILE = FileRules(("table",), max_mb=10)
EVERY_SITE = "*"  #: to ``StudyAccess.may``
ONE_OF_MANY = (
    "A reconciliation is of the whole study. You see some of its sites: compare and ask there, and have it kept by somebody who "
    "works at all of them."
)
SHOWN = 200  #: lines of a list on the page; the file has all of them


@dataclass(frozen=True, slots=True)
class ReconciliationPage:
    """:param file: that was sent, as text; empty where none is at hand. :param choices: (part as JSON, title).

    :param keeps: the person works at all sites, so keeps what is of the whole study.
    :param kept: reconciliations, newest first. :param given: the choices as fields of an address. :param typed: what was
        refused.
    """

    study: str
    file: FileValue | None
    columns: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]
    items: tuple[ListingColumn, ...]
    mapping: Choice
    part: str
    result: Result | None
    given: Mapping[str, object]
    kept: tuple[StudyNote, ...]
    may_ask: bool
    keeps: bool
    takes: str
    op: str
    times: Times
    message: str = ""
    done: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)


def look(asked: PageRequest) -> ReconciliationPage:
    """What can be sent; and a file that was sent, with its columns and its differences."""
    return _page(asked)


def send(asked: PageRequest) -> SeeOther | Refused:
    """Take a file."""
    file = asked.files.get("file")
    if asked.refused or file is None:
        message = " ".join(asked.refused.values()) or "Choose the file that the safety database made."
        return Refused(_page(asked, message=message))
    try:
        table_of(asked.study, file)
    except BadRequest as error:
        asked.study.staged.drop(file)
        return Refused(_page(asked, message=error.message))
    return SeeOther("", {"file": str(file)}, "columns")


def as_csv(asked: PageRequest) -> Attachment | SeeOther:
    """Every difference; back to the page where nothing is compared."""
    page = _page(asked)
    if page.result is None:
        return SeeOther()
    return Attachment.table("safety-differences.csv", HEADER, rows_of(page.result))


def ask(asked: PageRequest) -> ReconciliationPage | Refused:
    """Ask the site about a difference, at its item, its row or the subject."""
    path, text = asked.text("path", longest=2000), asked.text("text", longest=2000)
    key = asked.text("subject_key", required=True)
    try:
        place = ItemPath.parse(path) if path else ItemPath()
    except ValueError:
        raise BadRequest("The request does not have the right fields: path.") from None
    command = OpenQuery(
        study_id=asked.study.study_id, op=asked.text("op", required=True), subject_key=key, path=place, text=text
    )  # fmt: skip
    try:
        asked.study.submit(command)
    except EdcError as error:
        typed = {"asked": asked.text("asked"), "text": text}
        return Refused(replace(_page(asked, message=error.message), typed=typed))
    return _page(asked, done=f"The site of {key} was asked.")


def keep(asked: PageRequest) -> SeeOther | Refused:
    """Keep that the lists were compared: the file by its digest, the columns, what was found, and words about it."""
    page = _page(asked)
    words = asked.text("words", longest=2000)
    if not page.keeps:
        return Refused(replace(page, message=ONE_OF_MANY))
    if page.result is None or page.file is None:
        return Refused(
            _page(asked, message="Say first which column is the subject and which name the event.")
        )
    if not words:
        return Refused(_page(asked, message="Write what comes of the differences, or that there are none."))
    content = {
        "file": page.file.sha256,
        "mapping": _for_all(page.mapping, page.result).as_json(),
        "counts": page.result.counts(),
        "words": words,
    }
    op = asked.text("op", required=True)
    notes = _notes(asked.study.now[:19], content, page.result, page.mapping)
    commands = [
        AddNote(
            study_id=asked.study.study_id, op=f"{op}:{n}", topic=topic, name=name, content=said, items=items
        )
        for n, (topic, name, said, items) in enumerate(notes)
    ]
    try:
        asked.study.submit(*commands)
    except EdcError as error:
        return Refused(replace(page, message=error.message, typed={"words": words}))
    return SeeOther("", {}, "kept")


def _for_all(mapping: Choice, result: Result) -> Choice:
    """A choice without the columns that are compared with items which not everybody may see."""
    hidden = {column.oid for column in result.columns if column.sensitivity}
    columns = {heading: "" if oid in hidden else oid for heading, oid in mapping.columns.items()}
    return replace(mapping, columns=columns)


def _notes(
    now: str, kept: dict[str, Any], result: Result, mapping: Choice
) -> Iterator[tuple[str, str, dict[str, Any], tuple[str, ...]]]:
    """Topic, name, content and items of every note that a reconciliation is kept in. :param now: the name of the first."""
    yield KEPT, now, kept, ()
    events = found_of(now, result.events, result.found.of(result.for_all), result.columns)
    sensitive = sensitive_of(now, result.events, result.found, result.columns, mapping.columns)
    strangers = kept_of(now, result.strangers)
    for topic, parts in ((EVENTS, events), (SENSITIVE, sensitive), (STRANGERS, strangers)):
        for n, part in enumerate(parts, 1):
            yield topic, f"{now} {n}", part, tuple(part["oids"]) if topic == SENSITIVE else ()


def say(asked: PageRequest) -> ReconciliationPage | Refused:
    """Say whose an event of the safety database is, that it is none of this study's, or take that back."""
    study, words = asked.study, asked.text("words", longest=2000)
    name, op = asked.text("event", required=True), asked.text("op", required=True)
    try:
        fate = Fate(asked.text("do"))
    except ValueError:
        raise BadRequest("The request does not have the right fields: do.") from None
    page = _page(asked)
    if not page.keeps:
        return Refused(replace(page, message=ONE_OF_MANY))
    event = next((one for one in page.result.strangers if one.name == name), None) if page.result else None
    if event is None:
        return Refused(replace(page, message="This event is not in the list (any more). Compare again."))
    typed = {"event": name, "words": words, "subject": asked.text("subject")}
    wanted = plain(asked.text("subject"))
    key = next((one.subject_key for one in study.subjects() if plain(one.subject_key) == wanted), "")
    if fate is Fate.SUBJECT and not key:
        message = f"Line {event.line.line}: write the number of a subject of this study, as the list of subjects has it."
        return Refused(replace(page, message=message, typed=typed))
    if not words:
        message = f"Line {event.line.line}: write why; it is kept with your name."
        return Refused(replace(page, message=message, typed=typed))
    try:
        study.submit(saying(study, op, name, fate, words, key if fate is Fate.SUBJECT else ""))
    except EdcError as error:
        return Refused(replace(page, message=error.message, typed=typed))
    done = {
        Fate.SUBJECT: f"Line {event.line.line} is compared as an event of {key}.",
        Fate.NONE: f"Line {event.line.line} is none of this study's and is not compared.",
        Fate.OPEN: f"What was said of line {event.line.line} no longer counts.",
    }
    return _page(asked, done=f"{done[fate]} Keep the reconciliation when all is said.")


def _page(asked: PageRequest, *, message: str = "", done: str = "") -> ReconciliationPage:
    study, kept = asked.study, asked.study.notes(KEPT)
    file = file_of(asked)
    table = table_of(study, file) if file else None
    parts = study.listing_parts() if table else ()
    mapping = mapping_of(asked, table, parts, kept)
    items = items_of(study, mapping.part) if mapping.part[0] else ()
    if table:
        mapping = guessed(mapping, table, items)
    problem, result = "", None
    if table and asked.text("compare"):
        try:
            result = result_of(study, table, mapping, items)
        except BadRequest as error:
            problem = error.message
    return ReconciliationPage(
        study=study.name,
        file=file,
        columns=table.columns if table else (),
        choices=tuple((named(part.form, part.group), part.title) for part in parts),
        items=items,
        mapping=mapping,
        part=named(*mapping.part),
        result=result,
        given=fields_of(file, table, mapping),
        kept=kept,
        may_ask=study.may(Action.CREATE_QUERY),
        keeps=study.may(Action.VIEW_DATA, EVERY_SITE),
        takes=FILE.words(),
        op=asked.op,
        times=asked.times,
        message=message or problem,
        done=done,
    )


_NEEDS = (Action.REVIEW_SAFETY, Action.REVIEW_DATA)
PAGES = (
    Page(
        path="", action=_NEEDS, handler=look, template="reconciliation.html",
        menu=MenuEntry("Safety reconciliation", under="Queries"),
    ),
    Page(
        path="", action=_NEEDS, handler=send, template="reconciliation.html", method="POST", uploads={"file": FILE}
    ),
    Page(path="differences.csv", action=_NEEDS, handler=as_csv, leaves=True),
    Page(path="ask", action=_NEEDS, handler=ask, template="reconciliation.html", method="POST"),
    Page(path="say", action=_NEEDS, handler=say, template="reconciliation.html", method="POST"),
    Page(path="keep", action=_NEEDS, handler=keep, template="reconciliation.html", method="POST"),
)  # fmt: skip
