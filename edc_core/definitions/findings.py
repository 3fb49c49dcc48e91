"""What is found in a study definition: a place, a stable code, and words that say what to do."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

DefinitionSeverity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class DefinitionFinding:
    """One finding. Findings sort by place; ``str()`` is the one-line form, ``report()`` shows the source.

    :param line: counted from 1; 0 when the file as a whole is meant.
    :param suggestion: what was probably meant; empty when nothing is close.
    :param excerpt: the source lines around the place, each ``(line number, text)``.
    """

    file: str
    line: int
    column: int
    code: str
    message: str
    suggestion: str = ""
    excerpt: tuple[tuple[int, str], ...] = field(default=(), compare=False)

    @property
    def severity(self) -> DefinitionSeverity:
        """``error`` forbids publishing; the first letter of the code says which it is."""
        return "error" if self.code.startswith("E") else "warning"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        hint = f" Did you mean {self.suggestion}?" if self.suggestion else ""
        return f"{place} {self.code} {self.message}{hint}"

    def report(self) -> str:
        """The one-line form and the source lines with a caret below the place."""
        width = len(str(self.excerpt[-1][0])) if self.excerpt else 0
        lines = [str(self)]
        for number, text in self.excerpt:
            lines.append(f"  {number:>{width}} | {text}")
            if number == self.line:
                lines.append(f"  {' ' * width} | {' ' * (self.column - 1)}^")
        return "\n".join(lines)


def closest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, else an empty text."""
    candidates = sorted(set(known))
    folded = {candidate.casefold(): candidate for candidate in reversed(candidates)}
    if word.casefold() in folded:
        return folded[word.casefold()]
    cutoff = 0.5 if len(word) < 4 else 0.6  # one letter of VS or SCR may differ
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=cutoff)
    return folded[near[0]] if near else ""
