"""View models of the pages about signatures: what waits for one, and what exactly is to be signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath
from edc_core.domain.manifest import SignedItem
from edc_core.domain.permission import Action
from edc_core.domain.signature import ACCEPTANCE, Hindrance, Meaning, Signature, SignatureState
from edc_core.ids import new_id
from edc_core.rendering.widgets import missing_word
from edc_core.services import subject_casebook
from edc_core.services.reading import look_at, words_of
from edc_core.services.subject_list import State
from edc_core.services.to_sign import Desk
from edc_core.store import checks, signature_list
from edc_core.web import marks
from edc_core.web.context import actor, study
from edc_core.web.moments import Moments, moments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.manifest import Difference, SignedForm
    from edc_core.domain.protection import Protection
    from edc_core.services.reading import PlaceWords
    from edc_core.services.subject_casebook import CasebookHead
    from edc_core.services.to_sign import ToSign
    from edc_core.store.signature_list import WaitingSubject
    from edc_core.store.unit_of_work import Source
    from edc_core.web.marks import Sign

MOST = 200  #: subjects in the list; what is signed leaves it
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
    """What may be signed instead: the form, its visit, the casebook."""

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
class SignPage:
    """What is signed or to be signed at one place of a subject.

    :param n: where the chain was when this was read. :param message: why nothing was signed.
    :param changes: since the last signature, or since the page was opened (``is_late``).
    """

    study: str
    head: CasebookHead
    tab: str
    times: Moments
    protections: Mapping[Protection, Sign]
    title: str
    scope: str
    scopes: tuple[Scope, ...]
    state: SignatureState
    mark: Sign | None
    signature: Signature | None
    forms: tuple[SheetForm, ...]
    in_the_way: tuple[InTheWay, ...]
    changes: tuple[ChangeLine, ...]
    is_late: bool
    queries: int
    may_sign: bool
    may_withdraw: bool
    login: str
    acceptance: str
    meanings: tuple[Meaning, ...]
    sha256: str
    n: int
    op: str
    message: str


@dataclass(frozen=True, slots=True)
class ToSignPage:
    """Subjects that wait for a signature of the person."""

    study: str
    lines: tuple[WaitingSubject, ...]
    sites: Mapping[str, str]
    total: int
    times: Moments


def to_sign_page(source: Source) -> ToSignPage:
    picture = look_at(source, actor(), study())
    mine = picture.sites_for(Action.SIGN) & frozenset(picture.sites)
    lines, total = signature_list.waiting(source.connection, [picture.scope_at(mine)], limit=MOST)
    numbers = {site_id: site.number for site_id, site in picture.all_sites.items()}
    return ToSignPage(str(study()), tuple(lines), numbers, total, moments())


def address(subject_key: str, scope: ItemPath) -> str:
    """The sign page of a place; the scope is left out for the casebook."""
    more = {"scope": str(scope)} if scope.event is not None else {}
    return url_for("signing.sheet", study=str(study()), subject_key=subject_key, **more)  # type: ignore[arg-type]


def sign_page(
    source: Source, subject_key: str, scope: ItemPath, *, message: str = "", late_since: int | None = None
) -> SignPage:
    """:param late_since: where the chain was when the person read what has changed meanwhile."""
    picture = look_at(source, actor(), study())
    head = subject_casebook.casebook_head(picture, subject_key)
    desk = Desk(source, actor(), study(), head.subject, head.site)
    found = desk.lay_out(scope)
    stands = found.signature
    differs: Sequence[Difference] = ()
    if late_since is not None:
        differs = desk.changes_after(scope, late_since)
    elif stands is not None:
        differs = desk.changes_since(stands)
    words = _Words(desk, subject_key)
    is_held = found.state is SignatureState.SIGNED
    may = picture.may(Action.SIGN, head.site.site_id)
    place = words.of(str(scope))
    n, _ = checks.position(source.connection, study().study_id, head.subject.subject_id)
    return SignPage(
        study=str(study()),
        head=head,
        tab="signature",
        times=moments(),
        protections=marks.PROTECTIONS,
        title=place.form or place.event or "Casebook",
        scope=str(scope),
        scopes=_scopes(subject_key, scope),
        state=found.state,
        mark=marks.SIGNATURES.get(found.state),
        signature=stands,
        forms=_forms(words, found, differs),
        in_the_way=tuple(
            InTheWay(words.place(str(one.path)), HINDERS[one.why], one.text, words.href(one.path))
            for one in found.blockers
        ),
        changes=tuple(map(words.change, differs)),
        is_late=late_since is not None,
        queries=len(found.manifest.queries),
        may_sign=may and not is_held and not found.blockers,
        may_withdraw=may and is_held and stands is not None and stands.actor == actor().name,
        login=actor().name,
        acceptance="" if found.accepted else ACCEPTANCE,
        meanings=tuple(Meaning),
        sha256=found.manifest.sha256,
        n=n,
        op=new_id(),
        message=message,
    )


def _scopes(subject_key: str, scope: ItemPath) -> tuple[Scope, ...]:
    names = {0: "Casebook", 1: "Visit", 2: "Form"}
    wider = [place for place in scope.ancestors() if not place.groups]
    return tuple(
        Scope(names[len(place.ancestors()) - 1], address(subject_key, place), place == scope)
        for place in wider
    )


def _forms(words: _Words, found: ToSign, differs: Sequence[Difference]) -> tuple[SheetForm, ...]:
    """Where it was signed before, the forms that differ are unfolded; else all of them, unless there are many."""
    changed = [ItemPath.parse(one.path) for one in differs if one.path]
    number = {
        form.path: sum(ItemPath.parse(form.path).contains(path) for path in changed)
        for form in found.manifest.forms
    }
    few = found.signature is None and len(found.manifest.forms) <= OPEN_FORMS
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
        return words_of(self._index, ItemPath.parse(path))

    def place(self, path: str) -> str:
        place = self.of(path)
        parts = (place.event_short, place.form, place.row)
        return ", ".join(filter(None, parts)) or "Casebook"

    def href(self, path: ItemPath) -> str:
        if path.form is None:
            return url_for("subjects.casebook", study=str(study()), subject_key=self._key)
        return url_for(
            "capture.form",
            study=str(study()),
            subject_key=self._key,
            event=path.event,
            form=path.form,
            _anchor=path.dom_id if path.item else None,
        )

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
