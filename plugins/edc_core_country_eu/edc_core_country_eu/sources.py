"""What the facts of this standard are from, and the day on which that was looked at."""

from __future__ import annotations

from edc_core.api import Confidence, Facts

FACTS = Facts("2026-11-22", confidence=Confidence.HIGH)
seen, held, says = FACTS.seen, FACTS.held, FACTS.says

CTR = "Regulation (EU) 536/2014"
GDPR = "Regulation (EU) 2016/679"
MEMBERS = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT",
    "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
#: Of the European Economic Area besides the Union: the regulation holds there as well (EEA Joint Committee 154/2018).
EEA = (*MEMBERS, "IS", "LI", "NO")
#: Countries of which the Commission has decided that they protect data adequately, whoever gets them there (Art. 45), and the day
#: on which a decision ends. Canada and the United States are adequate for some recipients: for these a basis is put on record.
ADEQUATE = ("AD", "AR", "CH", "FO", "GB", "GG", "IL", "IM", "JE", "JP", "KR", "NZ", "UY")
ENDS = (("GB", "2031-12-27"),)
