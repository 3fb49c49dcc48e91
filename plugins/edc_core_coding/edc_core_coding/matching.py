"""Which terms a verbatim may mean: the same words, words that stand for a term in the study, and those that look alike.

Only a match without a doubt is coded by itself: one current term says the very words, or the same without what is no
difference (``terms.plain``), or an approved synonym of the study does. Everything else is a suggestion for a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from edc_core.api import CodedTerm, CodingState
from edc_core_coding.terms import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edc_core.api import Verbatim
    from edc_core_coding.declared import CodedItem
    from edc_core_coding.shelf import Dictionary
    from edc_core_coding.terms import Term

EXACT, NORMALISED, SYNONYM = "exact", "normalised", "synonym"
CANDIDATES = 200  #: that are looked at closely
SUGGESTED = 8
LEAST = 45.0  #: of likeness, from 0 to 100, for a suggestion


@dataclass(frozen=True, slots=True)
class Match:
    """A term that a verbatim is coded by without a person. :param how: see ``EXACT`` and the others."""

    term: Term
    how: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """:param likeness: from 0 to 100. :param said: the words of the dictionary that are alike, maybe of another language."""

    term: Term
    likeness: float
    said: str
    how: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """A dictionary as a study uses it.

    :param others: the same version in other languages: their words are looked up too, and coded by the same code here.
    :param synonyms: keys of terms by words made plain (``synonyms_of``).
    """

    dictionary: Dictionary
    others: tuple[Dictionary, ...] = ()
    synonyms: Mapping[str, str] = field(default_factory=dict)

    def match(self, text: str) -> Match | None:
        """The term that the words mean without a doubt."""
        same = self._current(text)
        exact = _only(term for said, term in same if said == text)
        if exact is not None:
            return Match(exact, EXACT)
        alike = _only(term for _, term in same)
        if alike is not None:
            return Match(alike, NORMALISED)
        key = self.synonyms.get(plain(text))
        if key is None or same:
            return None
        known = [
            term for term in self.dictionary.by_code(key.split("/")[0]) if term.key == key and term.current
        ]
        return Match(known[0], SYNONYM) if known else None

    def suggest(self, text: str, limit: int = SUGGESTED) -> tuple[Suggestion, ...]:
        """Current terms, the most alike first."""
        words, found = plain(text), {}
        for dictionary in (self.dictionary, *self.others):
            for other in dictionary.like(text, CANDIDATES):
                likeness = _likeness(words, plain(other.text))
                for term in self._here(dictionary, other):
                    known = found.get(term.key)
                    if term.current and likeness >= LEAST and (known is None or known.likeness < likeness):
                        found[term.key] = Suggestion(term, likeness, other.text)
        key = self.synonyms.get(words)
        for term in self.dictionary.by_code(key.split("/")[0]) if key else ():
            if term.key == key:
                found[key] = Suggestion(term, 100.0, term.text, SYNONYM)
        ranked = sorted(
            found.values(), key=lambda one: (-one.likeness, one.how != SYNONYM, one.term.text, one.term.key)
        )
        return tuple(ranked[:limit])

    def words(self, code: str, language: str) -> str:
        """The term of a code in the language of a person; empty where that is the dictionary's own, or is not loaded."""
        wanted = language.split("-", maxsplit=1)[0].lower()
        for other in self.others:
            if other.about.language.split("-", maxsplit=1)[0].lower() == wanted:
                found = sorted(other.by_code(code), key=lambda term: not term.current)
                return found[0].text if found else ""
        return ""

    def _current(self, text: str) -> list[tuple[str, Term]]:
        """Current terms that say the same, each with the words that say so."""
        return [
            (other.text, term)
            for dictionary in (self.dictionary, *self.others)
            for other in dictionary.by_plain(text)
            for term in self._here(dictionary, other)
            if other.current and term.current
        ]

    def _here(self, dictionary: Dictionary, term: Term) -> Sequence[Term]:
        """A term of another language as this dictionary has it."""
        return (term,) if dictionary is self.dictionary else self.dictionary.by_code(term.code)


def _only(terms: Iterable[Term]) -> Term | None:
    """The one term, if there is one and no other."""
    found = {term.key: term for term in terms}
    return next(iter(found.values())) if len(found) == 1 else None


def _likeness(one: str, other: str) -> float:
    """Words in another order are alike; a word more or less is less so than another word."""
    return (
        0.5 * fuzz.token_sort_ratio(one, other)
        + 0.3 * fuzz.token_set_ratio(one, other)
        + 0.2 * fuzz.ratio(one, other)
    )


def synonyms_of(
    verbatims: Iterable[Verbatim], items: Mapping[str, CodedItem], dictionary: str
) -> dict[str, str]:
    """Words that stand for a term in the study, since a second person agreed to it; words for two terms stand for none."""
    found: dict[str, set[str]] = {}
    for one in verbatims:
        coding, item = one.coding, items.get(one.path.item or "")
        if coding is None or item is None or item.dictionary != dictionary or not coding.synonym:
            continue
        if coding.state is CodingState.CODED:
            found.setdefault(plain(one.value), set()).add(key_of(coding.term))
    return {words: keys.pop() for words, keys in found.items() if len(keys) == 1}


def key_of(term: CodedTerm) -> str:
    """As ``Term.key``."""
    return "/".join(level.code for level in term.levels)
