"""KR-B6: what a package shows of translations. The words of the site stay, and have English beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from edc_core.api import ConformanceRule, RuleFinding, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.api import TabularDataset

HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


def untranslated(datasets: Mapping[str, TabularDataset]) -> Iterator[RuleFinding]:
    """Terms with Hangul that have no English: neither a variable AETERMEN nor a row of SUPPAE."""
    there = {
        (row["USUBJID"], row["IDVARVAL"])
        for row in rows_of(datasets, "SUPPAE")
        if row["QNAM"] == "AETERMEN" and row["QVAL"]
    }
    for number, row in enumerate(rows_of(datasets, "AE"), 1):
        if not HANGUL.search(row["AETERM"]) or row["AETERMEN"] or (row["USUBJID"], row["AESEQ"]) in there:
            continue
        text = "The term is in Korean and has no English translation (AETERMEN)."
        yield RuleFinding("KR-B6", "error", "AE", text, number, "AETERM")


UNTRANSLATED = ConformanceRule("KR-B6", "Korean terms have an English translation", untranslated)
