"""Pages of verification and review: who has what to do, a casebook's forms, and values to be marked one by one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edc_core.api import (
    GROUP_WORDS,
    RIGHTS,
    Action,
    BadRequest,
    ItemPath,
    MenuEntry,
    NotAllowed,
    NotFound,
    Page,
    Reason,
    Review,
    ReviewGroup,
    Seen,
    SeeOther,
    TakeBackReview,
)

if TYPE_CHECKING:
    from edc_core.api import (
        Desk,
        PageRequest,
        ReviewRow,
        ReviewSite,
        StudyCoverage,
        SubjectCoverage,
        Times,
    )

ALL = "all"
LONGEST = 2000  #: of a path, of a reason
Groups = tuple[tuple[ReviewGroup, str], ...]


@dataclass(frozen=True, slots=True)
class WorkPage:
    """:param groups: those the person belongs to: (value, words). :param opened: the site whose subjects are listed."""

    study: str
    group: ReviewGroup
    groups: Groups
    work: StudyCoverage
    opened: ReviewSite | None
    subjects: tuple[SubjectCoverage, ...]


@dataclass(frozen=True, slots=True)
class DeskPage:
    """A casebook before a reviewer: its forms, or (``at``) the values of one, of a visit or of all.

    :param following: the next form with something to do; empty when there is none.
    :param may_ask: whether the person opens queries. :param row: the value that was marked just now.
    """

    study: str
    subject_key: str
    desk: Desk
    group: ReviewGroup
    groups: Groups
    at: str
    title: str
    op: str
    following: str
    times: Times
    may_ask: bool
    row: ReviewRow | None = None


def work(asked: PageRequest) -> WorkPage:
    """What a group has to do, by site; of one site by subject."""
    group, groups = _group(asked, asked.text("group"))
    found, number = asked.study.review_coverage(group), asked.text("site")
    known = [site for site, _ in found.sites]
    opened = next((site for site in known if site.number == number), None) if number else None
    if number and opened is None:
        raise NotFound(f"There is no site '{number}' in your part of this study.")
    if len(known) == 1:
        opened = known[0]
    shown = tuple(s for s in found.subjects if opened is not None and s.site_id == opened.site_id)
    return WorkPage(asked.study.name, group, groups, found, opened, shown)


def _group(asked: PageRequest, name: str, subject_key: str = "") -> tuple[ReviewGroup, Groups]:
    """The group asked for, or the person's first; and all of the person's.

    :raises NotAllowed: the person belongs to none, or not to this one.
    """
    own = asked.study.review_groups(subject_key)
    wanted = _named(name) if name else own[0] if own else ReviewGroup.SDV
    if wanted not in own:
        raise NotAllowed(f"Your role does not include: {RIGHTS[wanted]}.", action=str(RIGHTS[wanted]))
    return wanted, tuple((group, GROUP_WORDS[group]) for group in own)


def _named(name: str) -> ReviewGroup:
    if name not in set(ReviewGroup):
        raise BadRequest("The request does not have the right fields: group.")
    return ReviewGroup(name)


def forms(asked: PageRequest) -> DeskPage:
    """The forms of a casebook that hold something for the group."""
    return _desk(asked)


def desk(asked: PageRequest) -> DeskPage:
    """The values of a form, of a visit or of all."""
    return _desk(asked)


def _desk(asked: PageRequest) -> DeskPage:
    key, at = asked.text("subject", required=True), asked.text("at", longest=LONGEST)
    group, groups = _group(asked, asked.text("group"), key)
    whole = asked.study.review_desk(key, group)
    place = ItemPath() if at in ("", ALL) else ItemPath.parse(at)
    found = whole.at(place)
    first = found.forms[0] if found.forms else None
    after = whole.after(place) if place.form is not None else None
    title = (first.title if place.form is not None else first.event if place.event else "") if first else ""
    following = str(after) if after is not None and after != place else ""
    may_ask = asked.study.may(Action.CREATE_QUERY)
    return DeskPage(
        asked.study.name, key, found, group, groups, at, title, asked.op, following, asked.times, may_ask
    )


def mark(asked: PageRequest) -> SeeOther:
    """Mark what was shown; for htmx one value comes back as its row."""
    asked.only("op", "group", "at", "subject", "values")
    values = asked.texts("values")
    if not values or not all(re.fullmatch(r"\d{1,9}@.+", value) for value in values):
        raise BadRequest("The request does not have the right fields: values.")
    pairs = [value.split("@", 1) for value in values]
    seen = tuple(Seen(ItemPath.parse(path), int(version)) for version, path in pairs)
    asked.study.submit(
        Review(
            study_id=asked.study.study_id, op=_op(asked), subject_key=asked.text("subject", required=True),
            group=_named(asked.text("group", required=True)), values=seen,
        )
    )  # fmt: skip
    return _after(asked, seen[0].path if len(seen) == 1 else None)


def take_back(asked: PageRequest) -> SeeOther:
    """Take a mark back, with a reason."""
    asked.only("op", "group", "at", "subject", "path", "reason")
    path = ItemPath.parse(asked.text("path", longest=LONGEST, required=True))
    reason = Reason(text=asked.text("reason", longest=LONGEST, required=True))
    asked.study.submit(
        TakeBackReview(
            study_id=asked.study.study_id, op=_op(asked), subject_key=asked.text("subject", required=True),
            group=_named(asked.text("group", required=True)), paths=(path,), reason=reason,
        )
    )  # fmt: skip
    return _after(asked, path)


def _op(asked: PageRequest) -> str:
    return asked.text("op", longest=200, required=True)


def _after(asked: PageRequest, path: ItemPath | None) -> SeeOther:
    at = asked.text("at", longest=LONGEST)
    query = {"subject": asked.text("subject"), "group": asked.text("group"), "at": at}
    view = None
    if path is not None:
        found = _desk(asked)
        rows = (row for form in found.desk.forms for row in form.rows if row.path == path)
        view = replace(found, row=next(rows, None))
    return SeeOther("desk" if at else "subject", query, stay=view)


REVIEWS = tuple(RIGHTS.values())
PAGES = (
    Page(
        path="", action=REVIEWS, handler=work, template="work.html",
        menu=MenuEntry("Verify", "r", action=Action.VERIFY_SOURCE),
    ),
    Page(path="subject", action=REVIEWS, handler=forms, template="forms.html", tab="Review"),
    Page(path="desk", action=REVIEWS, handler=desk, template="desk.html"),
    Page(
        path="desk", action=REVIEWS, handler=mark, template="desk.html", method="POST",
        block="row", beside=("desk_top",),
    ),
    Page(
        path="take-back", action=REVIEWS, handler=take_back, template="desk.html", method="POST",
        block="row", beside=("desk_top",),
    ),
)  # fmt: skip
