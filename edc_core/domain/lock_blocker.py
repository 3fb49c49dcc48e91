"""What stands in the way of locking a study, who takes it away, and what was waived instead (REQ-LCK-02)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Role
from edc_core.domain.query import QueryState

if TYPE_CHECKING:
    from collections.abc import Mapping


class Obstacle(StrEnum):
    """Why a place is not ready to be locked, in the order in which it is worked off."""

    MISSING_FORM = "required form not started"
    IN_PROGRESS = "form not complete"
    SECOND_ENTRY = "second entry not agreed"
    CHECKS_DUE = "checks not run yet"
    NOT_CALCULATED = "value not calculated yet"
    OPEN_QUERY = "open query"
    ANSWERED_QUERY = "answered query, not closed"
    CANDIDATE_QUERY = "proposed query, not decided"
    UNVERIFIED = "values not verified against the source"
    UNREVIEWED = "values not reviewed"
    UNCODED = "term not coded"
    UNRECONCILED = "serious event not reconciled"
    UNSIGNED = "not signed"
    BROKEN_SIGNATURE = "changed after it was signed"
    LOCK_CHECK = "check of a plugin without an answer"


#: Whose work takes it away. A reviewer's group and a query's author say more: see ``LockBlocker.owner``.
OWNERS: dict[Obstacle, Role] = {
    Obstacle.MISSING_FORM: Role.CRC,
    Obstacle.IN_PROGRESS: Role.CRC,
    Obstacle.SECOND_ENTRY: Role.CRC,
    Obstacle.CHECKS_DUE: Role.ADM,
    Obstacle.NOT_CALCULATED: Role.ADM,
    Obstacle.OPEN_QUERY: Role.CRC,
    Obstacle.ANSWERED_QUERY: Role.DM,
    Obstacle.CANDIDATE_QUERY: Role.DM,
    Obstacle.UNVERIFIED: Role.CRA,
    Obstacle.UNREVIEWED: Role.DM,
    Obstacle.UNCODED: Role.COD,
    Obstacle.UNRECONCILED: Role.PVG,
    Obstacle.UNSIGNED: Role.PI,
    Obstacle.BROKEN_SIGNATURE: Role.PI,
    Obstacle.LOCK_CHECK: Role.ADM,
}
#: What plugins see to.
OF_PLUGINS = (Obstacle.UNCODED, Obstacle.UNRECONCILED)
OF_QUERY = {
    QueryState.OPEN: Obstacle.OPEN_QUERY,
    QueryState.ANSWERED: Obstacle.ANSWERED_QUERY,
    QueryState.CANDIDATE: Obstacle.CANDIDATE_QUERY,
}


class Waived(NamedTuple):
    """What a waiver covers, and nothing else: once the place stands otherwise, it is another thing to waive.

    :param ref: which one at the place: a query's id, a group of reviewers, the position of a broken signature, a check of a plugin.
    """

    path: ItemPath
    why: Obstacle
    ref: str = ""


@dataclass(frozen=True, slots=True)
class LockBlocker:
    """:param subject_id: empty, as ``subject_key`` and ``site_id``, for what belongs to no subject; it cannot be waived.
    :param count: how many values it is about; 1 for all else. :param owner: the role whose work it is.
    :param login: the person, where one is known; ``text`` the query's words. :param waived: a waiver covers it.
    :param page: of a plugin, below ``/s/STUDY/x/``, where it is settled; empty where that is no matter of a page of a plugin.
    """

    subject_id: str
    subject_key: str
    site_id: str
    thing: Waived
    owner: Role
    login: str = ""
    text: str = ""
    since: str = ""
    count: int = 1
    waived: bool = False
    page: str = ""


class WhatIsOpen(NamedTuple):
    """What is in the way of a lock in a part of a study. :param subjects: how many were looked at."""

    blockers: tuple[LockBlocker, ...]
    subjects: int

    @property
    def remaining(self) -> tuple[LockBlocker, ...]:
        """What no waiver covers."""
        return tuple(one for one in self.blockers if not one.waived)


@dataclass(frozen=True, slots=True)
class SiteAtLock:
    """A site in the person's part of the study. :param forms: begun ones, of which ``frozen`` and ``locked`` are so now.

    :param subjects: keys of all subjects there, in their order.
    """

    site_id: str
    number: str
    name: str
    subjects: tuple[str, ...]
    forms: int
    frozen: int
    locked: int


@dataclass(frozen=True, slots=True)
class LockList:
    """What is in the way of a lock as a page shows it. :param where: places in words. :param names: of people, by login."""

    open: WhatIsOpen
    sites: tuple[SiteAtLock, ...]
    where: Mapping[ItemPath, str]
    names: Mapping[str, str]


class Said(NamedTuple):
    """What a lock check said of one thing. :param page: see ``LockBlocker``."""

    thing: Waived
    text: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """What lock checks said. :param entries: how many the ledger of the study had before they looked; 0 where none did.

    :param found: by subject key, empty for what belongs to no subject. :param failed: what of every subject nobody knows.
    :param asked: somebody asked them.
    """

    entries: int = 0
    found: Mapping[str, tuple[Said, ...]] = field(default_factory=dict)
    failed: tuple[Said, ...] = ()
    asked: bool = True

    def of(self, subject_key: str) -> tuple[Said, ...]:
        """What is in the way of one subject."""
        return (*self.found.get(subject_key, ()), *self.failed)

    @property
    def of_no_subject(self) -> tuple[Said, ...]:
        """What is in the way of the study and belongs to none of its subjects."""
        return self.found.get("", ())


def unknown(ref: str, text: str) -> Said:
    """That nobody knows what a plugin would say. :param ref: of the check, or the plugin where it offers none."""
    return Said(Waived(ItemPath(), Obstacle.LOCK_CHECK, ref), text)


#: Where nobody asked: in a study with plugins that is no answer.
NOT_ASKED = Looked(failed=(unknown("", "The plugins of the study were not asked."),), asked=False)
