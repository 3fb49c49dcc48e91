"""The pages: send the list of the safety database, say which column is which item, read the differences, ask about them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    NotFound,
    OpenQuery,
    Page,
    Refused,
    SeeOther,
)
from edc_core_reconciliation.compare import (
    Comparison,
    Ours,
    Theirs,
    compared,
    plain,
    read_table,
)
from edc_core_reconciliation.events import (
    EVENTS,
    KEPT,
    SUBJECT,
    Choice,
    columns_of,
    events_of,
    found_of,
    items_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edc_core.api import ListingColumn, ListingPart, PageRequest, StudyAccess, StudyNote, Times
    from edc_core_reconciliation.compare import Table
    from edc_core_reconciliation.events import Column

FILE = FileRules(("table",), max_mb=10)
SUBJECT_WORDS = ("subject", "subject number", "subject id", "subjid", "usubjid", "patient", "patient id")
SHOWN = 200  #: lines of a list on the page; the file has all of them
HEADER = ("What", "Subject", "Site", "Line of the file", "Item", "Here", "Safety database")


@dataclass(frozen=True, slots=True)
class Result:
    """:param columns: the items compared, by position. :param events: of the study. :param theirs: how many are there."""

    columns: tuple[Column, ...]
    found: Comparison
    events: tuple[Ours, ...]
    theirs: int

    @property
    def labels(self) -> tuple[str, ...]:
        """Of the items compared."""
        return tuple(column.label for column in self.columns)

    @property
    def ours(self) -> int:
        """How many events are here."""
        return len(self.events)


@dataclass(frozen=True, slots=True)
class ReconciliationPage:
    """:param file: that was sent, as text; empty where none is at hand. :param choices: (part as JSON, title).

    :param kept: reconciliations, newest first. :param given: the choices as fields of an address.
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
    takes: str
    op: str
    times: Times
    message: str = ""
    done: str = ""


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
        _table(asked.study, file)
    except BadRequest as error:
        asked.study.staged.drop(file)
        return Refused(_page(asked, message=error.message))
    return SeeOther("", {"file": str(file)}, "columns")


def as_csv(asked: PageRequest) -> Attachment | SeeOther:
    """Every difference; back to the page where nothing is compared."""
    page = _page(asked)
    if page.result is None:
        return SeeOther()
    return Attachment.table("safety-differences.csv", HEADER, _rows(page.result))


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
        return Refused(_page(asked, message=error.message))
    return _page(asked, done=f"The site of {key} was asked.")


def keep(asked: PageRequest) -> SeeOther | Refused:
    """Keep that the lists were compared: the file by its digest, the columns, what was found, and words about it."""
    page = _page(asked)
    words = asked.text("words", longest=2000)
    if page.result is None or page.file is None:
        return Refused(
            _page(asked, message="Say first which column is the subject and which name the event.")
        )
    if not words:
        return Refused(_page(asked, message="Write what comes of the differences, or that there are none."))
    found = page.result.found
    content = {
        "file": page.file.sha256,
        "mapping": page.mapping.as_json(),
        "counts": {
            "here": page.result.ours, "there": page.result.theirs, "same": found.same, "differ": len(found.pairs),
            "only here": len(found.only_ours), "only there": len(found.only_theirs),
        },
        "words": words,
    }  # fmt: skip
    op, now = asked.text("op", required=True), asked.study.now[:19]
    parts = found_of(now, page.result.events, found, page.result.columns)
    notes = [(KEPT, now, content), *((EVENTS, f"{now} {n}", part) for n, part in enumerate(parts, 1))]
    commands = [
        AddNote(study_id=asked.study.study_id, op=f"{op}:{n}", topic=topic, name=name, content=said)
        for n, (topic, name, said) in enumerate(notes)
    ]
    try:
        asked.study.submit(*commands)
    except BadRequest as error:
        return Refused(_page(asked, message=error.message))
    return SeeOther("", {}, "kept")


def _page(asked: PageRequest, *, message: str = "", done: str = "") -> ReconciliationPage:
    study, kept = asked.study, asked.study.notes(KEPT)
    file = _file(asked)
    table = _table(study, file) if file else None
    parts = study.listing_parts() if table else ()
    mapping = _mapping(asked, table, parts, kept)
    items = items_of(study, mapping.part) if mapping.part[0] else ()
    if table:
        mapping = _guessed(mapping, table, items)
    problem, result = "", None
    if table and asked.text("compare"):
        try:
            result = _result(study, table, mapping, items)
        except BadRequest as error:
            problem = error.message
    return ReconciliationPage(
        study=study.name,
        file=file,
        columns=table.columns if table else (),
        choices=tuple((_named(part.form, part.group), part.title) for part in parts),
        items=items,
        mapping=mapping,
        part=_named(*mapping.part),
        result=result,
        given=_fields(file, table, mapping),
        kept=kept,
        may_ask=study.may(Action.CREATE_QUERY),
        takes=FILE.words(),
        op=asked.op,
        times=asked.times,
        message=message or problem,
        done=done,
    )


def _file(asked: PageRequest) -> FileValue | None:
    """:raises NotFound: it is not there (any more)."""
    text = asked.text("file", longest=400)
    if not text:
        return None
    try:
        file = FileValue.parse(text)
    except ValueError:
        raise NotFound("This file is not there (any more). Send it again.") from None
    if not asked.study.staged.holds(file):
        raise NotFound("This file is not there (any more). Send it again.")
    return file


def _table(study: StudyAccess, file: FileValue) -> Table:
    with study.staged.open(file) as stream:
        return read_table(stream.read())


def _mapping(
    asked: PageRequest, table: Table | None, parts: Sequence[ListingPart], kept: Sequence[StudyNote]
) -> Choice:
    """As it was chosen; else as it was kept last, as far as it fits the file."""
    known = {(part.form, part.group) for part in parts}
    if table and (part := asked.text("part", longest=600)):
        chosen = _part(part)
        if chosen not in known:
            raise BadRequest("Choose the form of the events from the list.")
        said = asked.texts("column")
        columns = dict(zip(table.columns, said, strict=False)) if len(said) == len(table.columns) else {}
        only = (asked.text("only"), asked.text("is"))
        return Choice(chosen, only, columns, frozenset(asked.texts("key")) & set(table.columns))
    if table and kept:
        before = Choice.of(max(kept, key=lambda note: note.n).content["mapping"])
        if before.part in known and set(before.columns) == set(table.columns):
            return before
    return Choice(next(iter(sorted(known, key=_is_no_event)), ("", "")), ("", ""), {}, frozenset())


def _is_no_event(part: tuple[str, str]) -> bool:
    """A form whose OID names serious events is offered first."""
    return "SAE" not in part[0].upper()


def _guessed(mapping: Choice, table: Table, items: Sequence[ListingColumn]) -> Choice:
    """Columns whose heading is that of an item, where nobody chose one of this form."""
    if {one.oid for one in items} & set(mapping.columns.values()):
        return mapping
    known = {plain(word): one.oid for one in items for word in (one.label, one.name, one.oid)}
    columns = {
        heading: SUBJECT if plain(heading) in SUBJECT_WORDS else known.get(plain(heading), "")
        for heading in table.columns
    }
    return Choice(mapping.part, mapping.only, columns, mapping.keys)


def _result(study: StudyAccess, table: Table, mapping: Choice, items: Sequence[ListingColumn]) -> Result:
    """:raises BadRequest: a column is missing or stands twice."""
    known = {one.oid: one for one in items}
    subject = [n for n, heading in enumerate(table.columns) if mapping.columns.get(heading) == SUBJECT]
    used = [
        (n, heading, mapping.columns[heading])
        for n, heading in enumerate(table.columns)
        if mapping.columns.get(heading, "") in known
    ]
    if len(subject) != 1:
        raise BadRequest("Choose the one column that holds the number of the subject.")
    if len({oid for _, _, oid in used}) < len(used):
        raise BadRequest(
            "Two columns are compared with the same item. Choose another item, or none, for one of them."
        )
    keys = [place for place, (_, heading, _) in enumerate(used) if heading in mapping.keys]
    if not keys:
        raise BadRequest("Tick at least one column that names the event, such as its term or its start date.")
    columns = columns_of(study, mapping.part, [oid for _, _, oid in used])
    theirs = [
        Theirs(line, row[subject[0]], tuple(row[n] for n, _, _ in used))
        for line, row in enumerate(table.rows, start=2)
    ]
    ours = events_of(study, mapping, columns)
    found = compared(ours, theirs, keys, [column.read for column in columns])
    return Result(columns, found, tuple(ours), len(theirs))


def _rows(result: Result) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for pair in result.found.pairs:
        one, other = pair.ours, pair.theirs
        rows += [
            ("differs", one.subject_key, one.site, other.line, result.labels[n], one.cells[n], other.cells[n])
            for n in pair.differs
        ]
    rows += [
        ("only here", one.subject_key, one.site, "", "", "; ".join(filter(None, one.cells)), "")
        for one in result.found.only_ours
    ]
    rows += [
        (
            "only in the safety database",
            other.subject_key,
            "",
            other.line,
            "",
            "",
            "; ".join(filter(None, other.cells)),
        )
        for other in result.found.only_theirs
    ]
    return rows


def _fields(file: FileValue | None, table: Table | None, mapping: Choice) -> dict[str, object]:
    if file is None or table is None:
        return {}
    return {
        "file": str(file),
        "part": _named(*mapping.part),
        "only": mapping.only[0],
        "is": mapping.only[1],
        "column": [mapping.columns.get(heading, "") for heading in table.columns],
        "key": sorted(mapping.keys),
        "compare": "1",
    }


def _named(form: str, group: str) -> str:
    return json.dumps([form, group])


def _part(text: str) -> tuple[str, str]:
    """:raises BadRequest: it names no part."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, list) or [type(one) for one in found] != [str, str]:
        raise BadRequest("Choose the form of the events from the list.")
    return found[0], found[1]


_NEEDS = (Action.REVIEW_SAFETY, Action.REVIEW_DATA)
PAGES = (
    Page(
        path="", action=_NEEDS, handler=look, template="reconciliation.html",
        menu=MenuEntry("Safety reconciliation", under="Queries"),
    ),
    Page(
        path="", action=_NEEDS, handler=send, template="reconciliation.html", method="POST", uploads={"file": FILE}
    ),
    Page(path="differences.csv", action=_NEEDS, handler=as_csv),
    Page(path="ask", action=_NEEDS, handler=ask, template="reconciliation.html", method="POST"),
    Page(path="keep", action=_NEEDS, handler=keep, template="reconciliation.html", method="POST"),
)  # fmt: skip
