"""What the facts of this standard are from, and the day on which that was looked at."""

from __future__ import annotations

from edc_core.api import Facts

FACTS = Facts("2026-11-22", language="ja")
seen, held, says = FACTS.seen, FACTS.held, FACTS.says

APPI = "Act on the Protection of Personal Information (JP)"
CATALOG = "PMDA data standards catalog and technical conformance guide"
GCP = "J-GCP, ministerial ordinance 28 of 1997"
MARKS = "Act on the Use of Numbers to Identify a Specific Individual (My Number)"
