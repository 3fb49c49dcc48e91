"""The record that holds the forms of the study as a whole: whether there is one, and who may begin it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.domain.casebook import RECORD_KEY
from edc_core.domain.permission import Action, Place
from edc_core.store import readers

if TYPE_CHECKING:
    from edc_core.services.reading import StudyPicture


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """What the list of subjects says of it.

    :param site: number of the site whose zone its times are in; empty where the person may not begin it.
    """

    is_begun: bool
    site: str = ""


def study_record(picture: StudyPicture) -> StudyRecord | None:
    """``None`` for who does not see every site, and where no version has such forms: then no statement is asked."""
    record = Place.record(picture.study.study_id)
    if not picture.actor.may(Action.VIEW_DATA, record):
        return None
    ready = [
        site
        for site in picture.sites.values()
        if site.meta_data_version
        and any(event.study_level for event in picture.version(site.meta_data_version).version.events)
    ]
    if not ready:
        return None
    if readers.subject_exists(picture.source.connection, picture.study.study_id, RECORD_KEY):
        return StudyRecord(is_begun=True)
    may_begin = picture.actor.may(Action.ADD_SUBJECT, record)
    return StudyRecord(is_begun=False, site=ready[0].number if may_begin else "")
