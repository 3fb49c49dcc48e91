"""Verbatims of the same words, coded together; what is open for a lock. Pure."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import CodingState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edc_core.api import Verbatim
    from edc_core_coding.declared import CodedItem

TO_CODE, TO_APPROVE, CODED = "to-code", "to-approve", "coded"
SHOWN = (TO_CODE, TO_APPROVE, CODED)


@dataclass(frozen=True, slots=True)
class Group:
    """Values of exactly the same words that are coded by the same dictionary and stand alike.

    :param id: tells the words without showing them, for an address. :param questions: of their items.
    """

    id: str
    text: str
    dictionary: str
    approval: bool
    questions: tuple[str, ...]
    places: tuple[Verbatim, ...]

    @property
    def subjects(self) -> int:
        return len({one.subject_key for one in self.places})

    @property
    def may_be_written(self) -> tuple[Verbatim, ...]:
        """Those that the person may do something with now."""
        return tuple(one for one in self.places if not one.locked and (one.may_code or one.may_approve))

    @property
    def locked(self) -> int:
        return sum(one.locked for one in self.places)


def state_of(one: Verbatim) -> str:
    if one.is_open or one.coding is None:
        return TO_CODE
    return TO_APPROVE if one.coding.state is CodingState.PROPOSED else CODED


def groups(verbatims: Iterable[Verbatim], items: Mapping[str, CodedItem], state: str) -> list[Group]:
    """Groups in one state, those with the most values first. What is coded differently makes groups of its own."""
    found: dict[tuple[object, ...], list[Verbatim]] = defaultdict(list)
    for one in verbatims:
        item = items[one.path.item or ""]
        if state_of(one) == state:
            coded = (one.coding.term, one.coding.synonym) if one.coding and state != TO_CODE else None
            found[item.dictionary, item.approval, one.value, coded].append(one)
    made = [
        _group(items[places[0].path.item or ""], repr(coded), places, items)
        for (_, _, _, coded), places in found.items()
    ]
    return sorted(made, key=lambda group: (-len(group.places), group.text.casefold(), group.id))


def _group(item: CodedItem, coded: str, places: list[Verbatim], items: Mapping[str, CodedItem]) -> Group:
    text = places[0].value
    said = "\x1f".join((item.dictionary, str(item.approval), text, coded))
    digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    questions = dict.fromkeys(items[one.path.item or ""].question for one in places)
    return Group(digest, text, item.dictionary, item.approval, tuple(questions), tuple(places))


@dataclass(frozen=True, slots=True)
class NotCoded:
    """A value that stands in the way of a lock. :param why: ``not coded``, or ``coding not approved``."""

    subject_key: str
    place: Verbatim
    why: str


def not_coded(verbatims: Iterable[Verbatim]) -> tuple[NotCoded, ...]:
    """What has to be coded, or approved, before the data are locked (REQ-LCK-02)."""
    words = {TO_CODE: "not coded", TO_APPROVE: "coding not approved"}
    return tuple(
        NotCoded(one.subject_key, one, words[state]) for one in verbatims if (state := state_of(one)) in words
    )
