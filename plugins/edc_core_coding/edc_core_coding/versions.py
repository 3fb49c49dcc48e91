"""What another version of a dictionary does to a term, and to the codings of a study. Pure but for the look-ups."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from edc_core.api import CodingState, NewCoding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edc_core.api import CodedLevel, CodedTerm, Verbatim
    from edc_core_coding.declared import CodedItem
    from edc_core_coding.shelf import Dictionary
    from edc_core_coding.terms import Term

METHOD = "new version"


class Change(StrEnum):
    """What became of a term."""

    UNCHANGED = "unchanged"
    RENAMED = "renamed"  #: the same codes, other words at some level
    MOVED = "moved"  #: it lies elsewhere in the hierarchy
    NOT_CURRENT = "not current any more"
    GONE = "not in the dictionary any more"

    @property
    def recodes(self) -> bool:
        """Whether the term can be taken over; else its values are to be coded again."""
        return self in (Change.UNCHANGED, Change.RENAMED, Change.MOVED)


def change(was: Sequence[CodedLevel], now: Sequence[Term]) -> tuple[Change, Term | None]:
    """What became of a term, and the place to take it over to.

    :param now: every place of its code in the other version. A drug that was in a class it has no more, and is in several
        others, is gone: a person chooses.
    """
    codes = [level.code for level in was]
    same = next((term for term in now if [level.code for level in term.levels] == codes), None)
    if same is None and len(now) > 1:
        return Change.GONE, None
    found = same or (now[0] if now else None)
    if found is None:
        return Change.GONE, None
    if not found.current:
        return Change.NOT_CURRENT, None
    if same is None:
        return Change.MOVED, found
    words = [level.term for level in was]
    return (Change.UNCHANGED if [level.term for level in found.levels] == words else Change.RENAMED), found


@dataclass(frozen=True, slots=True)
class Recoded:
    """A term of the study in another version. :param places: values that are coded by it."""

    was: CodedTerm
    now: Term | None
    change: Change
    places: tuple[Verbatim, ...]

    @property
    def may_be_written(self) -> tuple[Verbatim, ...]:
        return tuple(one for one in self.places if one.may_code and not one.locked)

    @property
    def differs(self) -> tuple[tuple[CodedLevel, CodedLevel | None], ...]:
        """Levels that say something else now, as they were and as they are."""
        after = {level.level: level for level in self.now.levels} if self.now else {}
        return tuple((one, after.get(one.level)) for one in self.was.levels if after.get(one.level) != one)


def recode_plan(
    verbatims: Iterable[Verbatim], items: Mapping[str, CodedItem], to: Dictionary
) -> tuple[Recoded, ...]:
    """Every term of a dictionary that the study has coded by in another version, with what becomes of it."""
    used: dict[CodedTerm, list[Verbatim]] = defaultdict(list)
    for one in verbatims:
        if one.coding is None or one.is_open or items[one.path.item or ""].dictionary != to.about.name:
            continue
        if (one.coding.term.version, one.coding.term.language) != to.about[1:3]:
            used[one.coding.term].append(one)
    found = []
    for was, places in used.items():
        kind, now = change(was.levels, to.by_code(was.levels[0].code))
        found.append(Recoded(was, now, kind, tuple(places)))
    order = list(Change)
    return tuple(sorted(found, key=lambda one: (-order.index(one.change), one.was.levels[0].term, one.was)))


def new_codings(
    plan: Iterable[Recoded], items: Mapping[str, CodedItem], to: Dictionary
) -> dict[str, list[NewCoding]]:
    """Codings by the other version, by subject. What a person has to agree to is asked only where the term moved."""
    found: dict[str, list[NewCoding]] = defaultdict(list)
    for one in plan:
        if one.now is None or not one.change.recodes:
            continue
        for place in one.may_be_written:
            assert place.coding is not None
            asks = items[place.path.item or ""].approval
            waits = asks and (one.change is Change.MOVED or place.coding.state is CodingState.PROPOSED)
            found[place.subject_key].append(
                NewCoding(
                    place.path, place.version, to.about.term(one.now), METHOD, place.coding.synonym, waits
                )
            )
    return dict(found)


def compared(old: Dictionary, new: Dictionary) -> Counter[str]:
    """How many terms of a whole dictionary became what in another version, and how many are new."""
    places: dict[str, list[Term]] = defaultdict(list)
    for term in new.all():
        places[term.code].append(term)
    found: Counter[str] = Counter()
    known: set[str] = set()
    for term in old.all():
        known.add(term.code)
        kind, _ = change(term.levels, places.get(term.code, ()))
        if kind is Change.NOT_CURRENT and not term.current:
            kind = Change.UNCHANGED
        found[kind.value] += 1
    found["new"] = len(set(places) - known)
    return found
