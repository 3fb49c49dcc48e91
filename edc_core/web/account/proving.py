"""Addresses of other authenticators than the password: begin a proof, take its answer, use it for what it was asked for."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, g, redirect, request, url_for

from edc_core.clock import iso
from edc_core.domain.authenticator import ProofPurpose, SendTo
from edc_core.domain.permission import Actor
from edc_core.errors import BadRequest, EdcError, NotFound, NotSignedIn, way_of
from edc_core.services import account_links, proving, users
from edc_core.store import accounts
from edc_core.web import auth, errors
from edc_core.web.account.requests import ProofRequest, UnlinkRequest
from edc_core.web.context import actor, core, read, web, write
from edc_core.web.security import is_production
from edc_core.web.showing import show

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from edc_core.domain.authenticator import Authenticator
    from edc_core.services.proving import Answered
    from edc_core.store.accounts import UserRow

bp = Blueprint("proving", __name__)
log = logging.getLogger(__name__)
UNKNOWN = (
    "No account here is linked to this. Sign in as you did before, or by the link of your invitation, and link it "
    "under My account."
)
ANOTHER = "This proves somebody else than the person who is signed in. Nothing was signed."


@dataclass(frozen=True, slots=True)
class ProvePage:
    """:param address: where to go on; empty where the script asks. :param ask: what the script gets, as JSON."""

    name: str
    label: str
    address: str
    ask: str
    has_script: bool


@bp.post("/prove/<name>/begin")
def begin(name: str) -> ResponseReturnValue:
    given = ProofRequest.read(request.form)
    try:
        return _begin(name, given)
    except BadRequest as refused:
        return _refused(refused)


def _begin(name: str, given: dict[str, Any]) -> Response:
    authenticator = _authenticator(name)
    purpose = given["purpose"]
    user = _whose(purpose, given["link"])
    if (
        purpose is ProofPurpose.LINK
        and not given["link"]
        and (said := auth.second_component(given["password"]))
    ):
        raise BadRequest(said)
    link = users.token_digest(given["link"]) if given["link"] else ""
    token, step = proving.begin(
        core(), authenticator, purpose, user, back=_back(name), next_page=auth.local(given["next"]), link=link
    )
    ask, address = ("", step.address) if isinstance(step, SendTo) else (json.dumps(dict(step.ask)), "")
    view = ProvePage(name, authenticator.label, address, ask, authenticator.script is not None)
    response = show("account/prove.html", view)
    response.set_cookie(
        auth.PROOF_COOKIE, token, httponly=True, samesite="Lax", secure=is_production(current_app), path="/"
    )
    return response


@bp.route("/prove/<name>", methods=["GET", "POST"])
def answer(name: str) -> ResponseReturnValue:
    given = {field: text[:20_000] for field, text in request.values.items()}
    try:
        answered = _finish(name, given)
        return _USES[ProofPurpose(answered.attempt.purpose)](answered)
    except BadRequest as refused:
        return _refused(refused)


@bp.get("/prove/<name>/script.js")
def script(name: str) -> Response:
    path = _authenticator(name).script
    if path is None:
        raise NotFound("There is no such script.")
    return Response(path.read_text(encoding="utf-8"), mimetype="text/javascript")


@bp.post("/account/keys")
def unlink() -> ResponseReturnValue:
    given = UnlinkRequest.read(request.form)
    with write() as uow:
        proving.unlink(uow, given["authenticator"], given["created_at"])
    return redirect(url_for("account.account"), 303)


def _refused(refused: BadRequest) -> ResponseReturnValue:
    """Why it was not done, on a page; nobody is signed out by it."""
    if auth.is_signed_in():
        return errors.answer(422, refused.message)
    return auth.sign_in_page({}, refused.message)


def _authenticator(name: str) -> Authenticator:
    found = next((one for one in web().authenticators if one.name == name), None)
    if found is None:
        raise NotFound("Nobody signs in this way here.")
    return found


def _back(name: str) -> str:
    return f"{core().settings.base_url}/prove/{name}"


def _whose(purpose: ProofPurpose, link: str) -> UserRow | None:
    if purpose is ProofPurpose.SIGN_IN:
        return None
    with read() as source:
        if link:
            return account_links.user_of(source, link, iso(core().clock.now()))
        _require_signed_in()
        return users.named(source, actor().name)


def _require_signed_in() -> None:
    auth.identify()
    if g.stage:
        raise NotSignedIn("Finish signing in first.")


def _finish(name: str, given: dict[str, str]) -> Answered:
    authenticator = _authenticator(name)
    token = request.cookies.get(auth.PROOF_COOKIE, "")
    try:
        return proving.finish(core(), authenticator, token, given, back=_back(name))
    except EdcError:
        raise
    except Exception as error:
        log.error("the answer of authenticator '%s' could not be judged: %s", name, way_of(error))  # noqa: TRY400
        raise BadRequest(
            f"{authenticator.label} cannot be asked now. Try again later, or sign in another way."
        ) from error


def _sign_in(answered: Answered) -> ResponseReturnValue:
    with core().write(auth.NOBODY) as uow:
        outcome = proving.sign_in(
            uow,
            answered,
            address=request.remote_addr or "",
            agent=request.headers.get("User-Agent", ""),
            totp_roles=core().settings.totp_roles,
        )
    if not outcome.token:
        raise BadRequest(UNKNOWN)
    return auth.remember(redirect(answered.attempt.next or url_for("home"), 303), outcome.token)  # type: ignore[arg-type]


def _link(answered: Answered) -> ResponseReturnValue:
    """By an invitation the person is signed in with it at once; nothing else sets a password with it any more."""
    attempt = answered.attempt
    if not attempt.link:
        _require_same(answered)
        with write() as uow:
            proving.link(uow, answered)
        return redirect(url_for("account.account"), 303)
    now = iso(core().clock.now())
    with read() as source:
        user = accounts.user_of_link(source.connection, attempt.link, now)
    if user is None:
        raise BadRequest("This link was used already or is too old. Ask for a new one on the sign-in page.")
    with core().write(Actor(user.login)) as uow:  # the link proves who it is
        proving.link(uow, answered)
        accounts.spend_links(uow.connection, user.user_id, now)
    return _sign_in(answered)


def _keep_for_signature(answered: Answered) -> ResponseReturnValue:
    _require_same(answered)
    with write() as uow:
        is_theirs = proving.keep_for_signature(uow, answered, request.cookies.get(auth.PROOF_COOKIE, ""))
    if not is_theirs:
        raise BadRequest(ANOTHER)
    return redirect(answered.attempt.next or url_for("home"), 303)


def _require_same(answered: Answered) -> None:
    _require_signed_in()
    if answered.attempt.user_id != actor().user_id:
        raise BadRequest(proving.TOO_OLD)


_USES = {ProofPurpose.SIGN_IN: _sign_in, ProofPurpose.LINK: _link, ProofPurpose.SIGN: _keep_for_signature}
