"""US-B3: what has to be on record before the first subject in the country."""

from __future__ import annotations

from edc_core.api import Gate, GateEvent, Identifier
from edc_core_country_us.sources import IND, held, says

_DAY = r"\d{4}-\d{2}-\d{2}"
IND_NUMBER = Identifier("us-ind", says("IND number"), r"\d{5,6}", "study", "123456")
NCT = Identifier("us-nct", says("ClinicalTrials.gov identifier"), r"NCT\d{8}", "study", "NCT00000000")
FORM_1572 = Identifier(
    "us-1572", says("Date of the signed Form FDA 1572 of the investigator"), _DAY, "site", "2026-03-02"
)
DISCLOSURE = Identifier(
    "us-disclosure", says("Date of the financial disclosure of the investigator"), _DAY, "site", "2026-03-02"
)
IDENTIFIERS = (
    held(IND_NUMBER, f"{IND}.20"),
    held(NCT, "42 CFR 11.22"),
    held(FORM_1572, f"{IND}.53(c)(1)"),
    held(DISCLOSURE, "21 CFR 54.4"),
)
FIRST_SUBJECT = Gate(
    "US-B3",
    GateEvent.SUBJECT,
    says("The IND is in effect, the trial is registered, and the investigator has signed."),
    (IND_NUMBER, NCT, FORM_1572, DISCLOSURE),
)
