"""Subject numbers that a study accepts: from the site's number where its pattern allows, else by the pattern alone."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

from edc_core_simulate.chance import Draws

TRIES = 1000
CLASSES = {"d": string.digits, "w": string.ascii_letters + string.digits + "_", "s": " "}


def candidates(site_number: str, pattern: str, first: int, draws: Draws) -> Iterator[str]:
    """Keys that fit a pattern, the likeliest first: the running number ``first`` and those after it."""
    shape = _shape(site_number, pattern, first)
    if shape is not None:
        for number in range(first, first + TRIES):
            key = shape.format(n=number)
            if not pattern or re.fullmatch(pattern, key):
                yield key
        return
    for _ in range(TRIES):
        key = example(pattern, draws)
        if re.fullmatch(pattern, key):
            yield key


def _shape(site_number: str, pattern: str, number: int) -> str | None:
    bare = re.sub(r"[^A-Za-z0-9]", "", site_number) or "S"
    starts = dict.fromkeys((f"{bare}-", f"{site_number}-", bare, "", "S-", "S"))
    shapes = [f"{_literal(start)}{{n:0{width}d}}" for width in (4, 3, 5, 6, 2, 1) for start in starts]
    if not pattern:
        return shapes[0]
    return next((shape for shape in shapes if re.fullmatch(pattern, shape.format(n=number))), None)


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def example(pattern: str, draws: Draws) -> str:
    """A text that a simple regular expression matches: literals, classes, groups, alternatives, counts."""
    return _Sampler(pattern, draws).alternatives()


class _Sampler:
    def __init__(self, pattern: str, draws: Draws) -> None:
        self._rest = pattern
        self._draws = draws

    def alternatives(self) -> str:
        """Read up to the end or a closing bracket, and take one alternative."""
        options = [self._sequence()]
        while self._rest.startswith("|"):
            self._rest = self._rest[1:]
            options.append(self._sequence())
        return self._draws.one_of(options)

    def _sequence(self) -> str:
        made = ""
        while self._rest and self._rest[0] not in "|)":
            before = self._rest
            piece = self._atom()
            source = before[: len(before) - len(self._rest)]
            count = self._count()
            made += "".join(
                [piece, *(_Sampler(source, self._draws).alternatives() for _ in range(count - 1))][:count]
            )
        return made

    def _atom(self) -> str:
        first, self._rest = self._rest[0], self._rest[1:]
        if first == "(":
            self._rest = re.sub(r"^\?(:|P<\w+>)", "", self._rest)
            inner = self.alternatives()
            self._rest = self._rest[1:]
            return inner
        if first == "[":
            inside, _, self._rest = self._rest.partition("]")
            return self._draws.one_of(_members(inside))
        if first == "\\":
            name, self._rest = self._rest[0], self._rest[1:]
            return self._draws.one_of(CLASSES.get(name, name))
        return {"^": "", "$": "", ".": "X"}.get(first, first)

    def _count(self) -> int:
        if found := re.match(r"\{(\d+)(?:,(\d*))?\}", self._rest):
            self._rest = self._rest[found.end() :]
            low = int(found[1])
            return self._draws.whole(low, int(found[2])) if found[2] else low
        if self._rest[:1] in ("?", "*", "+"):
            sign, self._rest = self._rest[0], self._rest[1:]
            return {"?": self._draws.whole(0, 1), "*": self._draws.whole(0, 3), "+": self._draws.whole(1, 3)}[
                sign
            ]
        return 1


def _members(inside: str) -> str:
    members = ""
    for found in re.finditer(r"\\([dws])|(\\?.)-(\\?.)|\\?(.)", inside):
        if found[1]:
            members += CLASSES[found[1]]
        elif found[2]:
            members += "".join(map(chr, range(ord(found[2][-1]), ord(found[3][-1]) + 1)))
        else:
            members += found[4]
    return members or "X"
