"""View models of the pages about signatures: what waits for one, and what a person signs at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from edc_core.domain.item_path import ItemPath
from edc_core.domain.milestone import held_by_all, offers_at
from edc_core.domain.permission import Action
from edc_core.domain.signature import ACCEPTANCE, Meaning, SignatureState
from edc_core.errors import BadRequest
from edc_core.ids import new_id
from edc_core.services import subject_casebook
from edc_core.services.clock_health import look
from edc_core.services.reading import look_at, look_at_subject, words_of
from edc_core.services.to_sign import Desk
from edc_core.store import signature_list, signature_readers
from edc_core.store.signed_entries import signed_entries
from edc_core.web import marks
from edc_core.web.context import actor, core, study
from edc_core.web.moments import Moments, moments
from edc_core.web.signing.sheets import Scope, may_sign, scopes_of, sheet_of, way

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edc_core.domain.casebook import Subject
    from edc_core.domain.clock_health import ClockHealth
    from edc_core.domain.milestone import Offer
    from edc_core.services.reading import StudyPicture
    from edc_core.services.subject_casebook import CasebookHead
    from edc_core.store.signature_list import WaitingSubject
    from edc_core.store.signed_entries import SignedEntry
    from edc_core.store.unit_of_work import Source
    from edc_core.web.marks import Sign
    from edc_core.web.signing.sheets import Sheet

MOST = 200  #: subjects in the list; what is signed leaves it
MOST_AT_ONCE = 20  #: casebooks that are read and signed with one secret


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
    sheet = sheet_of(picture, desk, scope, milestone, late_since=late_since)
    stands = sheet.signature
    place = words_of(picture.version(head.site.meta_data_version), scope, desk.language)
    is_mine = stands is not None and stands.actor == actor().name
    ways = _choices(sheet.offered, milestone, "signing.sheet", subject_key=subject_key, scope=str(scope))
    return SignPage(
        study=str(study()), head=head, tab="signature", times=moments(),
        title=place.form or place.event or "Casebook", scopes=scopes_of(subject_key, scope), milestones=ways,
        mark=marks.SIGNATURES.get(stands.state) if stands else None, sheet=sheet,
        may_withdraw=is_mine and sheet.state is SignatureState.SIGNED and may_sign(picture, desk),
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
    sheets = [sheet_of(picture, desks[key], ItemPath(), asked, all_unfolded=True) for key in subject_keys]
    ways = _choices(offered, asked, "signing.many", subject=list(subject_keys))
    return ManyPage(
        str(study()), moments(), tuple(sheets), ways, apart, pen, look(core().clock, source), new_id(), message,
        tuple(signed), tuple(refused), frozenset(marked),
    )  # fmt: skip


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
        Scope(word, way(endpoint, milestone=oid, **values), oid == milestone) for oid, word in words.items()
    )
