"""How a change of a definition meets data collected before it (REQ-BLD-04)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

ChangeKind = Literal["added", "removed", "moved", "changed"]


class ChangeClass(StrEnum):
    """How a change meets data collected before it, mildest first.

    ``safe``: what was collected reads and means the same, and nothing has to be done. ``needs migration``: forms begun
    under the older version do not follow until they are moved. ``breaks``: a value collected under the older version may
    be unknown to the newer one, or be read differently; whether there is one is a question to the data.
    """

    SAFE = "safe"
    MIGRATION = "needs migration"
    BREAKS = "breaks"


_ORDER = tuple(ChangeClass)


def worst(classes: Iterable[ChangeClass]) -> ChangeClass:
    return max(classes, key=_ORDER.index, default=ChangeClass.SAFE)


@dataclass(frozen=True, slots=True)
class Said:
    """One change of a definition in words.

    :param before: the words or the number that changed; ``after`` likewise. Empty where a sentence says it.
    """

    text: str
    change_class: ChangeClass
    before: str = ""
    after: str = ""
    kind: ChangeKind = "changed"
