"""The second entry: each item is kept when it is left; at the end the two entries are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from edc_core.api import (
    AddFormNotes,
    BadRequest,
    EdcError,
    ItemPath,
    Kept,
    NotAllowed,
    NotFound,
    PlaceNote,
    Refused,
    SecondEntryState,
    SeeOther,
    ValueRefused,
    WrongState,
)
from edc_core_double_entry.at_hand import FormAtHand
from edc_core_double_entry.comparing import VALUE, is_typed, of_second
from edc_core_double_entry.controls import control, sent

if TYPE_CHECKING:
    from edc_core.api import PageRequest
    from edc_core_double_entry.comparing import Field
    from edc_core_double_entry.controls import Control

LONGEST_PATH = 2000


@dataclass(frozen=True, slots=True)
class Row:
    """:param path: where it is kept. :param at: its address below the plugin. :param base: position of its note."""

    id: str
    path: str
    at: str
    base: int
    control: Control


@dataclass(frozen=True, slots=True)
class Section:
    """Items of one group, or of one row of a log. :param number: of the row; empty outside logs."""

    id: str
    title: str
    number: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """What stands beside an item after it was sent. :param bad: it was not kept. :param asks: until the person clears it."""

    id: str
    text: str
    bad: bool = False
    asks: bool = False


def sections(at: FormAtHand) -> tuple[Section, ...]:
    """The form as the second person types it."""
    found: list[Section] = []
    language = at.hand.language
    for field in at.own_fields:
        place = field.second.parent
        group = field.placed.groups[-1]
        if not found or found[-1].id != place.dom_id:
            title = group.title.in_language(language) or (group.name if field.row else "")
            found.append(Section(place.dom_id, title, ".".join(field.row), ()))
        last = found[-1]
        found[-1] = Section(last.id, last.title, last.number, (*last.rows, _row(at, field)))
    return tuple(found)


def _row(at: FormAtHand, field: Field) -> Row:
    note = at.typed.get(field.second)
    drawn = control(at.index, field.placed.item, of_second(note), at.hand.language, at.hand.site.country)
    address = f"item/{token(at.entry.subject_key)}/{token(str(field.second))}"
    return Row(field.second.dom_id, str(field.second), address, note.n if note else 0, drawn)


def token(text: str) -> str:
    """A text as one segment of an address: a slash in it is no end of the segment."""
    return quote(quote(text, safe=""), safe="")


def keep(asked: PageRequest) -> Kept | Refused:
    """Keep one item as it was typed."""
    subject_key, place = unquote(asked.arguments["subject"]), unquote(asked.arguments["place"])
    path = ItemPath.parse(place[:LONGEST_PATH])
    if path.item is None:
        raise BadRequest("Only an item is typed.")
    at = FormAtHand.of(asked.study, subject_key, path.form_path)
    if at.why_not_type:
        raise NotAllowed(at.why_not_type)
    placed = at.index.place(path)
    if not is_typed(placed):
        raise NotFound("This item is not typed a second time.")
    content, hint = sent(asked, at.index, placed.item)
    there = at.typed.get(path)
    if there is not None and dict(there.content) == content:
        return Kept(Note(path.dom_id, hint), asked.text("op"), there.n)
    if there is None and not (content["raw"] or content["missing"]):
        return Kept(Note(path.dom_id, ""), asked.text("op"), 0)
    base = int(asked.text("base", longest=18) or "0")
    if there is not None and there.actor == asked.study.login:
        base = there.n  # two changes of one person, the second sent before the first was answered
    try:
        if not at.is_being_typed:
            raise WrongState("The second entry is finished. What differs is decided now.")
        (answer, *_) = asked.study.submit(*_commands(asked, at, PlaceNote(path, dict(content), base)))
    except (NotAllowed, NotFound):
        raise
    except EdcError as refused:
        asks = isinstance(refused, ValueRefused) and bool(refused.details.get("asks"))
        return Refused(Note(path.dom_id, f"Not stored: {refused.message}", bad=True, asks=asks))
    return Kept(Note(path.dom_id, hint), asked.text("op"), answer["versions"][str(path)])


def _commands(asked: PageRequest, at: FormAtHand, note: PlaceNote) -> list[AddFormNotes]:
    op = asked.text("op", required=True)
    kept = AddFormNotes(
        study_id=at.study.study_id, op=op, subject_key=at.entry.subject_key, form=at.path, topic=VALUE,
        name="second entry", notes=(note,), second_person=True, cleared=bool(asked.text("cleared")),
    )  # fmt: skip
    if at.entry.state is SecondEntryState.BEGUN:
        return [kept]
    return [kept, at.note(f"{op}:begun", {"compared": False})]


def finish(asked: PageRequest) -> SeeOther:
    """Compare the two entries; again, after the form was changed and nothing is left to decide."""
    at = FormAtHand.of(asked.study, asked.text("subject", required=True), form_of(asked))
    first_time = at.is_being_typed
    if why := at.why_not_type if first_time else at.why_not_decide:
        raise NotAllowed(why)
    agreed = not any(pair.is_open for pair in at.pairs)
    if not first_time and not agreed:
        raise WrongState("Something is left to decide.")
    asked.study.submit(
        at.note(asked.text("op", required=True), at.outcome(agreed=agreed), second_person=first_time)
    )
    return SeeOther("form", {"subject": at.entry.subject_key, "form": str(at.path)})


def form_of(asked: PageRequest) -> ItemPath:
    """The form that a page is asked for.

    :raises BadRequest: it is no path of a form.
    """
    path = ItemPath.parse(asked.text("form", longest=LONGEST_PATH, required=True))
    if path.form is None or path.form_path != path:
        raise BadRequest("This is no form.")
    return path
