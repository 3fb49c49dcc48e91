"""Mails to whoever signed what broke since: by the worker, so that no save waits for it; never a word of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.services import mailing
from edc_core.services.checking import SYSTEM_ACTOR
from edc_core.store import accounts, readers, signature_readers

if TYPE_CHECKING:
    from edc_core.core import Core

EVERY_S = 900.0  #: many changes in a row make one mail


def tell_signers(core: Core) -> int:
    """Queue a mail for everybody whose signatures broke since the last one (REQ-SIG-05).

    :returns: how many.
    """
    with core.read() as source:
        found = signature_readers.broken_since(source.connection)
    told = 0
    for study_id, login, since in found:
        with core.write(SYSTEM_ACTOR) as uow:
            user = accounts.by_login(uow.connection, login)
            if user is not None and user.active:
                study = str(readers.study_by_id(uow.connection, study_id))
                told += mailing.post_once(uow, user, "broken", f"{study_id} {since}", study=study)
    return told
