"""Redaction: what waits for a second person, and how a reason reads whose words were taken out. What is left of a payload:
``masking``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MASK = "[redacted]"
_REASON_LEFT = re.compile(r"\[redacted\] sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class WaitingRedaction:
    """A redaction that somebody asked for and nobody decided.

    :param request: position of the entry that asked. :param mine: the person who looks asked for it.
    """

    subject_key: str
    site: str
    request: int
    path: str
    place: str
    asked_by: str
    at: str
    reason: str
    mine: bool


def reason_left(digest: str) -> str:
    """What stands in place of a reason whose words were taken out. :param digest: their SHA-256, which the chain holds."""
    return f"{MASK} sha256:{digest}"


def digest_left(reason: str) -> str:
    """The SHA-256 of the words that were taken out of a reason; empty where they stand."""
    found = _REASON_LEFT.fullmatch(reason)
    return found[1] if found else ""
