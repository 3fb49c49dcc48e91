"""Categories of disposition events (SDTMIG 3.4, section 6.2.4)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from edc_core_sdtm.terminology import Terminology


def category_of(term: str, known: Terminology) -> str:
    """DSCAT, by the code list that DSDECOD stands in; empty for a term of the sponsor."""
    return next((c for code, c, terms in _categories() if term in terms or known.has(code, term)), "")


@cache
def _categories() -> tuple[tuple[str, str, frozenset[str]], ...]:
    """NCI code of the code list, category, terms."""
    text = files("edc_core_sdtm.facts").joinpath("dispositions.tsv").read_text("utf-8")
    found: list[tuple[str, str, list[str]]] = []
    for line in text.splitlines():
        code, _, rest = line.partition("\t")
        if line.startswith("#"):
            continue
        if code:
            found.append((code, rest, []))
        else:
            found[-1][2].append(rest)
    return tuple((code, category, frozenset(terms)) for code, category, terms in found)
