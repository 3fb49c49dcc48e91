"""The page of one form: type it a second time, or see what differs and decide it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import (
    STATE_WORDS,
    AddFormNotes,
    EdcError,
    ItemInput,
    ItemPath,
    NotAllowed,
    NotFound,
    PlaceNote,
    Reason,
    Refused,
    SaveItems,
    SecondEntryState,
    SeeOther,
)
from edc_core_double_entry.at_hand import FormAtHand
from edc_core_double_entry.comparing import DECISION, Given
from edc_core_double_entry.controls import control, sent, shown
from edc_core_double_entry.typing_again import form_of, sections

if TYPE_CHECKING:
    from edc_core.api import PageRequest, Times
    from edc_core_double_entry.comparing import Pair
    from edc_core_double_entry.controls import Control
    from edc_core_double_entry.typing_again import Section

LONGEST = 500
FIRST, SECOND, NEITHER = "first", "second", "neither"
DECIDED = {FIRST: "The form is right", SECOND: "The second entry is right", NEITHER: "Neither is right"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where the entries differ, did, or changed since.

    :param seen: versions of both values. :param decided: what was decided, in words, and by whom.
    """

    id: str
    path: str
    place: str
    first: str
    second: str
    seen: str
    is_open: bool
    changed: bool
    decided: str
    control: Control


@dataclass(frozen=True, slots=True)
class FormPage:
    """:param mode: ``type``, ``decide``, or ``read``. :param why: why the person may not do what comes next.

    :param focus: id of the row that is typed next, where one was asked for.
    :param said: why a decision was not kept, by the id of its difference; ``given`` what was written there.
    """

    study: str
    subject: str
    form: str
    version: str
    language: str
    visit: str
    title: str
    state: SecondEntryState
    word: str
    since: str
    mode: str
    why: str
    sections: tuple[Section, ...]
    focus: str
    differences: tuple[Difference, ...]
    left: int
    fields: int
    choices: tuple[tuple[str, str], ...]
    said: dict[str, str]
    given: dict[str, str]
    op: str
    times: Times


def look(asked: PageRequest) -> FormPage:
    """The form as far as its second entry is."""
    return _page(asked, FormAtHand.of(asked.study, asked.text("subject", required=True), form_of(asked)))


def _page(asked: PageRequest, at: FormAtHand, said: dict[str, str] | None = None) -> FormPage:
    types, entry = at.is_being_typed, at.entry
    why = at.why_not_type if types else at.why_not_decide
    drawn = sections(at) if types and not why else ()
    differences = (
        () if types else tuple(_difference(at, p) for p in at.pairs if p.differs or p.decision or p.changed)
    )
    left = sum(one.is_open for one in differences)
    done = entry.state is SecondEntryState.AGREED
    return FormPage(
        study=asked.study.name, subject=entry.subject_key, form=str(at.path), version=at.index.version.oid,
        language=at.hand.language, visit=entry.visit, title=entry.title, state=entry.state,
        word=STATE_WORDS[entry.state], since=entry.since,
        mode="type" if drawn else "decide" if not (types or why or done) else "read", why="" if done else why,
        sections=drawn,
        focus=_next_row(drawn) if asked.text("next") else "",
        differences=differences, left=left, fields=int(entry.said.get("fields", 0)), choices=tuple(DECIDED.items()),
        said=said or {}, given={name: asked.text(name, longest=LONGEST) for name in ("choice", "why")} if said else {},
        op=asked.op, times=asked.times,
    )  # fmt: skip


def _next_row(drawn: tuple[Section, ...]) -> str:
    """Id of the first item of the first row of a log in which nothing was typed."""
    empty = (one for one in drawn if one.number and not any(row.base for row in one.rows))
    return next((one.rows[0].id for one in empty), "")


def _difference(at: FormAtHand, pair: Pair) -> Difference:
    item, language = pair.field.placed.item, at.hand.language
    decided = ""
    if pair.holds:
        who = at.decisions[pair.field.first]
        decided = f"{DECIDED[pair.decision['choice']]} ({who.full_name})"
    row = ".".join(pair.field.row)
    question = item.question.in_language(language) or item.name
    return Difference(
        pair.field.first.dom_id, str(pair.field.first), f"{question}, row {row}" if row else question,
        shown(at.index, item, pair.first, language), shown(at.index, item, pair.second, language),
        f"{pair.first.version}.{pair.second.version}", pair.is_open, pair.changed and not pair.holds, decided,
        control(at.index, item, Given(), language, at.hand.site.country),
    )  # fmt: skip


def decide(asked: PageRequest) -> SeeOther | Refused:
    """Keep what a third person decides about one place; a value that changes is saved in the form as any other."""
    at = FormAtHand.of(asked.study, asked.text("subject", required=True), form_of(asked))
    if at.is_being_typed or at.why_not_decide:
        raise NotAllowed(at.why_not_decide or "The second entry is not finished yet.")
    path = ItemPath.parse(asked.text("path", longest=2000, required=True))
    pair = next((one for one in at.pairs if one.field.first == path), None)
    if pair is None:
        raise NotFound("There is no such place in the two entries. Reload the page.")
    choice, why = asked.text("choice"), asked.text("why", longest=LONGEST)
    if not pair.is_open:
        return Refused(_page(asked, at, {path.dom_id: "Somebody has decided this meanwhile."}))
    last = [one.actor for one in at.written if one.path == path][-1:]
    if pair.changed and last == [asked.study.login]:
        said = "You changed this value after it was compared. Another person of the site decides it."
        return Refused(_page(asked, at, {path.dom_id: said}))
    if choice not in DECIDED:
        return Refused(_page(asked, at, {path.dom_id: "Choose which one is right."}))
    if asked.text("seen", longest=40) != f"{pair.first.version}.{pair.second.version}":
        return Refused(
            _page(asked, at, {path.dom_id: "The form was changed meanwhile. Look at both values again."})
        )
    try:
        asked.study.submit(*_commands(asked, at, pair, choice, why))
    except (NotAllowed, NotFound):
        raise
    except EdcError as refused:
        return Refused(_page(asked, at, {path.dom_id: refused.message}))
    return SeeOther("form", {"subject": at.entry.subject_key, "form": str(at.path)}, "differences")


def _commands(
    asked: PageRequest, at: FormAtHand, pair: Pair, choice: str, why: str
) -> list[SaveItems | AddFormNotes]:
    op, place = asked.text("op", required=True), pair.field.first
    base = {"study_id": at.study.study_id, "subject_key": at.entry.subject_key, "form": at.path}
    commands: list[SaveItems | AddFormNotes] = []
    version = pair.first.version
    right = {FIRST: pair.first, SECOND: pair.second}.get(choice)
    if right is None:
        right = Given(**sent(asked, at.index, pair.field.placed.item)[0])  # type: ignore[arg-type]
    if right.is_change_of(pair.first):
        item = ItemInput(place, right.raw, right.missing, right.unit, base_version=version)
        commands.append(SaveItems(op=op, items=(item,), reason=Reason(text=why), **base))  # type: ignore[arg-type]
        version += 1
    content = {"choice": choice, "first": version, "second": pair.second.version}
    decision = PlaceNote(place, content)
    commands.append(
        AddFormNotes(
            op=f"{op}:decision", topic=DECISION, name=f"{choice} is right", notes=(decision,), **base
        )  # type: ignore[arg-type]
    )
    if not any(one.is_open for one in at.pairs if one is not pair):
        commands.append(at.note(f"{op}:agreed", at.outcome(agreed=True)))
    return commands
