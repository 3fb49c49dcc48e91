"""A point of a trial at which investigators sign: before an interim analysis, a board, a lock (REQ-SIG-06)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from edc_core.domain.translated_text import TranslatedText

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edc_core.domain.item_path import ItemPath

LOCK = "lock"  #: what is to be signed for it stands in the way of a lock until it is


class Offer(NamedTuple):
    """A milestone as a person reads it where they sign. :param statement: what a signature for it says."""

    oid: str
    title: str
    statement: str


@dataclass(frozen=True, slots=True)
class Milestone:
    """What is signed for a milestone, and what the signature means then.

    :param statement: what it attests, in place of that of a ``Meaning``. :param forms: OIDs; ``events`` likewise. Without
        either, the casebook is signed. :param before: ``lock``, or empty where nothing waits for it.
    """

    oid: str
    title: TranslatedText = TranslatedText()
    statement: TranslatedText = TranslatedText()
    forms: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    before: str = ""

    def is_signed_at(self, place: ItemPath) -> bool:
        """Whether a signature for it is given there."""
        if not (self.forms or self.events):
            return place.event is None
        if place.form is not None:
            return place.form.oid in self.forms
        return place.event is not None and place.event.oid in self.events

    def missing(self, forms: Iterable[ItemPath], signed: Sequence[ItemPath]) -> list[ItemPath]:
        """Where it is still to be signed before a lock: places of forms that no signature for it covers.

        :param signed: places of its valid signatures.
        """
        if self.before != LOCK:
            return []
        left = (form for form in forms if not any(place.contains(form) for place in signed))
        places = (place for form in left for place in form.ancestors() if self.is_signed_at(place))
        return sorted(set(places), key=str)


def offers_at(place: ItemPath, milestones: Iterable[Milestone], language: str) -> tuple[Offer, ...]:
    """Those for which a place is signed, in the words of a language."""
    return tuple(
        Offer(one.oid, one.title.in_language(language) or one.oid, one.statement.in_language(language))
        for one in milestones
        if one.is_signed_at(place)
    )


def held_by_all(places: Sequence[Sequence[Offer]]) -> tuple[tuple[Offer, ...], tuple[str, ...]]:
    """What is signed for at each of several places in the same words, and titles of what is not.

    One signs for all of them at once, and each signature says what was read.
    """
    every = dict.fromkeys(one for offers in places for one in offers)
    shared = tuple(one for one in every if all(one in offers for offers in places))
    return shared, tuple(dict.fromkeys(one.title for one in every if one not in shared))
