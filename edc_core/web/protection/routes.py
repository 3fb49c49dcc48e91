"""The lock page: what is open before a lock, and the steps that freeze, lock and open again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from edc_core.domain.commands import Protect, ProtectStudy
from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Action
from edc_core.errors import NotAllowed, NotFound
from edc_core.ids import new_id
from edc_core.services.protection_console import console
from edc_core.services.reading import StudyPicture, find_site, look_at, look_at_subject
from edc_core.web import htmx, marks
from edc_core.web.context import actor, carry_out, read, study
from edc_core.web.moments import Moments, moments
from edc_core.web.protection.requests import LockPageRequest, LockRequest
from edc_core.web.showing import show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from edc_core.domain.protection import Protection
    from edc_core.services.protection_console import Console
    from edc_core.web.marks import Sign

bp = Blueprint("protection", __name__, url_prefix="/s/<study>")
#: Who has business on this page.
_MAY = (Action.FREEZE, Action.LOCK, Action.LOCK_STUDY, Action.APPROVE_UNLOCK, Action.APPROVE_STUDY_LOCK)


@dataclass(frozen=True, slots=True)
class LockPage:
    """What is open and what is protected. :param two_persons: locking the study and every unlock take two."""

    study: str
    console: Console
    two_persons: bool
    op: str
    earlier: str
    later: str
    times: Moments
    protections: Mapping[Protection, Sign]


@bp.get("/lock")
def lock() -> Response:
    given = LockPageRequest.read(request.args)
    with read() as source:
        picture = look_at(source, actor(), study())
        _require(picture)
        return show("protection/lock.html", _view(console(picture, given["site"], given["page"])))


def _require(picture: StudyPicture) -> None:
    if not any(picture.may(action) for action in _MAY):
        raise NotAllowed(f"Your role does not include: {Action.LOCK}.", action=str(Action.LOCK))


def _view(found: Console) -> LockPage:
    def page(number: int) -> str:
        site = found.opened.number if found.opened else ""
        return url_for("protection.lock", study=str(study()), site=site, page=number, _anchor="subjects")

    return LockPage(
        study=str(study()),
        console=found,
        two_persons=study().environment == "live",
        op=new_id(),
        earlier=page(found.page - 1) if found.page > 1 else "",
        later=page(found.page + 1) if found.page < found.pages else "",
        times=moments(),
        protections=marks.PROTECTIONS,
    )


@bp.post("/lock")
def act() -> ResponseReturnValue:
    given = LockRequest.read(request.form)
    with read() as source:
        picture = look_at(source, actor(), study())
        _require(picture)
        site_id = _site_id(picture, given["site"])
        if given["subject"]:
            look_at_subject(picture, given["subject"])
    common: dict[str, Any] = {
        "study_id": study().study_id,
        "op": given["op"],
        "action": given["action"],
        "reason": given["reason"],
    }
    if given["subject"]:
        carry_out(Protect(subject_key=given["subject"], path=ItemPath(), **common))
    else:
        carry_out(ProtectStudy(site_id=site_id, **common))
    site = {"site": given["site"]} if given["subject"] else {}
    return htmx.go_to(url_for("protection.lock", study=str(study()), **site))


def _site_id(picture: StudyPicture, number: str) -> str:
    if not number:
        return ""
    site = find_site(picture, number)
    if site is None:
        raise NotFound("There is no such site in this study.")
    return site.site_id
