"""Rights as they stand in the transaction, for acts that bind: who asks was looked up before the request waited for its turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.errors import NotAllowed
from edc_core.services import users
from edc_core.store import accounts

if TYPE_CHECKING:
    from edc_core.store.unit_of_work import UnitOfWork


def look_again(uow: UnitOfWork) -> None:
    """Let the actor act with the roles of now: one that ended while the request waited no longer signs, waives, locks or
    releases. Call it when the chain is locked. Who has no account (the command line, plugins) has no role that could end.

    :raises NotAllowed: the account was closed meanwhile.
    """
    user = accounts.by_id(uow.connection, uow.actor.user_id) if uow.actor.user_id else None
    if user is None:
        return
    if not user.active:
        raise NotAllowed("This account is not active any more. Nothing was changed.")
    uow.actor = users.actor_of(uow, user.login, users.today(uow.clock))
