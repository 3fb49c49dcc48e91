"""Links in mails with which a person sets a password: invitations and resets. No password ever stands in a mail."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from edc_core.clock import iso
from edc_core.domain.permission import Action, Actor, Place
from edc_core.domain.site_copy import COPY_LASTS_DAYS
from edc_core.errors import BadRequest, NotFound
from edc_core.services import mailing, users
from edc_core.store import accounts

if TYPE_CHECKING:
    from edc_core.core import Core
    from edc_core.store.accounts import UserRow
    from edc_core.store.unit_of_work import Source, UnitOfWork

INVITE, RESET = "invite", "reset"
COPY = "copy"  #: opens the copy of a site once, for the person signed in
LASTS = {INVITE: timedelta(days=7), RESET: timedelta(hours=1), COPY: timedelta(days=COPY_LASTS_DAYS)}


def invite(uow: UnitOfWork, login: str) -> None:
    """Have a link mailed with which a new person sets their password.

    :raises NotAllowed: the actor may not manage users. :raises BadRequest: the account has no mail address.
    """
    uow.actor.role_for(Action.MANAGE_USERS, Place(""))
    user = users.named(uow, login)
    if not user.email:
        raise BadRequest(
            f"'{login}' has no mail address, so no invitation can be sent. Give the account one first."
        )
    mailing.post(uow, user, INVITE)


def ask_reset(uow: UnitOfWork, login: str, *, address: str = "") -> None:
    """Have a link mailed to a person who forgot the password; nobody learns whether there is such an account."""
    user = accounts.by_login(uow.connection, login.strip())
    accounts.log_access(uow.connection, iso(uow.clock.now()), login[:255], "reset asked for", address=address)
    if user is not None and user.active and user.email:
        mailing.post(uow, user, RESET)


def make_link(uow: UnitOfWork, user: UserRow, purpose: str, about: str = "") -> str:
    """A token that is mailed at once; only its digest is stored, so the queue holds nothing that opens an account.

    :param about: what it opens, where that is not the account. An earlier one about it ends.
    """
    token, now = secrets.token_urlsafe(32), iso(uow.clock.now())
    whole = f"{purpose}:{about}" if about else purpose
    if about:
        accounts.spend_links(uow.connection, user.user_id, now, [whole])
    expires = iso(uow.clock.now() + LASTS[purpose])
    accounts.add_link(uow.connection, users.token_digest(token), user.user_id, whole, expires)
    return token


def user_of(source: Source, token: str, at: str) -> UserRow:
    """Whose link it is.

    :raises NotFound: it was used, is too old, or never was one.
    """
    user = accounts.user_of_link(source.connection, users.token_digest(token), at)
    if user is None:
        raise NotFound("This link was used already or is too old. Ask for a new one on the sign-in page.")
    return user


def use_link(core: Core, token: str, password: str) -> str:
    """Set a password with a link; every open session of the account ends.

    :returns: the login. :raises NotFound: see ``user_of``. :raises BadRequest: the password is not good enough.
    """
    now = iso(core.clock.now())
    with core.read() as source:
        login = user_of(source, token, now).login
    with core.write(Actor(login)) as uow:  # the link proves who it is
        user = user_of(uow, token, now)
        users.set_password(uow, login, password)
        accounts.end_sessions(uow.connection, user.user_id, now)
        accounts.log_access(uow.connection, now, login, "password set by link")
    return login
