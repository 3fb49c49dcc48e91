"""Accounts and grants, which are ledger entries, and passwords, which are not in it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from edc_core.clock import iso
from edc_core.domain.evidence import backed, delegated_sites
from edc_core.domain.ledger_entry import SYSTEM_STUDY, EntryKind
from edc_core.domain.matrix_change import MatrixChange
from edc_core.domain.password import weakness
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
from edc_core.errors import AlreadyExists, BadRequest, NotAllowed, NotFound, WrongState
from edc_core.ids import new_id
from edc_core.ledger.append import Effect
from edc_core.services.operation import Command, once, open_study
from edc_core.store import accounts, readers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edc_core.clock import Clock
    from edc_core.domain.evidence import Evidence
    from edc_core.services.operation import Operation
    from edc_core.store.unit_of_work import Source, UnitOfWork

INSTALLATION_ROLES = frozenset({Role.ADM, Role.UAD, Role.BLD})  #: roles that may be given without a study

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
    if old is not None and uow.actor.name == login and is_password(old.password_hash, password):
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


def actor_of(source: Source, login: str, today: str) -> Actor:
    """A user as an actor with the grants that count on a day (UTC, ISO date).

    :raises NotFound: no such login.
    """
    user = named(source, login)
    return as_actor(source, user, accounts.grants_of(source.connection, user.user_id), today)


def as_actor(source: Source, user: accounts.UserRow, grants: Iterable[Grant], today: str) -> Actor:
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
    source: Source, login: str, role: Role, study_id: str, numbers: Sequence[str], *,
    countries: Sequence[str] = (), op: str = "",
) -> AddGrant:  # fmt: skip
    """The command that gives a role at sites known by their numbers, or at all sites of countries; without either, at all sites.

    :param countries: ISO 3166-1 codes; their sites of later days are meant as well.
    :param op: the operation's id, for callers that may ask again; empty makes a new one.
    :raises NotFound: the study has no such site, or none in such a country. :raises BadRequest: both were named.
    """
    if numbers and countries:
        raise BadRequest(
            "A role is for sites or for countries. Name one of them, and give a second role for the other."
        )
    sites = readers.sites(source.connection, study_id).values()
    known = {site.number: site.site_id for site in sites}
    if missing := [number for number in numbers if number not in known]:
        raise NotFound(f"There is no site '{missing[0]}'. There are: {', '.join(known) or 'none'}.")
    of_sites = sorted({site.country for site in sites})
    if missing := [country for country in countries if country not in of_sites]:
        raise NotFound(
            f"No site is in a country '{missing[0]}'. There are sites in: {', '.join(of_sites) or 'none'}."
        )
    return AddGrant(
        study_id=SYSTEM_STUDY,
        op=op or f"grant:{new_id()}",
        login=login,
        role=role,
        granted_study_id=study_id,
        scope="sites" if numbers else "countries" if countries else "all",
        countries=frozenset(countries),
        site_ids=frozenset(known[number] for number in numbers),
    )


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def is_password(password_hash: str | None, password: str) -> bool:
    """Whether it is the password. :param password_hash: ``None`` of nobody, which takes as long to refuse."""
    try:
        _HASHER.verify(password_hash or _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return password_hash is not None


#: With the costs of ``_HASHER``. It is written, for to make it took every start a tenth of a second.
_NOBODY = f"$argon2id$v=19$m=32768,t=2,p=2${'A' * 22}${'A' * 43}"
