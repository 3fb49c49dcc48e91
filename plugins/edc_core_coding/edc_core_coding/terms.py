"""A dictionary of terms, whatever files it came in, and texts made comparable. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from edc_core.api import CodedLevel, CodedTerm

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_PROBLEMS = 200  #: that are told of one delivery


class Term(NamedTuple):
    """A term that a verbatim can be coded by.

    :param levels: from the term itself upwards. :param current: the dictionary wants it to be used.
    """

    levels: tuple[CodedLevel, ...]
    current: bool = True

    @property
    def code(self) -> str:
        return self.levels[0].code

    @property
    def text(self) -> str:
        return self.levels[0].term

    @property
    def key(self) -> str:
        """What names the term with its place: one drug stands in several classes."""
        return "/".join(level.code for level in self.levels)


class About(NamedTuple):
    """What a dictionary is. :param language: BCP 47. :param sha256: of its files, see ``reading``. :param terms: how many."""

    name: str
    version: str
    language: str
    sha256: str = ""
    layout: str = ""
    terms: int = 0

    @property
    def title(self) -> str:
        return f"{self.name} {self.version} ({self.language})"

    def term(self, term: Term) -> CodedTerm:
        """As a coding names it."""
        return CodedTerm(self.name, self.version, self.language, term.levels)


@dataclass(slots=True)
class Problems:
    """What is wrong with files, all at once. :param more: how many there are beyond those that are told."""

    found: list[tuple[str, int, str]] = field(default_factory=list)
    more: int = 0

    def add(self, file: str, line: int, text: str) -> None:
        if len(self.found) < MOST_PROBLEMS:
            self.found.append((file, line, text))
        else:
            self.more += 1

    def lines(self) -> Iterable[str]:
        for file, line, text in self.found:
            yield f"{file}, line {line}: {text}" if line else f"{file}: {text}"
        if self.more:
            yield f"and {self.more:,} more"


def plain(text: str) -> str:
    """A text without what is no difference: width and form of characters (NFKC), case, punctuation, spaces.

    It is the same when it is done twice; ``plain("Head-ache, LEFT ") == "head ache left"``.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(one if unicodedata.category(one)[0] not in "PZCS" else " " for one in folded)
    return " ".join(kept.split())
