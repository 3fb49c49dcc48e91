"""Signing in and out. The cookie holds a random token; the database holds its SHA-256 and when it was last used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_wtf.csrf import generate_csrf  # type: ignore[import-untyped]

from edc_core.clock import iso
from edc_core.domain.permission import Actor
from edc_core.errors import NotSignedIn
from edc_core.services import mailing, proving, reading, sessions, users
from edc_core.store import proofs
from edc_core.store.readers import split_name
from edc_core.web import limits, looked_at
from edc_core.web.context import core, web
from edc_core.web.requests import LoginRequest, ReauthRequest
from edc_core.web.security import csrf, is_production

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask, Response
    from flask.typing import ResponseReturnValue

    from edc_core.domain.authenticator import Authenticator

COOKIE = "edc_session"
PROOF_COOKIE = "edc_proof"
OPEN = frozenset(
    {
        "static", "auth.login", "auth.sign_in", "auth.reauth", "status.healthz", "status.icon", "account.forgot",
        "account.ask", "account.by_link", "account.set_by_link", "proving.begin", "proving.answer", "proving.script",
    }
)  # fmt: skip
#: Where a session goes whose person has something to do first, and what else it may ask for.
STAGES = {
    sessions.GIVE_CODE: ("account.code", frozenset({"account.code", "account.give_code"})),
    sessions.CHANGE_PASSWORD: ("account.account", frozenset({"account.account", "account.change_password"})),
    sessions.SET_UP: (
        "account.second_factor",
        frozenset({"account.second_factor", "account.confirm_factor"}),
    ),
}
NOBODY = Actor("anonymous")
MOST_TRIES = 3
TOUCH_EVERY = timedelta(minutes=1)
JUST = timedelta(minutes=2)  #: from a sign-in in another tab to the page that goes on with it
STALE = "This page was open for too long. Please sign in once more."
NEEDS_MORE = (
    "This account needs more than its password. Choose 'Sign in another way'; this page stays as it is."
)
NOT_BACK = "You are not signed in again yet. Choose 'Sign in another way', or type your password."
WRONG = "The e-mail and password did not match."

bp = Blueprint("auth", __name__)


def register(app: Flask) -> None:
    """Let no request past without a live session, except to the few open addresses."""
    limits.register(app, COOKIE)
    app.before_request(let_in)
    app.after_request(looked_at.note)
    app.register_blueprint(bp)


def is_signed_in() -> bool:
    try:
        identify()
    except NotSignedIn:
        return False
    return True


def identify(*, study: str = "") -> str:
    """Know who asks, and find the study in the address: one look at the database for both.

    :returns: what the person has to do first.
    :raises NotSignedIn: there is no live session. :raises NotFound: no study of this name that the person may know of.
    """
    token, here = request.cookies.get(COOKIE, ""), core()
    minutes = here.settings.session_minutes
    with here.glance() as source:
        present = sessions.who_is(
            source, here.clock, token, idle_minutes=minutes, study_oid=split_name(study)[0]
        )
    g.actor, g.stage = present.actor, present.stage
    if study:
        g.study = reading.study_seen(present.actor, study, present.studies)
    if present.seen_at < iso(here.clock.now() - TOUCH_EVERY):
        with here.write(present.actor) as uow:
            sessions.touch_session(uow, token)
    return present.stage


def let_in() -> ResponseReturnValue | None:
    """Know who asks, or refuse; who has something to do first is led there. The study is taken out of the address.

    :raises NotSignedIn: there is no live session. :raises NotFound: see ``identify``.
    """
    asked = request.endpoint
    if asked in OPEN:
        return None
    stage = identify(study=(request.view_args or {}).pop("study", ""))
    if not stage or asked == "auth.logout":
        return None
    first, allowed = STAGES[stage]
    if asked in allowed:
        return None
    if request.method != "GET":
        raise NotSignedIn("Finish signing in first.")
    here = request.full_path.rstrip("?")
    on = {"next": here} if stage == sessions.GIVE_CODE and here != "/" else {}
    return redirect(url_for(first, **on), 303)  # type: ignore[arg-type]


@bp.get("/login")
def login() -> str:
    return _page(request.args)


def sign_in_page(given: Mapping[str, str], message: str) -> ResponseReturnValue:
    """The sign-in page with what was not right."""
    return make_response(_page(given, message), 422)


def sign_in_once_more() -> ResponseReturnValue:
    """The sign-in page again, with a fresh token: the one that came is older than the browser's cookie, or another tab's."""
    return make_response(_page(request.form, STALE), 403)


def _page(given: Mapping[str, str], message: str = "") -> str:
    return render_template(
        "login.html",
        next=local(given.get("next", "")),
        message=message,
        login=given.get("login", ""),
        authenticators=web().authenticators,
    )


@bp.post("/login")
def sign_in() -> ResponseReturnValue:
    given = LoginRequest.read(request.form)
    outcome = _try(given["login"], given["password"])
    if outcome.token:
        return remember(redirect(local(given["next"]) or url_for("home"), 303), outcome.token)  # type: ignore[arg-type]
    return sign_in_page(given, refusal(outcome))


@bp.post("/reauth")
@csrf.exempt  # type: ignore[untyped-decorator]
def reauth() -> ResponseReturnValue:
    """Sign in again from the page that is open; the same person only, since the page is theirs.

    Without a password, the person has just done so in another tab of this browser.
    """
    given = ReauthRequest.read(request.form)
    if not given["password"]:
        is_back = is_signed_in() and not g.stage and g.actor.name == given["login"] and _has_just_begun()
        return jsonify(csrf=generate_csrf()) if is_back else make_response(jsonify(message=NOT_BACK), 422)
    outcome = _try(given["login"], given["password"])
    if not outcome.token or outcome.stage:
        wrong = refusal(outcome, f"This is not the password of {given['login']}.")
        return make_response(jsonify(message=NEEDS_MORE if outcome.token else wrong), 422)
    return remember(make_response(jsonify(csrf=generate_csrf())), outcome.token)


@bp.get("/reauth")
def back() -> str:
    """The end of a sign-in in another tab: it tells the covered page, which goes on."""
    return render_template("account/back.html")


def _has_just_begun() -> bool:
    """A session that went on behind a covered page opens nothing."""
    begun = iso(core().clock.now() - JUST)
    with core().read() as source:
        return sessions.session_began(source, request.cookies.get(COOKIE, "")) > begun


@bp.post("/logout")
def logout() -> ResponseReturnValue:
    with core().write(g.actor) as uow:
        sessions.log_out(uow, request.cookies.get(COOKIE, ""), address=request.remote_addr or "")
    response = redirect(url_for("auth.login"), 303)
    response.delete_cookie(COOKIE)
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


@bp.post("/ping")
def ping() -> ResponseReturnValue:
    """A person is at the page: the doorkeeper has just noted it."""
    return "", 204


def second_component(password: str, login: str = "") -> str:
    """Have the person who is signed in proved once more, for a signature.

    :param login: as typed, where both components are asked for (21 CFR 11.200(a)(1)); empty takes who is signed in.
    :returns: why not, or nothing. Wrong passwords count as at the sign-in.
    :raises NotSignedIn: it was the third wrong one in a row; the session is over (21 CFR 11.300(d)).
    """
    if login and login.strip() != g.actor.name:
        return f"You are signed in as {g.actor.name}. Sign with your own user name."
    if not password:
        return "Type your password."
    outcome = _try(g.actor.name, password)
    if not outcome.token:
        if login and outcome.failures >= MOST_TRIES:
            with core().write(g.actor) as uow:
                sessions.log_out(uow, request.cookies.get(COOKIE, ""), address=request.remote_addr or "")
            raise NotSignedIn("The password was wrong three times, so your session has ended. Sign in again.")
        return refusal(outcome, f"This is not the password of {g.actor.name}.")
    with core().write(g.actor) as uow:  # it was to prove a person, not to begin another session
        sessions.log_out(uow, outcome.token, address=request.remote_addr or "")
    return ""


@dataclass(frozen=True, slots=True)
class ProofWays:
    """How the person at the page is proved for a signature besides the password.

    :param proved: what proved them a moment ago for this page; empty for nothing.
    :param offered: what they are linked to. :param here: the page to come back to.
    """

    proved: str = ""
    offered: tuple[Authenticator, ...] = ()
    here: str = ""


def proof_ways() -> ProofWays:
    """For templates that ask for both components: two statements, none where nobody signs in another way."""
    if not web().authenticators:
        return ProofWays()
    token, now = request.cookies.get(PROOF_COOKIE, ""), iso(core().clock.now())
    with core().read() as source:
        held = {one.authenticator for one in proofs.keys_of(source.connection, g.actor.user_id)}
        name = proving.proved_by(source, token, g.actor.user_id, request.path, now)
    offered = tuple(one for one in web().authenticators if one.name in held)
    proved = next((one.label for one in offered if one.name == name), "")
    here = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return ProofWays(proved, offered, here)


def signs_by(login: str, password: str) -> tuple[str, str]:
    """How the person is proved for a signature, and why not: by the password, or by a proof made for this page just before.

    :raises NotSignedIn: see ``second_component``.
    """
    if not password and login.strip() == g.actor.name:
        with core().write(g.actor) as uow:
            if found := proving.use_for_signature(uow, request.cookies.get(PROOF_COOKIE, ""), request.path):
                return found, ""
    return "password", second_component(password, login)


def _try(login: str, password: str) -> sessions.SignIn:
    with core().write(NOBODY) as uow:
        outcome = sessions.log_in(
            uow,
            login,
            password,
            address=request.remote_addr or "",
            agent=request.headers.get("User-Agent", ""),
            totp_roles=core().settings.totp_roles,
            renews=request.cookies.get(COOKIE, ""),
        )
        if outcome.locked:
            mailing.post(uow, users.named(uow, login.strip()), "locked", until=outcome.locked_until[:16])
        return outcome


def refusal(outcome: sessions.SignIn, wrong: str = WRONG) -> str:
    """What a refused sign-in says; when the account waits, for how long."""
    if not outcome.locked_until:
        return wrong
    left = datetime.fromisoformat(outcome.locked_until) - core().clock.now()
    minutes = max(1, -(-int(left.total_seconds()) // 60))
    return f"{wrong} After several tries this account waits for {minutes} minutes."


def remember(response: Response, token: str) -> Response:
    """Let the browser keep a session."""
    response.set_cookie(
        COOKIE, token, httponly=True, samesite="Lax", secure=is_production(current_app), path="/"
    )
    return response


def local(address: str) -> str:
    """An address on this server, or none: a link in a mail must not send people elsewhere after the sign-in."""
    plain = address.replace("\\", "/")  # browsers read one as the other
    parts = urlsplit(plain)
    is_local = plain.startswith("/") and not plain.startswith("//") and not parts.scheme and not parts.netloc
    return address if is_local else ""
