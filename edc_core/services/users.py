"""Accounts, grants and sessions. Accounts and grants are ledger entries; passwords and sessions are not in it."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from edc_core.clock import iso
from edc_core.domain.ledger_entry import SYSTEM_STUDY, EntryKind
from edc_core.domain.permission import Action, Actor, Place, Role
from edc_core.errors import AlreadyExists, BadRequest, NotAllowed, NotFound, NotSignedIn, UnsafeSettings
from edc_core.ids import new_id
from edc_core.ledger.append import Effect
from edc_core.services.operation import Command, open_study
from edc_core.store import accounts, readers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edc_core.clock import Clock
    from edc_core.domain.permission import Grant
    from edc_core.store.readers import StudyRow
    from edc_core.store.unit_of_work import Source, UnitOfWork

INSTALLATION_ROLES = frozenset({Role.ADM, Role.UAD, Role.BLD})  #: roles that may be given without a study
MIN_PASSWORD = 12
MAX_FAILURES = 5
LOCKOUT = timedelta(minutes=15)
#: Tuned to about 100 ms on a small machine; the parameters are stored in each hash.
_HASHER = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddUser(Command):
    """Create an account.

    :param is_demo: a made-up person with a password that everybody knows: marked in the ledger, refused in production.
    """

    login: str
    full_name: str
    zone: str = "UTC"
    language: str = "en"
    is_demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddGrant(Command):
    """Give a user a role. ``granted_study_id`` is empty for a role in the installation."""

    login: str
    role: Role
    granted_study_id: str = ""
    scope: str = "all"
    countries: frozenset[str] = frozenset()
    site_ids: frozenset[str] = frozenset()
    starts: str = ""
    ends: str = ""


def add_user(uow: UnitOfWork, command: AddUser) -> dict[str, Any]:
    """Create an account without a password; see ``set_password``.

    :raises AlreadyExists: the login is in use, or was ever.
    """
    operation = open_study(uow, command)
    if operation.earlier is not None:
        return operation.earlier
    operation.require(Action.MANAGE_USERS)
    login = command.login.strip()
    if not login or len(login) > 255:
        raise BadRequest("A login has 1 to 255 characters.")
    if accounts.by_login(uow.connection, login) is not None:
        raise AlreadyExists(f"The login '{login}' is taken; logins are never given twice.")
    payload = {
        "user_id": new_id(),
        "login": login,
        "full_name": command.full_name,
        "zone": command.zone,
        "language": command.language,
        "active": True,
    }
    origin = accounts.DEMO if command.is_demo else ""
    operation.record([Effect(EntryKind.GRANT_USER_ADD, "", payload, origin=origin)])
    result = {"user_id": payload["user_id"], "login": login}
    operation.finish(result)
    return result


def add_grant(uow: UnitOfWork, command: AddGrant) -> dict[str, Any]:
    """Give a user a role in a study, for all its sites, some countries or some sites.

    :raises NotFound: no such login.
    """
    operation = open_study(uow, command)
    if operation.earlier is not None:
        return operation.earlier
    operation.require(Action.MANAGE_USERS)
    if not command.granted_study_id and Role(command.role) not in INSTALLATION_ROLES:
        raise BadRequest(f"{command.role} is a role in a study. Name the study.")
    user = accounts.by_login(uow.connection, command.login)
    if user is None:
        raise NotFound(f"There is no user '{command.login}'.")
    payload = {
        "grant_id": new_id(),
        "user_id": user.user_id,
        "study_id": command.granted_study_id,
        "role": Role(command.role).value,
        "scope": command.scope,
        "countries": json.dumps(sorted(command.countries)),
        "site_ids": json.dumps(sorted(command.site_ids)),
        "starts": command.starts or iso(uow.clock.now())[:10],
        "ends": command.ends,
    }
    operation.record([Effect(EntryKind.GRANT_ADD, "", payload)])
    result = {"grant_id": payload["grant_id"]}
    operation.finish(result)
    return result


def set_password(uow: UnitOfWork, login: str, password: str) -> None:
    """Set a password (argon2id). The ledger notes that it changed, never what it is.

    :raises BadRequest: shorter than twelve characters. :raises NotFound: no such login.
    """
    if len(password) < MIN_PASSWORD:
        raise BadRequest(f"A password has at least {MIN_PASSWORD} characters.")
    _put_password(uow, login, _HASHER.hash(password))


def set_public_password(uow: UnitOfWork, logins: Sequence[str], password: str) -> None:
    """Give accounts of the demo one password, hashed once: it is printed on a screen anyway.

    :raises NotAllowed: one of them is not of the demo.
    """
    if set(logins) - demo_logins(uow):
        raise NotAllowed("Only accounts of the demo have a public password.")
    digest = _HASHER.hash(password)
    for login in logins:
        _put_password(uow, login, digest)


def _put_password(uow: UnitOfWork, login: str, password_hash: str) -> None:
    user = accounts.by_login(uow.connection, login)
    if user is None:
        raise NotFound(f"There is no user '{login}'.")
    operation = open_study(uow, Command(study_id=SYSTEM_STUDY, op=f"password:{new_id()}"))
    if uow.actor.name != login:
        operation.require(Action.MANAGE_USERS)
    payload = {
        "user_id": user.user_id,
        "login": user.login,
        "full_name": user.full_name,
        "zone": user.zone,
        "language": user.language,
        "active": user.active,
        "changed": "password",
    }
    operation.record([Effect(EntryKind.GRANT_USER_CHANGE, "", payload)])
    operation.finish({})
    accounts.put_password(uow.connection, user.user_id, password_hash)


@dataclass(frozen=True, slots=True)
class SignIn:
    """The outcome of a sign-in: a session token, or none and perhaps until when the account waits.

    :param failures: wrong passwords in a row, this one among them.
    """

    token: str = ""
    locked_until: str = ""
    failures: int = 0


def log_in(uow: UnitOfWork, login: str, password: str, *, address: str = "") -> SignIn:
    """Begin a session; the token goes into the cookie, only its SHA-256 into the database.

    Nothing says which part was wrong. After five failures in a row the account waits fifteen minutes. It does not
    raise, because the failure has to be committed.
    """
    now = uow.clock.now()
    user = accounts.by_login(uow.connection, login.strip())
    secret = accounts.credential_of(uow.connection, user.user_id) if user is not None else None
    if user is None or secret is None or not user.active:
        _verify(_NOBODY, password)  # takes as long as for a real account
        accounts.log_access(uow.connection, iso(now), login[:255], "sign-in refused", address=address)
        return SignIn()
    if secret.locked_until > iso(now):
        accounts.log_access(uow.connection, iso(now), user.login, "sign-in refused, locked", address=address)
        return SignIn(locked_until=secret.locked_until)
    if not _verify(secret.password_hash, password):
        failures = secret.failures + 1
        locked = iso(now + LOCKOUT) if failures >= MAX_FAILURES else ""
        accounts.put_failures(uow.connection, user.user_id, 0 if locked else failures, locked)
        accounts.log_access(uow.connection, iso(now), user.login, "sign-in refused", address=address)
        return SignIn(locked_until=locked, failures=failures)
    accounts.put_failures(uow.connection, user.user_id, 0, "")
    token = secrets.token_urlsafe(32)
    accounts.begin_session(uow.connection, token_digest(token), user.user_id, iso(now))
    accounts.log_access(uow.connection, iso(now), user.login, "signed in", address=address)
    return SignIn(token)


def log_out(uow: UnitOfWork, token: str, *, address: str = "") -> None:
    """End a session; ending one that has ended is harmless."""
    now = iso(uow.clock.now())
    accounts.end_session(uow.connection, token_digest(token), now)
    accounts.log_access(uow.connection, now, uow.actor.name, "signed out", address=address)


@dataclass(frozen=True, slots=True)
class Present:
    """Who asks, when the session was last seen (ISO 8601), and the studies of the OID asked for."""

    actor: Actor
    seen_at: str
    studies: tuple[StudyRow, ...] = ()


def who_is(source: Source, clock: Clock, token: str, *, idle_minutes: int, study_oid: str = "") -> Present:
    """The actor of a live session with today's grants.

    :raises NotSignedIn: no such session, it ended, or it was idle too long.
    """
    if not token:
        raise NotSignedIn("Please sign in.")
    found = accounts.session_user(source.connection, token_digest(token), study_oid=study_oid)
    now = clock.now()
    if found is None or found.ended_at or iso(now - timedelta(minutes=idle_minutes)) > found.seen_at:
        raise NotSignedIn("Your session has ended. Sign in to go on; what you typed is kept.")
    if not found.user.active:
        raise NotSignedIn("This account is not active any more.")
    actor = _as_actor(found.user, found.grants, iso(now)[:10])
    return Present(actor, found.seen_at, found.studies)


def touch_session(uow: UnitOfWork, token: str) -> None:
    """Note that a session is in use; callers do it at most once a minute."""
    accounts.see_session(uow.connection, token_digest(token), iso(uow.clock.now()))


def actor_of(source: Source, login: str, today: str) -> Actor:
    """A user as an actor with the grants that count on a day (UTC, ISO date).

    :raises NotFound: no such login.
    """
    user = accounts.by_login(source.connection, login)
    if user is None:
        raise NotFound(f"There is no user '{login}'.")
    return _as_actor(user, accounts.grants_of(source.connection, user.user_id), today)


def _as_actor(user: accounts.UserRow, grants: Iterable[Grant], today: str) -> Actor:
    live = tuple(grant for grant in grants if grant.is_live(today))
    return Actor(
        user.login, user.user_id, user.full_name, live, user.zone or "UTC", language=user.language or "en"
    )


def demo_logins(source: Source) -> frozenset[str]:
    """Logins of accounts that were made for the demo."""
    return accounts.demo_logins(source.connection)


def refuse_demo_accounts(source: Source) -> None:
    """Called where a production installation starts.

    :raises UnsafeSettings: the database holds accounts of the demo, whose password everybody knows.
    """
    if found := demo_logins(source):
        raise UnsafeSettings(
            f"This database holds {len(found)} accounts of the demo, whose password is public. "
            "Production needs a database of its own: set EDC_DATABASE_URL and run 'edc init'."
        )


def today(clock: Clock) -> str:
    """The calendar day in UTC, ISO: what grants are judged by."""
    return iso(clock.now())[:10]


def grant_for_sites(
    source: Source, login: str, role: Role, study_id: str, numbers: Sequence[str], *, op: str = ""
) -> AddGrant:
    """The command that gives a role at sites known by their numbers; none means all sites.

    :param op: the operation's id, for callers that may ask again; empty makes a new one.
    :raises NotFound: the study has no site with such a number.
    """
    known = {site.number: site.site_id for site in readers.sites(source.connection, study_id).values()}
    if missing := [number for number in numbers if number not in known]:
        raise NotFound(f"There is no site '{missing[0]}'. There are: {', '.join(known) or 'none'}.")
    return AddGrant(
        study_id=SYSTEM_STUDY,
        op=op or f"grant:{new_id()}",
        login=login,
        role=role,
        granted_study_id=study_id,
        scope="sites" if numbers else "all",
        site_ids=frozenset(known[number] for number in numbers),
    )


def new_token(uow: UnitOfWork, login: str) -> str:
    """Make a token for the command line; only its digest is stored, and an earlier one ends.

    :raises NotFound: no such login, or it has no password yet.
    """
    user = accounts.by_login(uow.connection, login)
    if user is None:
        raise NotFound(f"There is no user '{login}'.")
    if uow.actor.name != login:
        uow.actor.role_for(Action.MANAGE_USERS, Place(""))
    token = secrets.token_urlsafe(32)
    if not accounts.put_token(uow.connection, user.user_id, token_digest(token)):
        raise NotFound(f"'{login}' has no password yet, so no token either.")
    accounts.log_access(uow.connection, iso(uow.clock.now()), uow.actor.name, f"made a token for {login}")
    return token


def token_belongs(source: Source, login: str, token: str) -> bool:
    """Whether a token is the live one of an active user."""
    user = accounts.by_login(source.connection, login)
    if user is None or not user.active:
        return False
    secret = accounts.credential_of(source.connection, user.user_id)
    return secret is not None and secrets.compare_digest(secret.token_sha256, token_digest(token))


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))
