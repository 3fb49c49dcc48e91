"""Labels of supplemental qualifiers, and texts that are longer than a variable may be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from edc_core_sdtm.plan import Source

LONGEST_TEXT = 200  #: bytes of a character variable (SAS transport, version 5; SDTMIG 3.4, section 4.5.3)
LONGEST_LABEL = 40
_LONGEST_NAME = 8


def label_of(source: Source) -> str:
    """QLABEL: the question with the only unit that it has, as far as words of it fit into 40 characters."""
    question = source.item.question.in_language("en") or source.item.name
    units = source.item.measurement_unit_oids
    with_unit = f"{question} ({units[0]})" if len(units) == 1 else question
    return with_unit if len(with_unit) <= LONGEST_LABEL else shortened(question, LONGEST_LABEL)


def distinct(labels: Mapping[str, str]) -> dict[str, str]:
    """Labels by QNAM of which no two are equal: what several have alike is followed by the QNAM (SDTMIG 3.4, section 8.4.1)."""
    counts = Counter(labels.values())
    return {
        name: f"{label[: LONGEST_LABEL - len(name) - 3].rstrip()} ({name})" if counts[label] > 1 else label
        for name, label in labels.items()
    }


def shortened(text: str, longest: int) -> str:
    """As many words as fit."""
    if len(text) <= longest:
        return text
    words, _, _ = text[: longest + 1].rpartition(" ")
    return words or text[:longest]


def pieces(text: str, longest: int = LONGEST_TEXT) -> Iterator[str]:
    """A text cut between words into pieces of at most 200 bytes of UTF-8; joined by blanks they are the text again.

    A word that is longer by itself is cut between characters.
    """
    piece = ""
    size = 0
    for word in text.split(" "):
        for part, is_first in _parts(word, longest):
            more = len(part.encode()) + (1 if is_first and size else 0)
            if size and (size + more > longest or not is_first):
                yield piece
                piece, size, more = "", 0, len(part.encode())
            piece = f"{piece} {part}" if size else part
            size += more
    yield piece


def _parts(word: str, longest: int) -> Iterator[tuple[str, bool]]:
    first = True
    while len(word.encode()) > longest:
        cut = word.encode()[:longest].decode(errors="ignore")
        yield cut, first
        word, first = word[len(cut) :], False
    yield word, first


def is_long(text: str) -> bool:
    return len(text) > LONGEST_TEXT // 4 and len(text.encode()) > LONGEST_TEXT


def numbered(name: str, n: int) -> str:
    """``AETERM1`` of ``AETERM``: at most eight characters, the number whole."""
    return f"{name[: _LONGEST_NAME - len(str(n))]}{n}"


def part_of(name: str, variable: str) -> bool:
    """Whether a QNAM is a numbered part of a variable: ``AETERM2`` of ``AETERM``, ``AEACNOT1`` of ``AEACNOTH``."""
    stem = name.rstrip("0123456789")
    return stem != name and name == numbered(variable, int(name[len(stem) :]))
