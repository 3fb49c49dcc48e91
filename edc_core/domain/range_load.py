"""Reference ranges on their way into a study: what they may be for, and what a load of them did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class RangedTests:
    """Which results a version judges by ranges.

    :param units: by the name of the item, the OIDs of its units. :param sexes: codes that the sex may have; none where
        they are not listed.
    """

    units: Mapping[str, tuple[str, ...]]
    sexes: frozenset[str]


@dataclass(frozen=True, slots=True)
class RangesLoaded:
    """What a load did.

    :param ranges: how many are in force now. :param changed: they differ from those before.
    :param forms: forms in which something derived changed. :param protected: frozen or locked ones left as they are.
    """

    ranges: int = 0
    changed: bool = False
    forms: int = 0
    protected: int = 0
