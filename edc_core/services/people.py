"""Care for accounts: facts that change, roles that end, accounts that wait, sessions, and who had which role when."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from edc_core.clock import iso
from edc_core.domain.commands import Command, Reason
from edc_core.domain.ledger_entry import SYSTEM_STUDY, EntryKind
from edc_core.domain.permission import ROLE_WORDS, Action, Place, Role
from edc_core.errors import NotFound, ReasonRequired, WrongState
from edc_core.ledger.append import Effect
from edc_core.services import users
from edc_core.services.operation import once, open_study
from edc_core.store import accounts, people, readers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.services.operation import Operation
    from edc_core.store.unit_of_work import Source, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class EndGrant(Command):
    """End a role at once."""

    grant_id: str
    reason: Reason = field(default_factory=Reason)

    @classmethod
    def because(cls, reason: str, grant_id: str, op: str) -> EndGrant:
        return cls(study_id=SYSTEM_STUDY, op=op, grant_id=grant_id, reason=Reason(text=reason))


@once(open_study, Action.MANAGE_USERS)
def end_grant(operation: Operation, command: EndGrant) -> dict[str, Any]:
    """End a role from the next request on; what was done in it stays as it is.

    :raises NotFound: no such role. :raises WrongState: it has ended, or is the last that manages users.
    :raises ReasonRequired: no reason was given.
    """
    uow = operation.uow
    row = people.grant_row(uow.connection, command.grant_id)
    if row is None:
        raise NotFound("There is no such role. Reload the page.")
    if not command.reason.text:
        raise ReasonRequired("Say why the role ends.")
    today = users.today(uow.clock)
    if row["ends"] and row["ends"] < today:
        raise WrongState("This role has ended already.")
    if not row["study_id"] and row["role"] in (Role.ADM, Role.UAD):
        _require_another_manager(uow, row["user_id"])
    payload = row | {"ends": iso(uow.clock.now() - timedelta(days=1))[:10]}
    operation.record([Effect(EntryKind.GRANT_END, "", payload, reason=command.reason)])
    return {"grant_id": command.grant_id}


def set_active(uow: UnitOfWork, login: str, *, active: bool) -> None:
    """Close an account, or open it again; its login is never given to anybody else.

    :raises NotAllowed: the actor may not manage users. :raises WrongState: nobody else could manage users.
    """
    uow.actor.role_for(Action.MANAGE_USERS, Place(""))
    user = users.named(uow, login)
    if not active:
        _require_another_manager(uow, user.user_id)
        accounts.end_sessions(uow.connection, user.user_id, iso(uow.clock.now()))
        accounts.put_token(uow.connection, user.user_id, "")
    if user.active != active:
        users.record_change(uow, replace(user, active=active), "active")


def set_email(uow: UnitOfWork, login: str, email: str) -> None:
    """Change where mail of an account goes."""
    user = users.named(uow, login)
    if user.email != email.strip():
        users.record_change(uow, replace(user, email=email.strip()), "email")


def unlock(uow: UnitOfWork, login: str) -> None:
    """Let an account sign in that waits after wrong passwords."""
    uow.actor.role_for(Action.MANAGE_USERS, Place(""))
    user = users.named(uow, login)
    accounts.put_failures(uow.connection, user.user_id, 0, "")
    accounts.log_access(uow.connection, iso(uow.clock.now()), uow.actor.name, "unlocked", detail=login)


def end_sessions(uow: UnitOfWork, login: str, *, only: str = "", but: str = "") -> int:
    """End sessions of the actor, or as a user administrator anybody's.

    :raises NotAllowed: they are another person's.
    """
    if login != uow.actor.name:
        uow.actor.role_for(Action.MANAGE_USERS, Place(""))
    user, now = users.named(uow, login), iso(uow.clock.now())
    ended = accounts.end_sessions(uow.connection, user.user_id, now, only=only, but=but)
    if ended:
        accounts.log_access(uow.connection, now, uow.actor.name, "ended sessions", detail=login)
    return ended


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role that counts today or later, in words."""

    grant_id: str
    role: str
    role_words: str
    study: str
    where: str
    starts: str
    ends: str


@dataclass(frozen=True, slots=True)
class Person:
    """An account as a user administrator sees it.

    :param locked_until: ISO 8601; empty when it may sign in. :param has_password: the invitation was used.
    """

    login: str
    full_name: str
    email: str
    active: bool
    has_password: bool
    has_factor: bool
    locked_until: str
    last_seen: str
    roles: tuple[HeldRole, ...]


def everybody(source: Source, now: str, *, login: str = "") -> list[Person]:
    """All accounts by login, or one, with the roles that count from today on."""
    connection = source.connection
    names, numbers = names_of(source)
    seen = people.last_sign_ins(connection)
    roles = people.grant_rows(connection, now[:10])
    return [
        Person(
            row.login,
            row.full_name,
            row.email,
            row.active,
            row.has_password,
            row.has_factor,
            row.locked_until if row.locked_until > now else "",
            seen.get(row.login, ""),
            tuple(
                HeldRole(
                    one["grant_id"],
                    one["role"],
                    ROLE_WORDS[Role(one["role"])],
                    names.get(one["study_id"], ""),
                    where_of(one, numbers),
                    one["starts"],
                    one["ends"],
                )
                for one in roles.get(row.user_id, ())
            ),
        )
        for row in people.account_rows(connection)
        if login in ("", row.login)
    ]


def names_of(source: Source) -> tuple[dict[str, str], dict[str, str]]:
    """Studies by id, and numbers of all sites by id."""
    studies = {row.study_id: str(row) for row in readers.studies(source.connection)}
    sites = (site for one in studies for site in readers.sites(source.connection, one).values())
    return studies, {site.site_id: site.number for site in sites}


def where_of(grant: Mapping[str, Any], numbers: Mapping[str, str]) -> str:
    if grant["scope"] == "sites":
        return " ".join(sorted(numbers.get(one, one) for one in json.loads(grant["site_ids"])))
    if grant["scope"] == "countries":
        return " ".join(json.loads(grant["countries"]))
    return "all sites" if grant["study_id"] else "installation"


def _require_another_manager(uow: UnitOfWork, user_id: str) -> None:
    if uow.actor.trusted:
        return  # whoever owns the machine can always make another
    if not people.other_managers(uow.connection, user_id, users.today(uow.clock)):
        raise WrongState("Nobody else could manage users then. Give somebody else the role first.")
