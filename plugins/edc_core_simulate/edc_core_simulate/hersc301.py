"""Trial HERSC-301 as its subjects would be: visits in order, forms that fit each other, stories on request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from edc_core_simulate import hersc301_arms as arms
from edc_core_simulate import hersc301_countries as countries
from edc_core_simulate import hersc301_course as course
from edc_core_simulate import hersc301_logs as logs
from edc_core_simulate import hersc301_visits as visits
from edc_core_simulate.case import Case, Place
from edc_core_simulate.hersc301_logs import Row

DAYS_TO = {"RAND": 18, "C1D1": 3, "C1D2": 1, "C1D4": 2, "C1D8": 4, "C1D15": 7, "C2D1": 7,
           "C7D2": 1, "C7D8": 6, "C7D15": 7, "C8D1": 7, "PRESURG": 20, "SURG": 8, "C9D1": 30, "EOT": 28,
           **{f"FU{months:02d}": 182 for months in range(6, 37, 6)}}  # fmt: skip


class Hersc301:
    """The profile. Each form's values are one method, called by the form's name."""

    scenarios = {  # noqa: RUF012 - never changed
        "S1": "the ejection fraction falls from 62 to 48 % at cycle 5",
        "S2": "the sample before the dose of cycle 8 is drawn two hours after it",
        "S3": "the oestrogen receptor status given at randomisation is not that of the history",
        "S5": "an unexpected serious adverse event ends in death and is reported late",
        "S8": "the central laboratory sends a barcode nobody knows, and one result twice",
        "S9": "an adverse event whose start is known to the month, on a day that may lie after its end",
        "S10": "creatinine in mg/dL written down as µmol/L",
        "S14": "a medical history term of 230 characters",
        "S15": "the kit of another subject's first dose is used again",
        "EC66": "a subject in Korea has not consented to the transfer overseas",
        "EC67": "an adverse event in China has no Chinese text",
        "EC68": "a date of birth in Japan lies after the end of its era",
    }

    overnight = frozenset({"S1", "S5"})
    at_home = {"EC66": ("KR", "KROVSDAT"), "EC67": ("CN", "AETERMZH"), "EC68": ("JP", "JPXFRDAT")}  # noqa: RUF012

    def days_to(self, event_oid: str) -> int | None:
        return DAYS_TO.get(event_oid)

    def enrolled(self, number: int) -> int | None:
        return None

    def record(self, subjects: int, first_day: date) -> list[tuple[str, str, Row]]:
        return []

    def last_visit(self, case: Case) -> str | None:
        return course.last_visit(case)

    def occurrences(self, event_oid: str) -> int | None:
        return 0 if event_oid == "UNS" else None  # nobody was seen outside the schedule

    def wants(self, case: Case, event_oid: str, form: str) -> bool | None:
        if form == "CLR":
            return "S8" in case.scenarios or None
        return False if form == "EOS" else None  # nobody has come to the end yet

    def rows(self, case: Case, place: Place) -> int | None:
        count = _ROWS.get(place.group) or arms.ROWS.get(place.group)
        if place.group == "CLRLOG":
            return arms.result_rows(case, self.last_visit(case))
        return count(case, place) if count else None

    def values(self, case: Case, place: Place) -> dict[str, str] | None:
        more = arms.VALUES
        fill = (
            more.get(f"{place.form}.{place.group}")
            or more.get(place.group)
            or _VALUES.get(place.group)
            or _VALUES.get(place.form)
        )
        return countries.values(case, place) | (fill(case, place) if fill else {})


_ROWS: dict[str, Callable[[Case, Place], int]] = {
    "IELOG": lambda case, place: 0,
    "PELOG": lambda case, place: len(visits.BODY_SYSTEMS),
    "CHEMOLOG": lambda case, place: len(visits.drugs_of(place)),
    "MHLOG": lambda case, place: logs.history_rows(case),
    "AELOG": lambda case, place: logs.event_rows(case),
    "CMLOG": lambda case, place: logs.medicine_rows(case),
}
_VALUES: dict[str, Callable[[Case, Place], Row]] = {
    "CONSENT": visits.consent,
    "DM": visits.demographics,
    "IE": visits.eligibility,
    "MHLOG": logs.history,
    "DIAGNOSIS": visits.diagnosis,
    "RECEPTORS": visits.receptors,
    "VS": visits.vital_signs,
    "PE": visits.examination,
    "PELOG": visits.body_system,
    "EG": visits.ecg,
    "LVEF": visits.ejection_fraction,
    "ECOG": visits.performance,
    "SAMPLE": visits.sample,
    "RESULTS": visits.blood_counts,
    "PREG": visits.pregnancy_test,
    "EX": visits.trastuzumab,
    "CHEMO": visits.chemotherapy,
    "CHEMOLOG": visits.chemotherapy_drug,
    "AELOG": logs.adverse_event,
    "CMLOG": logs.medicine,
}
