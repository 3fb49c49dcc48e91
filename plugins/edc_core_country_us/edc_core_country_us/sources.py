"""What the facts of this standard are from, and the day on which that was looked at."""

from __future__ import annotations

from edc_core.api import Confidence, Facts

FACTS = Facts("2026-11-22", confidence=Confidence.HIGH)
seen, held, says = FACTS.seen, FACTS.held, FACTS.says

HIPAA = "45 CFR 164.514(b)(2): identifiers of the safe harbor"
IND = "21 CFR 312"
CATALOG = "FDA Study Data Technical Conformance Guide and Data Standards Catalog"
REJECTION = "FDA Technical Rejection Criteria for Study Data"
