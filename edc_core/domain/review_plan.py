"""What a study wants reviewed: rules of its review plan, each for a group, some subjects and some items."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.domain.item_path import ItemPath


RISKS = ("low", "medium", "high")  #: tiers of the sites of a study


class ReviewGroup(StrEnum):
    """Who reviews, and for what: the source (SDV), the data, the medical sense, safety, the analysis."""

    SDV = "sdv"
    DM = "dm"
    MEDICAL = "medical"
    SAFETY = "safety"
    STATISTICS = "statistics"


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """One rule of the plan. A value is to be reviewed where any rule of the group asks for it.

    :param forms: OIDs; ``items`` likewise. Without either, every item.
    :param sites: site numbers; without them, every site. :param risks: tiers of risk, of ``RISKS``; without them, every one.
    :param share: percent of the subjects, drawn by ``seed`` and subject: the same ones as long as neither changes.
    """

    group: ReviewGroup
    forms: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    share: int = 100
    seed: str = ""
    risks: tuple[str, ...] = ()

    def takes(self, subject_id: str, site_number: str, risk: str = "") -> bool:
        """Whether the rule speaks of a subject. Subjects are drawn by their id, which no correction changes.

        :param risk: tier of the site; one that nobody has judged yet counts as the highest.
        """
        if (self.sites and site_number not in self.sites) or (
            self.risks and (risk or RISKS[-1]) not in self.risks
        ):
            return False
        return self.share >= 100 or draw(self.seed, subject_id) < self.share

    def names(self, form_oid: str, item_oid: str) -> bool:
        return not (self.forms or self.items) or form_oid in self.forms or item_oid in self.items


def draw(seed: str, subject_id: str) -> float:
    """A number from 0 up to 100, spread evenly over subjects."""
    digest = hashlib.sha256(f"{seed}\x1f{subject_id}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64 * 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one group is to review of one subject."""

    rules: tuple[ReviewRule, ...]

    def asks(self, path: ItemPath) -> bool:
        """Whether the value at an item's path is to be reviewed."""
        assert path.form is not None
        assert path.item is not None
        return any(rule.names(path.form.oid, path.item) for rule in self.rules)


def wanted(
    plan: Iterable[ReviewRule], group: ReviewGroup, subject_id: str, site_number: str, risk: str = ""
) -> Wanted:
    """The part of a plan that speaks of a group and a subject at a site of some tier of risk."""
    return Wanted(
        tuple(rule for rule in plan if rule.group == group and rule.takes(subject_id, site_number, risk))
    )
