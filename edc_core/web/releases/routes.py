"""The release page: what is released for live, by whom, and the signature that does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for

from edc_core.domain.permission import Action, Place
from edc_core.errors import NotFound
from edc_core.ids import new_id
from edc_core.services import releasing
from edc_core.services.reading import look_at
from edc_core.web import auth, htmx
from edc_core.web.context import actor, read, study, write
from edc_core.web.moments import Moments, moments
from edc_core.web.releases.requests import ReleaseRequest
from edc_core.web.showing import show

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

    from edc_core.services.releasing import ReleaseState

bp = Blueprint("releases", __name__, url_prefix="/s/<study>")


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """:param may_sign: the person has the right, and did not publish the version. :param message: why it was not signed."""

    study: str
    state: ReleaseState
    may_sign: bool
    login: str
    statement: str
    who: str
    op: str
    message: str
    times: Moments


@bp.get("/release")
def release() -> Response:
    return _page()


def _page(message: str = "") -> Response:
    with read() as source:
        look_at(source, actor(), study())
        state = releasing.release_state(source, study())
    if state is None:
        raise NotFound(f"{study()} needs no release: only a live study with a published version does.")
    may = actor().may(Action.RELEASE_STUDY, Place.every_site(study().study_id))
    view = ReleasePage(
        study=str(study()),
        state=state,
        may_sign=may and state.release is None and state.version.actor != actor().name,
        login=actor().name,
        statement=releasing.STATEMENT,
        who=releasing.WHO,
        op=new_id(),
        message=message,
        times=moments(),
    )
    return show("releases/release.html", view, status=422 if message else 200)


@bp.post("/release")
def sign() -> ResponseReturnValue:
    given = ReleaseRequest.read(request.form)
    actor().role_for(Action.RELEASE_STUDY, Place.every_site(study().study_id))  # before a password is tried
    if said := auth.second_component(given["password"]):
        return _page(said)
    command = releasing.ReleaseStudy(
        study_id=study().study_id,
        op=given["op"],
        meta_data_version=given["meta_data_version"],
        sha256=given["sha256"],
        component="password",
    )
    with write() as uow:
        releasing.release_study(uow, command)
    return htmx.go_to(url_for("releases.release", study=str(study())))
