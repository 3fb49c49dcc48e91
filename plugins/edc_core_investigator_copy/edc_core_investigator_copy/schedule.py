"""Copies that nobody asks for: made as often as the study's hosting says, and handed to the sites (REQ-LCK-07)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from edc_core.api import HandOverCopy, new_id
from edc_core_investigator_copy.stages import stage_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import JobRequest, SiteAtCopy, SiteCopy

TRY_AGAIN = timedelta(days=1)  #: after one that failed


def keep(request: JobRequest) -> Mapping[str, int]:
    """Hand over what was made, and ask for what is due; twice a minute, for each study."""
    study, asked = request.study, 0
    every = study.copies.hosting().every_days
    for site in study.copies.sites() if every else ():
        newest = site.copies[0] if site.copies else None
        if newest and newest.job.request["scheduled"] and stage_of(newest) == "made":
            study.submit(*_hand_over(study.study_id, site, newest))
        if site.subjects and is_due(newest, every, study.now):
            study.copies.ask(site.number, op=f"scheduled:{new_id()}")
            asked += 1
    return {"asked": asked}


def is_due(newest: SiteCopy | None, every_days: int, now: str) -> bool:
    """Whether another copy of a site is to be made. :param now: UTC ISO 8601."""
    if newest is None or not newest.job.is_over:
        return newest is None
    pause = timedelta(days=every_days) if newest.job.is_done else TRY_AGAIN
    return datetime.fromisoformat(newest.job.created_at) + pause <= datetime.fromisoformat(now)


def _hand_over(study_id: str, site: SiteAtCopy, copy: SiteCopy) -> list[HandOverCopy]:
    """To everybody whose it is, in one transaction."""
    job_id = copy.job.job_id
    return [
        HandOverCopy(study_id=study_id, op=f"scheduled:{job_id}:{number}", copy=job_id, login=login)
        for number, (login, _) in enumerate(site.investigators)
    ]
