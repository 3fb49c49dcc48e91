"""Every check run once more, for a study, a site or a subject: as a job of the page, or from the command line."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from edc_core.api import (
    RECORD_KEY,
    Action,
    BadRequest,
    JobKind,
    MenuEntry,
    NotAllowed,
    NotFound,
    Page,
    QueryState,
    Refused,
    SeeOther,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from edc_core.api import Job, JobRequest, PageRequest, QueryFact, StudyAccess, StudySite, Times

UNFINISHED = frozenset({QueryState.CANDIDATE, QueryState.OPEN, QueryState.ANSWERED})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the queries of checks, of some subjects, while their checks ran.

    :param opened: asked for the first time; ``proposed`` those of them that a data manager decides first.
    :param standing: those that are not finished now. :param waiting: keys of subjects that could not be looked at whole.
    """

    subjects: int
    opened: int
    proposed: int
    reopened: int
    resolved: int
    standing: int
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgainPage:
    """:param job: the last one that the person asked for. :param message: why nothing was asked for."""

    study: str
    sites: tuple[StudySite, ...]
    given: Mapping[str, str]
    job: Job | None
    polls: bool
    message: str
    op: str
    times: Times


def chosen(study: StudyAccess, site: str, subject: str) -> tuple[str, ...]:
    """Keys of the subjects that are meant, at sites where the person runs checks.

    :param site: its number; empty for every site. :param subject: its key; empty for every subject there.
    :raises NotAllowed: the person runs checks nowhere.
    :raises NotFound: there is no such site or subject in the person's part of the study.
    """
    if not study.may(Action.RUN_CHECKS):
        raise NotAllowed(f"Your role does not include: {Action.RUN_CHECKS}.")
    sites = {one.number for one in _sites(study)}
    if site and site not in sites:
        raise NotFound(f"There is no site '{site}' in your part of this study.")
    here = {site} if site else sites
    keys = tuple(one.subject_key for one in study.subjects() if one.site in here)
    if not subject:
        return keys if site else (*keys, *_record(study))
    if subject not in keys:
        raise NotFound(f"There is no subject '{subject}' in your part of this study.")
    return (subject,)


def run(study: StudyAccess, keys: Collection[str], tell: Callable[[int, int], None]) -> Outcome:
    """Run every check of these subjects, and count what it did to their queries."""
    session, at_hand = study.session()
    before = study.queries()
    waiting = session.check_again(at_hand, tuple(keys), lambda done: tell(done, len(keys)))
    return outcome(before, study.queries(), keys, waiting)


def outcome(
    before: Iterable[QueryFact], after: Iterable[QueryFact], keys: Collection[str], waiting: tuple[str, ...]
) -> Outcome:
    """What differs between the queries of checks before and after, of the subjects of these keys."""
    was = {query.query_id: query.state for query in before}
    of_checks = [query for query in after if query.check_oid and query.subject_key in frozenset(keys)]
    new = [query for query in of_checks if query.query_id not in was]
    known = [query for query in of_checks if query.query_id in was]
    return Outcome(
        subjects=len(keys),
        opened=len(new),
        proposed=sum(query.state is QueryState.CANDIDATE for query in new),
        reopened=sum(query.state in UNFINISHED and was[query.query_id] not in UNFINISHED for query in known),
        resolved=sum(
            query.state is QueryState.RESOLVED and was[query.query_id] in UNFINISHED for query in known
        ),
        standing=sum(query.state in UNFINISHED for query in of_checks),
        waiting=waiting,
    )


def _record(study: StudyAccess) -> tuple[str, ...]:
    """The study's own record, where there is one that the person sees."""
    session, at_hand = study.session()
    try:
        session.queries(at_hand, RECORD_KEY)
    except NotFound:
        return ()
    return (RECORD_KEY,)


def _sites(study: StudyAccess) -> tuple[StudySite, ...]:
    every = study.session()[1].sites
    return tuple(site for site in every if study.may(Action.RUN_CHECKS, site.site_id))


def look(asked: PageRequest) -> AgainPage:
    return _page(asked)


def _page(asked: PageRequest, message: str = "") -> AgainPage:
    job = next(iter(asked.study.jobs(AGAIN.name)), None)
    return AgainPage(
        study=asked.study.name,
        sites=_sites(asked.study),
        given={name: asked.text(name) for name in ("site", "subject")},
        job=job,
        polls=job is not None and not job.is_over,
        message=message,
        op=asked.op,
        times=asked.times,
    )


def ask(asked: PageRequest) -> Refused | SeeOther:
    """Queue the run; what is not there is said before."""
    site, subject = asked.text("site"), asked.text("subject")
    if any(not job.is_over for job in asked.study.jobs(AGAIN.name)):
        return Refused(
            _page(asked, "Your last run has not ended yet. Wait for it; it may hold what you need.")
        )
    try:
        found = chosen(asked.study, site, subject)
    except NotFound as error:
        return Refused(_page(asked, error.message))
    if not found:
        return Refused(_page(asked, "There is no subject here yet."))
    asked.study.ask(AGAIN.name, {"site": site, "subject": subject})
    return SeeOther("again", {"site": site, "subject": subject})


def _carry_out(asked: JobRequest) -> dict[str, Any]:
    keys = chosen(asked.study, str(asked.request["site"]), str(asked.request["subject"]))
    if not keys:
        raise BadRequest("There is no subject here.")
    return asdict(run(asked.study, keys, asked.tell))


AGAIN = JobKind("again", (Action.RUN_CHECKS, Action.VIEW_DATA), _carry_out)
PAGES = (
    Page(
        path="again",
        action=Action.RUN_CHECKS,
        handler=look,
        template="again.html",
        block="run",
        menu=MenuEntry("Run checks again", under="Queries"),
    ),
    Page(path="again", action=Action.RUN_CHECKS, handler=ask, template="again.html", method="POST"),
)
