"""The release page: what is released for live, by whom, and the signature that does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for

from edc_core.domain.permission import Action, Place
from edc_core.domain.version_release import STEPS, acceptance_refusal
from edc_core.errors import NotFound
from edc_core.ids import new_id
from edc_core.services import releasing
from edc_core.services.reading import look_at
from edc_core.store import going_live
from edc_core.web import auth, htmx
from edc_core.web.context import actor, read, study, write
from edc_core.web.moments import Moments, moments
from edc_core.web.releases.requests import ReleaseRequest
from edc_core.web.showing import show

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

    from edc_core.domain.version_release import Acceptance, ReleaseStep, StepWords
    from edc_core.errors import EdcError
    from edc_core.services.releasing import ReleaseState

bp = Blueprint("releases", __name__, url_prefix="/s/<study>")


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """:param steps: what the person can sign now; ``signing`` says each. :param message: why it was not signed.

    :param report: the newest one of acceptance testing. :param left: what it leaves open. :param reason: as it was given.
    """

    study: str
    state: ReleaseState
    steps: tuple[ReleaseStep, ...]
    may: bool
    login: str
    signing: dict[ReleaseStep, StepWords]
    who: str
    op: str
    message: str
    times: Moments
    report: Acceptance | None
    left: EdcError | None
    reason: str


@bp.get("/release")
def release() -> Response:
    return _page()


def _page(message: str = "", reason: str = "") -> Response:
    with read() as source:
        look_at(source, actor(), study())
        state = releasing.release_state(source, study())
        report = going_live.newest_report(source.connection, study().oid)
    if state is None:
        raise NotFound(f"{study()} needs no release: only a live study with a published version does.")
    view = ReleasePage(
        study=str(study()),
        state=state,
        steps=state.steps(actor()),
        may=actor().may(Action.RELEASE_STUDY, Place.every_site(study().study_id)),
        login=actor().name,
        signing=STEPS,
        who=releasing.WHO,
        op=new_id(),
        message=message,
        times=moments(),
        report=report,
        left=acceptance_refusal(report, state.version.oid, state.version.sha256),
        reason=reason,
    )
    return show("releases/release.html", view, status=422 if message else 200)


@bp.post("/release")
def sign() -> ResponseReturnValue:
    given = ReleaseRequest.read(request.form)
    actor().role_for(Action.RELEASE_STUDY, Place.every_site(study().study_id))  # before a password is tried
    component, said = auth.signs_by(actor().name, given.pop("password"))
    if said:
        return _page(said, given["reason"].text)
    command = releasing.ReleaseStudy(study_id=study().study_id, component=component, **given)
    with write() as uow:
        releasing.release_study(uow, command)
    return htmx.go_to(url_for("releases.release", study=str(study())))
