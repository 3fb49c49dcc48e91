"""Transfers of a subject, and what a site that had the subject keeps of it (decision "Scope")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


@dataclass(frozen=True, slots=True)
class SubjectMove:
    """A transfer that took place.

    :param n: position of its entry in the subject's chain; ``at`` is when it was written, UTC ISO 8601.
    :param old: id of the site that the subject left, ``new`` of the one it came to.
    :param day: from which the other site has the subject, ISO 8601.
    :param worked: the site that the subject left had written something of it.
    """

    subject_id: str
    n: int
    at: str
    old: str
    new: str
    day: str
    worked: bool


def last_kept(moves: Iterable[SubjectMove], sites: Collection[str]) -> SubjectMove | None:
    """The transfer up to which people of these sites keep a subject that is at none of them.

    A site that wrote nothing of a subject keeps nothing: one that was named in error learns no more of it.
    """
    kept = [move for move in moves if move.worked and move.old in sites]
    return max(kept, key=lambda move: move.n, default=None)
