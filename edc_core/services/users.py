"""Accounts, grants and sessions. Accounts and grants are ledger entries; passwords and sessions are not in it."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from edc_core.clock import iso
from edc_core.domain.evidence import EvidenceKind, backed, delegated_sites
from edc_core.domain.ledger_entry import SYSTEM_STUDY, EntryKind
from edc_core.domain.matrix_change import MatrixChange
from edc_core.domain.password import MAX_FAILURES, wait_after, weakness
from edc_core.domain.permission import (
    ROLE_WORDS,
    Action,
    Actor,
    Grant,
    Role,
    conflicting,
    never,
    of_other_sight,
)
from edc_core.errors import AlreadyExists, BadRequest, NotAllowed, NotFound, NotSignedIn, WrongState
from edc_core.ids import new_id
from edc_core.ledger.append import Effect
from edc_core.services.operation import Command, once, open_study
from edc_core.store import accounts, readers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edc_core.clock import Clock
    from edc_core.domain.evidence import Evidence
    from edc_core.services.operation import Operation
    from edc_core.store.readers import StudyRow
    from edc_core.store.unit_of_work import Source, UnitOfWork

INSTALLATION_ROLES = frozenset({Role.ADM, Role.UAD, Role.BLD})  #: roles that may be given without a study
#: Stages of a session that may do nothing else yet: give the code, choose a password, set up a second factor.
GIVE_CODE, CHANGE_PASSWORD, SET_UP = "code", "password", "enrol"
#: Who has worked in a session of this age renews it with the password alone (NIST SP 800-63B-4, 2.2.3).
RENEWED = timedelta(hours=12)

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
    email: str = ""
    is_demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddGrant(Command):
    """Give a user a role. ``granted_study_id`` is empty for a role in the installation.

    :param unblinded: the person sees blinded and restricted items in it, as an unblinded statistician does.
    """

    login: str
    role: Role
    granted_study_id: str = ""
    scope: str = "all"
    countries: frozenset[str] = frozenset()
    site_ids: frozenset[str] = frozenset()
    starts: str = ""
    ends: str = ""
    unblinded: bool = False


@once(open_study, Action.MANAGE_USERS)
def add_user(operation: Operation, command: AddUser) -> dict[str, Any]:
    """Create an account without a password; see ``set_password``.

    :raises AlreadyExists: the login is in use, or was ever.
    """
    uow = operation.uow
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
        "email": command.email.strip(),
    }
    origin = accounts.DEMO if command.is_demo else ""
    operation.record([Effect(EntryKind.GRANT_USER_ADD, "", payload, origin=origin)])
    return {"user_id": payload["user_id"], "login": login}


@once(open_study, Action.MANAGE_USERS)
def add_grant(operation: Operation, command: AddGrant) -> dict[str, Any]:
    """Give a user a role in a study, for all its sites, some countries or some sites.

    :raises NotFound: no such login. :raises WrongState: a role the user holds does not go with this one.
    :raises BadRequest: it is a role in a study, has no last day in live, or sees no data and is to be unblinded.
    """
    uow = operation.uow
    if not command.granted_study_id and Role(command.role) not in INSTALLATION_ROLES:
        raise BadRequest(f"{command.role} is a role in a study. Name the study.")
    user = named(uow, command.login)
    role = Role(command.role)
    if command.unblinded and (why := never(role, Action.VIEW_BLINDED)):
        raise BadRequest(f"This role sees no data, so it shows no blinded items either. {why}")
    study = (
        readers.study_by_id(uow.connection, command.granted_study_id) if command.granted_study_id else None
    )
    live = study is not None and study.environment == "live"
    held = [g for g in accounts.grants_of(uow.connection, user.user_id) if g.is_open(today(uow.clock))]
    if role is Role.PI and live and command.ends:
        raise BadRequest(
            "An investigator's role in a live study has no last day: it ends when the site has received the copy of its records."
        )
    more, less = MatrixChange.of(json.loads(study.permissions if study else "{}")).for_role(role)
    new = Grant(
        command.granted_study_id, role, more=more, less=less, live=live, unblinded=command.unblinded
    )  # fmt: skip
    if other := of_other_sight(held, new):
        raise WrongState(
            f"'{command.login}' is {ROLE_WORDS[other]} here, and one of the two roles shows blinded items and the other does "
            "not: what a person saw in the one they know in the other. Use two persons, or end the other role."
        )
    if other := conflicting(held, new):
        raise WrongState(
            f"'{command.login}' is {ROLE_WORDS[other]}, so cannot be {ROLE_WORDS[role]} too: in a live study nobody "
            "who administers or builds works on data. Use two accounts of two persons, or end the other role."
        )
    payload = {
        "grant_id": new_id(),
        "user_id": user.user_id,
        "study_id": command.granted_study_id,
        "role": role.value,
        "scope": command.scope,
        "countries": json.dumps(sorted(command.countries)),
        "site_ids": json.dumps(sorted(command.site_ids)),
        "starts": command.starts or iso(uow.clock.now())[:10],
        "ends": command.ends,
        "unblinded": command.unblinded,
    }
    operation.record([Effect(EntryKind.GRANT_ADD, "", payload)])
    return {"grant_id": payload["grant_id"]}


def set_password(uow: UnitOfWork, login: str, password: str, *, must_change: bool = False) -> None:
    """Set a password (argon2id). The ledger notes that it changed, never what it is.

    :param must_change: somebody else knows it, so the person chooses another at the first sign-in.
    :raises BadRequest: it is short, known or the one there was. :raises NotFound: no such login.
    """
    user = named(uow, login)
    if why := weakness(password, user.login, user.full_name):
        raise BadRequest(why)
    old = accounts.credential_of(uow.connection, user.user_id)
    if old is not None and uow.actor.name == login and _verify(old.password_hash, password):
        raise BadRequest("This is the password you have. Choose another one.")
    _put_password(uow, user, _HASHER.hash(password), must_change=must_change)


def named(source: Source, login: str) -> accounts.UserRow:
    """The account of a login.

    :raises NotFound: there is none.
    """
    user = accounts.by_login(source.connection, login)
    if user is None:
        raise NotFound(f"There is no user '{login}'.")
    return user


def set_public_password(uow: UnitOfWork, logins: Sequence[str], password: str) -> None:
    """Give accounts of the demo one password, hashed once: it is printed on a screen anyway.

    :raises NotAllowed: one of them is not of the demo.
    """
    if set(logins) - demo_logins(uow):
        raise NotAllowed("Only accounts of the demo have a public password.")
    digest = _HASHER.hash(password)
    for login in logins:
        _put_password(uow, named(uow, login), digest)


def _put_password(
    uow: UnitOfWork, user: accounts.UserRow, password_hash: str, *, must_change: bool = False
) -> None:
    record_change(uow, user, "password")
    accounts.put_password(uow.connection, user.user_id, password_hash, must_change=must_change)
    accounts.spend_links(uow.connection, user.user_id, iso(uow.clock.now()))


def record_change(uow: UnitOfWork, user: accounts.UserRow, changed: str) -> None:
    """Record an account as it is from now on.

    :param changed: which fact of it is another; of a password only that.
    :raises NotAllowed: it is another person's account, and the actor may not manage users.
    """
    operation = open_study(uow, Command(study_id=SYSTEM_STUDY, op=f"{changed}:{new_id()}"))
    if uow.actor.name != user.login:
        operation.require(Action.MANAGE_USERS)
    payload = {name: getattr(user, name) for name in user.__dataclass_fields__} | {"changed": changed}
    operation.record([Effect(EntryKind.GRANT_USER_CHANGE, "", payload)])
    operation.finish({})


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
        _verify(_NOBODY, password)  # takes as long as for a real account
        accounts.log_access(uow.connection, iso(now), login[:255], "sign-in refused", address=address)
        return SignIn()
    if secret.locked_until > iso(now):
        accounts.log_access(uow.connection, iso(now), user.login, "sign-in refused, locked", address=address)
        return SignIn(locked_until=secret.locked_until)
    if not _verify(secret.password_hash, password):
        accounts.log_access(uow.connection, iso(now), user.login, "sign-in refused", address=address)
        return failed(uow, user, secret)
    renewed = bool(secret.totp) and _renews(uow, user, renews)
    if renewed or not secret.totp:  # with a second factor the code has to be right too, now or before
        accounts.put_failures(uow.connection, user.user_id, 0, "")
    token = secrets.token_urlsafe(32)
    stage = stage_after(uow, user, totp_roles, coded=renewed)
    accounts.begin_session(
        uow.connection, token_digest(token), user.user_id, iso(now), stage=stage, address=address, agent=agent
    )
    accounts.log_access(uow.connection, iso(now), user.login, "signed in", address=address)
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
    day = today(uow.clock)
    live = [one for one in accounts.grants_of(uow.connection, user.user_id) if one.is_live(day)]
    asked = any(one.role in totp_roles or EvidenceKind.SECOND_FACTOR in one.needs for one in live)
    return SET_UP if asked else ""


def _renews(uow: UnitOfWork, user: accounts.UserRow, token: str) -> bool:
    before = accounts.session_user(uow.connection, token_digest(token)) if token else None
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
    accounts.end_session(uow.connection, token_digest(token), now)
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
    found = accounts.session_user(source.connection, token_digest(token), study_oid=study_oid)
    now = clock.now()
    if found is None or found.ended_at or iso(now - timedelta(minutes=idle_minutes)) > found.seen_at:
        raise NotSignedIn("Your session has ended. Sign in to go on; what you typed is kept.")
    if not found.user.active:
        raise NotSignedIn("This account is not active any more.")
    actor = _as_actor(source, found.user, found.grants, iso(now)[:10])
    return Present(actor, found.seen_at, found.studies, found.stage)


def note_refusal(uow: UnitOfWork, action: str, study_id: str, *, address: str = "") -> None:
    """Note that somebody tried what their role does not include (REQ-ACC-04)."""
    at = iso(uow.clock.now())
    accounts.log_access(
        uow.connection, at, uow.actor.name, "refused", study_id=study_id, detail=action, address=address
    )


def session_began(source: Source, token: str) -> str:
    """When a session began, UTC ISO 8601; empty where there is none."""
    return accounts.session_began(source.connection, token_digest(token))


def touch_session(uow: UnitOfWork, token: str) -> None:
    """Note that a session is in use; callers do it at most once a minute."""
    accounts.see_session(uow.connection, token_digest(token), iso(uow.clock.now()))


def actor_of(source: Source, login: str, today: str) -> Actor:
    """A user as an actor with the grants that count on a day (UTC, ISO date).

    :raises NotFound: no such login.
    """
    user = named(source, login)
    return _as_actor(source, user, accounts.grants_of(source.connection, user.user_id), today)


def _as_actor(source: Source, user: accounts.UserRow, grants: Iterable[Grant], today: str) -> Actor:
    live = tuple(grant for grant in grants if grant.is_live(today))
    if any(grant.needs or grant.role is Role.SUB for grant in live):  # who needs evidence costs one more look
        held = accounts.evidence_of(source.connection, user.user_id)
        countries = _countries(source, live)
        live = tuple(found for grant in live for found in backed(grant, held, today, countries))
        signing = (_delegated(grant, held, today, countries) for grant in live)
        live += tuple(found for found in signing if found is not None)
    return Actor(
        user.login, user.user_id, user.full_name, live, user.zone or "UTC", language=user.language or "en"
    )


def _countries(source: Source, grants: Iterable[Grant]) -> dict[str, str]:
    """Of sites by id, in studies where a role is for countries."""
    studies = {grant.study_id for grant in grants if grant.scope == "countries"}
    return {
        site.site_id: site.country
        for study_id in studies
        for site in readers.sites(source.connection, study_id).values()
    }


def _delegated(
    grant: Grant, held: Iterable[Evidence], today: str, countries: Mapping[str, str]
) -> Grant | None:
    """A sub-investigator's role with the right to sign where the site's investigator delegated it (REQ-SIG-06)."""
    if grant.role is not Role.SUB or Action.SIGN in grant.less:
        return None
    sites = frozenset(
        site
        for site in delegated_sites(grant.study_id, held, today)
        if grant.covers(site, countries.get(site, ""))
    )
    return replace(grant, scope="sites", site_ids=sites, more=grant.more | {Action.SIGN}) if sites else None


def demo_logins(source: Source) -> frozenset[str]:
    """Logins of accounts that were made for the demo."""
    return accounts.demo_logins(source.connection)


def today(clock: Clock) -> str:
    """The calendar day in UTC, ISO: what grants are judged by."""
    return iso(clock.now())[:10]


def day_of(text: str) -> str:
    """:raises BadRequest: it is no date."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadRequest("A day is written YYYY-MM-DD, for example 2026-05-01.") from None


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


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))
