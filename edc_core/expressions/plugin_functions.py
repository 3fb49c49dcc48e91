"""Which functions of a study's plugins become words of its expressions."""

from __future__ import annotations

import keyword
import re

from edc_core.domain.function import Function, Kind
from edc_core.expressions.calls import WORDS

_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_NAMES = WORDS | {
    "own",
    "clock",
    "today",
    "now",
}  #: words that mean something in the language, or are refused


def refusal(function: Function) -> str:
    """Why a function cannot be a word of the language; empty when it can."""
    name, parameters = str(function.name), function.parameters
    said: tuple[object, object] = (parameters, function.call)  # a plugin may have put in anything
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        return f"'{name}' is no name for a function: write small letters, digits and _, a letter first."
    if name in _NAMES:
        return f"Function '{name}' has the name of a word of the language. Give it another name."
    typed = isinstance(said[0], tuple) and all(
        isinstance(one, Kind) for one in (*parameters, function.result)
    )
    if not typed or not callable(said[1]) or not 0 <= function.least <= len(parameters):
        return f"Function '{name}' is registered with a tuple of Kinds, the Kind of its answer, and what is called."
    return ""
