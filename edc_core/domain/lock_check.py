"""What a plugin wants to have settled before the study is locked (REQ-LCK-02)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.lock_blocker import Obstacle
    from edc_core.domain.study_access import StudyAccess

LONGEST = 280  #: characters of what is said about one place


@dataclass(frozen=True, slots=True)
class Unsettled:
    """One thing that stands in the way of a lock.

    :param subject_key: empty for what belongs to no subject of the study; so is ``path`` then. It is for those who view every
        site, and cannot be waived: the plugin has a page where it is settled (``LockCheck.page``).
    :param path: empty for the subject. A person who may not see the place is not told of it.
    :param text: what is to be done, at most 280 characters, without a collected value: it is kept with a waiver.
    :param key: tells several things at one place apart; another key is another thing to waive.
    """

    subject_key: str
    path: ItemPath
    text: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class LockCheck:
    """A check before the study is locked. It looks at the study whole, as its plugin, and writes nothing.

    It is asked before the transaction of the lock. What is written while it looks makes the lock be asked for again.

    :param oid: stable id, unique in the study, as of an ``EditCheck``. :param title: what it asks, in words.
    :param why: ``Obstacle.UNCODED`` or ``Obstacle.UNRECONCILED``: what is in the way, and so whose work it is.
    :param check: called with the study; answers what is not settled. When it fails, nobody knows what is open, so every
        subject is in the way until it runs again or that is waived.
    :param page: path of the plugin's page where it is settled, ``""`` for the first of its pages; ``None`` where it has none.
    """

    oid: str
    title: str
    why: Obstacle
    check: Callable[[StudyAccess], Iterable[Unsettled]]
    page: str | None = None
