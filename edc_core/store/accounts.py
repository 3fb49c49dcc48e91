"""Rows of accounts, credentials, sessions and the access log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from edc_core.domain.evidence import Evidence, EvidenceKind
from edc_core.domain.ledger_entry import SYSTEM_CHAIN, SYSTEM_STUDY, EntryKind
from edc_core.domain.matrix_change import MatrixChange
from edc_core.domain.permission import Grant, Role, Scope
from edc_core.store.driver import Prepared
from edc_core.store.ledger_tables import access_log, ledger_entry
from edc_core.store.readers import StudyRow
from edc_core.store.study_tables import study
from edc_core.store.subject_tables import subject
from edc_core.store.user_tables import access_evidence, account_link, credential, grant, session, user_account

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, Row

    from edc_core.store.unit_of_work import Shown


OF_ACCOUNT = ("invite", "reset")  #: purposes of the links that open an account
DEMO = "demo"  #: origin of the ledger entry that makes an account of the demo


@dataclass(frozen=True, slots=True)
class UserRow:
    user_id: str
    login: str
    full_name: str
    zone: str
    language: str
    active: bool
    email: str
    wants_digest: bool


@dataclass(frozen=True, slots=True)
class CredentialRow:
    password_hash: str
    failures: int
    locked_until: str
    token_sha256: str
    must_change: bool
    lockouts: int
    totp: str
    totp_step: int
    recovery: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session, whose it is, every grant the person ever had, and the studies of a name asked for with it."""

    user: UserRow
    grants: tuple[Grant, ...]
    studies: tuple[StudyRow, ...]
    seen_at: str
    ended_at: str
    stage: str


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session as its owner sees it. ``key`` is its digest, which opens nothing."""

    key: str
    created_at: str
    seen_at: str
    address: str
    agent: str


_USER = select(user_account)
#: A session and its user, a line for each grant with each study of an OID.
_OF_USER, _OF_STUDY = (tuple(kind.__dataclass_fields__) for kind in (UserRow, StudyRow))
_OF_GRANT = ("study_id", "role", "scope", "countries", "site_ids", "starts", "ends", "unblinded")
_GRANTED = study.alias("granted")  #: the study that a grant is for
_RULES = (_GRANTED.c.permissions, _GRANTED.c.environment)
_GRANT_AT = 3 + len(_OF_USER)
_STUDY_AT = _GRANT_AT + len(_OF_GRANT) + len(_RULES)
_SESSION = Prepared(
    select(
        session.c.seen_at,
        session.c.ended_at,
        session.c.stage,
        *(user_account.c[name] for name in _OF_USER),
        *(grant.c[name] for name in _OF_GRANT),
        *_RULES,
        *(study.c[name].label(f"of_{name}") for name in _OF_STUDY),
    )
    .select_from(session)
    .join(user_account, user_account.c.user_id == session.c.user_id)
    .outerjoin(grant, grant.c.user_id == session.c.user_id)
    .outerjoin(_GRANTED, _GRANTED.c.study_id == grant.c.study_id)
    .outerjoin(study, study.c.oid == bindparam("oid"))
    .where(session.c.token_sha256 == bindparam("token"))
    .order_by(grant.c.grant_id)
)
_BY_LOGIN = _USER.where(user_account.c.login == bindparam("login"))
_GRANTS = (
    select(*(grant.c[name] for name in _OF_GRANT), *_RULES)
    .outerjoin(_GRANTED, _GRANTED.c.study_id == grant.c.study_id)
    .where(grant.c.user_id == bindparam("user"))
    .order_by(grant.c.grant_id)
)


def by_login(connection: Connection, login: str) -> UserRow | None:
    row = connection.execute(_BY_LOGIN, {"login": login}).first()
    return UserRow(**row._mapping) if row else None


def by_id(connection: Connection, user_id: str) -> UserRow | None:
    row = connection.execute(_USER.where(user_account.c.user_id == user_id)).first()
    return UserRow(**row._mapping) if row else None


def all_users(connection: Connection) -> list[UserRow]:
    return [UserRow(**row._mapping) for row in connection.execute(_USER.order_by(user_account.c.login))]


def grants_of(connection: Connection, user_id: str) -> list[Grant]:
    return [_grant_of(*row) for row in connection.execute(_GRANTS, {"user": user_id})]


@lru_cache(maxsize=4096)
def _grant_of(
    study_id: str,
    role: str,
    scope: Scope,
    countries: str,
    site_ids: str,
    starts: str,
    ends: str,
    unblinded: bool,  # noqa: FBT001 - a column, by position
    permissions: str | None,
    environment: str | None,
) -> Grant:
    """A row of a grant, in the order of its columns. Every request of a person makes the same ones."""
    change = MatrixChange.of(json.loads(permissions or "{}"))
    more, less = change.for_role(Role(role))
    return Grant(
        study_id=study_id, role=Role(role), scope=scope, countries=frozenset(json.loads(countries)),
        site_ids=frozenset(json.loads(site_ids)), starts=starts, ends=ends, more=more, less=less,
        needs=change.needs_of(Role(role)), live=environment == "live", unblinded=bool(unblinded),
    )  # fmt: skip


def evidence_of(connection: Connection, user_id: str) -> list[Evidence]:
    """What is on record about a person, in all studies."""
    columns = (access_evidence.c[name] for name in Evidence.__dataclass_fields__)
    rows = connection.execute(select(*columns).where(access_evidence.c.user_id == user_id))
    return [Evidence(row.study_id, EvidenceKind(row.kind), *row[2:]) for row in rows]


def evidence_in(connection: Connection, study_id: str) -> Sequence[Row[Any]]:
    """What is on record in a study, each with ``login`` and ``full_name``, by login."""
    statement = (
        select(access_evidence, user_account.c.login, user_account.c.full_name)
        .join(user_account, user_account.c.user_id == access_evidence.c.user_id)
        .where(access_evidence.c.study_id == study_id)
    )
    return connection.execute(statement.order_by(user_account.c.login, access_evidence.c.kind)).all()


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
    columns = (credential.c[name] for name in CredentialRow.__dataclass_fields__)
    row = connection.execute(select(*columns).where(credential.c.user_id == user_id)).first()
    return CredentialRow(**row._mapping) if row else None


def put_password(
    connection: Connection, user_id: str, password_hash: str, *, must_change: bool = False
) -> None:
    values = {
        "password_hash": password_hash,
        "failures": 0,
        "locked_until": "",
        "must_change": must_change,
        "lockouts": 0,
    }
    if connection.execute(update(credential).where(credential.c.user_id == user_id), values).rowcount == 0:
        connection.execute(insert(credential), {"user_id": user_id, "token_sha256": ""} | values)


def put_factor(connection: Connection, user_id: str, totp: str, totp_step: int, recovery: str) -> None:
    values = {"totp": totp, "totp_step": totp_step, "recovery": recovery}
    if connection.execute(update(credential).where(credential.c.user_id == user_id), values).rowcount == 0:
        no_password = {"user_id": user_id, "password_hash": "", "locked_until": "", "token_sha256": ""}
        connection.execute(insert(credential), no_password | values)


def put_token(connection: Connection, user_id: str, token_sha256: str) -> bool:
    """Replace the token's digest; ``False`` when the user has no credential."""
    here = credential.c.user_id == user_id
    return connection.execute(update(credential).where(here), {"token_sha256": token_sha256}).rowcount == 1


def put_failures(
    connection: Connection, user_id: str, failures: int, locked_until: str, lockouts: int = 0
) -> None:
    connection.execute(
        update(credential).where(credential.c.user_id == user_id),
        {"failures": failures, "locked_until": locked_until, "lockouts": lockouts},
    )


def begin_session(
    connection: Connection, token_sha256: str, user_id: str, at: str, *, stage: str = "", address: str = "",
    agent: str = "",
) -> None:  # fmt: skip
    row = {"token_sha256": token_sha256, "user_id": user_id, "created_at": at, "seen_at": at, "ended_at": ""}
    row |= {"stage": stage, "address": address, "agent": agent[:200]}
    connection.execute(insert(session), row)


def put_stage(connection: Connection, token_sha256: str, stage: str) -> None:
    connection.execute(update(session).where(session.c.token_sha256 == token_sha256), {"stage": stage})


def sessions_of(connection: Connection, user_id: str, seen_after: str) -> list[OwnSession]:
    """Sessions of a user that are open, newest first."""
    columns = [session.c.token_sha256.label("key")] + [
        session.c[name] for name in ("created_at", "seen_at", "address", "agent")
    ]
    here = (session.c.user_id == user_id) & (session.c.ended_at == "") & (session.c.seen_at > seen_after)
    rows = connection.execute(select(*columns).where(here).order_by(session.c.seen_at.desc()))
    return [OwnSession(**row._mapping) for row in rows]


def end_sessions(connection: Connection, user_id: str, at: str, *, only: str = "", but: str = "") -> int:
    """End the open sessions of a user, or one of them.

    :param only: digest of the one to end. :param but: digest of the one to keep.
    """
    here = (session.c.user_id == user_id) & (session.c.ended_at == "")
    if only:
        here &= session.c.token_sha256 == only
    if but:
        here &= session.c.token_sha256 != but
    return connection.execute(update(session).where(here), {"ended_at": at}).rowcount


def add_link(connection: Connection, token_sha256: str, user_id: str, purpose: str, expires_at: str) -> None:
    row = {"token_sha256": token_sha256, "user_id": user_id, "purpose": purpose, "expires_at": expires_at}
    connection.execute(insert(account_link), row | {"used_at": ""})


def user_of_link(connection: Connection, token_sha256: str, at: str) -> UserRow | None:
    """Whose link it is, while it can be used."""
    here = (account_link.c.token_sha256 == token_sha256) & (account_link.c.used_at == "")
    here &= account_link.c.purpose.in_(OF_ACCOUNT)
    statement = (
        _USER.join(account_link, account_link.c.user_id == user_account.c.user_id)
        .where(here, account_link.c.expires_at > at)
        .where(user_account.c.active)
    )
    row = connection.execute(statement).first()
    return UserRow(**row._mapping) if row else None


def spend_links(
    connection: Connection, user_id: str, at: str, purposes: Sequence[str] = OF_ACCOUNT, *, only: str = ""
) -> int:
    """Links of the user that are still under way open nothing any more: a password was set, or one of them was used.

    :param only: digest of the one. :returns: how many there were.
    """
    here = (account_link.c.user_id == user_id) & (account_link.c.used_at == "")
    here &= account_link.c.purpose.in_(purposes) & (account_link.c.expires_at > at)
    if only:
        here &= account_link.c.token_sha256 == only
    return connection.execute(update(account_link).where(here), {"used_at": at}).rowcount


def session_user(connection: Connection, token_sha256: str, *, study_oid: str = "") -> SessionRow | None:
    """A session by its digest, and with it the studies of an OID: what every request looks up first."""
    rows = _SESSION.rows(connection, {"token": token_sha256, "oid": study_oid})
    if not rows:
        return None
    seen_at, ended_at, stage, *who = rows[0][:_GRANT_AT]
    grants = dict.fromkeys(line[_GRANT_AT:_STUDY_AT] for line in rows if line[_GRANT_AT] is not None)
    studies = dict.fromkeys(line[_STUDY_AT:] for line in rows if line[_STUDY_AT] is not None)
    found = tuple(StudyRow(*line) for line in studies)
    held = tuple(_grant_of(*line) for line in grants)
    return SessionRow(UserRow(*who), held, found, seen_at, ended_at, stage)


def session_began(connection: Connection, token_sha256: str) -> str:
    statement = select(session.c.created_at).where(session.c.token_sha256 == token_sha256)
    return connection.execute(statement).scalar() or ""


def see_session(connection: Connection, token_sha256: str, at: str) -> None:
    connection.execute(update(session).where(session.c.token_sha256 == token_sha256), {"seen_at": at})


def end_session(connection: Connection, token_sha256: str, at: str) -> None:
    here = (session.c.token_sha256 == token_sha256) & (session.c.ended_at == "")
    connection.execute(update(session).where(here), {"ended_at": at})


def log_access(
    connection: Connection, at: str, login: str, action: str, *, study_id: str = "", detail: str = "",
    address: str = "", subject_key: str = "",
) -> None:  # fmt: skip
    """Append to the access log; never a clinical value.

    :param subject_key: whom it was about, kept as ``subject:ID``: a number may have to be redacted, and the log stays.
    """
    if subject_key:
        mine = (subject.c.study_id == study_id) & (subject.c.subject_key == subject_key)
        subject_id = connection.execute(select(subject.c.subject_id).where(mine)).scalar() or "unknown"
        detail = f"subject:{subject_id} {detail}"
    row = {"at": at, "login": login, "action": action, "study_id": study_id}
    connection.execute(insert(access_log), row | {"detail": detail, "address": address})


def log_shown(connection: Connection, at: str, shown: Iterable[Shown]) -> None:
    """Append that people were shown values which not everybody may see: one statement, however many they are."""
    rows = [
        {
            "at": at, "login": one.login, "action": f"read {one.kind}", "study_id": one.study_id,
            "detail": one.where, "address": "",
        }
        for one in sorted(shown)
    ]  # fmt: skip
    connection.execute(insert(access_log), rows)
