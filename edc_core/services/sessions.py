"""Sessions: how a person signs in, who is in a session, how it ends. None of it is in the ledger."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from edc_core.clock import iso
from edc_core.domain.evidence import EvidenceKind
from edc_core.domain.password import MAX_FAILURES, wait_after
from edc_core.errors import NotSignedIn
from edc_core.services import users
from edc_core.store import accounts

if TYPE_CHECKING:
    from edc_core.clock import Clock
    from edc_core.domain.permission import Actor
    from edc_core.store.readers import StudyRow
    from edc_core.store.unit_of_work import Source, UnitOfWork

#: Stages of a session that may do nothing else yet: give the code, choose a password, set up a second factor.
GIVE_CODE, CHANGE_PASSWORD, SET_UP = "code", "password", "enrol"
#: Who has worked in a session of this age renews it with the password alone (NIST SP 800-63B-4, 2.2.3).
RENEWED = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class SignIn:
    """The outcome of a sign-in: a session token, or none and perhaps until when the account waits.

    :param stage: what is still to be done before anything else; empty for nothing.
    :param locked: the account began to wait with this failure.
    :param failures: wrong passwords in a row, this one among them.
    """

    token: str = ""
    locked_until: str = ""
    stage: str = ""
    locked: bool = False
    failures: int = 0


def log_in(
    uow: UnitOfWork,
    login: str,
    password: str,
    *,
    address: str = "",
    agent: str = "",
    totp_roles: frozenset[str] = frozenset(),
    renews: str = "",
) -> SignIn:
    """Begin a session; the token goes into the cookie, only its SHA-256 into the database.

    Nothing says which part was wrong. After five failures in a row the account waits fifteen minutes, and twice as long
    after each further five. It does not raise, because the failure has to be committed.

    :param totp_roles: roles that need a second factor. :param renews: token of the session that ended on this page.
    """
    now = uow.clock.now()
    user = accounts.by_login(uow.connection, login.strip())
    secret = accounts.credential_of(uow.connection, user.user_id) if user is not None else None
    if user is None or secret is None or not user.active:
        users.is_password(None, password)  # takes as long as for a real account
        accounts.log_access(uow.connection, iso(now), login[:255], "sign-in refused", address=address)
        return SignIn()
    if secret.locked_until > iso(now):
        accounts.log_access(uow.connection, iso(now), user.login, "sign-in refused, locked", address=address)
        return SignIn(locked_until=secret.locked_until)
    if not users.is_password(secret.password_hash, password):
        accounts.log_access(uow.connection, iso(now), user.login, "sign-in refused", address=address)
        return failed(uow, user, secret)
    renewed = bool(secret.totp) and _renews(uow, user, renews)
    if renewed or not secret.totp:  # with a second factor the code has to be right too, now or before
        accounts.put_failures(uow.connection, user.user_id, 0, "")
    return begun(uow, user, stage_after(uow, user, totp_roles, coded=renewed), address=address, agent=agent)


def begun(
    uow: UnitOfWork, user: accounts.UserRow, stage: str, *, address: str, agent: str, by: str = ""
) -> SignIn:
    """A session of somebody who was proved, which the access log has. :param by: the authenticator that did."""
    token, now = secrets.token_urlsafe(32), iso(uow.clock.now())
    digest = users.token_digest(token)
    accounts.begin_session(
        uow.connection, digest, user.user_id, now, stage=stage, address=address, agent=agent
    )
    accounts.log_access(uow.connection, now, user.login, "signed in", detail=by, address=address)
    return SignIn(token, stage=stage)


def stage_after(
    uow: UnitOfWork,
    user: accounts.UserRow,
    totp_roles: frozenset[str],
    *,
    coded: bool,
    factor_elsewhere: bool = False,
) -> str:
    """What a person has to do next after the password, or after another authenticator proved them.

    :param coded: the code of the second factor was given. :param factor_elsewhere: that authenticator asked for one.
    """
    secret = accounts.credential_of(uow.connection, user.user_id)
    has_app = secret is not None and bool(secret.totp)
    if has_app and not coded:
        return GIVE_CODE
    if secret is not None and secret.must_change and not factor_elsewhere:
        return CHANGE_PASSWORD
    if has_app or factor_elsewhere:
        return ""
    day = users.today(uow.clock)
    live = [one for one in accounts.grants_of(uow.connection, user.user_id) if one.is_live(day)]
    asked = any(one.role in totp_roles or EvidenceKind.SECOND_FACTOR in one.needs for one in live)
    return SET_UP if asked else ""


def _renews(uow: UnitOfWork, user: accounts.UserRow, token: str) -> bool:
    before = accounts.session_user(uow.connection, users.token_digest(token)) if token else None
    return (
        before is not None
        and before.user.user_id == user.user_id
        and not (before.ended_at or before.stage)
        and before.seen_at > iso(uow.clock.now() - RENEWED)
    )


def failed(uow: UnitOfWork, user: accounts.UserRow, secret: accounts.CredentialRow) -> SignIn:
    """Count a wrong password or code; after five the account waits."""
    failures = secret.failures + 1
    if failures < MAX_FAILURES:
        accounts.put_failures(uow.connection, user.user_id, failures, "", secret.lockouts)
        return SignIn(failures=failures)
    lockouts = secret.lockouts + 1
    until = iso(uow.clock.now() + wait_after(lockouts))
    accounts.put_failures(uow.connection, user.user_id, 0, until, lockouts)
    accounts.log_access(uow.connection, iso(uow.clock.now()), user.login, "locked", detail=until)
    return SignIn(locked_until=until, locked=True, failures=failures)


def log_out(uow: UnitOfWork, token: str, *, address: str = "") -> None:
    """End a session; ending one that has ended is harmless."""
    now = iso(uow.clock.now())
    accounts.end_session(uow.connection, users.token_digest(token), now)
    accounts.log_access(uow.connection, now, uow.actor.name, "signed out", address=address)


@dataclass(frozen=True, slots=True)
class Present:
    """Who asks, when the session was last seen (ISO 8601), and the studies of the OID asked for.

    :param stage: what the person has to do before anything else; see ``SignIn``.
    """

    actor: Actor
    seen_at: str
    studies: tuple[StudyRow, ...] = ()
    stage: str = ""


def who_is(source: Source, clock: Clock, token: str, *, idle_minutes: int, study_oid: str = "") -> Present:
    """The actor of a live session with today's grants.

    :raises NotSignedIn: no such session, it ended, or it was idle too long.
    """
    if not token:
        raise NotSignedIn("Please sign in.")
    found = accounts.session_user(source.connection, users.token_digest(token), study_oid=study_oid)
    now = clock.now()
    if found is None or found.ended_at or iso(now - timedelta(minutes=idle_minutes)) > found.seen_at:
        raise NotSignedIn("Your session has ended. Sign in to go on; what you typed is kept.")
    if not found.user.active:
        raise NotSignedIn("This account is not active any more.")
    actor = users.as_actor(source, found.user, found.grants, iso(now)[:10])
    return Present(actor, found.seen_at, found.studies, found.stage)


def note_refusal(uow: UnitOfWork, action: str, study_id: str, *, address: str = "") -> None:
    """Note that somebody tried what their role does not include (REQ-ACC-04)."""
    at = iso(uow.clock.now())
    accounts.log_access(
        uow.connection, at, uow.actor.name, "refused", study_id=study_id, detail=action, address=address
    )


def session_began(source: Source, token: str) -> str:
    """When a session began, UTC ISO 8601; empty where there is none."""
    return accounts.session_began(source.connection, users.token_digest(token))


def touch_session(uow: UnitOfWork, token: str) -> None:
    """Note that a session is in use; callers do it at most once a minute."""
    accounts.see_session(uow.connection, users.token_digest(token), iso(uow.clock.now()))
