"""What is asked of the whole audit trail of a study, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edc_core.domain.dataset import TrailEntry


@dataclass(frozen=True, slots=True)
class TrailWanted:
    """What a trail is narrowed to; what is empty narrows nothing.

    :param site: a number. :param actor: a login, or what acted when it was no person.
    :param kinds: beginnings of kinds, such as ``item.``.
    :param since: first instant, ``until`` the last one, UTC ISO 8601 with microseconds and ``Z``.
    :param words: stand in the payload or the reason, whatever their case.
    :param before: where the page before ended (``FoundTrail.older``).
    :param above: only what is about no subject: the study itself and its sites.
    """

    subject_key: str = ""
    site: str = ""
    actor: str = ""
    kinds: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    words: str = ""
    before: str = ""
    above: bool = False
    limit: int = 50


@dataclass(frozen=True, slots=True)
class FoundTrail:
    """:param entries: newest first. :param total: how many there are in all. :param older: for the next page; empty at
    the end. :param people: (login, name) of everybody who wrote in the study. :param sites: (number, name) in scope.
    """

    entries: tuple[TrailEntry, ...]
    total: int
    older: str
    people: tuple[tuple[str, str], ...]
    sites: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Access:
    """A line of the access log. :param detail: what was taken, by its name and digest; never a clinical value."""

    at: str
    login: str
    name: str
    action: str
    detail: str
    address: str
