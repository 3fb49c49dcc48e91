"""What exactly is signed at one place of a subject: its forms and values, what is in the way, what changed since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, decode, encode
from edc_core.domain.manifest import SignedItem
from edc_core.domain.permission import Action
from edc_core.domain.signature import Hindrance, Signature, SignatureState
from edc_core.errors import BadRequest
from edc_core.rendering.widgets import missing_word
from edc_core.services.reading import note_shown, words_of
from edc_core.services.visit_state import State
from edc_core.store import checks
from edc_core.web import marks
from edc_core.web.context import study
from edc_core.web.places import place_href

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.manifest import Difference, SignedForm
    from edc_core.domain.milestone import Offer
    from edc_core.services.reading import PlaceWords, StudyPicture
    from edc_core.services.to_sign import Desk, ToSign
    from edc_core.web.marks import Sign

OPEN_FORMS = 6  #: so many forms are shown unfolded from the start
HINDERS = {
    Hindrance.NOTHING: "Nothing was entered here yet",
    Hindrance.NOT_STARTED: "Not started",
    Hindrance.IN_PROGRESS: "In progress. It has to be completed first",
    Hindrance.OPEN_QUERY: "Open query",
    Hindrance.ANSWERED_QUERY: "Answered query. Whoever asked has to close it first",
    Hindrance.LOCKED: "Locked. Nothing is signed that is locked",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be signed instead: the form, its visit, the casebook; or for which milestone."""

    word: str
    href: str
    on: bool


@dataclass(frozen=True, slots=True)
class ValueLine:
    question: str
    row: str
    words: str
    blank: bool


@dataclass(frozen=True, slots=True)
class SheetForm:
    """:param changes: how many things in it differ from the last signature. :param unfolded: shown from the start."""

    title: str
    visit: str
    href: str
    state: Sign
    values: tuple[ValueLine, ...]
    changes: int
    unfolded: bool


@dataclass(frozen=True, slots=True)
class InTheWay:
    place: str
    words: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """:param before: in words; empty where there was nothing."""

    place: str
    what: str
    before: str
    after: str
    href: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is signed or to be signed at one place of a subject.

    :param scope: path text. :param n: where the chain was when this was read.
    :param meaning: of the signature that stands, in words.
    :param changes: since the last signature, or since the page was opened (``is_late``).
    :param may_sign: the person has the right, and nothing stands in the way.
    """

    subject_key: str
    scope: str
    state: SignatureState
    signature: Signature | None
    meaning: str
    forms: tuple[SheetForm, ...]
    in_the_way: tuple[InTheWay, ...]
    changes: tuple[ChangeLine, ...]
    is_late: bool
    queries: int
    may_sign: bool
    sha256: str
    n: int
    offered: tuple[Offer, ...]

    @property
    def value(self) -> str:
        """That it was read, as a field of the form; see ``read_sheet``."""
        return f"{encode(self.subject_key)} {self.sha256}"


def address(subject_key: str, scope: ItemPath, milestone: str = "") -> str:
    """The sign page of a place; the scope is left out for the casebook, and the milestone where there is none."""
    return way("signing.sheet", subject_key=subject_key, scope=str(scope), milestone=milestone)


def way(endpoint: str, **values: str | Sequence[str]) -> str:
    """An address in the study, without what is empty."""
    return url_for(endpoint, study=str(study()), **{name: value or None for name, value in values.items()})  # type: ignore[arg-type]


def may_sign(picture: StudyPicture, desk: Desk) -> bool:
    """Whether the person signs at this subject's site; the study's own record is not signed."""
    return picture.may(Action.SIGN, desk.site.site_id) and not desk.subject.is_record


def sheet_of(
    picture: StudyPicture,
    desk: Desk,
    scope: ItemPath,
    milestone: str = "",
    *,
    late_since: int | None = None,
    all_unfolded: bool = False,
) -> Sheet:
    """What is signed or to be signed at a place; that it was shown is noted.

    :param milestone: OID of the one that it is signed for. :param late_since: where the chain was when the person read what has
        changed meanwhile.
    """
    picture.require_uncovered(desk.subject.subject_id, scope)
    found = desk.lay_out(scope, milestone)
    items = (desk.version(form.meta_data_version).items.get(ItemPath.parse(one.path).item or "")
             for form in found.manifest.forms for one in form.items)  # fmt: skip
    note_shown(picture, f"subject:{desk.subject.subject_id} signature {scope}".rstrip(), items)
    stands, is_valid = found.signature, found.state is SignatureState.SIGNED
    differs: Sequence[Difference] = ()
    if late_since is not None:
        differs = desk.changes_after(scope, late_since)
    elif stands is not None and stands.state is not SignatureState.SIGNED:
        differs = desk.changes_since(stands)
    words = _Words(desk, desk.subject.subject_key)
    named = {one.oid: one.title for one in found.offered}
    n, _ = checks.position(desk.source.connection, study().study_id, desk.subject.subject_id)
    return Sheet(
        subject_key=desk.subject.subject_key, scope=str(scope), state=found.state, signature=stands,
        meaning=named.get(stands.meaning, stands.meaning.capitalize()) if stands else "",
        forms=_forms(words, found, differs, all_unfolded=all_unfolded),
        in_the_way=tuple(
            InTheWay(words.place(str(one.path)), HINDERS[one.why], one.text, words.href(one.path))
            for one in found.blockers
        ),
        changes=tuple(map(words.change, differs)), is_late=late_since is not None,
        queries=len(found.manifest.queries),
        may_sign=may_sign(picture, desk) and not is_valid and not found.blockers,
        sha256=found.manifest.sha256, n=n, offered=found.offered,
    )  # fmt: skip


def scopes_of(subject_key: str, scope: ItemPath) -> tuple[Scope, ...]:
    """The form, its visit and the casebook, as far as they hold the place."""
    names = {0: "Casebook", 1: "Visit", 2: "Form"}
    wider = [place for place in scope.ancestors() if not place.groups]
    return tuple(
        Scope(names[len(place.ancestors()) - 1], address(subject_key, place), place == scope)
        for place in wider
    )


def _forms(
    words: _Words, found: ToSign, differs: Sequence[Difference], *, all_unfolded: bool
) -> tuple[SheetForm, ...]:
    """Where it was signed before, the forms that differ are unfolded; else, as for a milestone for which it was not signed
    yet, all of them, unless there are many.
    """
    changed = [ItemPath.parse(one.path) for one in differs if one.path]
    number = {
        form.path: sum(ItemPath.parse(form.path).contains(path) for path in changed)
        for form in found.manifest.forms
    }
    is_new = found.state is SignatureState.UNSIGNED
    few = is_new and (all_unfolded or len(found.manifest.forms) <= OPEN_FORMS)
    return tuple(
        words.form(form, number[form.path], unfolded=few or number[form.path] > 0)
        for form in found.manifest.forms
    )


class _Words:
    """Places and values of one subject as people read them."""

    def __init__(self, desk: Desk, subject_key: str) -> None:
        self._desk, self._key = desk, subject_key
        self._index: MetaDataIndex = desk.version(desk.site.meta_data_version)

    def of(self, path: str) -> PlaceWords:
        return words_of(self._index, ItemPath.parse(path), self._desk.language)

    def place(self, path: str) -> str:
        place = self.of(path)
        parts = (place.event_short, place.form, place.row)
        return ", ".join(filter(None, parts)) or "Casebook"

    def href(self, path: ItemPath) -> str:
        return place_href(self._index, self._key, path)

    def form(self, form: SignedForm, changes: int, *, unfolded: bool) -> SheetForm:
        place, path = self.of(form.path), ItemPath.parse(form.path)
        state = marks.STATES[_SHOWN_AS[EntryStatus(form.status)]]
        values = tuple(
            ValueLine(item.question, self.of(item.path).row, _value(item), item.value is None)
            for item in form.items
        )
        return SheetForm(place.form, place.event_short, self.href(path), state, values, changes, unfolded)

    def change(self, one: Difference) -> ChangeLine:
        path = ItemPath.parse(one.path)
        return ChangeLine(
            self.place(one.path), self._what(one), _said(one.before), _said(one.after), self.href(path)
        )

    def _what(self, one: Difference) -> str:
        item = one.after if isinstance(one.after, SignedItem) else one.before
        if isinstance(item, SignedItem):
            return item.question
        return {"form": "Status", "visit": "Visit", "subject": "Subject number"}.get(one.what, "Query")


_SHOWN_AS = {
    EntryStatus.IN_PROGRESS: State.IN_PROGRESS,
    EntryStatus.COMPLETE: State.COMPLETE,
    EntryStatus.NOT_DONE: State.NOT_DONE,
    EntryStatus.REMOVED: State.REMOVED,
}


_STATUS_WORDS = {status.value: marks.STATES[state].word for status, state in _SHOWN_AS.items()}


def _said(part: SignedItem | str | None) -> str:
    if isinstance(part, SignedItem):
        return _value(part)
    return _STATUS_WORDS.get(part, part) if part else ""


def _value(item: SignedItem) -> str:
    """A value, the reason why there is none, or that it is blank."""
    if item.missing:
        return missing_word(item.missing)
    return item.shown or "blank"


def read_sheet(value: str) -> tuple[str, str]:
    """Subject key and digest of what was read.

    :raises BadRequest: it is not what ``Sheet.value`` makes.
    """
    key, _, sha256 = value.partition(" ")
    if not key or len(sha256) != 64:
        raise BadRequest("The request does not say what was read. Load the page anew.")
    return decode(key), sha256
