"""The page of drift: counted by a worker when somebody asks, as charts, as a table and as a file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from edc_core.api import Action, Attachment, JobKind, Page, SeeOther
from edc_core_snapshots.drift import MEASURES, Moment, drift
from edc_core_snapshots.drift_charts import charts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import Job, JobRequest, PageRequest, Times
    from edc_core_snapshots.drift_charts import DriftChart

DRIFT = "drift"
HEADER = ("state", "until", *(name for name, *_ in MEASURES))


@dataclass(frozen=True, slots=True)
class DriftPage:
    """:param asked: the newest count that the person asked for. :param moments: of the newest that is done, at ``counted_at``.

    :param polls: it is under way, so the page asks again in two seconds.
    """

    study: str
    asked: Job | None
    moments: tuple[Moment, ...]
    counted_at: str
    charts: tuple[DriftChart, ...]
    titles: tuple[str, ...]
    measures: tuple[str, ...]
    kept: int
    polls: bool
    times: Times


def look(asked: PageRequest) -> DriftPage:
    """What was counted last."""
    study = asked.study
    jobs = study.jobs(DRIFT)
    done = next((job for job in jobs if job.is_done), None)
    moments = _moments(done)
    return DriftPage(
        study=study.name,
        asked=jobs[0] if jobs else None,
        moments=moments,
        counted_at=done.changed_at if done else "",
        charts=charts(moments) if moments else (),
        titles=tuple(title for _, title, _ in MEASURES),
        measures=tuple(name for name, *_ in MEASURES),
        kept=len(study.snapshots.all()) - 1,
        polls=bool(jobs) and not jobs[0].is_over,
        times=asked.times,
    )


def ask(asked: PageRequest) -> SeeOther:
    """Have it counted."""
    asked.study.ask(DRIFT, {})
    return SeeOther("drift")


def count(asked: JobRequest) -> Mapping[str, Any]:
    """Count every kept state and that of now."""
    return {"moments": [asdict(one) for one in drift(asked.study, asked.tell)]}


def as_csv(asked: PageRequest) -> Attachment:
    """What was counted last as a table; without a row where nothing was."""
    found = _moments(next((job for job in asked.study.jobs(DRIFT) if job.is_done), None))
    rows = ((one.name, one.at, *(one.counts[name] for name, *_ in MEASURES)) for one in found)
    return Attachment.table("drift.csv", HEADER, rows)


def _moments(job: Job | None) -> tuple[Moment, ...]:
    return tuple(Moment(**one) for one in job.result["moments"]) if job else ()


DRIFT_JOBS = (JobKind(name=DRIFT, actions=(Action.EXPORT_LOCKED, Action.READ_TRAIL), carry_out=count),)
DRIFT_PAGES = (
    Page(path="drift", action=Action.READ_TRAIL, handler=look, template="drift.html", block="drift"),
    Page(path="drift", action=Action.READ_TRAIL, handler=ask, method="POST"),
    Page(path="drift.csv", action=Action.READ_TRAIL, handler=as_csv, leaves=True),
)
