"""The second factor: an authenticator app (RFC 6238) and recovery codes. Its secret is stored encrypted, its key is not."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import TYPE_CHECKING
from urllib.parse import quote

from cryptography.fernet import Fernet, InvalidToken

from edc_core.clock import iso
from edc_core.domain.permission import Action, Place
from edc_core.domain.totp import matching_step
from edc_core.errors import BadRequest, UnsafeSettings
from edc_core.services import sessions, users
from edc_core.store import accounts, proofs

if TYPE_CHECKING:
    from edc_core.settings import Settings
    from edc_core.store.unit_of_work import UnitOfWork

ISSUER = "EDC"
OFFER_LASTS_S = 900  #: between showing a secret and the first code of it
RECOVERY_CODES = 10
WRONG = "This code is not right. Wait for the next one in your app and type that."


def offer(settings: Settings, login: str, sealed: str = "") -> tuple[str, str, str]:
    """A new secret to set an app up with, or the one that was offered before while it is good.

    :returns: it sealed (to come back with the first code), in base32, and as the address that a QR code holds.
    """
    try:
        secret = secret_of(settings, sealed, login)
    except BadRequest:
        secret = secrets.token_bytes(20)
        sealed = ""
    text = base64.b32encode(secret).decode()
    uri = f"otpauth://totp/{quote(f'{ISSUER}:{login}')}?secret={text}&issuer={ISSUER}"
    return sealed or _box(settings).encrypt(f"{login}\n{text}".encode()).decode(), text, uri


def secret_of(settings: Settings, sealed: str, login: str) -> bytes:
    """The secret of an offer.

    :raises BadRequest: it was offered too long ago, or to somebody else.
    """
    try:
        text = _box(settings).decrypt(sealed.encode(), ttl=OFFER_LASTS_S).decode()
    except InvalidToken:
        text = ""
    offered_to, _, secret = text.partition("\n")
    if offered_to != login:
        raise BadRequest("This page was open for too long. Scan the new picture and type its code.")
    return base64.b32decode(secret)


def confirm(uow: UnitOfWork, settings: Settings, sealed: str, code: str) -> tuple[str, ...]:
    """Take an offered secret once its first code shows that the app has it.

    :returns: recovery codes, each good for one sign-in; only their digests are stored.
    :raises BadRequest: the code is wrong, or the offer too old.
    """
    user = users.named(uow, uow.actor.name)
    secret = secret_of(settings, sealed, user.login)
    step = matching_step(secret, _plain(code), uow.clock.now().timestamp())
    if not step:
        raise BadRequest(WRONG)
    codes = tuple(f"{secrets.token_hex(3)}-{secrets.token_hex(3)}" for _ in range(RECOVERY_CODES))
    sealed_secret = _box(settings).encrypt(secret).decode()
    digests = json.dumps([users.token_digest(_plain(one)) for one in codes])
    accounts.put_factor(uow.connection, user.user_id, sealed_secret, step, digests)
    users.record_change(uow, user, "second factor")
    return codes


def check(uow: UnitOfWork, settings: Settings, code: str, *, address: str = "") -> sessions.SignIn | None:
    """Take a code of the app or a recovery code of the actor, once; a wrong one counts as a wrong password.

    :returns: nothing when it is right, else whether the account waits now.
    :raises UnsafeSettings: the key is another than the secret was stored with.
    """
    user = users.named(uow, uow.actor.name)
    held = accounts.credential_of(uow.connection, user.user_id)
    now = uow.clock.now()
    if held is None or held.locked_until > iso(now):
        return sessions.SignIn(locked_until=held.locked_until if held else "")
    try:
        secret = _box(settings).decrypt(held.totp.encode())
    except InvalidToken:
        raise UnsafeSettings("EDC_TOTP_KEY is not the key that second factors were stored with.") from None
    plain = _plain(code)
    if step := matching_step(secret, plain, now.timestamp(), after=held.totp_step):
        accounts.put_factor(uow.connection, user.user_id, held.totp, step, held.recovery)
        return None
    left: list[str] = json.loads(held.recovery)
    if (digest := users.token_digest(plain)) in left:
        left.remove(digest)
        accounts.put_factor(uow.connection, user.user_id, held.totp, held.totp_step, json.dumps(left))
        accounts.log_access(uow.connection, iso(now), user.login, "used a recovery code", address=address)
        return None
    accounts.log_access(uow.connection, iso(now), user.login, "code refused", address=address)
    return sessions.failed(uow, user, held)


def remove(uow: UnitOfWork, login: str) -> None:
    """Take the second factor and the other ways to sign in from an account whose owner lost them; its sessions end.

    :raises NotAllowed: the actor may not manage users.
    """
    uow.actor.role_for(Action.MANAGE_USERS, Place(""))
    user = users.named(uow, login)
    accounts.put_factor(uow.connection, user.user_id, "", 0, "[]")
    proofs.drop_keys(uow.connection, user.user_id)
    accounts.end_sessions(uow.connection, user.user_id, iso(uow.clock.now()))
    users.record_change(uow, user, "second factor")


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").lower()


def _box(settings: Settings) -> Fernet:
    digest = hashlib.sha256(b"edc second factor\0" + settings.totp_key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
