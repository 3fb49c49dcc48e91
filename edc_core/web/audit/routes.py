"""The audit trail of a subject, and of the study's own chain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for

from edc_core.domain.ledger_entry import STUDY_CHAIN
from edc_core.domain.permission import Action
from edc_core.errors import NotAllowed
from edc_core.services import history as service
from edc_core.services.reading import StudyPicture, look_at, look_at_past
from edc_core.services.subject_casebook import casebook_head
from edc_core.store.listing_queries import TrailFilter
from edc_core.web.audit.requests import HistoryRequest, ThenRequest
from edc_core.web.context import actor, core, read, study
from edc_core.web.moments import Moments, moments
from edc_core.web.showing import show

if TYPE_CHECKING:
    from edc_core.services.casebook_then import CasebookThen
    from edc_core.services.history import Happening, HistoryPage
    from edc_core.services.subject_casebook import CasebookHead

bp = Blueprint("audit", __name__, url_prefix="/s/<study>")
KIND_WORDS = {
    "values": "Values",
    "queries": "Queries",
    "status": "Forms and visits",
    "protection": "Freeze and lock",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """Everything one person did in one operation."""

    first: Happening
    effects: tuple[Happening, ...]


@dataclass(frozen=True, slots=True)
class TrailPage:
    """A page of a chain, grouped by operation.

    :param head: the subject; none for the study's own chain. :param kept: number of the subject, of which the person's site
        keeps what stood before a transfer.
    """

    study: str
    head: CasebookHead | None
    kept: str
    deeds: tuple[Deed, ...]
    kinds: tuple[tuple[str, str, bool], ...]
    people: tuple[tuple[str, str], ...]
    kind: str
    who: str
    here: str
    older: str
    is_first: bool
    tab: str
    times: Moments


@bp.get("/subjects/<key:subject_key>/history")
def subject_history(subject_key: str) -> Response:
    given = HistoryRequest.read(request.args)
    with read() as source:
        picture = look_at(source, actor(), study())
        subject, kept = look_at_past(picture, subject_key)
        _require(picture, subject.site_id)
        wanted = _wanted(given)
        if kept is not None:
            wanted = replace(wanted, before=min(wanted.before or kept.n, kept.n))
        page = service.history(picture, subject.subject_id, wanted, site_id=subject.site_id)
        here = url_for("audit.subject_history", study=str(study()), subject_key=subject_key)
        if kept is not None:  # who wrote later is not told
            return show("audit/history.html", _view(replace(page, actors=()), given, here, kept=subject_key))
        return show("audit/history.html", _view(page, given, here, casebook_head(picture, subject_key)))


@bp.get("/history")
def study_history() -> Response:
    given = HistoryRequest.read(request.args)
    with read() as source:
        picture = look_at(source, actor(), study())
        _require(picture)
        page = service.history(picture, STUDY_CHAIN, _wanted(given))
        here = url_for("audit.study_history", study=str(study()))
        return show("audit/history.html", _view(page, given, here))


@dataclass(frozen=True, slots=True)
class ThenPage:
    """A casebook as it was. :param on: as chosen. :param then: the moment. :param times: in the zone of the site."""

    study: str
    head: CasebookThen
    on: str
    then: str
    times: Moments


@bp.get("/subjects/<key:subject_key>/then")
def then(subject_key: str) -> Response:
    from edc_core.services.casebook_then import casebook_then  # the past is looked at seldom

    on, now = ThenRequest.read(request.args)["on"], core().clock.now()
    with read() as source:
        head = casebook_then(look_at(source, actor(), study()), subject_key, on, now)
    times = Moments(head.site.zone or "UTC", now)
    view = ThenPage(str(study()), head, times.typed(head.at), times.second(head.at), times)
    return show("audit/then.html", view)


def _require(picture: StudyPicture, site_id: str = "") -> None:
    if not picture.may(Action.READ_TRAIL, site_id):
        raise NotAllowed(
            f"Your role does not include: {Action.READ_TRAIL}. The history of an item stands beside it on its form.",
            action=str(Action.READ_TRAIL),
        )


def _wanted(given: dict[str, Any]) -> TrailFilter:
    return TrailFilter(given["before"], service.KINDS.get(given["kind"], ()), given["who"])


def _view(
    page: HistoryPage, given: dict[str, Any], here: str, head: CasebookHead | None = None, *, kept: str = ""
) -> TrailPage:
    chosen = {name: given[name] for name in ("kind", "who") if given[name]}
    older = f"{here}?{urlencode(chosen | {'before': page.older})}"
    return TrailPage(
        study=str(study()), head=head, kept=kept, deeds=tuple(_deeds(page)),
        kinds=tuple((name, words, name == given["kind"]) for name, words in KIND_WORDS.items()),
        people=page.actors, kind=given["kind"], who=given["who"], here=here,
        older=older if page.older else "", is_first=not given["before"], tab="history", times=moments(),
    )  # fmt: skip


def _deeds(page: HistoryPage) -> list[Deed]:
    """Effects of one operation together, in the order they happened; operations newest first."""
    found = []
    for _, effects in groupby(page.happenings, key=lambda happening: happening.op):
        ordered = tuple(reversed(list(effects)))
        found.append(Deed(ordered[0], ordered))
    return found
