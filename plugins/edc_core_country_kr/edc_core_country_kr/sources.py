"""What the facts of this standard are from, and the day on which that was looked at."""

from __future__ import annotations

from edc_core.api import Facts

FACTS = Facts("2026-11-22", language="ko")
seen, held, says = FACTS.seen, FACTS.held, FACTS.says

PIPA = "Personal Information Protection Act (KR)"
KGCP = "Rule on Safety of Medicines, Annex 4 (KGCP)"
APPROVAL_RULE = "MFDS rule on approval of medicines"
