"""Training and delegation: what has to be on record before a role works (ICH E6(R3) 4.3.2, REQ-ACC-10)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.domain.permission import Grant


class EvidenceKind(StrEnum):
    """TRAINING counts in the whole study, DELEGATION at the site it was recorded for.

    SECOND_FACTOR is asked for at the sign-in and is on no record.
    """

    TRAINING = "training"
    DELEGATION = "delegation"
    SECOND_FACTOR = "second-factor"


RECORDED = (EvidenceKind.TRAINING, EvidenceKind.DELEGATION)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One record about a person, from a day to a day (UTC, ISO dates; ``ends`` empty for open).

    :param tasks: what was delegated, in words, with commas between; ``SIGNING`` is the one that gives a right.
    """

    study_id: str
    kind: EvidenceKind
    site_id: str
    starts: str
    ends: str
    tasks: str = ""

    def is_live(self, today: str) -> bool:
        return self.starts <= today and (not self.ends or today <= self.ends)


SIGNING = "sign"  #: the task with which an investigator lets a sub-investigator sign at the site


def has_signing(tasks: str) -> bool:
    """Whether signing is among the tasks."""
    return SIGNING in (task.strip().casefold() for task in tasks.split(","))


def delegated_sites(study_id: str, evidence: Iterable[Evidence], today: str) -> frozenset[str]:
    """Sites of a study at which signing is delegated to the person today."""
    return frozenset(
        one.site_id
        for one in evidence
        if one.study_id == study_id
        and one.kind is EvidenceKind.DELEGATION
        and one.is_live(today)
        and has_signing(one.tasks)
    )


def backed(grant: Grant, evidence: Iterable[Evidence], today: str) -> Grant | None:
    """A grant as far as what it needs is on record today; nothing when something is missing.

    A role that needs delegation reaches the sites it was delegated at, however far it was given.
    """
    live = [one for one in evidence if one.study_id == grant.study_id and one.is_live(today)]
    if not grant.needs <= {EvidenceKind.SECOND_FACTOR, *(one.kind for one in live)}:
        return None
    if EvidenceKind.DELEGATION not in grant.needs:
        return grant
    sites = {one.site_id for one in live if one.kind is EvidenceKind.DELEGATION}
    reached = frozenset(sites & grant.site_ids if grant.scope == "sites" else sites)
    return replace(grant, scope="sites", site_ids=reached) if reached else None
