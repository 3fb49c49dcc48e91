"""Home: what a person has to do today, and the studies to choose from. The legend behind the question mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response, make_response, render_template

from edc_core.domain.permission import ROLE_WORDS, Role
from edc_core.services import due_visits, work_queue
from edc_core.services.live_tasks import live_studies
from edc_core.web.context import actor, core, read
from edc_core.web.moments import Moments, moments
from edc_core.web.showing import show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.services.live_tasks import LiveStudies
    from edc_core.services.work_queue import WorkQueue

bp = Blueprint("help", __name__)


@dataclass(frozen=True, slots=True)
class HomePage:
    """The work queue over all studies of a person."""

    queue: WorkQueue
    live: LiveStudies
    total: int
    role_words: Mapping[Role, str]
    times: Moments
    many: bool
    shown: int
    looked_at: int


def home() -> Response:
    """One page for all duties, in every study of the installation."""
    times = moments()
    with read() as source:
        queue = work_queue.work_queue(source, actor(), times.now)
        live = live_studies(
            source, actor(), core().plugins.activate, [choice.study for choice in queue.studies]
        )
    view = HomePage(
        queue=queue,
        live=live,
        total=queue.total + len(live.tasks),
        role_words=ROLE_WORDS,
        times=times,
        many=len(queue.studies) > 1,
        shown=work_queue.SHOWN,
        looked_at=due_visits.LOOKED_AT,
    )
    return show("studies/home.html", view)


@bp.get("/help")
def legend() -> Response:
    return make_response(render_template("studies/help.html"))
