"""What the facts of this standard are from, and the day on which that was looked at."""

from __future__ import annotations

from edc_core.api import Facts

FACTS = Facts("2026-11-22", language="zh")
seen, held, says = FACTS.seen, FACTS.held, FACTS.says

PIPL = "Personal Information Protection Law (CN)"
HGR = "Human genetic resources rules, NHC since 1 May 2024"
GUIDE = "CDE guideline on clinical trial data submission, Jul 2020"
CN_DM = "CDE technical guide on clinical data management, 2016"
