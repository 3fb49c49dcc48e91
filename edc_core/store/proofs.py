"""Rows of proofs by other authenticators than the password, and of the accounts they are linked to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from edc_core.domain.authenticator import AccountKey
from edc_core.store.user_tables import account_key, proof_attempt

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """:param next: the page to go on to. :param link: digest of an invitation. :param kept: JSON."""

    authenticator: str
    purpose: str
    user_id: str
    next: str
    link: str
    kept: str
    begun_at: str
    proved: bool


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key of an account as its owner sees it."""

    authenticator: str
    subject: str
    user_id: str
    words: str
    material: str
    created_at: str
    used_at: str

    @property
    def key(self) -> AccountKey:
        """It as its authenticator knows it."""
        return AccountKey(self.subject, json.loads(self.material))


_ATTEMPT = tuple(proof_attempt.c[name] for name in AttemptRow.__dataclass_fields__)
_KEY = tuple(account_key.c[name] for name in KeyRow.__dataclass_fields__)


def add_attempt(connection: Connection, token_sha256: str, at: str, expires_at: str, row: AttemptRow) -> None:
    """Note that a proof was begun, or given; those that nobody finished go."""
    connection.execute(delete(proof_attempt).where(proof_attempt.c.expires_at < at))
    fields: dict[str, Any] = {name: getattr(row, name) for name in row.__dataclass_fields__}
    connection.execute(
        insert(proof_attempt), fields | {"token_sha256": token_sha256, "expires_at": expires_at}
    )


def attempt(connection: Connection, token_sha256: str, at: str, *, proved: bool) -> AttemptRow | None:
    """What was begun, or (``proved``) given, and is not too old."""
    here = (proof_attempt.c.token_sha256 == token_sha256) & (proof_attempt.c.expires_at > at)
    row = connection.execute(select(*_ATTEMPT).where(here, proof_attempt.c.proved.is_(proved))).first()
    return AttemptRow(*row) if row else None


def take_out(connection: Connection, token_sha256: str) -> bool:
    """``False`` when somebody else took it: it is good once."""
    gone = connection.execute(delete(proof_attempt).where(proof_attempt.c.token_sha256 == token_sha256))
    return gone.rowcount == 1


def key_of(connection: Connection, authenticator: str, subject: str) -> KeyRow | None:
    here = (account_key.c.authenticator == authenticator) & (account_key.c.subject == subject)
    row = connection.execute(select(*_KEY).where(here)).first()
    return KeyRow(*row) if row else None


def keys_of(connection: Connection, user_id: str) -> tuple[KeyRow, ...]:
    """Those of an account, oldest first."""
    found = select(*_KEY).where(account_key.c.user_id == user_id)
    return tuple(KeyRow(*row) for row in connection.execute(found.order_by(account_key.c.created_at)))


def add_key(connection: Connection, row: KeyRow) -> None:
    connection.execute(insert(account_key), {name: getattr(row, name) for name in row.__dataclass_fields__})


def use_key(connection: Connection, row: KeyRow, at: str, material: str) -> None:
    """Note that a key was used, and what its authenticator keeps with it from now on."""
    here = (account_key.c.authenticator == row.authenticator) & (account_key.c.subject == row.subject)
    connection.execute(update(account_key).where(here), {"used_at": at, "material": material})


def drop_keys(connection: Connection, user_id: str, *, authenticator: str = "", created_at: str = "") -> int:
    """Take keys from an account: all, or the one of this authenticator that was made then."""
    here = account_key.c.user_id == user_id
    if authenticator:
        here &= (account_key.c.authenticator == authenticator) & (account_key.c.created_at == created_at)
    return connection.execute(delete(account_key).where(here)).rowcount
