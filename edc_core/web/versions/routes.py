"""The pages of versions: in force where and by which approval; two versions side by side; what one means for the data."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request, url_for

from edc_core.domain.change_class import ChangeClass
from edc_core.domain.commands import Reason
from edc_core.domain.permission import Action, Place
from edc_core.domain.version_diff import differences
from edc_core.errors import BadRequest, NarrowsData, NotFound, WrongState
from edc_core.ids import new_id
from edc_core.services import impact_jobs
from edc_core.services.activating import (
    ActivateVersion,
    CancelActivation,
    activate_version,
    cancel_activation,
)
from edc_core.services.reading import look_at
from edc_core.services.version_list import version_picture
from edc_core.web import htmx
from edc_core.web.context import actor, read, study, write
from edc_core.web.moments import Moments, moments
from edc_core.web.showing import show
from edc_core.web.versions.requests import ActivateRequest, CompareRequest, ImpactRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from edc_core.domain.version_diff import Difference
    from edc_core.services.reading import StudyPicture
    from edc_core.services.version_list import VersionPicture
    from edc_core.store.jobs import Job

bp = Blueprint("versions", __name__, url_prefix="/s/<study>")
SHOWN = 200  #: rows of a list on the page; the file holds all of them


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """:param may_plugins: the person sees the page of plugins.

    :param message: why nothing was put in force; ``given`` is what was asked then.
    """

    study: str
    found: VersionPicture
    may_plugins: bool
    message: str
    given: Mapping[str, object]
    op: str
    times: Moments


@dataclass(frozen=True, slots=True)
class ComparePage:
    """:param classes: (class, its differences), what breaks first. :param job: the person's last count, if any.

    :param may_count: the person sees data that can be counted.
    """

    study: str
    old: str
    new: str
    oids: tuple[str, ...]
    classes: tuple[tuple[ChangeClass, tuple[Difference, ...]], ...]
    job: Job | None
    may_count: bool
    polls: bool
    shown: int
    op: str
    times: Moments


@bp.get("/versions")
def versions() -> Response:
    return _page()


def _page(message: str = "", given: Mapping[str, object] | None = None) -> Response:
    with read() as source:
        found = version_picture(look_at(source, actor(), study()))
    may = actor().may(Action.VIEW_PLUGINS, Place(study().study_id))
    view = VersionsPage(str(study()), found, may, message, given or {}, new_id(), moments())
    return show("versions/versions.html", view, status=422 if message else 200)


@bp.post("/versions")
def activate() -> ResponseReturnValue:
    """Put a version in force at sites, plan it, or give up what is planned."""
    given = ActivateRequest.read({**request.form, "sites": request.form.getlist("sites")})
    with read() as source:
        picture = look_at(source, actor(), study())
        numbers = {site.number: site_id for site_id, site in picture.all_sites.items()}
    if unknown := [number for number in given["sites"] if number not in numbers]:
        raise NotFound(f"There is no site '{unknown[0]}' in this study.")
    reason = Reason(text=given["reason"].strip())
    sites = tuple(numbers[number] for number in given["sites"])
    try:
        with write() as uow:
            if given["cancel"]:
                gone = CancelActivation(
                    study_id=study().study_id, op=given["op"], site_ids=sites, reason=reason
                )
                cancel_activation(uow, gone)
            else:
                command = ActivateVersion(
                    study_id=study().study_id, op=given["op"], meta_data_version=given["version"],
                    site_ids=sites, effective_from=given["effective_from"], approval=given["approval"],
                    reason=reason,
                )  # fmt: skip
                activate_version(uow, command)
    except (NarrowsData, WrongState, BadRequest) as refused:
        return _page(refused.message, given)
    return htmx.go_to(url_for("versions.versions", study=str(study())))


@bp.get("/versions/compare")
def compare() -> Response:
    given = CompareRequest.read(request.args)
    with read() as source:
        picture = look_at(source, actor(), study())
        found = version_picture(picture)
        oids = tuple(line.published.oid for line in found.versions)
        new = given["new"] or (oids[0] if oids else "")
        older = oids[oids.index(new) + 1 :] if new in oids else ()
        old = given["old"] or (older[0] if older else new)
        view = _compared(picture, old, new, oids)
    return show("versions/compare.html", view, block="impact")


def _compared(picture: StudyPicture, old: str, new: str, oids: tuple[str, ...]) -> ComparePage:
    told = differences(picture.version(old), picture.version(new))
    classes = tuple(
        (one, tuple(difference for difference in told if difference.change_class is one))
        for one in reversed(ChangeClass)
    )
    job = impact_jobs.newest(picture, new)
    may_count = picture.may(Action.VIEW_DATA)
    polls = job is not None and not job.is_over
    return ComparePage(
        str(study()), old, new, oids, classes, job, may_count, polls, SHOWN, new_id(), moments()
    )


@bp.post("/versions/impact")
def count() -> ResponseReturnValue:
    """Ask for the count of what a version means for the data."""
    given = ImpactRequest.read(request.form)
    with write() as uow:
        impact_jobs.ask(uow, look_at(uow, actor(), study()), given["new"])
    where = url_for(
        "versions.compare", study=str(study()), old=given["old"], new=given["new"], _anchor="impact"
    )
    return htmx.go_to(where)


@bp.get("/versions/impact/<job_id>/<any(forms,queries,checks):name>.csv")
def table(job_id: str, name: str) -> Response:
    """One of the lists as a file."""
    with read() as source:
        job = impact_jobs.find(look_at(source, actor(), study()), job_id)
    held = job.result["tables"][name]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(held["columns"])
    writer.writerows(held["rows"])
    answer = Response(text.getvalue(), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"impact-{name}.csv")
    return answer
