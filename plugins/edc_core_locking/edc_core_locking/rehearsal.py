"""What a step would do and what would refuse it, before it is taken; and the same step in every casebook, as a job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edc_core.api import (
    Action,
    BadRequest,
    EdcError,
    ItemPath,
    JobKind,
    MenuEntry,
    Page,
    Protect,
    ProtectAction,
    ProtectStudy,
    Reason,
    Refused,
    SeeOther,
)

if TYPE_CHECKING:
    from edc_core.api import Job, JobRequest, LockList, PageRequest, SiteAtLock, StudyAccess, Times

RIGHTS = {
    ProtectAction.FREEZE: Action.FREEZE,
    ProtectAction.UNFREEZE: Action.FREEZE,
    ProtectAction.LOCK: Action.LOCK,
    ProtectAction.UNLOCK: Action.LOCK,
}
WHOLE = ""  #: in place of a site's number: the study


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a step would do. :param refused: why it would not be taken. :param pending: another person has to confirm.

    :param forms: begun ones that would be read-only by it, of ``of`` in all; ``open`` how many things are open there.
    """

    refused: str
    pending: bool
    subjects: int
    forms: int
    of: int
    open: int


@dataclass(frozen=True, slots=True)
class RehearsalPage:
    """:param job: the last one that the person asked for. :param rehearsed: nothing before something was asked."""

    study: str
    sites: tuple[SiteAtLock, ...]
    actions: tuple[ProtectAction, ...]
    site: str
    action: str
    rehearsed: Rehearsed | None
    job: Job | None
    polls: bool
    message: str
    reason: str
    op: str
    times: Times


def look(asked: PageRequest) -> RehearsalPage:
    return _page(asked)


def _page(asked: PageRequest, rehearsed: Rehearsed | None = None, message: str = "") -> RehearsalPage:
    study = asked.study
    job = next(iter(study.jobs(EACH_CASEBOOK.name)), None)
    return RehearsalPage(
        study=study.name,
        sites=study.lock_list().sites,
        actions=tuple(action for action in ProtectAction if study.may(RIGHTS[action])),
        site=asked.text("site"),
        action=asked.text("action") or ProtectAction.LOCK,
        rehearsed=rehearsed,
        job=job,
        polls=job is not None and not job.is_over,
        message=message,
        reason=asked.text("reason", longest=2000),
        op=asked.op,
        times=asked.times,
    )


def act(asked: PageRequest) -> RehearsalPage | Refused | SeeOther:
    """Rehearse the step for the study or a site, or take it in every casebook there."""
    try:
        action = ProtectAction(asked.text("action", required=True))
        sites = _sites(asked.study.lock_list(), asked.text("site"))
    except ValueError:
        raise BadRequest("There is no such step.") from None
    if asked.text("do") != "each":
        return _page(asked, _rehearsed(asked.study, action, sites, asked.text("site")))
    reason = asked.text("reason", longest=2000)
    if not reason:
        return Refused(_page(asked, message="Say why; it is kept with the entry of every casebook."))
    sites_ = [site.site_id for site in sites]
    request = {"action": action.value, "sites": sites_, "reason": reason, "op": asked.op}
    asked.study.ask(EACH_CASEBOOK.name, request)
    return SeeOther("rehearsal", {"site": asked.text("site"), "action": action.value}, "each")


def _sites(found: LockList, number: str) -> tuple[SiteAtLock, ...]:
    """:raises BadRequest: there is no such site in the person's part of the study."""
    chosen = tuple(site for site in found.sites if number in (WHOLE, site.number))
    if not chosen:
        raise BadRequest("There is no such site in your part of this study.")
    return chosen


def _rehearsed(
    study: StudyAccess, action: ProtectAction, sites: tuple[SiteAtLock, ...], number: str
) -> Rehearsed:
    """The real thing up to the last moment, then taken back: nothing is promised that a run would refuse."""
    site_id = sites[0].site_id if number else ""
    command = ProtectStudy(
        study_id=study.study_id, op=f"rehearsal:{action}", action=action, site_id=site_id,
        reason=Reason(text="Rehearsal"),
    )  # fmt: skip
    (answer,) = study.rehearse(command)
    forms = sum(site.forms for site in sites)
    already = sum(site.locked + (site.frozen if action is ProtectAction.FREEZE else 0) for site in sites)
    opens = action in (ProtectAction.UNFREEZE, ProtectAction.UNLOCK)
    return Rehearsed(
        answer.message if isinstance(answer, EdcError) else "",
        not isinstance(answer, EdcError) and bool(answer.get("pending")),
        sum(len(site.subjects) for site in sites),
        sum(site.locked + site.frozen for site in sites) if opens else forms - already,
        forms,
        len(study.lock_list(site_id=site_id).open.remaining),
    )


def _each(asked: JobRequest) -> dict[str, Any]:
    """One entry in the chain of every casebook. What refuses is named, and keeps nobody else from it."""
    request = asked.request
    action = ProtectAction(request["action"])
    chosen = set(request["sites"])
    keys = [key for site in asked.study.lock_list().sites if site.site_id in chosen for key in site.subjects]
    done, pending, refused = 0, 0, []
    for number, key in enumerate(keys, 1):
        command = Protect(
            study_id=asked.study.study_id, op=f"each:{request['op']}:{number}", subject_key=key,
            path=ItemPath(), action=action, reason=Reason(text=request["reason"]),
        )  # fmt: skip
        try:
            (answer,) = asked.study.submit(command)
            pending += answer["pending"]
            done += not answer["pending"]
        except EdcError as error:
            refused.append({"subject": key, "why": error.message})
        asked.tell(number, len(keys))
    return {"subjects": len(keys), "done": done, "pending": pending, "refused": refused}


EACH_CASEBOOK = JobKind("each-casebook", (Action.LOCK,), _each)
PAGES = (
    Page(
        path="rehearsal",
        action=Action.LOCK,
        handler=look,
        template="rehearsal.html",
        block="each",
        menu=MenuEntry("What a step would do", under="Lock"),
    ),
    Page(path="rehearsal", action=Action.LOCK, handler=act, template="rehearsal.html", method="POST"),
)
