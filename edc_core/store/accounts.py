"""Rows of accounts, credentials, sessions and the access log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update

from edc_core.domain.ledger_entry import SYSTEM_CHAIN, SYSTEM_STUDY, EntryKind
from edc_core.domain.permission import Grant, Role, Scope
from edc_core.store.driver import Prepared
from edc_core.store.ledger_tables import access_log, ledger_entry
from edc_core.store.readers import StudyRow
from edc_core.store.study_tables import study
from edc_core.store.user_tables import credential, grant, session, user_account

if TYPE_CHECKING:
    from sqlalchemy import Connection


DEMO = "demo"  #: origin of the ledger entry that makes an account of the demo


@dataclass(frozen=True, slots=True)
class UserRow:
    user_id: str
    login: str
    full_name: str
    zone: str
    language: str
    active: bool


@dataclass(frozen=True, slots=True)
class CredentialRow:
    password_hash: str
    failures: int
    locked_until: str
    token_sha256: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session, whose it is, every grant the person ever had, and the studies of a name asked for with it."""

    user: UserRow
    grants: tuple[Grant, ...]
    studies: tuple[StudyRow, ...]
    seen_at: str
    ended_at: str


_USER = select(user_account)
#: A session and its user, a line for each grant with each study of an OID.
_OF_USER, _OF_GRANT, _OF_STUDY = (tuple(kind.__dataclass_fields__) for kind in (UserRow, Grant, StudyRow))
_GRANT_AT = 2 + len(_OF_USER)
_STUDY_AT = _GRANT_AT + len(_OF_GRANT)
_SESSION = Prepared(
    select(
        session.c.seen_at,
        session.c.ended_at,
        *(user_account.c[name] for name in _OF_USER),
        *(grant.c[name] for name in _OF_GRANT),
        *(study.c[name].label(f"of_{name}") for name in _OF_STUDY),
    )
    .select_from(session)
    .join(user_account, user_account.c.user_id == session.c.user_id)
    .outerjoin(grant, grant.c.user_id == session.c.user_id)
    .outerjoin(study, study.c.oid == bindparam("oid"))
    .where(session.c.token_sha256 == bindparam("token"))
    .order_by(grant.c.grant_id)
)
_BY_LOGIN = _USER.where(user_account.c.login == bindparam("login"))
_GRANTS = (
    select(*(grant.c[name] for name in _OF_GRANT))
    .where(grant.c.user_id == bindparam("user"))
    .order_by(grant.c.grant_id)
)


def by_login(connection: Connection, login: str) -> UserRow | None:
    row = connection.execute(_BY_LOGIN, {"login": login}).first()
    return UserRow(**row._mapping) if row else None


def all_users(connection: Connection) -> list[UserRow]:
    return [UserRow(**row._mapping) for row in connection.execute(_USER.order_by(user_account.c.login))]


def grants_of(connection: Connection, user_id: str) -> list[Grant]:
    return [_grant_of(*row) for row in connection.execute(_GRANTS, {"user": user_id})]


@lru_cache(maxsize=4096)
def _grant_of(
    study_id: str, role: str, scope: Scope, countries: str, site_ids: str, starts: str, ends: str
) -> Grant:
    """A row of a grant, in the order of its fields. Every request of a person makes the same ones."""
    sites = frozenset(json.loads(site_ids))
    return Grant(study_id, Role(role), scope, frozenset(json.loads(countries)), sites, starts, ends)


def demo_logins(connection: Connection) -> frozenset[str]:
    """Logins whose ledger entry says that they were made for the demo."""
    rows = connection.execute(
        select(ledger_entry.c.payload).where(
            ledger_entry.c.study_id == SYSTEM_STUDY,
            ledger_entry.c.chain == SYSTEM_CHAIN,
            ledger_entry.c.kind == EntryKind.GRANT_USER_ADD.value,
            ledger_entry.c.origin == DEMO,
        )
    ).scalars()
    return frozenset(json.loads(payload)["login"] for payload in rows)


def credential_of(connection: Connection, user_id: str) -> CredentialRow | None:
    row = connection.execute(select(credential).where(credential.c.user_id == user_id)).first()
    return CredentialRow(row.password_hash, row.failures, row.locked_until, row.token_sha256) if row else None


def put_password(connection: Connection, user_id: str, password_hash: str) -> None:
    values = {"password_hash": password_hash, "failures": 0, "locked_until": ""}
    if connection.execute(update(credential).where(credential.c.user_id == user_id), values).rowcount == 0:
        connection.execute(insert(credential), {"user_id": user_id, "token_sha256": ""} | values)


def put_token(connection: Connection, user_id: str, token_sha256: str) -> bool:
    """Replace the token's digest; ``False`` when the user has no credential."""
    here = credential.c.user_id == user_id
    return connection.execute(update(credential).where(here), {"token_sha256": token_sha256}).rowcount == 1


def put_failures(connection: Connection, user_id: str, failures: int, locked_until: str) -> None:
    connection.execute(
        update(credential).where(credential.c.user_id == user_id),
        {"failures": failures, "locked_until": locked_until},
    )


def begin_session(connection: Connection, token_sha256: str, user_id: str, at: str) -> None:
    row = {"token_sha256": token_sha256, "user_id": user_id, "created_at": at, "seen_at": at, "ended_at": ""}
    connection.execute(insert(session), row)


def session_user(connection: Connection, token_sha256: str, *, study_oid: str = "") -> SessionRow | None:
    """A session by its digest, and with it the studies of an OID: what every request looks up first."""
    rows = _SESSION.rows(connection, {"token": token_sha256, "oid": study_oid})
    if not rows:
        return None
    seen_at, ended_at, *who = rows[0][:_GRANT_AT]
    grants = dict.fromkeys(line[_GRANT_AT:_STUDY_AT] for line in rows if line[_GRANT_AT] is not None)
    studies = dict.fromkeys(line[_STUDY_AT:] for line in rows if line[_STUDY_AT] is not None)
    found = tuple(StudyRow(*line) for line in studies)
    return SessionRow(UserRow(*who), tuple(_grant_of(*line) for line in grants), found, seen_at, ended_at)


def see_session(connection: Connection, token_sha256: str, at: str) -> None:
    connection.execute(update(session).where(session.c.token_sha256 == token_sha256), {"seen_at": at})


def end_session(connection: Connection, token_sha256: str, at: str) -> None:
    here = (session.c.token_sha256 == token_sha256) & (session.c.ended_at == "")
    connection.execute(update(session).where(here), {"ended_at": at})


def log_access(
    connection: Connection,
    at: str,
    login: str,
    action: str,
    *,
    study_id: str = "",
    detail: str = "",
    address: str = "",
) -> None:
    """Append to the access log; never a clinical value."""
    row = {
        "at": at,
        "login": login,
        "action": action,
        "study_id": study_id,
        "detail": detail,
        "address": address,
    }
    connection.execute(insert(access_log), row)
