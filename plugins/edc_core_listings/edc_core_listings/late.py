"""Forms that are missing and visits that are overdue, across subjects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import Attachment, PartialDate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edc_core.api import ListedForm, PageRequest

PAGE = 100
MISSING = ("Subject", "Site", "Visit", "Form", "Visit date", "Last day of the window")
OVERDUE = ("Subject", "Site", "Visit", "Last day of the window", "Forms to enter")


@dataclass(frozen=True, slots=True)
class LateLine:
    """A form that is missing, or the first form of an overdue visit. :param forms: how many the line stands for."""

    form: ListedForm
    forms: int = 1

    @property
    def visit_date(self) -> str:
        """As dates are shown, ``04 MAR 2026``; the files hold ISO 8601."""
        return _shown(self.form.visit_date)

    @property
    def last_day(self) -> str:
        """Of the window, as dates are shown."""
        return _shown(self.form.last_day)


@dataclass(frozen=True, slots=True)
class LatePage:
    """:param sites: numbers to choose from. :param page: from 1, of ``pages``."""

    study: str
    lines: tuple[LateLine, ...]
    total: int
    subjects: int
    sites: tuple[str, ...]
    site: str
    page: int
    pages: int


def missing(asked: PageRequest) -> LatePage:
    """A page of forms that are missing."""
    forms = asked.study.forms()
    return _page(asked, forms, missing_of(forms))


def missing_csv(asked: PageRequest) -> Attachment:
    """All pages of it."""
    found = _at(missing_of(asked.study.forms()), asked.text("site"))
    rows = (
        (one.form.subject_key, one.form.site, one.form.visit, one.form.title, one.form.visit_date, one.form.last_day)
        for one in found
    )  # fmt: skip
    return Attachment.table("missing.csv", MISSING, rows)


def overdue(asked: PageRequest) -> LatePage:
    """A page of visits that are overdue."""
    forms = asked.study.forms()
    return _page(asked, forms, overdue_of(forms))


def overdue_csv(asked: PageRequest) -> Attachment:
    """All pages of it."""
    found = _at(overdue_of(asked.study.forms()), asked.text("site"))
    rows = (
        (one.form.subject_key, one.form.site, one.form.visit, one.form.last_day, one.forms) for one in found
    )
    return Attachment.table("overdue.csv", OVERDUE, rows)


def missing_of(forms: Iterable[ListedForm]) -> list[LateLine]:
    """In the order of subjects, each in the order of its visits."""
    return [LateLine(form) for form in forms if form.is_missing]


def overdue_of(forms: Iterable[ListedForm]) -> list[LateLine]:
    """Visits of which nothing was begun and whose window is over, the longest overdue first."""
    found: dict[tuple[str, str], LateLine] = {}
    for form in forms:
        if form.standing == "overdue" and not form.visit_begun:
            key = (form.subject_key, str(form.path.event))
            before = found.get(key)
            found[key] = LateLine(before.form, before.forms + 1) if before else LateLine(form)
    return sorted(found.values(), key=lambda line: (line.form.last_day, line.form.subject_key))


def _at(lines: Iterable[LateLine], site: str) -> list[LateLine]:
    return [line for line in lines if site in ("", line.form.site)]


def _page(asked: PageRequest, forms: Sequence[ListedForm], lines: Sequence[LateLine]) -> LatePage:
    site = asked.text("site")
    found = _at(lines, site)
    page, pages = asked.page_of(len(found), PAGE)
    return LatePage(
        study=asked.study.name,
        lines=tuple(found[(page - 1) * PAGE : page * PAGE]),
        total=len(found),
        subjects=len({line.form.subject_key for line in found}),
        sites=tuple(sorted({form.site for form in forms})),
        site=site,
        page=page,
        pages=pages,
    )


def _shown(text: str) -> str:
    return PartialDate.parse(text).display() if text else ""
