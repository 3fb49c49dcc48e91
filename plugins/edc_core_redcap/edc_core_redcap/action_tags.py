"""Action tags in a field's annotation: ``@HIDDEN``, ``@CALCTEXT(...)``, ``@DEFAULT='1'``."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TAG = re.compile(r"(?<![A-Za-z0-9_])@([A-Z][A-Z0-9_-]*)")
_GIVEN = re.compile(r"\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s@]+))")


@dataclass(frozen=True, slots=True)
class ActionTag:
    """A tag with what stands in its parentheses or after its equals sign."""

    name: str
    argument: str = ""


def action_tags(annotation: str) -> tuple[ActionTag, ...]:
    """The tags of an annotation in their order; text around them is a note. Tags within parentheses are not their own."""
    found: list[ActionTag] = []
    position = 0
    while match := _TAG.search(annotation, position):
        position = match.end()
        argument = ""
        if annotation[position : position + 1] == "(":
            end = _closing(annotation, position)
            argument, position = annotation[position + 1 : end].strip(), end + 1
        elif given := _GIVEN.match(annotation, position):
            argument, position = next(text for text in given.groups() if text is not None), given.end()
        found.append(ActionTag(match[1], argument))
    return tuple(found)


def _closing(text: str, start: int) -> int:
    """Position of the parenthesis that closes the one at ``start``; the end of the text where none does."""
    depth, quote = 0, ""
    for position in range(start, len(text)):
        character = text[position]
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if not depth:
                return position
    return len(text)
