"""View models of the pages about signatures: what waits for one, and what exactly is to be signed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from flask import url_for

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.item_path import ItemPath, decode, encode
from edc_core.domain.manifest import SignedItem
from edc_core.domain.milestone import held_by_all, offers_at
from edc_core.domain.permission import Action
from edc_core.domain.signature import ACCEPTANCE, Hindrance, Meaning, Signature, SignatureState
from edc_core.errors import BadRequest
from edc_core.ids import new_id
from edc_core.rendering.widgets import missing_word
from edc_core.services import subject_casebook
from edc_core.services.clock_health import look
from edc_core.services.reading import look_at, look_at_subject, note_shown, words_of
from edc_core.services.subject_list import State
from edc_core.services.to_sign import Desk
from edc_core.store import checks, signature_list, signature_readers
from edc_core.store.signed_entries import signed_entries
from edc_core.web import marks
from edc_core.web.context import actor, core, study
from edc_core.web.moments import Moments, moments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edc_core.domain.casebook import Subject
    from edc_core.domain.clock_health import ClockHealth
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.manifest import Difference, SignedForm
    from edc_core.domain.milestone import Offer
    from edc_core.services.reading import PlaceWords, StudyPicture
    from edc_core.services.subject_casebook import CasebookHead
    from edc_core.services.to_sign import ToSign
    from edc_core.store.signature_list import WaitingSubject
    from edc_core.store.signed_entries import SignedEntry
    from edc_core.store.unit_of_work import Source
    from edc_core.web.marks import Sign

MOST = 200  #: subjects in the list; what is signed leaves it
MOST_AT_ONCE = 20  #: casebooks that are read and signed with one secret
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


@dataclass(frozen=True, slots=True)
class Pen:
    """What the person who signs is asked for. :param acceptance: what is to be accepted first; empty once it was.

    :param milestone: that it is signed for, whose statement is the one meaning then.
    """

    acceptance: str
    milestone: Offer | None
    meanings: tuple[Meaning, ...] = tuple(Meaning)


@dataclass(frozen=True, slots=True)
class SignPage:
    """One place of a subject. :param message: why nothing was signed.

    :param kept: what is kept of the signature that stands.
    :param milestones: for which it may be signed here, after at any time; none where there is no milestone.
    """

    study: str
    head: CasebookHead
    tab: str
    times: Moments
    title: str
    scopes: tuple[Scope, ...]
    milestones: tuple[Scope, ...]
    mark: Sign | None
    sheet: Sheet
    may_withdraw: bool
    kept: SignedEntry | None
    pen: Pen
    clock: ClockHealth
    op: str
    message: str


@dataclass(frozen=True, slots=True)
class ManyPage:
    """Several casebooks to be read and signed with one secret.

    :param signed: subjects that were signed just now. :param refused: those that were not, and why.
    :param milestones: for which all of them may be signed; ``apart`` titles of those for which some may not, or not in
        the same words. :param marked: values of sheets that were marked as read.
    """

    study: str
    times: Moments
    sheets: tuple[Sheet, ...]
    milestones: tuple[Scope, ...]
    apart: tuple[str, ...]
    pen: Pen
    clock: ClockHealth
    op: str
    message: str
    signed: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    marked: frozenset[str]


@dataclass(frozen=True, slots=True)
class ToSignPage:
    """Subjects that wait for a signature of the person.

    :param milestones: for which casebooks are signed, after at any time; ``milestone`` the OID of the one it is about.
    """

    study: str
    milestones: tuple[Scope, ...]
    milestone: str
    lines: tuple[WaitingSubject, ...]
    sites: Mapping[str, str]
    total: int
    most: int


def to_sign_page(source: Source, milestone: str = "") -> ToSignPage:
    """:param milestone: OID of the one for which casebooks wait, or empty."""
    picture = look_at(source, actor(), study())
    offered = {one: _offers(picture, one) for one in picture.sites if picture.may(Action.SIGN, one)}
    sites = [one for one, offers in offered.items() if milestone in {"", *(offer.oid for offer in offers)}]
    lines, total = signature_list.waiting(
        source.connection, [picture.scope_at(sites)], limit=MOST, milestone=milestone
    )
    numbers = {site_id: site.number for site_id, site in picture.all_sites.items()}
    ways = _choices(chain(*offered.values()), milestone, "signing.sign")
    return ToSignPage(str(study()), ways, milestone, tuple(lines), numbers, total, MOST_AT_ONCE)


def _offers(picture: StudyPicture, site_id: str) -> tuple[Offer, ...]:
    """Milestones for which casebooks of a site are signed."""
    version = picture.sites[site_id].meta_data_version
    milestones = picture.version(version).version.milestones if version else ()
    return offers_at(ItemPath(), milestones, picture.language(site_id)) if milestones else ()


def address(subject_key: str, scope: ItemPath, milestone: str = "") -> str:
    """The sign page of a place; the scope is left out for the casebook, and the milestone where there is none."""
    return _way("signing.sheet", subject_key=subject_key, scope=str(scope), milestone=milestone)


def _way(endpoint: str, **values: str | Sequence[str]) -> str:
    """An address in the study, without what is empty."""
    return url_for(endpoint, study=str(study()), **{name: value or None for name, value in values.items()})  # type: ignore[arg-type]


def sign_page(
    source: Source,
    subject_key: str,
    scope: ItemPath,
    milestone: str = "",
    *,
    message: str = "",
    late_since: int | None = None,
) -> SignPage:
    """:param late_since: where the chain was when the person read what has changed meanwhile."""
    picture = look_at(source, actor(), study())
    head = subject_casebook.casebook_head(picture, subject_key)
    desk = Desk(source, actor(), study(), head.subject, head.site)
    sheet = _sheet(picture, desk, scope, milestone, late_since=late_since)
    stands = sheet.signature
    place = words_of(picture.version(head.site.meta_data_version), scope, desk.language)
    is_mine = stands is not None and stands.actor == actor().name
    ways = _choices(sheet.offered, milestone, "signing.sheet", subject_key=subject_key, scope=str(scope))
    return SignPage(
        study=str(study()), head=head, tab="signature", times=moments(),
        title=place.form or place.event or "Casebook", scopes=_scopes(subject_key, scope), milestones=ways,
        mark=marks.SIGNATURES.get(stands.state) if stands else None, sheet=sheet,
        may_withdraw=is_mine and sheet.state is SignatureState.SIGNED and _may(picture, desk),
        kept=kept_at(source, head.subject, scope) if stands else None,
        pen=_pen(source, sheet.offered, milestone), clock=look(core().clock, source), op=new_id(), message=message,
    )  # fmt: skip


def kept_at(source: Source, subject: Subject, scope: ItemPath) -> SignedEntry | None:
    """What is kept of the signature that stands at a place; ``None`` where none was given."""
    found = signed_entries(source.connection, study().study_id, chain=subject.subject_id)
    return next((one for one in reversed(found) if one.path == str(scope)), None)


def many_page(
    source: Source,
    subject_keys: Sequence[str],
    milestone: str = "",
    *,
    message: str = "",
    signed: Sequence[str] = (),
    refused: Sequence[tuple[str, str]] = (),
    marked: Sequence[str] = (),
) -> ManyPage:
    """:param milestone: OID of the one that they are signed for, which has to be offered at all of them.
    :param marked: values of sheets that the person had marked as read.

    :raises BadRequest: more subjects than a person reads at a sitting.
    """
    if len(subject_keys) > MOST_AT_ONCE:
        raise BadRequest(f"Choose at most {MOST_AT_ONCE} subjects: each is read before it is signed.")
    picture = look_at(source, actor(), study())
    desks = {}
    for key in (*signed, *subject_keys):
        subject = look_at_subject(picture, key)
        desks[key] = Desk(source, actor(), study(), subject, picture.sites[subject.site_id])
    offered, apart = held_by_all([desk.offers(ItemPath()) for desk in desks.values()])
    pen = _pen(source, offered, milestone)
    asked = pen.milestone.oid if pen.milestone else ""
    sheets = [_sheet(picture, desks[key], ItemPath(), asked, all_unfolded=True) for key in subject_keys]
    ways = _choices(offered, asked, "signing.many", subject=list(subject_keys))
    return ManyPage(
        str(study()), moments(), tuple(sheets), ways, apart, pen, look(core().clock, source), new_id(), message,
        tuple(signed), tuple(refused), frozenset(marked),
    )  # fmt: skip


def read_sheet(value: str) -> tuple[str, str]:
    """Subject key and digest of what was read.

    :raises BadRequest: it is not what ``Sheet.value`` makes.
    """
    key, _, sha256 = value.partition(" ")
    if not key or len(sha256) != 64:
        raise BadRequest("The request does not say what was read. Load the page anew.")
    return decode(key), sha256


def _pen(source: Source, offered: Iterable[Offer], milestone: str) -> Pen:
    accepted = signature_readers.has_accepted(source.connection, study().study_id, actor().name)
    return Pen("" if accepted else ACCEPTANCE, next((one for one in offered if one.oid == milestone), None))


def _choices(
    offered: Iterable[Offer], milestone: str, endpoint: str, **values: str | Sequence[str]
) -> tuple[Scope, ...]:
    """Ways to a page for each milestone, after at any time; none where no milestone is offered."""
    named = {one.oid: one.title for one in offered}
    words = {"": "At any time"} | named if named else {}
    return tuple(
        Scope(word, _way(endpoint, milestone=oid, **values), oid == milestone) for oid, word in words.items()
    )


def _may(picture: StudyPicture, desk: Desk) -> bool:
    return picture.may(Action.SIGN, desk.site.site_id) and not desk.subject.is_record


def _sheet(
    picture: StudyPicture,
    desk: Desk,
    scope: ItemPath,
    milestone: str = "",
    *,
    late_since: int | None = None,
    all_unfolded: bool = False,
) -> Sheet:
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
        may_sign=_may(picture, desk) and not is_valid and not found.blockers,
        sha256=found.manifest.sha256, n=n, offered=found.offered,
    )  # fmt: skip


def _scopes(subject_key: str, scope: ItemPath) -> tuple[Scope, ...]:
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
