"""Home: what a person has to do today, and the studies to choose from. The legend behind the question mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from edc_core.domain.permission import ROLE_WORDS, Role
from edc_core.services import work_queue
from edc_core.services.live_tasks import live_studies
from edc_core.web import marks
from edc_core.web.context import actor, core, read
from edc_core.web.moments import Moments, moments
from edc_core.web.showing import show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.services.live_tasks import LiveStudies
    from edc_core.services.work_queue import WorkQueue
    from edc_core.web.marks import Sign

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


@dataclass(frozen=True, slots=True)
class LegendPage:
    """What signs and words mean."""

    forms: tuple[tuple[Sign, str], ...]
    queries: tuple[tuple[Sign, str], ...]


FORM_WORDS = {
    "Not started": "Nothing has been entered.",
    "In progress": "Entry has begun. Every item is stored as it is left; the form still has to be completed.",
    "Complete": "Entry is closed. Checks have asked their questions, and every change needs a reason.",
    "Not done": "The site says that this was not done, and why.",
    "Removed": "Taken out with a reason. It can be read, and restored.",
    "Frozen": "No value can be changed. Queries can still be answered.",
    "Locked": "Nothing can be changed, queries included.",
    "Signed": "An investigator has signed what stands here. A change breaks the signature.",
    "Signature broken": "What was signed has changed since. The investigator reads the change and signs again.",
    "Signature withdrawn": "The investigator has taken the signature back, with a reason.",
}
QUERY_WORDS = {
    "Candidate": "Written, but not yet shown to the site.",
    "Open": "The site is asked and has not answered.",
    "Answered": "The site has answered. Whoever asked reads it and closes the query, or asks again.",
    "Closed": "Closed by a person who was content with the answer.",
    "Cancelled": "Taken back by whoever asked.",
    "Resolved": "Ended by itself: the value now fits the check. It opens again when the value stops fitting.",
}


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
    )
    return show("studies/home.html", view)


@bp.get("/help")
def legend() -> Response:
    forms = tuple(
        (sign, FORM_WORDS[sign.word])
        for sign in (*marks.STATES.values(), *marks.SIGNATURES.values())
        if sign.word in FORM_WORDS
    )
    queries = tuple((sign, QUERY_WORDS[sign.word]) for sign in marks.QUERIES.values())
    return show("studies/help.html", LegendPage(forms, queries))
