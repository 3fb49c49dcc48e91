"""Plugin checks after a save: their findings come with the answer when they are quick, else a moment later."""

from __future__ import annotations

from edc_core.store import readers
from edc_core.web.context import read, study, web


def checked_late(subject_key: str) -> bool:
    """Ask for the study's plugin checks; whether they were still at work when the answer had to go out."""
    with read() as source:
        found = readers.subject_by_key(source.connection, study().study_id, subject_key)
        site = readers.sites(source.connection, found.study_id)[found.site_id]
        index = source.versions.get(source.connection, found.study_id, site.meta_data_version)
    if not index.version.plugins:
        return False
    return web().checks.ask_and_wait(found.study_id, found.subject_id) is None
