"""The logs of HERSC-301: medical history, adverse events and medicines that belong together."""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum
from typing import NamedTuple

from edc_core_simulate.case import Case, Place
from edc_core_simulate.hersc301_course import died_after, last_visit

Row = dict[str, str]
WHOLE_DATE = len("2026-03-04")

HISTORY = (
    ("Hypertension", "CARDIAC"),
    ("Hypothyroidism", "GENERAL"),
    ("Appendectomy", "SURGERY"),
    ("Type 2 diabetes mellitus", "GENERAL"),
    ("Migraine", "GENERAL"),
    ("Caesarean section", "SURGERY"),
    ("Basal cell carcinoma", "CANCER"),
)
LONG_TERM = (
    "Chronic low back pain after a fall from a ladder, with radiation into the left leg on exertion, " * 3
)
EVENTS = (
    ("Nausea", "1", "NOT RELATED", "RELATED"),
    ("Fatigue", "2", "RELATED", "RELATED"),
    ("Alopecia", "2", "NOT RELATED", "RELATED"),
    ("Diarrhoea", "1", "RELATED", "RELATED"),
    ("Neutropenia", "3", "NOT RELATED", "RELATED"),
    ("Injection site erythema", "1", "RELATED", "NOT RELATED"),
    ("Headache", "1", "NOT RELATED", "NOT RELATED"),
    ("Peripheral sensory neuropathy", "1", "NOT RELATED", "RELATED"),
)
BEFORE_TREATMENT = ("Headache", "Fatigue", "Nausea")  #: what may come to somebody who has had no dose yet
CRITERIA = ("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE")
MEDICINES = (
    ("Ondansetron", "PREVENTION", "Nausea", "8", "mg", "BID", "ORAL", "A04AA01"),
    ("Dexamethasone", "PREMEDICATION", "Prevention of hypersensitivity", "8", "mg", "BID", "ORAL", "H02AB02"),
    ("Paracetamol", "ADVERSE EVENT", "Headache", "500", "mg", "PRN", "ORAL", "N02BE01"),
    ("Levothyroxine", "MEDICAL HISTORY", "Hypothyroidism", "75", "ug", "QD", "ORAL", "H03AA01"),
    ("Loperamide", "ADVERSE EVENT", "Diarrhoea", "2", "mg", "PRN", "ORAL", "A07DA03"),
    ("Amlodipine", "MEDICAL HISTORY", "Hypertension", "5", "mg", "QD", "ORAL", "C08CA01"),
)


def history_rows(case: Case) -> int:
    return max(case.at("MH", "rows").whole(0, 3), 1 if "S14" in case.scenarios else 0)


def event_rows(case: Case) -> int:
    planted = len(case.scenarios & {"S5", "S9", "EC67"})
    return max(case.at("AE", "rows").weighted(((0, 2), (1, 3), (2, 3), (3, 2))), planted)


def medicine_rows(case: Case) -> int:
    return case.at("CM", "rows").whole(0, 3)


def history(case: Case, place: Place) -> Row:
    draws = case.at("MH", place.row)
    term, category = HISTORY[(case.at("MH").whole(0, len(HISTORY) - 1) + place.row) % len(HISTORY)]
    if "S14" in case.scenarios and place.row == 1:
        term, category = LONG_TERM[:230], "GENERAL"
    began = case.day("SCR").year - draws.whole(1, 20)
    ongoing = category != "SURGERY" and draws.happens(0.7)
    return {
        "MHTERM": term,
        "MHCAT": category,
        "MHSTDAT": f"{began}-{draws.whole(1, 12):02d}" if draws.happens(0.5) else str(began),
        "MHENDAT": "" if ongoing else str(began),
        "MHONGO": "Y" if ongoing else "N",
    }


class _Chances(NamedTuple):
    """What chance has for a row of the log of events."""

    starts: int
    lasts: int
    ongoing: bool
    treated: str
    slip: float


def _chances(case: Case, row: int) -> _Chances:
    draws = case.at("AE", row)
    return _Chances(
        draws.whole(2, 50), draws.whole(1, 18), draws.happens(0.3), draws.one_of(("Y", "N")), draws.share()
    )


def _fatal_row(case: Case) -> int:
    """The row of the event that a subject died of; 0 where it lives."""
    planted = len(case.scenarios & {"S5", "S9"})
    if "S5" in case.scenarios:
        return 1
    rows = range(planted + 1, event_rows(case) + 1)
    return next((row for row in rows if _slip_of(_chances(case, row).slip) is _Slip.FATAL), 0)


def last_day(case: Case) -> date:
    """The day of the subject's death, or one that lies far ahead."""
    return died_after(case) if _fatal_row(case) else date.max


def adverse_event(case: Case, place: Place) -> Row:
    """An event after consent. The first rows of a subject tell its scenarios."""
    chances = _chances(case, place.row)
    story = sorted(case.scenarios & {"S5", "S9"})
    end_of_life = last_day(case)
    start = min(case.day("SCR") + timedelta(days=chances.starts), end_of_life - timedelta(days=1))
    end = min(start + timedelta(days=chances.lasts), end_of_life)
    treated = last_visit(case) != "SCR" and start >= case.day("C1D1")
    turn = case.at("AE").whole(0, len(EVENTS) - 1) + place.row
    term, grade, related, related_chemo = EVENTS[turn % len(EVENTS)]
    if not treated:
        term, grade = BEFORE_TREATMENT[turn % len(BEFORE_TREATMENT)], "1"
        related = related_chemo = "NOT RELATED"
    same = "DOSE NOT CHANGED" if treated else "NOT APPLICABLE"
    row = {
        "AETERM": term,
        "AESTDAT": start.isoformat(),
        "AESTTIM": "",
        "AEENDAT": "" if chances.ongoing else end.isoformat(),
        "AEONGO": "Y" if chances.ongoing else "N",
        "AETOXGR": grade,
        "AESER": "N",
        **dict.fromkeys(CRITERIA, ""),
        "AEREL": related,
        "AERELCH": related_chemo,
        "AEACN": same,
        "AEACNCH": "DOSE REDUCED" if grade == "3" else same,
        "AECONTRT": chances.treated,
        "AEOUT": "NOT RECOVERED/NOT RESOLVED" if chances.ongoing else "RECOVERED/RESOLVED",
        "AESI": "ISR" if term.startswith("Injection") else "NONE",
    }
    if place.row == _fatal_row(case):
        return row | _fatal(case, end_of_life, chances.lasts)
    if place.row <= len(story):
        return row | {
            "AESTDAT": row["AESTDAT"][:7], "AEENDAT": f"{row['AESTDAT'][:7]}-15", "AEONGO": "N",
            "AEOUT": "RECOVERED/RESOLVED",
        }  # fmt: skip
    if "EC67" in case.scenarios and place.row == 1:
        return row | {"AETERMZH": ""}
    return row | _slipped(_slip_of(chances.slip), case)


def _fatal(case: Case, died: date, lasts: int) -> Row:
    """The event that a subject died of, some days after its last visit; but for the story, its grade is typed wrongly."""
    told = "S5" in case.scenarios
    began = max(died - timedelta(days=lasts), case.day(last_visit(case)) + timedelta(days=2))
    treated = last_visit(case) != "SCR"
    return {
        "AETERM": "Septic shock" if treated else "Pulmonary embolism",
        "AESTDAT": began.isoformat(),
        "AEENDAT": died.isoformat(),
        "AEONGO": "N",
        "AETOXGR": "5" if told else "4",
        "AESER": "Y",
        **dict.fromkeys(CRITERIA, "N"),
        "AESDTH": "Y",
        "AESHOSP": "Y",
        "AEREL": "NOT RELATED",
        "AERELCH": "RELATED" if treated else "NOT RELATED",
        "AEACN": "DRUG WITHDRAWN" if told else "NOT APPLICABLE",
        "AEACNCH": "DRUG WITHDRAWN" if told else "NOT APPLICABLE",
        "AECONTRT": "Y",
        "AEOUT": "FATAL",
        "AESI": "NONE",
    }


class _Slip(Enum):
    """What coordinators get wrong now and then."""

    ENDS_BEFORE_CONSENT = 0
    NO_END = 1
    SERIOUS_BY_NOTHING = 2
    STARTS_BEFORE_CONSENT = 3
    FATAL = 4
    GRADE_OF_DEATH = 5
    NONE = 6


def _slip_of(share: float) -> _Slip:
    """One slip in four rows, each as often."""
    return _Slip(min(int(share * 4 * _Slip.NONE.value), _Slip.NONE.value))


def _slipped(slip: _Slip, case: Case) -> Row:
    nobody = dict.fromkeys(CRITERIA, "N")
    slips: dict[_Slip, Row] = {
        _Slip.ENDS_BEFORE_CONSENT: {
            "AEENDAT": (case.day("SCR") - timedelta(days=1)).isoformat(), "AEONGO": "N",
        },
        _Slip.NO_END: {"AEENDAT": "", "AEONGO": "N", "AEOUT": "RECOVERED/RESOLVED"},
        _Slip.SERIOUS_BY_NOTHING: {"AESER": "Y", "AETOXGR": "3", **nobody},
        _Slip.STARTS_BEFORE_CONSENT: {"AESTDAT": (case.day("SCR") - timedelta(days=30)).isoformat()},
        _Slip.GRADE_OF_DEATH: {"AETOXGR": "5", "AESER": "Y", **nobody, "AESLIFE": "Y"},
    }  # fmt: skip
    return slips.get(slip, {})


def events(case: Case) -> list[Row]:
    """The rows of the adverse event log, as they would be entered without a mistake of the hand."""
    count = event_rows(case)
    return [adverse_event(case, Place("LOGS", "AE", "AELOG", row + 1, count)) for row in range(count)]


def medicine(case: Case, place: Place) -> Row:
    draws = case.at("CM", place.row)
    shift = case.at("CM").whole(0, len(MEDICINES) - 1)
    name, why, indication, dose, unit, often, route, atc = MEDICINES[(shift + place.row) % len(MEDICINES)]
    end_of_life = last_day(case)
    start = case.day("SCR") + timedelta(days=draws.whole(-10, 40))
    if why == "ADVERSE EVENT" and not draws.happens(0.1):
        began = [event["AESTDAT"] for event in events(case) if event["AETERM"] == indication]
        why = why if began else "OTHER"
        start = date.fromisoformat(began[0]) if began and len(began[0]) == WHOLE_DATE else start
    ongoing = why == "MEDICAL HISTORY" or draws.happens(0.3)
    start = min(start, end_of_life)
    end = min(start + timedelta(days=draws.whole(2, 20)), end_of_life)
    return {
        "CMTRT": name,
        "CMREAS": why,
        "CMINDC": indication,
        "CMDOSE": dose,
        "CMDOSU": unit,
        "CMDOSFRQ": often,
        "CMROUTE": route,
        "CMINVEST": "N",
        "CMCLASCD": atc,
        "CMSTDAT": start.isoformat(),
        "CMENDAT": "" if ongoing else end.isoformat(),
        "CMONGO": "Y" if ongoing else "N",
    }
