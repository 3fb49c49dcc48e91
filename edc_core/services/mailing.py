"""Letters, queued as jobs in the transaction that causes them; ``mail_jobs`` sends them. Never a clinical value."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from edc_core.clock import iso
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.ids import new_id
from edc_core.store import jobs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.store.accounts import UserRow
    from edc_core.store.unit_of_work import UnitOfWork

KIND = "mail"
#: Letter: subject and text. ``{token}`` is made when it is sent.
LETTERS = {
    "invite": (
        "Your account for electronic data capture",
        (
            "An account was made for you: {login}\n\nSet your password here within 7 days:\n{base}/password/{token}\n\n"
            "If you did not expect this, do nothing."
        ),
    ),
    "reset": (
        "Set a new password",
        (
            "Somebody asked to set a new password for {login}.\n\nDo so here within one hour:\n{base}/password/{token}\n\n"
            "If it was not you, do nothing: your password stays as it is."
        ),
    ),
    "locked": (
        "Sign-in was tried several times",
        (
            "The password of {login} was wrong several times, so the account waits until {until} (UTC).\n\n"
            "If it was not you, tell the user administrator."
        ),
    ),
    "broken": (
        "A signature of yours was broken",
        (
            "Data you signed in {study} were changed, so the signature does not stand any more.\n\n"
            "See what changed, and sign again:\n{base}/s/{study}/sign"
        ),
    ),
    "unblinded": (
        "An unblinding was put on record",
        (
            "Somebody put on record that a subject of {study} was unblinded ({kind}). No treatment is in this mail.\n\n"
            "Read the record:\n{base}/s/{study}/x/unblinding"
        ),
    ),
    "export": (
        "Your export is ready",
        "The export of {study} that you asked for is ready:\n{base}/s/{study}/x/exports",
    ),
    "export-failed": (
        "Your export could not be made",
        (
            "The export of {study} that you asked for could not be made. The page says why:\n"
            "{base}/s/{study}/x/exports"
        ),
    ),
    "tasks": (
        "What waits for you",
        (
            "For {login}:\n\n{lines}\n\nSee each under Home:\n{base}/\n\nYou can do without this mail: say so under "
            "My account, {base}/account"
        ),
    ),
    "copy": (
        "The copy of the records of your site",
        (
            "The copy of the records of site {site} in {study} was handed over to you.\n\nSign in and open it here, once, "
            "within {days} days:\n{base}/s/{study}/x/investigator-copy/copy/{copy}#{token}\n\nThe code that the page asks "
            "for stands after the sign #. Keep the copy at your site, then confirm its receipt on the same page."
        ),
    ),
}


def post(uow: UnitOfWork, user: UserRow, letter: str, **facts: str) -> None:
    """Queue a letter in the caller's transaction. Without a mail address there is nobody to write to."""
    if user.email:
        queue(uow, {"login": user.login, "letter": letter, "facts": facts, "tries": 0}, "")


def post_once(uow: UnitOfWork, user: UserRow, letter: str, cause: str, **facts: str) -> bool:
    """Queue a letter about a cause unless there was one about it already.

    :param cause: what tells this letter to this person from any other.
    """
    job_id = hashlib.sha256(f"{letter}\n{user.login}\n{cause}".encode()).hexdigest()[:32]
    if not user.email or jobs.is_known(uow.connection, job_id):
        return False
    queue(uow, {"login": user.login, "letter": letter, "facts": facts, "tries": 0}, "", job_id=job_id)
    return True


def queue(uow: UnitOfWork, request: Mapping[str, Any], due_at: str, *, job_id: str = "") -> None:
    """Queue a letter for now, or for later."""
    jobs.add(
        uow.connection, job_id=job_id or new_id(), study_id=SYSTEM_STUDY, kind=KIND, actor=uow.actor.name,
        request=request, at=iso(uow.clock.now()), due_at=due_at,
    )  # fmt: skip
