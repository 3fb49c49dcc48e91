"""Rows of the job queue: added in the caller's transaction, taken by one worker at a time on both databases."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, true, update

from edc_core.domain.job import CANCELLED, QUEUED, RUNNING, Job
from edc_core.store.job_tables import job

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection


def _job(row: Any) -> Job:
    known = {one.name: getattr(row, one.name) for one in fields(Job)}
    return Job(**known | {name: json.loads(known[name]) for name in ("request", "result")})


def add(
    connection: Connection,
    *,
    job_id: str,
    study_id: str,
    kind: str,
    actor: str,
    request: Mapping[str, Any],
    at: str,
    due_at: str = "",
) -> None:
    """Queue a job in the caller's transaction; with ``due_at`` it is not taken before."""
    row = {
        "job_id": job_id,
        "study_id": study_id,
        "kind": kind,
        "state": QUEUED,
        "actor": actor,
        "request": json.dumps(request),
        "result": "{}",
        "done": 0,
        "total": 0,
        "created_at": at,
        "changed_at": at,
        "due_at": due_at,
    }
    connection.execute(insert(job), row)


def is_any_open(connection: Connection, at: str) -> bool:
    """Whether a job is due or runs: looked at before a write transaction is begun for it."""
    statement = select(job.c.job_id).where(job.c.state.in_([QUEUED, RUNNING]), job.c.due_at <= at).limit(1)
    return connection.execute(statement).first() is not None


def is_known(connection: Connection, job_id: str) -> bool:
    """Whether there is or was such a job."""
    return connection.execute(select(job.c.job_id).where(job.c.job_id == job_id)).first() is not None


def take_next(connection: Connection, at: str) -> Job | None:
    """Take the oldest queued job; two workers never take the same (SKIP LOCKED, or SQLite's one writer)."""
    due = (job.c.state == QUEUED) & (job.c.due_at <= at)
    statement = select(job).where(due).order_by(job.c.created_at, job.c.job_id).limit(1)
    row = connection.execute(statement.with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    connection.execute(update(job).where(job.c.job_id == row.job_id), {"state": RUNNING, "changed_at": at})
    return _job(row)


def requeue_stale(connection: Connection, before: str, at: str) -> int:
    """Give jobs back whose worker has not been heard of since ``before``; it died with them."""
    here = (job.c.state == RUNNING) & (job.c.changed_at < before)
    return connection.execute(
        update(job).where(here), {"state": QUEUED, "done": 0, "changed_at": at}
    ).rowcount


def beat(connection: Connection, job_id: str, at: str) -> None:
    """Note that the job's worker lives."""
    here = (job.c.job_id == job_id) & (job.c.state == RUNNING)
    connection.execute(update(job).where(here), {"changed_at": at})


def tell(connection: Connection, job_id: str, done: int, total: int, at: str) -> bool:
    """Note how far a job is; whether it runs still."""
    here = (job.c.job_id == job_id) & (job.c.state == RUNNING)
    values = {"done": done, "total": total, "changed_at": at}
    return connection.execute(update(job).where(here), values).rowcount > 0


def end(connection: Connection, job_id: str, state: str, result: Mapping[str, Any], at: str) -> bool:
    """End a job, and say whether it was ended: what is over is not cancelled any more.

    The other way round the work wins: what was finished before its worker heard of the cancelling is done.
    """
    values = {"state": state, "result": json.dumps(result), "changed_at": at}
    open_still = job.c.state.in_([QUEUED, RUNNING]) if state == CANCELLED else true()
    return connection.execute(update(job).where(job.c.job_id == job_id, open_still), values).rowcount > 0


def note(connection: Connection, job_id: str, result: Mapping[str, Any]) -> None:
    """Say something more of what came of a job; when it ended stays as it is."""
    connection.execute(update(job).where(job.c.job_id == job_id), {"result": json.dumps(result)})


def of_study(connection: Connection, study_id: str, kind: str, *, limit: int = 50) -> list[Job]:
    """The study's jobs of a kind, newest first."""
    statement = (
        select(job)
        .where(job.c.study_id == study_id, job.c.kind == kind)
        .order_by(job.c.created_at.desc(), job.c.job_id.desc())
        .limit(limit)
    )
    return [_job(row) for row in connection.execute(statement)]


def find(connection: Connection, job_id: str) -> Job | None:
    row = connection.execute(select(job).where(job.c.job_id == job_id)).first()
    return _job(row) if row else None
