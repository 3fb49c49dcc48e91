"""Finding terms of a large code list by code, text or synonym while a person types.

All terms stand in one folded text, a line each, which Python searches at the speed of memory: no index to keep.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edc_core.domain.metadata import CodeList, CodeListItem

#: Typed before a search is worth its answer; one Hangul syllable or ideograph says as much.
FEWEST_CHARACTERS = 2
MOST_HITS = 20
_FIELD, _LINE = "\t", "\n"
_BETWEEN = re.compile(r"[^\w\u0300-\u036f]+")


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """A text without case, accents and punctuation, Hangul in its letters, so that what is half typed matches."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in letters if not unicodedata.combining(c))
    return _BETWEEN.sub(" ", plain).strip()


def words_of(typed: str) -> list[str]:
    """Folded words; none for less than ``FEWEST_CHARACTERS`` Latin letters or digits."""
    words = folded(typed).split()
    letters = "".join(words)
    return words if len(letters) >= FEWEST_CHARACTERS or not letters.isascii() else []


def used_before(values: Iterable[str], typed: str) -> list[str]:
    """Texts that hold every word typed, in the order given; of those that differ in case and the like, the first."""
    words = words_of(typed)
    found: dict[str, str] = {}
    for value in values if words else ():
        text = folded(value)
        if all(word in text for word in words):
            found.setdefault(text, value)
            if len(found) == MOST_HITS:
                break
    return list(found.values())


class TermSearch:
    """The terms of a code list that are offered, in all their languages. Immutable, shared between threads."""

    def __init__(self, code_list: CodeList) -> None:
        self._terms = tuple(term for term in code_list.items if not term.retired)
        self._starts: list[int] = []
        lines: list[str] = []
        length = 0
        for term in self._terms:
            words = _FIELD.join(("", *dict.fromkeys(folded(text) for text in _texts(term)), _LINE))
            self._starts.append(length)
            length += len(words)
            lines.append(words)
        self._text = "".join(lines)

    def find(self, typed: str, most: int = MOST_HITS) -> tuple[CodeListItem, ...]:
        """Terms that hold every word typed: whole names first, then beginnings, beginnings of words, the rest.

        :return: at most ``most``; none for less than ``words_of`` takes.
        """
        words = words_of(typed)
        if not words:
            return ()
        found: dict[int, None] = {}
        for line in self._matching(words):
            found[line] = None
            if len(found) == most:
                break
        return tuple(self._terms[line] for line in found)

    def _matching(self, words: list[str]) -> Iterator[int]:
        """Lines, perhaps several times, best first."""
        whole = " ".join(words)
        yield from self._lines(f"{_FIELD}{whole}{_FIELD}")
        yield from self._lines(f"{_FIELD}{whole}")
        yield from self._lines(f" {whole}")
        longest = max(words, key=len)
        others = [word for word in words if word != longest]
        for line in self._lines(longest):
            if all(self._text.find(word, self._starts[line], self._end(line)) >= 0 for word in others):
                yield line

    def _lines(self, part: str) -> Iterator[int]:
        at = self._text.find(part)
        while at >= 0:
            line = bisect_right(self._starts, at) - 1
            yield line
            at = self._text.find(part, self._end(line))

    def _end(self, line: int) -> int:
        return self._starts[line + 1] if line + 1 < len(self._starts) else len(self._text)


def _texts(term: CodeListItem) -> Iterator[str]:
    yield term.coded_value
    if term.decode:
        yield from (text for _, text in term.decode.texts)
    yield from (alias.name for alias in term.aliases)
