"""Who has and had which role: from grants as they are, and from the ledger as they were on a day."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from edc_core.domain.ledger_entry import SYSTEM_CHAIN, SYSTEM_STUDY, EntryKind
from edc_core.domain.permission import Role
from edc_core.store.ledger_tables import access_log, ledger_entry
from edc_core.store.user_tables import account_key, credential, grant, user_account

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

_KINDS = tuple(
    kind.value
    for kind in (
        EntryKind.GRANT_ADD,
        EntryKind.GRANT_END,
        EntryKind.GRANT_USER_ADD,
        EntryKind.GRANT_USER_CHANGE,
    )
)


@dataclass(frozen=True, slots=True)
class RoleHeld:
    """A role as it stood on a day; ``by`` gave it at ``given_at``."""

    login: str
    full_name: str
    study_id: str
    role: str
    scope: str
    countries: str
    site_ids: str
    starts: str
    ends: str
    unblinded: bool
    by: str
    given_at: str


def roles_on(connection: Connection, day: str) -> list[RoleHeld]:
    """Roles that were live at any moment of a day (UTC, ISO date), of accounts that were open then, by login.

    The ledger says so, not the present table: a role that ended since is among them. One that was ended on the day itself
    has the day as its end.
    """
    entry = ledger_entry.c
    rows = connection.execute(
        select(entry.kind, entry.at, entry.actor, entry.payload)
        .where(entry.study_id == SYSTEM_STUDY, entry.chain == SYSTEM_CHAIN, entry.kind.in_(_KINDS))
        .where(entry.at < f"{day}T24")
        .order_by(entry.n)
    )
    people: dict[str, dict[str, Any]] = {}
    grants: dict[str, dict[str, Any]] = {}
    for row in rows:
        said = json.loads(row.payload)
        if row.kind in (EntryKind.GRANT_USER_ADD, EntryKind.GRANT_USER_CHANGE):
            was_open = said["active"] or (row.at >= day and people.get(said["user_id"], {}).get("active"))
            people[said["user_id"]] = said | {"active": was_open}
        elif row.kind == EntryKind.GRANT_ADD:
            given = {
                "unblinded": False,
                "by": row.actor,
                "given_at": row.at,
            }  # earlier entries do not say the first
            grants[said["grant_id"]] = given | said
        elif row.at < day:
            grants.pop(said["grant_id"], None)
        elif said["grant_id"] in grants:
            grants[said["grant_id"]]["ends"] = day
    held = [
        RoleHeld(
            people[one["user_id"]]["login"],
            people[one["user_id"]]["full_name"],
            *(one[name] for name in RoleHeld.__dataclass_fields__ if name not in ("login", "full_name")),
        )
        for one in grants.values()
        if one["starts"] <= day
        and (not one["ends"] or day <= one["ends"])
        and people[one["user_id"]]["active"]
    ]
    return sorted(held, key=lambda one: (one.login, one.study_id, one.role))


def last_sign_ins(connection: Connection) -> dict[str, str]:
    """Login: when somebody last signed in with it."""
    log = access_log.c
    rows = connection.execute(
        select(log.login, func.max(log.at)).where(log.action == "signed in").group_by(log.login)
    )
    return {row[0]: row[1] for row in rows}


def grant_row(connection: Connection, grant_id: str) -> dict[str, Any] | None:
    row = connection.execute(select(grant).where(grant.c.grant_id == grant_id)).mappings().first()
    return {str(name): value for name, value in row.items()} if row else None


def grant_rows(connection: Connection, today: str) -> dict[str, list[dict[str, Any]]]:
    """Roles that count today or later, in the order given, by user id."""
    live = (grant.c.ends == "") | (grant.c.ends >= today)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(select(grant).where(live).order_by(grant.c.grant_id)).mappings():
        found.setdefault(row["user_id"], []).append(dict(row))
    return found


def account_rows(connection: Connection) -> Sequence[Row[Any]]:
    """Accounts by login, each with whether it has a password, another way to sign in, and until when it waits."""
    has_key = select(account_key.c.subject).where(account_key.c.user_id == user_account.c.user_id).exists()
    statement = (
        select(
            user_account,
            (func.coalesce(credential.c.password_hash, "") != "").label("has_password"),
            ((func.coalesce(credential.c.totp, "") != "") | has_key).label("has_factor"),
            func.coalesce(credential.c.locked_until, "").label("locked_until"),
        )
        .outerjoin(credential, credential.c.user_id == user_account.c.user_id)
        .order_by(user_account.c.login)
    )
    return connection.execute(statement).all()


def other_managers(connection: Connection, user_id: str, today: str) -> int:
    """How many people but one manage users of the installation today."""
    live = (grant.c.starts <= today) & ((grant.c.ends == "") | (grant.c.ends >= today))
    managing = grant.c.role.in_([Role.ADM.value, Role.UAD.value]) & (grant.c.study_id == "")
    statement = (
        select(func.count(grant.c.user_id.distinct()))
        .join(user_account, user_account.c.user_id == grant.c.user_id)
        .where(live, managing, grant.c.user_id != user_id, user_account.c.active)
    )
    return connection.execute(statement).scalar_one()
