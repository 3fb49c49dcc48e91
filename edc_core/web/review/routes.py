"""Pages of verification and review: who has what to do, a casebook's forms, and values to be marked one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request, url_for

from edc_core.domain.commands import Reason, Review, Seen, TakeBackReview
from edc_core.domain.item_path import ItemPath
from edc_core.domain.review import GROUP_WORDS, RIGHTS
from edc_core.domain.review_plan import ReviewGroup
from edc_core.errors import NotAllowed
from edc_core.ids import new_id
from edc_core.services import review_list, reviewing
from edc_core.services.reading import find_site, look_at
from edc_core.services.subject_casebook import casebook_head
from edc_core.web import htmx, marks
from edc_core.web.context import actor, read, study, write
from edc_core.web.moments import Moments, moments
from edc_core.web.review.requests import DeskRequest, MarkRequest, TakeBackRequest, WorkRequest
from edc_core.web.showing import fields_of, show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from edc_core.domain.protection import Protection
    from edc_core.services.reading import StudyPicture
    from edc_core.services.review_list import Desk, StudyCoverage, SubjectCoverage
    from edc_core.services.subject_casebook import CasebookHead
    from edc_core.store.readers import SiteRow
    from edc_core.web.marks import Sign

bp = Blueprint("review", __name__, url_prefix="/s/<study>")
SUBJECT = "/subjects/<key:subject_key>/review"
ALL = "all"
DESK = "review/desk.html"


@dataclass(frozen=True, slots=True)
class WorkPage:
    """:param groups: those the person belongs to: (value, words). :param opened: the site whose subjects are listed."""

    study: str
    group: ReviewGroup
    groups: tuple[tuple[ReviewGroup, str], ...]
    work: StudyCoverage
    opened: SiteRow | None
    subjects: tuple[SubjectCoverage, ...]


@dataclass(frozen=True, slots=True)
class DeskPage:
    """A casebook before a reviewer: its forms, or (``at``) the values of one, of a visit or of all.

    :param following: the next form with something to do; empty when there is none.
    """

    study: str
    head: CasebookHead
    desk: Desk
    group: ReviewGroup
    groups: tuple[tuple[ReviewGroup, str], ...]
    at: str
    title: str
    op: str
    following: str
    times: Moments
    protections: Mapping[Protection, Sign]


@bp.get("/review")
def work() -> Response:
    given = WorkRequest.read(request.args)
    with read() as source:
        picture = look_at(source, actor(), study())
        group, groups = _group(picture, given["group"])
        sites = picture.sites_for(RIGHTS[group]) & frozenset(picture.sites)
        found = review_list.study_coverage(picture, group, sites)
    known = [site for site, _ in found.sites]
    opened = find_site(picture, given["site"]) if given["site"] else known[0] if len(known) == 1 else None
    shown = tuple(s for s in found.subjects if opened is not None and s.site_id == opened.site_id)
    return show("review/work.html", WorkPage(str(study()), group, groups, found, opened, shown))


def _group(
    picture: StudyPicture, name: str, site_id: str = ""
) -> tuple[ReviewGroup, tuple[tuple[ReviewGroup, str], ...]]:
    """The group asked for, or the person's first; and all of the person's.

    :raises NotAllowed: the person belongs to none, or not to this one.
    """
    own = tuple((group, GROUP_WORDS[group]) for group in ReviewGroup if picture.may(RIGHTS[group], site_id))
    asked = ReviewGroup(name) if name else own[0][0] if own else ReviewGroup.SDV
    if asked not in {group for group, _ in own}:
        raise NotAllowed(f"Your role does not include: {RIGHTS[asked]}.", action=str(RIGHTS[asked]))
    return asked, own


@bp.get(SUBJECT)
def subject(subject_key: str) -> Response:
    given = DeskRequest.read(request.args)
    view = _desk(subject_key, given["group"], given["at"])
    return show(DESK if given["at"] else "review/forms.html", view)


def _desk(subject_key: str, name: str, at: str) -> DeskPage:
    with read() as source:
        picture = look_at(source, actor(), study())
        head = casebook_head(picture, subject_key)
        group, groups = _group(picture, name, head.site.site_id)
        whole = review_list.desk(picture, subject_key, group)
    place = ItemPath() if at in ("", ALL) else ItemPath.parse(at)
    found = whole.at(place)
    first = found.forms[0] if found.forms else None
    after = whole.after(place) if place.form is not None else None
    return DeskPage(
        study=str(study()),
        head=head,
        desk=found,
        group=group,
        groups=groups,
        at=at,
        title=(first.title if place.form is not None else first.event if place.event else "")
        if first
        else "",
        op=new_id(),
        following=_href(subject_key, group, str(after)) if after is not None and after != place else "",
        times=moments(),
        protections=marks.PROTECTIONS,
    )


def _href(subject_key: str, group: ReviewGroup, at: str) -> str:
    return url_for("review.subject", study=str(study()), subject_key=subject_key, group=group, at=at)


@bp.post(SUBJECT)
def mark(subject_key: str) -> ResponseReturnValue:
    """Mark what was shown; one value comes back as its row, more as the page."""
    given = MarkRequest.read({**request.form, "values": request.form.getlist("values")})
    pairs = [value.split("@", 1) for value in given["values"]]
    seen = tuple(Seen(ItemPath.parse(path), int(version)) for version, path in pairs)
    command = Review(
        study_id=study().study_id, op=given["op"], subject_key=subject_key,
        group=ReviewGroup(given["group"]), values=seen,
    )  # fmt: skip
    with write() as uow:
        reviewing.review(uow, command)
    return _after(subject_key, given, seen[0].path if len(seen) == 1 else None)


@bp.post(f"{SUBJECT}/take-back")
def take_back(subject_key: str) -> ResponseReturnValue:
    given = TakeBackRequest.read(request.form)
    path = ItemPath.parse(given["path"])
    command = TakeBackReview(
        study_id=study().study_id, op=given["op"], subject_key=subject_key,
        group=ReviewGroup(given["group"]), paths=(path,), reason=Reason(text=given["reason"].strip()),
    )  # fmt: skip
    with write() as uow:
        reviewing.take_back(uow, command)
    return _after(subject_key, given, path)


def _after(subject_key: str, given: Mapping[str, str], path: ItemPath | None) -> ResponseReturnValue:
    if path is None or not htmx.wanted():
        return htmx.go_to(_href(subject_key, ReviewGroup(given["group"]), given["at"]))
    view = _desk(subject_key, given["group"], given["at"])
    row = next(row for form in view.desk.forms for row in form.rows if row.path == path)
    context = fields_of(view)
    return htmx.fragment(
        htmx.block(DESK, "row", **context, row=row), htmx.block(DESK, "progress", **context, oob=True)
    )
