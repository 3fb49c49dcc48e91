"""Long work that a worker does: what was asked, how far it is, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

EXPORT = "export"  #: the kind of job that makes an export
MORNING = "morning"  #: the kind that looks what waits for a person
QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"


class JobTakenAway(Exception):
    """Whoever carries a job out has it no longer: it was cancelled, or given to another worker."""


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work.

    :param state: ``queued``, ``running``, ``done``, ``failed`` or ``cancelled``.
    :param actor: who asked. :param request: what was asked, as JSON values.
    :param result: as JSON values; of a failed job ``{"error", "code"}``, of a cancelled one ``{"login", "by"}``.
    :param done: of ``total``, while it runs. :param created_at: UTC ISO 8601, as ``changed_at``.
    """

    job_id: str
    study_id: str
    kind: str
    state: str
    actor: str
    request: Mapping[str, Any]
    result: Mapping[str, Any]
    done: int
    total: int
    created_at: str
    changed_at: str

    @property
    def is_over(self) -> bool:
        return self.state in (DONE, FAILED, CANCELLED)

    @property
    def is_done(self) -> bool:
        return self.state == DONE
