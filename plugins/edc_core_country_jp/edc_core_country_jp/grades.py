"""JP-B6: what PMDA makes of rules that CDISC CORE runs. *Reject* suspends the review, so no package is made.

PMDA names its rules as the engine of Pinnacle 21 does. Source: its configurations for PMDA, as published for SDTMIG 3.1.3, in which
each rule has its severity; that those of SDTMIG 3.4 have the same was not looked up. Of the rules of CORE those are here that ask the
same. Rules on the file format (SD0062) need none: a package is written by one writer. There are more rules of PMDA, also of *Error*,
than CORE has: a package without a finding here is no report of PMDA's own engine.
"""

from __future__ import annotations

from edc_core.api import Confidence, GradedRule, Sourced

SOURCE = "PMDA study data validation rules, severity Reject; Pinnacle 21 configuration for PMDA, SDTMIG 3.1.3"
AS_OF = "2026-12-01"
_SEND = "A variable of preclinical studies stands in SDTM"
_REJECTED = (
    GradedRule("CORE-000355", "SD0056", "reject", "A variable that SDTMIG requires is not in the dataset"),
    GradedRule("CORE-000201", "SD0064", "reject", "A subject is not in DM"),
    GradedRule("CORE-000581", "SD1020", "reject", "DM is missing"),
    GradedRule("CORE-000174", "SD1074", "reject", f"{_SEND}: SPECIES"),
    GradedRule("CORE-000175", "SD1074", "reject", f"{_SEND}: STRAIN"),
    GradedRule("CORE-000176", "SD1074", "reject", f"{_SEND}: SBSTRAIN"),
    GradedRule("CORE-000226", "SD1074", "reject", f"{_SEND}: DTHREL"),
    GradedRule("CORE-000057", "SD1074", "reject", f"{_SEND}: FETUSID"),
)
GRADES = tuple(Sourced(one, SOURCE, AS_OF, Confidence.MEDIUM, may_change=True) for one in _REJECTED)
