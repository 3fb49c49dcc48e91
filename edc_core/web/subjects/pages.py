"""View models of the subject pages, and how they are made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from markupsafe import Markup

from edc_core.domain.casebook import RECORD_KEY
from edc_core.domain.permission import Action
from edc_core.ids import new_id
from edc_core.services import entry_gate, query_list, releasing, subject_casebook, subject_list
from edc_core.services.reading import StudyPicture, look_at
from edc_core.services.study_record import study_record
from edc_core.services.subject_list import Wanted
from edc_core.store import listing_queries
from edc_core.web import marks
from edc_core.web.context import actor, core, read, study
from edc_core.web.moments import Moments, moments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.query import QueryState
    from edc_core.services.query_list import QueryRow
    from edc_core.services.study_record import StudyRecord
    from edc_core.services.subject_casebook import CasebookHead, CasebookPicture
    from edc_core.services.subject_list import Enrolment, Matrix
    from edc_core.store.readers import SiteRow
    from edc_core.store.unit_of_work import Source
    from edc_core.web.marks import Sign


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that one click sets or takes away."""

    label: str
    count: int | None
    href: str
    on: bool
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A subject somebody tried to add: what was typed, and why it was not taken.

    :param existing: address of the subject that has the number already, where the person may see it.
    """

    subject_key: str = ""
    site: str = ""
    message: str = ""
    existing: str = ""


@dataclass(frozen=True, slots=True)
class MatrixPage:
    """The list of subjects. :param closed: why no subject can be added at a site of the person; empty when some can."""

    study: str
    closed: str
    matrix: Matrix
    bands: tuple[tuple[str, int], ...]
    wanted: Wanted
    sites: tuple[SiteRow, ...]
    chips: tuple[Chip, ...]
    enrolment: Enrolment
    record: StudyRecord | None
    record_key: str
    draft: Draft
    op: str
    csv_href: str
    earlier: str
    later: str
    timed: bool


@dataclass(frozen=True, slots=True)
class CasebookPage:
    """One subject's visits, logs and what may be done."""

    study: str
    head: CasebookHead
    book: CasebookPicture
    tab: str
    may_add: bool
    may_enter: bool
    may_strike: bool
    op: str
    times: Moments


@dataclass(frozen=True, slots=True)
class SubjectQueriesPage:
    """The queries of one subject."""

    study: str
    head: CasebookHead
    rows: tuple[QueryRow, ...]
    tab: str
    op: str
    times: Moments
    signs: Mapping[QueryState, Sign]


def wanted_of(given: Mapping[str, Any]) -> Wanted:
    return Wanted(given["site"], given["q"], given["status"], given["queries"], given["page"])


def list_href(wanted: Wanted, endpoint: str = "subjects.matrix") -> str:
    """The address of the list as narrowed; what is not narrowed is left out."""
    parts = {
        "site": wanted.site,
        "q": wanted.text,
        "status": wanted.status,
        "queries": "1" if wanted.queries else "",
        "page": str(wanted.page) if wanted.page > 1 else "",
    }
    return url_for(endpoint, study=str(study()), **{name: value for name, value in parts.items() if value})  # type: ignore[arg-type]


def _enrolment(picture: StudyPicture) -> tuple[Enrolment, str]:
    """Where a subject may be added: not at sites whose version is not released yet."""
    found = subject_list.enrolment(picture)
    waiting = releasing.unreleased(
        picture.source, picture.study, {site.meta_data_version for site in picture.sites.values()}
    )
    if not waiting:
        return found, ""
    ready = tuple(site for site in found.sites if site.meta_data_version not in waiting)
    return replace(found, sites=ready), "" if ready else releasing.not_released(min(waiting))


def matrix_page(source: Source, wanted: Wanted, draft: Draft | None = None) -> MatrixPage:
    picture = look_at(source, actor(), study())
    matrix = subject_list.matrix(picture, wanted, moments().now)
    enrolment, closed = _enrolment(picture)
    return MatrixPage(
        study=str(study()),
        closed=closed,
        matrix=matrix,
        bands=tuple(
            (name, len(list(columns))) for name, columns in groupby(matrix.columns, lambda c: c.band)
        ),
        wanted=wanted,
        sites=tuple(picture.sites.values()),
        chips=_chips(matrix, wanted),
        enrolment=enrolment,
        record=study_record(picture),
        record_key=RECORD_KEY,
        draft=draft or Draft(),
        op=new_id(),
        csv_href=list_href(replace(wanted, page=1), "subjects.as_csv"),
        earlier=list_href(replace(wanted, page=matrix.page - 1)) if matrix.page > 1 else "",
        later=list_href(replace(wanted, page=matrix.page + 1)) if matrix.page < matrix.pages else "",
        timed=any(event.window is not None for event in picture.index.version.events),
    )


def _chips(matrix: Matrix, wanted: Wanted) -> tuple[Chip, ...]:
    counts = matrix.counts
    queries = list_href(replace(wanted, queries=not wanted.queries, page=1))
    chips = [Chip("Has queries", counts.with_queries, queries, wanted.queries, "st-query")]
    for status, label, count, icon in (
        ("in_progress", "Forms in progress", counts.in_progress, "st-part"),
        ("not_started", "Nothing entered", counts.not_started, "st-none"),
        ("locked", "Locked", counts.locked, "st-lock"),
    ):
        on = wanted.status == status
        href = list_href(replace(wanted, status="" if on else status, page=1))
        chips.append(Chip(label, count, href, on, icon))
    return tuple(chips)


def subject_href(subject_key: str) -> str:
    return url_for("subjects.casebook", study=str(study()), subject_key=subject_key)


def event_href(subject_key: str, event: ItemPath) -> str:
    """The casebook with one visit open."""
    return url_for(
        "subjects.casebook",
        study=str(study()),
        subject_key=subject_key,
        event=str(event),
        _anchor=event.dom_id,
    )


def casebook_page(source: Source, subject_key: str, event: str) -> CasebookPage:
    picture = look_at(source, actor(), study())
    book = subject_casebook.casebook(picture, subject_key, event, moments().now)
    site = book.head.site
    takes_data = book.head.protection == "open" and not entry_gate.is_closed(
        source, core().plugins.activate, study(), site
    )
    return CasebookPage(
        study=str(study()),
        head=book.head,
        book=book,
        tab="visits",
        may_add=takes_data and picture.may_with(Action.ADD_SUBJECT, book.head.subject),
        may_enter=takes_data and picture.may_with(Action.ENTER_DATA, book.head.subject),
        may_strike=takes_data and picture.may_with(Action.STRIKE, book.head.subject),
        op=new_id(),
        times=moments(),
    )


def queries_page(source: Source, subject_key: str) -> SubjectQueriesPage:
    picture: StudyPicture = look_at(source, actor(), study())
    head = subject_casebook.casebook_head(picture, subject_key)
    scope = picture.scope_at([head.site.site_id])
    lines = listing_queries.query_lines(source.connection, scope, head.subject.subject_id)
    times = moments()
    rows = query_list.query_rows(picture, lines, times.now)
    rows.sort(key=lambda row: not row.who)
    return SubjectQueriesPage(
        study=str(study()),
        head=head,
        rows=tuple(rows),
        tab="queries",
        op=new_id(),
        times=times,
        signs=marks.QUERIES,
    )


def casebook_frame(subject_key: str, tab: str) -> Markup:
    """What stands above every page of a subject, for pages of plugins too. :param tab: the one at hand."""
    with read() as source:
        head = subject_casebook.casebook_head(look_at(source, actor(), study()), subject_key)
    fields = {"study": str(study()), "head": head, "tab": tab}
    return Markup(render_template("_partials/casebook_head.html", **fields))  # noqa: S704 - Jinja has escaped it
