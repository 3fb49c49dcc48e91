"""Tokens with which a person proves at the command line who they are (``EDC_TOKEN``)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from edc_core.clock import iso
from edc_core.domain.permission import Action, Place
from edc_core.errors import NotFound
from edc_core.services import users
from edc_core.store import accounts

if TYPE_CHECKING:
    from edc_core.store.unit_of_work import Source, UnitOfWork


def new_token(uow: UnitOfWork, login: str) -> str:
    """Make a token for the command line; only its digest is stored, and an earlier one ends.

    :raises NotFound: no such login, or it has no password yet.
    """
    user = users.named(uow, login)
    if uow.actor.name != login:
        uow.actor.role_for(Action.MANAGE_USERS, Place(""))
    token = secrets.token_urlsafe(32)
    if not accounts.put_token(uow.connection, user.user_id, users.token_digest(token)):
        raise NotFound(f"'{login}' has no password yet, so no token either.")
    accounts.log_access(uow.connection, iso(uow.clock.now()), uow.actor.name, f"made a token for {login}")
    return token


def token_belongs(source: Source, login: str, token: str) -> bool:
    """Whether a token is the live one of an active user."""
    user = accounts.by_login(source.connection, login)
    if user is None or not user.active:
        return False
    secret = accounts.credential_of(source.connection, user.user_id)
    return secret is not None and secrets.compare_digest(secret.token_sha256, users.token_digest(token))
