"""A person's own account: choose a password, by a mailed link or signed in, and see where one is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, redirect, request, url_for

from edc_core.clock import iso
from edc_core.errors import BadRequest
from edc_core.services import account_links, people, users
from edc_core.store import accounts
from edc_core.web import auth
from edc_core.web.account.requests import ChangeRequest, ForgotRequest, LinkRequest, SessionsRequest
from edc_core.web.context import actor, core, read, write
from edc_core.web.moments import Moments, moments
from edc_core.web.showing import show

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from edc_core.store.accounts import OwnSession

bp = Blueprint("account", __name__)
DIFFER = "The two passwords are not the same. Type the new one twice."


@dataclass(frozen=True, slots=True)
class ForgotPage:
    login: str = ""
    asked: bool = False


@dataclass(frozen=True, slots=True)
class LinkPage:
    login: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class AccountPage:
    """:param first: somebody else chose the password, so this is all there is to do. :param here: key of this session."""

    login: str
    first: bool
    sessions: tuple[OwnSession, ...]
    here: str
    times: Moments
    message: str = ""
    done: str = ""


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
    return show("account/by_link.html", LinkPage(user.login))


@bp.post("/password/<token>")
def set_by_link(token: str) -> ResponseReturnValue:
    given = LinkRequest.read(request.form)
    with read() as source:
        user = account_links.user_of(source, token, iso(core().clock.now()))
    try:
        _same(given)
        account_links.use_link(core(), token, given["password"])
    except BadRequest as refused:
        return show("account/by_link.html", LinkPage(user.login, refused.message), status=422)
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
            accounts.put_stage(uow.connection, _here(), "")
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


def _here() -> str:
    return users.token_digest(request.cookies.get(auth.COOKIE, ""))


def _same(given: dict[str, str]) -> None:
    if given["password"] != given["again"]:
        raise BadRequest(DIFFER)


def _page(message: str = "", *, done: str = "") -> Response:
    since = iso(core().clock.now() - timedelta(minutes=core().settings.session_minutes))
    with read() as source:
        sessions = accounts.sessions_of(source.connection, actor().user_id, since)
    first = bool(g.stage) and not done
    view = AccountPage(actor().name, first, tuple(sessions), _here(), moments(), message, done)
    return show("account/account.html", view, status=422 if message else 200)
