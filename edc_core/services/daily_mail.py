"""The morning mail: how much waits for a person, for who has not said no to it. Numbers alone, never a word of the data."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from edc_core.clock import iso
from edc_core.domain.job import MORNING
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.services import mailing, users
from edc_core.services.checking import SYSTEM_ACTOR
from edc_core.services.work_queue import work_queue
from edc_core.store import accounts, jobs

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from edc_core.core import Core
    from edc_core.domain.job import Job
    from edc_core.services.work_queue import WorkQueue
    from edc_core.store.accounts import UserRow

FROM_HOUR = 7  #: by the clock of the person
#: What is counted: the block of Home, and its words for one and for several.
BLOCKS = (
    ("visits", "visit to do or to catch up with", "visits to do or to catch up with"),
    ("to_answer", "query to answer", "queries to answer"),
    ("begun", "form begun and not complete", "forms begun and not complete"),
    ("to_close", "answered query to look at", "answered queries to look at"),
    ("to_confirm", "step of somebody else to confirm", "steps of others to confirm"),
    ("to_sign", "subject to sign", "subjects to sign"),
)


def queue_due(core: Core) -> int:
    """Queue the look at what waits, once for each person and day of theirs.

    :returns: how many were queued.
    """
    now = core.clock.now()
    with core.read() as source:
        wanted = [one for one in accounts.all_users(source.connection) if _wants(one)]
        due = {_job_id(one, now): one for one in wanted if _local(one, now).hour >= FROM_HOUR}
        new = [job_id for job_id in due if not jobs.is_known(source.connection, job_id)]
    for job_id in new:
        with core.write(SYSTEM_ACTOR) as uow:
            if not jobs.is_known(uow.connection, job_id):
                jobs.add(
                    uow.connection, job_id=job_id, study_id=SYSTEM_STUDY, kind=MORNING, actor=SYSTEM_ACTOR.name,
                    request={"login": due[job_id].login}, at=iso(now),
                )  # fmt: skip
    return len(new)


def carry_out(core: Core, job: Job, _tell: Callable[[int, int], None]) -> dict[str, Any]:
    """Look at what waits for one person, with the rights held now, and write to them if anything does."""
    now = core.clock.now()
    with core.read() as source:
        user = users.named(source, job.request["login"])
        waits = work_queue(source, users.actor_of(source, user.login, users.today(core.clock)), now)
    lines = _lines(waits)
    if lines and _wants(user):
        with core.write(SYSTEM_ACTOR) as uow:
            mailing.post(uow, user, "tasks", lines="\n".join(lines))
    return {"sent": bool(lines)}


def _lines(waits: WorkQueue) -> list[str]:
    totals = ((getattr(waits, name).total, one, several) for name, one, several in BLOCKS)
    return [f"- {total} {one if total == 1 else several}" for total, one, several in totals if total]


def _wants(user: UserRow) -> bool:
    return user.active and user.wants_digest and bool(user.email)


def _local(user: UserRow, now: datetime) -> datetime:
    return now.astimezone(ZoneInfo(user.zone or "UTC"))


def _job_id(user: UserRow, now: datetime) -> str:
    return hashlib.sha256(f"{MORNING}\n{user.login}\n{_local(user, now).date()}".encode()).hexdigest()[:32]
