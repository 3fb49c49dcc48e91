"""Addresses of signatures: the list of what waits for one, the sign page of a place, and the manifest behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from edc_core.clock import iso
from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Action
from edc_core.errors import BadRequest, EdcError, EditConflict, NotFound, ReasonRequired, WrongState
from edc_core.services import signing
from edc_core.services.reading import look_at, look_at_subject
from edc_core.store import accounts
from edc_core.web import auth, htmx
from edc_core.web.context import actor, core, read, study, write
from edc_core.web.errors import status_of
from edc_core.web.showing import show
from edc_core.web.signing import pages, sheets
from edc_core.web.signing.requests import KeptRequest, ManyRequest, SheetRequest, SignRequest, WithdrawRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flask.typing import ResponseReturnValue

bp = Blueprint("signing", __name__, url_prefix="/s/<study>")
SHEET = "/subjects/<key:subject_key>/signature"


@bp.get("/sign")
def sign() -> Response:
    with read() as source:
        return show("signing/to_sign.html", pages.to_sign_page(source, request.args.get("milestone", "")))


@bp.get("/sign/read")
def many() -> Response:
    return _many(_once(request.args.getlist("subject")), request.args.get("milestone", ""))


@bp.post("/sign/read")
def give_many() -> ResponseReturnValue:
    """Each casebook is signed for itself: one that has changed meanwhile does not keep the others from it."""
    several = {name: _once(request.form.getlist(name)) for name in ("sheet", "subject")}
    given = ManyRequest.read({**request.form, **several})
    read_ = [sheets.read_sheet(value) for value in given["sheet"][: pages.MOST_AT_ONCE]]
    for key, _ in read_:
        _require(key)
    milestone, shown = given["milestone"], _once([*given["subject"], *(key for key, _ in read_)])
    if not read_:
        return _many(shown, milestone, BadRequest("Nothing was marked as read, so nothing was signed."))
    component, said = auth.signs_by(given["login"], given["password"])
    if said:
        return _many(shown, milestone, ReasonRequired(said), marked=given["sheet"])
    signed, refused = [], []
    for number, (key, sha256) in enumerate(read_):
        try:
            _give(given, component, f"{given['op']}:{number}", key, ItemPath(), sha256)
            signed.append(key)
        except EdcError as error:
            refused.append((key, error.message))
    left = [key for key in shown if key not in signed]
    return _many(left, milestone, signed=signed, refused=refused)


def _give(
    given: Mapping[str, Any], component: str, op: str, subject_key: str, path: ItemPath, sha256: str
) -> None:
    means = {name: given[name] for name in ("meaning", "accepts", "milestone")}
    command = signing.Sign(
        study_id=study().study_id, op=op, subject_key=subject_key, path=path, sha256=sha256, component=component,
        **means,
    )  # fmt: skip
    with write() as uow:
        signing.sign(uow, command, core().files)


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _many(keys: Sequence[str], milestone: str, error: EdcError | None = None, **became: Any) -> Response:
    """:param became: of casebooks, as ``many_page`` takes it: ``signed``, ``refused``, or ``marked`` as read."""
    with core().read(consistent=True) as source:
        message = error.message if error else ""
        view = pages.many_page(source, keys, milestone, message=message, **became)
    status = status_of(error) if error else 409 if view.refused else 200
    return show("signing/many.html", view, status=status)


@bp.get(SHEET)
def sheet(subject_key: str) -> Response:
    return _sheet(subject_key, SheetRequest.read(request.args))


def _sheet(
    subject_key: str, given: Mapping[str, Any], error: EdcError | None = None, *, n: int | None = None
) -> Response:
    scope, message = ItemPath.parse(given["scope"]), error.message if error else ""
    with core().read(consistent=True) as source:
        view = pages.sign_page(source, subject_key, scope, given["milestone"], message=message, late_since=n)
    return show("signing/sheet.html", view, status=status_of(error) if error else 200)


@bp.post(SHEET)
def give(subject_key: str) -> ResponseReturnValue:
    given = SignRequest.read(request.form)
    scope = ItemPath.parse(given["scope"])
    _require(subject_key)
    component, said = auth.signs_by(given["login"], given["password"])
    if said:
        return _sheet(subject_key, given, ReasonRequired(said))
    try:
        _give(given, component, given["op"], subject_key, scope, given["sha256"])
    except EditConflict as error:
        return _sheet(subject_key, given, error, n=given["n"])
    except (WrongState, ReasonRequired) as error:
        return _sheet(subject_key, given, error)
    return htmx.go_to(sheets.address(subject_key, scope, given["milestone"]))


@bp.post(f"{SHEET}/withdraw")
def withdraw(subject_key: str) -> ResponseReturnValue:
    given = WithdrawRequest.read(request.form)
    scope = ItemPath.parse(given["scope"])
    _require(subject_key)
    command = signing.WithdrawSignature(
        study_id=study().study_id, op=given["op"], subject_key=subject_key, path=scope, n=given["n"],
        reason=given["reason"],
    )  # fmt: skip
    with write() as uow:
        signing.withdraw(uow, command)
    return htmx.go_to(sheets.address(subject_key, scope))


@bp.get(f"{SHEET}/manifest")
def manifest(subject_key: str) -> Response:
    """The canonical text of the signature that stands, byte for byte, or its picture, for whoever may see all that its
    signer saw; where two persons took words out, what is left of it.
    """
    given = KeptRequest.read(request.args)
    scope = ItemPath.parse(given["scope"])
    with read() as source:
        picture = look_at(source, actor(), study())
        subject = look_at_subject(picture, subject_key)
        picture.require_uncovered(subject.subject_id, scope)
        kept = pages.kept_at(source, subject, scope)
        unseen = picture.unseen([subject.site_id])
    file = (kept.picture if given["picture"] else kept.manifest) if kept and unseen <= kept.hides else None
    if file is None:
        raise NotFound("There is no signature here whose content you may read.")
    with write() as uow:
        accounts.log_access(
            uow.connection, iso(uow.clock.now()), actor().name, "signed content taken",
            study_id=study().study_id, detail=f"{scope} {file.sha256}", subject_key=subject_key,
        )  # fmt: skip
    ending, kind = ("pdf", "application/pdf") if given["picture"] else ("json", "application/json")
    with core().files.open(file.sha256) as stream:
        headers = {"Content-Disposition": f'attachment; filename="{file.sha256}.{ending}"'}
        return Response(stream.read(), mimetype=kind, headers=headers)


def _require(subject_key: str) -> None:
    """The right comes before the password, so that nobody's tries are counted in vain.

    :raises NotFound: no such subject in scope. :raises NotAllowed: the person does not sign here.
    """
    with read() as source:
        picture = look_at(source, actor(), study())
        actor().role_for(Action.SIGN, picture.place(look_at_subject(picture, subject_key).site_id))
