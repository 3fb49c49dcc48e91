"""A token by which a machine runs one recipe of exports, as the person who gave it."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_DAYS = 365  #: that a token may be good for


@dataclass(frozen=True, slots=True)
class ExportToken:
    """:param token_id: the first 12 digits of its SHA-256; the token itself is nowhere. :param login: who gave it.

    :param given_at: UTC ISO 8601, likewise ``expires``; ``ended_at`` and ``used_at`` (the last time) are empty where it was not.
    """

    token_id: str
    sha256: str
    recipe: str
    login: str
    given_at: str
    expires: str
    ended_at: str = ""
    ended_by: str = ""
    used_at: str = ""

    def is_good(self, now: str) -> bool:
        """Whether it opens its recipe at an instant (UTC ISO 8601)."""
        return not self.ended_at and now < self.expires
