"""Care for accounts: facts that change, roles that end, accounts that wait, sessions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from edc_core.clock import iso
from edc_core.domain.commands import Command, Reason
from edc_core.domain.ledger_entry import SYSTEM_STUDY, EntryKind
from edc_core.domain.permission import Action, Place, Role
from edc_core.errors import NotFound, ReasonRequired, WrongState
from edc_core.ledger.append import Effect
from edc_core.services import users
from edc_core.services.operation import once, open_study
from edc_core.store import accounts, people

if TYPE_CHECKING:
    from edc_core.services.operation import Operation
    from edc_core.store.unit_of_work import UnitOfWork


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

    :raises NotFound: no such role. :raises WrongState: it has ended, is the last that manages users, or the last that
        reads the records of a site (``site_access``).
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
    _refuse_gap(uow, [command.grant_id])
    payload = row | {"ends": iso(uow.clock.now() - timedelta(days=1))[:10]}
    operation.record([Effect(EntryKind.GRANT_END, "", payload, reason=command.reason)])
    return {"grant_id": command.grant_id}


def set_active(uow: UnitOfWork, login: str, *, active: bool) -> None:
    """Close an account, or open it again; its login is never given to anybody else.

    :raises NotAllowed: the actor may not manage users. :raises WrongState: nobody else could manage users, or read the
        records of a site.
    """
    uow.actor.role_for(Action.MANAGE_USERS, Place(""))
    user = users.named(uow, login)
    if not active:
        _require_another_manager(uow, user.user_id)
        roles = people.grant_rows(uow.connection, users.today(uow.clock)).get(user.user_id, ())
        _refuse_gap(uow, [one["grant_id"] for one in roles])
        accounts.end_sessions(uow.connection, user.user_id, iso(uow.clock.now()))
        accounts.put_token(uow.connection, user.user_id, "")
    if user.active != active:
        users.record_change(uow, replace(user, active=active), "active")


def set_email(uow: UnitOfWork, login: str, email: str) -> None:
    """Change where mail of an account goes."""
    user = users.named(uow, login)
    if user.email != email.strip():
        users.record_change(uow, replace(user, email=email.strip()), "email")


def set_digest(uow: UnitOfWork, login: str, *, wanted: bool) -> None:
    """Have the mail of the morning sent to an account, or not."""
    user = users.named(uow, login)
    if user.wants_digest is not wanted:
        users.record_change(uow, replace(user, wants_digest=wanted), "morning mail")


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


def _refuse_gap(uow: UnitOfWork, grant_ids: list[str]) -> None:
    from edc_core.services import site_access  # loaded when a role ends

    site_access.refuse_gap(uow, grant_ids, users.today(uow.clock))


def _require_another_manager(uow: UnitOfWork, user_id: str) -> None:
    if uow.actor.trusted:
        return  # whoever owns the machine can always make another
    if not people.other_managers(uow.connection, user_id, users.today(uow.clock)):
        raise WrongState("Nobody else could manage users then. Give somebody else the role first.")
