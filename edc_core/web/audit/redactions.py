"""Redactions on a page: ask for one from an item's history, decide those that wait.

What takes words out is loaded when somebody comes here: few installations ever need it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request, url_for

from edc_core.domain.commands import Reason
from edc_core.domain.permission import Action
from edc_core.errors import NotAllowed
from edc_core.ids import new_id
from edc_core.services.reading import look_at, look_at_subject
from edc_core.web import htmx
from edc_core.web.audit.requests import AskRedactionRequest, DecideRedactionRequest
from edc_core.web.context import actor, read, study, write
from edc_core.web.moments import Moments, moments
from edc_core.web.showing import show

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from edc_core.services.redacting import WaitingRedaction

bp = Blueprint("redactions", __name__, url_prefix="/s/<study>")
SUBJECT = "/subjects/<key:subject_key>"


@dataclass(frozen=True, slots=True)
class RedactionsPage:
    """What waits for a second person, and the entry that this person asks about.

    :param subject_key: with ``entry``, what to ask about; empty where nobody asks.
    """

    study: str
    waiting: tuple[WaitingRedaction, ...]
    may_decide: bool
    subject_key: str
    entry: int
    op: str
    times: Moments


@bp.get("/redactions")
def redactions() -> Response:
    return _page()


@bp.get(f"{SUBJECT}/redactions/<int:entry>/ask")
def ask(subject_key: str, entry: int) -> Response:
    return _page(subject_key, entry)


def _page(subject_key: str = "", entry: int = 0) -> Response:
    from edc_core.services import redacting

    with read() as source:
        picture = look_at(source, actor(), study())
        waiting = redacting.waiting(picture)
        if subject_key:
            site = look_at_subject(picture, subject_key).site_id
            if not picture.may(Action.REDACT, site):
                raise NotAllowed(f"Your role does not include: {Action.REDACT}.", action=str(Action.REDACT))
        decide = picture.may(Action.APPROVE_REDACTION)
        view = RedactionsPage(str(study()), waiting, decide, subject_key, entry, new_id(), moments())
        return show("audit/redactions.html", view)


@bp.post(f"{SUBJECT}/redactions/<int:entry>/ask")
def send(subject_key: str, entry: int) -> ResponseReturnValue:
    from edc_core.services import redacting

    given = AskRedactionRequest.read(request.form)
    command = redacting.RequestRedaction(
        study_id=study().study_id, op=given["op"], subject_key=subject_key, n=entry,
        reason=Reason(text=given["reason"].strip()),
    )  # fmt: skip
    with write() as uow:
        redacting.request_redaction(uow, command)
    return htmx.go_to(url_for("redactions.redactions", study=str(study())))


@bp.post(f"{SUBJECT}/redactions/<int:asked>")
def decide(subject_key: str, asked: int) -> ResponseReturnValue:
    from edc_core.services import redacting

    given = DecideRedactionRequest.read(request.form)
    command = redacting.DecideRedaction(
        study_id=study().study_id, op=given["op"], subject_key=subject_key, request=asked,
        approve=given["approve"], reason=Reason(text=given["reason"].strip()),
    )  # fmt: skip
    with write() as uow:
        redacting.decide_redaction(uow, command)
    return htmx.go_to(url_for("redactions.redactions", study=str(study())))
