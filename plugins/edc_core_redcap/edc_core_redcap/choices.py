"""``1, Yes | 2, No``: the choices of a field as a dictionary writes them."""

from __future__ import annotations

import re

from edc_core_redcap.problems import ProblemLog
from edc_core_redcap.project import Choice

YES_NO = (Choice("1", "Yes"), Choice("0", "No"))
TRUE_FALSE = (Choice("1", "True"), Choice("0", "False"))
CODE = re.compile(r"[A-Za-z0-9_.\-]+")


def parse_choices(text: str, log: ProblemLog, line: int, what: str) -> tuple[Choice, ...]:
    """Read choices; what is wrong with them is added to the log, all of it.

    :param what: the words for the field in a problem.
    """
    if not text.strip():
        log.add("RED026", line, f"{what}.")
        return ()
    found: dict[str, Choice] = {}
    for part in text.split("|"):
        code, comma, label = part.partition(",")
        code, label = code.strip(), label.strip()
        if not comma or not CODE.fullmatch(code):
            log.add("RED023", line, f"{what}: '{part.strip()}'.")
        elif code in found:
            log.add("RED024", line, f"{what}: '{code}'.")
        else:
            found[code] = Choice(code, label)
    return tuple(found.values())


def parse_missing_codes(text: str) -> dict[str, str]:
    """The project's missing data codes, one a line or divided by ``|``: ``NASK, Not asked``."""
    codes: dict[str, str] = {}
    for part in re.split(r"[|\r\n]+", text):
        code, _, label = part.partition(",")
        if code.strip():
            codes.setdefault(code.strip(), label.strip())
    return codes
