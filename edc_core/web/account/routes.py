"""A person's own account: choose a password, by a mailed link or signed in, and see where one is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import segno
from flask import Blueprint, Response, g, redirect, request, url_for
from markupsafe import Markup

from edc_core.clock import iso
from edc_core.errors import BadRequest
from edc_core.services import account_links, people, second_factor, sessions, users
from edc_core.store import accounts, proofs
from edc_core.web import auth
from edc_core.web.account.requests import (
    ChangeRequest,
    CodeRequest,
    DigestRequest,
    FactorRequest,
    ForgotRequest,
    LinkRequest,
    SessionsRequest,
)
from edc_core.web.context import actor, core, read, web, write
from edc_core.web.moments import Moments, moments
from edc_core.web.showing import show

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from edc_core.domain.authenticator import Authenticator
    from edc_core.store.accounts import OwnSession
    from edc_core.store.proofs import KeyRow
    from edc_core.store.unit_of_work import UnitOfWork

bp = Blueprint("account", __name__)
DIFFER = "The two passwords are not the same. Type the new one twice."


@dataclass(frozen=True, slots=True)
class ForgotPage:
    login: str = ""
    asked: bool = False


@dataclass(frozen=True, slots=True)
class LinkPage:
    login: str
    link: str
    authenticators: tuple[Authenticator, ...]
    message: str = ""


@dataclass(frozen=True, slots=True)
class AccountPage:
    """:param first: somebody else chose the password, so this is all there is to do. :param here: key of this session."""

    login: str
    first: bool
    sessions: tuple[OwnSession, ...]
    here: str
    has_factor: bool
    times: Moments
    keys: tuple[KeyRow, ...]
    authenticators: tuple[Authenticator, ...]
    email: str
    wants_digest: bool
    message: str = ""
    done: str = ""


@dataclass(frozen=True, slots=True)
class CodePage:
    """:param next: where the person was going."""

    login: str
    next: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class FactorPage:
    """:param picture: the QR code as SVG. :param codes: recovery codes, shown once, when it is set up."""

    first: bool
    sealed: str = ""
    secret: str = ""
    picture: str = ""
    message: str = ""
    codes: tuple[str, ...] = ()


@bp.get("/forgot")
def forgot() -> Response:
    return show("account/forgot.html", ForgotPage(request.args.get("login", "")))


@bp.post("/forgot")
def ask() -> Response:
    """The answer is the same for every login."""
    given = ForgotRequest.read(request.form)
    with core().write(auth.NOBODY) as uow:
        account_links.ask_reset(uow, given["login"], address=request.remote_addr or "")
    return show("account/forgot.html", ForgotPage(given["login"], asked=True))


@bp.get("/password/<token>")
def by_link(token: str) -> Response:
    with read() as source:
        user = account_links.user_of(source, token, iso(core().clock.now()))
    return _by_link(user.login, token)


@bp.post("/password/<token>")
def set_by_link(token: str) -> ResponseReturnValue:
    given = LinkRequest.read(request.form)
    with read() as source:
        user = account_links.user_of(source, token, iso(core().clock.now()))
    try:
        _same(given)
        account_links.use_link(core(), token, given["password"])
    except BadRequest as refused:
        return _by_link(user.login, token, refused.message)
    return redirect(url_for("auth.login", login=user.login), 303)


@bp.get("/account")
def account() -> Response:
    return _page()


@bp.post("/account/password")
def change_password() -> ResponseReturnValue:
    """Ends every other session of the account: whoever knew the old password is out."""
    given = ChangeRequest.read(request.form)
    if why := auth.second_component(given["present"]):
        return _page(why)
    try:
        _same(given)
        with write() as uow:
            users.set_password(uow, actor().name, given["password"])
            _next_stage(uow)
            people.end_sessions(uow, actor().name, but=_here())
    except BadRequest as refused:
        return _page(refused.message)
    if g.stage:
        return redirect(url_for("home"), 303)
    return _page(done="Your password is changed, and you are signed out everywhere else.")


@bp.post("/account/sessions")
def end_sessions() -> ResponseReturnValue:
    given = SessionsRequest.read(request.form)
    with write() as uow:
        people.end_sessions(uow, actor().name, only=given["key"], but="" if given["key"] else _here())
    return redirect(url_for("account.account"), 303)


@bp.post("/account/digest")
def set_digest() -> ResponseReturnValue:
    given = DigestRequest.read(request.form)
    with write() as uow:
        people.set_digest(uow, actor().name, wanted=given["wanted"])
    return redirect(url_for("account.account"), 303)


@bp.get("/code")
def code() -> Response:
    return show("account/code.html", CodePage(actor().name, auth.local(request.args.get("next", ""))))


@bp.post("/code")
def give_code() -> ResponseReturnValue:
    given = CodeRequest.read(request.form)
    with write() as uow:
        outcome = second_factor.check(uow, core().settings, given["code"], address=request.remote_addr or "")
        if outcome is None:
            accounts.put_failures(uow.connection, actor().user_id, 0, "")
            _next_stage(uow)
    onward = auth.local(given["next"])
    if outcome is None:
        return redirect(onward or url_for("home"), 303)
    message = auth.refusal(outcome, second_factor.WRONG)
    return show("account/code.html", CodePage(actor().name, onward, message), status=422)


@bp.get("/account/second-factor", endpoint="second_factor")
def factor() -> Response:
    return _offer()


@bp.post("/account/second-factor")
def confirm_factor() -> ResponseReturnValue:
    given = FactorRequest.read(request.form)
    if not g.stage and (why := auth.second_component(given["password"])):
        return _offer(why, given["sealed"])
    try:
        with write() as uow:
            codes = second_factor.confirm(uow, core().settings, given["sealed"], given["code"])
            _next_stage(uow)
    except BadRequest as refused:
        return _offer(refused.message, given["sealed"])
    return show("account/second_factor.html", FactorPage(bool(g.stage), codes=codes))


def _offer(message: str = "", sealed: str = "") -> Response:
    """The page with a new secret, or again with the one that was offered while it is good."""
    fresh, secret, uri = second_factor.offer(core().settings, actor().name, sealed)
    picture = Markup(segno.make(uri).svg_inline(scale=4, border=4, light="white"))  # noqa: S704 - made here, of base32 and a quoted login
    view = FactorPage(bool(g.stage), fresh, secret, picture, message)
    return show("account/second_factor.html", view, status=422 if message else 200)


def _next_stage(uow: UnitOfWork) -> None:
    """The person has done what was to be done; is there more?"""
    user = users.named(uow, actor().name)
    stage = sessions.stage_after(uow, user, core().settings.totp_roles, coded=True)
    accounts.put_stage(uow.connection, _here(), stage)


def _here() -> str:
    return users.token_digest(request.cookies.get(auth.COOKIE, ""))


def _by_link(login: str, token: str, message: str = "") -> Response:
    view = LinkPage(login, token, web().authenticators, message)
    return show("account/by_link.html", view, status=422 if message else 200)


def _same(given: dict[str, str]) -> None:
    if given["password"] != given["again"]:
        raise BadRequest(DIFFER)


def _page(message: str = "", *, done: str = "") -> Response:
    since = iso(core().clock.now() - timedelta(minutes=core().settings.session_minutes))
    with read() as source:
        open_ = accounts.sessions_of(source.connection, actor().user_id, since)
        held = accounts.credential_of(source.connection, actor().user_id)
        keys = proofs.keys_of(source.connection, actor().user_id)
        user = users.named(source, actor().name)
    first = bool(g.stage) and not done
    view = AccountPage(
        login=actor().name,
        first=first,
        sessions=tuple(open_),
        here=_here(),
        has_factor=held is not None and bool(held.totp),
        times=moments(),
        keys=keys,
        authenticators=web().authenticators,
        email=user.email,
        wants_digest=user.wants_digest,
        message=message,
        done=done,
    )
    return show("account/account.html", view, status=422 if message else 200)
