"""Plugin checks after a save: their findings come with the answer when they are quick, else a moment later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.store import checks, readers
from edc_core.web.context import read, study, web

if TYPE_CHECKING:
    from edc_core.domain.item_path import ItemPath


@dataclass(frozen=True, slots=True)
class Late:
    """How far plugin checks were when the answer had to go out.

    :param pending: they are still at work.
    :param before: ids (``dom_id``) of items they had something to say about before: a word that is gone must go.
    """

    pending: bool = False
    before: frozenset[str] = frozenset()


def at_work(subject_key: str) -> bool:
    """Whether plugin checks of a subject are still to come. To be asked before its picture is read: what they found by
    then stands in it.
    """
    if web().checks.is_idle():
        return False
    with read() as source:
        found = readers.subject_by_key(source.connection, study().study_id, subject_key)
    return web().checks.is_at_work(found.study_id, found.subject_id)


def checked_late(subject_key: str, form: ItemPath) -> Late:
    """Ask for the study's plugin checks and wait a moment for them."""
    with read() as source:
        found = readers.subject_by_key(source.connection, study().study_id, subject_key)
        site = readers.sites(source.connection, found.study_id)[found.site_id]
        index = source.versions.get(source.connection, found.study_id, site.meta_data_version)
        if not index.version.plugins:
            return Late()
        said = checks.findings(source.connection, found, form)
    done = web().checks.ask_and_wait(found.study_id, found.subject_id)
    return Late(done is None, frozenset(one.path.dom_id for one in said))
