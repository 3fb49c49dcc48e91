"""What the facts of this standard are from, and the day on which that was looked at."""

from __future__ import annotations

from edc_core.api import Facts

FACTS = Facts("2026-11-22")
seen, held, says = FACTS.seen, FACTS.held, FACTS.says

REGULATIONS = "Medicines for Human Use (Clinical Trials) (Amendment) Regulations, in force 28 Apr 2026"
PRIVACY = "UK GDPR Art. 5(1)(c) and Data Protection Act 2018"
#: The United Kingdom takes the countries of the European Economic Area and these as adequate, whoever gets the data there.
EEA = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV",
    "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
ADEQUATE = ("AD", "AR", "CH", "FO", "GG", "GI", "IL", "IM", "JE", "KR", "NZ", "UY")
