"""Records of unblinding: who learned the treatment of a subject, when and why (REQ-ACC-12). They open nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class UnblindingKind(StrEnum):
    EMERGENCY = "emergency"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class UnblindingDraft:
    """What a person puts on record.

    :param happened: when the treatment was learned: local date or date and time of the site, ISO 8601 without zone.
    :param told: who learned it, by name or role; never the treatment.
    """

    subject_key: str
    kind: UnblindingKind
    happened: str
    told: str


@dataclass(frozen=True, slots=True)
class Unblinding:
    """A record. :param site: its number. :param at: when it was put on record, UTC ISO 8601. :param zone: of ``happened``."""

    draft: UnblindingDraft
    site: str
    zone: str
    reason: str
    actor: str
    full_name: str
    role: str
    at: str
