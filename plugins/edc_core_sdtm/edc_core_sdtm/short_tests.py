"""Short names of tests where a form asks which test it was."""

from __future__ import annotations

import re
from collections.abc import Mapping

from edc_core_sdtm.annotation import submission_value
from edc_core_sdtm.plan import Source

_OTHER = re.compile(r"[^A-Z0-9]")
_LONGEST = 8


def short_tests(source: Source, tests: Mapping[str, str], *, is_name: bool) -> dict[str, str]:
    """``--TESTCD`` by the code of each term of an item.

    The alias ``SDTM`` of the term; else, for an item that asks for the name (``--TEST``), the short name that the
    terminology has for it, or the first eight letters and digits of the code; else the code itself.

    :param tests: name by short name, as the terminology has them.
    """
    known = {name.upper(): short for short, name in tests.items()}
    found = {}
    for term in source.code_list.items if source.code_list else ():
        code = term.coded_value
        found[code] = submission_value(term.aliases) or (
            known.get(code.upper()) or shortened(code) if is_name else code
        )
    return found


def shortened(text: str) -> str:
    """The first eight letters and digits of a text, in capitals."""
    return _OTHER.sub("", text.upper())[:_LONGEST]
