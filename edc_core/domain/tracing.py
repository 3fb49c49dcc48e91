"""A rule at a place with its outcome, and the value of each part of its expression."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TracedPart:
    """A part of an expression.

    :param value: what it is now, in words where it is not known.
    :param depth: how deep it stands; 0 is the whole.
    """

    text: str
    value: str
    depth: int


@dataclass(frozen=True, slots=True)
class TracedRule:
    """A rule at a place.

    :param kind: ``shown``, ``required``, ``calculated``, ``check`` or ``limit``.
    :param outcome: what it comes to, one sentence.
    :param words: the expression in words.
    """

    item: str
    path: str
    kind: str
    title: str
    outcome: str
    words: str = ""
    parts: tuple[TracedPart, ...] = ()
