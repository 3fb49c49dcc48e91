"""Sends queued letters by SMTP, or into a folder while no mail server is set; tries again when the server is away."""

from __future__ import annotations

import smtplib
import ssl
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from edc_core.clock import iso
from edc_core.errors import EdcError
from edc_core.services import account_links, mailing
from edc_core.services.checking import SYSTEM_ACTOR
from edc_core.store import accounts

if TYPE_CHECKING:
    from collections.abc import Callable

    from edc_core.core import Core
    from edc_core.domain.job import Job
    from edc_core.settings import Settings

TRIES = 8
FIRST_PAUSE = timedelta(minutes=1)  #: doubled after each try
TIMEOUT_S = 20


def carry_out(core: Core, job: Job, _tell: Callable[[int, int], None]) -> dict[str, Any]:
    """Send a letter; when the mail server does not take it, queue it again for later.

    :raises EdcError: it was tried eight times.
    """
    request = dict(job.request)
    with core.write(SYSTEM_ACTOR) as uow:
        user = accounts.by_login(uow.connection, request["login"])
        if user is None or not user.email or not user.active:
            return {"sent": False}
        facts = {"login": user.login, "base": core.settings.base_url} | request["facts"]
        if request["letter"] in account_links.LASTS:
            about = request["facts"].get("copy", "")
            facts["token"] = account_links.make_link(uow, user, request["letter"], about)
    subject, text = mailing.LETTERS[request["letter"]]
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = core.settings.mail_from, user.email, subject
    message["Date"] = format_datetime(core.clock.now())
    message["Message-ID"] = make_msgid(domain=core.settings.mail_from.rpartition("@")[2] or None)
    message.set_content(text.format(**facts))
    try:
        _send(core.settings, message, job.job_id)
    except (OSError, smtplib.SMTPException) as error:
        tries = request["tries"] + 1
        if tries >= TRIES:
            raise EdcError(
                f"The mail server did not take it {TRIES} times: {type(error).__name__}."
            ) from error
        with core.write(SYSTEM_ACTOR) as uow:
            later = core.clock.now() + FIRST_PAUSE * 2 ** (tries - 1)
            mailing.queue(uow, request | {"tries": tries}, iso(later))
        return {"sent": False, "again_at": iso(later), "why": type(error).__name__}
    return {"sent": True}


def _send(settings: Settings, message: EmailMessage, name: str) -> None:
    if not settings.smtp_url:
        settings.mail_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        (settings.mail_dir / f"{name}.eml").write_bytes(bytes(message))
        return
    at = urlsplit(settings.smtp_url)
    secure = at.scheme == "smtps"
    host, trust = at.hostname or "localhost", ssl.create_default_context()
    connect = (
        smtplib.SMTP_SSL(host, at.port or 465, timeout=TIMEOUT_S, context=trust)
        if secure
        else smtplib.SMTP(host, at.port or 25, timeout=TIMEOUT_S)
    )
    with connect as server:
        if at.scheme == "smtp+tls":
            server.starttls(context=trust)
        if at.username:
            server.login(unquote(at.username), unquote(at.password or ""))
        server.send_message(message)
