"""Training and delegation: what has to be on record before a role works (ICH E6(R3) 4.3.2, REQ-ACC-10)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.domain.permission import Grant


class EvidenceKind(StrEnum):
    """TRAINING counts in the whole study, DELEGATION at the site it was recorded for."""

    TRAINING = "training"
    DELEGATION = "delegation"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One record about a person, from a day to a day (UTC, ISO dates; ``ends`` empty for open)."""

    study_id: str
    kind: EvidenceKind
    site_id: str
    starts: str
    ends: str

    def is_live(self, today: str) -> bool:
        return self.starts <= today and (not self.ends or today <= self.ends)


def backed(grant: Grant, evidence: Iterable[Evidence], today: str) -> Grant | None:
    """A grant as far as what it needs is on record today; nothing when something is missing.

    A role that needs delegation reaches the sites it was delegated at, however far it was given.
    """
    live = [one for one in evidence if one.study_id == grant.study_id and one.is_live(today)]
    if not grant.needs <= {one.kind for one in live}:
        return None
    if EvidenceKind.DELEGATION not in grant.needs:
        return grant
    sites = {one.site_id for one in live if one.kind is EvidenceKind.DELEGATION}
    reached = frozenset(sites & grant.site_ids if grant.scope == "sites" else sites)
    return replace(grant, scope="sites", site_ids=reached) if reached else None
