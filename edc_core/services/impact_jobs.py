"""The impact of a version asked for on a page: counted by a worker as the person who asked, and shown to that person."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from edc_core.clock import iso
from edc_core.domain.permission import Action
from edc_core.errors import NotAllowed, NotFound
from edc_core.ids import new_id
from edc_core.services import impact, users
from edc_core.services.checking import SYSTEM_ACTOR
from edc_core.services.reading import look_at
from edc_core.store import jobs, readers

if TYPE_CHECKING:
    from edc_core.core import Core
    from edc_core.services.reading import StudyPicture
    from edc_core.store.jobs import Job
    from edc_core.store.unit_of_work import UnitOfWork

KIND = "impact"
TELL_EVERY_S = 1.0


def require_may(picture: StudyPicture) -> None:
    """:raises NotAllowed: the person may not compare versions, or sees no data to count."""
    for action in (Action.COMPARE_VERSIONS, Action.VIEW_DATA):
        if not picture.may(action):
            raise NotAllowed(f"Your role does not include: {action}.", action=str(action))


def ask(uow: UnitOfWork, picture: StudyPicture, version: str) -> str:
    """Queue the count for a published version.

    :returns: the job id. :raises NotFound: the study has no such version. :raises NotAllowed: see ``require_may``.
    """
    require_may(picture)
    picture.version(version)
    job_id = new_id()
    jobs.add(
        uow.connection, job_id=job_id, study_id=picture.study.study_id, kind=KIND, actor=uow.actor.name,
        request={"version": version}, at=iso(uow.clock.now()),
    )  # fmt: skip
    return job_id


def carry_out(core: Core, job: Job) -> dict[str, Any]:
    """Count as the person who asked, with the rights held now.

    :returns: ``{"impact": Impact.as_json(), "tables": {name: {"columns", "rows"}}}``.
    """
    last = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last < TELL_EVERY_S and done != total:
            return
        last = time.monotonic()
        with core.write(SYSTEM_ACTOR) as uow:
            jobs.tell(uow.connection, job.job_id, done, total, iso(core.clock.now()))

    with core.read() as source:
        actor = users.actor_of(source, job.actor, users.today(core.clock))
        picture = look_at(source, actor, readers.study_by_id(source.connection, job.study_id))
        require_may(picture)
        found = impact.assess(core, picture, picture.version(job.request["version"]), progress=tell)
    tables = {
        name: {"columns": columns, "rows": rows} for name, (columns, rows) in impact.tables(found).items()
    }
    return {"impact": found.as_json() | {"partial": found.partial}, "tables": tables}


def newest(picture: StudyPicture, version: str) -> Job | None:
    """The person's own last count for a version; of nobody else's, whose rights may reach further."""
    found = jobs.of_study(picture.source.connection, picture.study.study_id, KIND)
    return next(
        (job for job in found if job.actor == picture.actor.name and job.request["version"] == version), None
    )


def find(picture: StudyPicture, job_id: str) -> Job:
    """A finished count of the person.

    :raises NotFound: there is none, or it is somebody else's.
    """
    job = jobs.find(picture.source.connection, job_id)
    own = (KIND, picture.study.study_id, picture.actor.name, jobs.DONE)
    if job is None or (job.kind, job.study_id, job.actor, job.state) != own:
        raise NotFound("This list is not there (any more). Count again.")
    return job
