"""JP-B6: what PMDA makes of rules that CDISC CORE runs. *Reject* suspends the review, so no package is made; an *Error* is explained.

``grades.csv`` has a row for each rule of CORE that asks what a rule of PMDA asks: the ids of both, PMDA's severity, and what is wrong
where the rule is broken. Which rule asks the same follows from the CDISC conformance rule that both cite (CORE its ``Rule_Identifier``,
PMDA's engine its *Publisher ID*), and where they cite none from their words. Of SD0002 PMDA excepts the arms in DM, which SDTMIG 3.4
does not require.

There are more rules of PMDA than CORE has, and rules of CORE that PMDA does not have or whose grade was not looked up: these are
not graded, and a package without a finding is no report of PMDA's own engine.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from edc_core.api import Confidence, GradedRule, Sourced

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = Path(__file__).with_name("grades.csv")
SOURCE = (
    "PMDA Validation Rules 6.0, 14 March 2025 (ValidationRules_20250314.xlsx), sheet SDTM Rules, PMDA category, "
    "read in the public copy of herald-rules"
)
AS_OF = "2026-12-01"


def _rules() -> Iterator[GradedRule]:
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield GradedRule(row["core"], row["pmda"], row["severity"], row["title"])


GRADES = tuple(Sourced(one, SOURCE, AS_OF, Confidence.MEDIUM, may_change=True) for one in _rules())
