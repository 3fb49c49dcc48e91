"""The logs of HERSC-301: medical history, adverse events and medicines that belong together."""

from __future__ import annotations

from datetime import date, timedelta

from edc_core_simulate.case import Case, Place

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


def adverse_event(case: Case, place: Place) -> Row:
    """An event after consent. The first rows of a subject tell its scenarios."""
    draws = case.at("AE", place.row)
    story = sorted(case.scenarios & {"S5", "S9"})
    term, grade, related, related_chemo = EVENTS[
        (case.at("AE").whole(0, len(EVENTS) - 1) + place.row) % len(EVENTS)
    ]
    start = case.day("SCR") + timedelta(days=draws.whole(2, 50))
    end = start + timedelta(days=draws.whole(1, 18))
    ongoing = draws.happens(0.3)
    row = {
        "AETERM": term,
        "AESTDAT": start.isoformat(),
        "AESTTIM": "",
        "AEENDAT": "" if ongoing else end.isoformat(),
        "AEONGO": "Y" if ongoing else "N",
        "AETOXGR": grade,
        "AESER": "N",
        **dict.fromkeys(CRITERIA, ""),
        "AEREL": related,
        "AERELCH": related_chemo,
        "AEACN": "DOSE NOT CHANGED",
        "AEACNCH": "DOSE REDUCED" if grade == "3" else "DOSE NOT CHANGED",
        "AECONTRT": draws.one_of(("Y", "N")),
        "AEOUT": "NOT RECOVERED/NOT RESOLVED" if ongoing else "RECOVERED/RESOLVED",
        "AESI": "ISR" if term.startswith("Injection") else "NONE",
    }
    if place.row <= len(story):
        return row | _planted(story[place.row - 1], start.isoformat(), end.isoformat())
    if "EC67" in case.scenarios and place.row == 1:
        return row | {"AETERMZH": ""}
    return row | _slip(draws.share(), start.isoformat(), case)


def _planted(scenario: str, start: str, end: str) -> Row:
    if scenario == "S5":
        criteria = dict.fromkeys(CRITERIA, "N") | {"AESDTH": "Y", "AESHOSP": "Y"}
        fatal = {
            "AETERM": "Septic shock",
            "AETOXGR": "5",
            "AESER": "Y",
            "AEOUT": "FATAL",
            "AEACN": "DRUG WITHDRAWN",
        }
        return (
            fatal | criteria | {"AEENDAT": end, "AEONGO": "N", "AEACNCH": "DRUG WITHDRAWN", "AECONTRT": "Y"}
        )
    return {"AESTDAT": start[:7], "AEENDAT": f"{start[:7]}-15", "AEONGO": "N", "AEOUT": "RECOVERED/RESOLVED"}


def _slip(share: float, start: str, case: Case) -> Row:
    """What coordinators get wrong now and then, one slip in four rows."""
    nobody = dict.fromkeys(CRITERIA, "N")
    slips: tuple[Row, ...] = (
        {"AEENDAT": (case.day("SCR") - timedelta(days=1)).isoformat(), "AEONGO": "N"},
        {"AEENDAT": "", "AEONGO": "N", "AEOUT": "RECOVERED/RESOLVED"},
        {"AESER": "Y", "AETOXGR": "3", **nobody},
        {"AESTDAT": (case.day("SCR") - timedelta(days=30)).isoformat()},
        {"AEOUT": "FATAL", "AETOXGR": "3", "AEONGO": "N", "AEENDAT": start},
        {"AETOXGR": "5", "AESER": "Y", **nobody, "AESLIFE": "Y"},
    )
    chosen = int(share * 4 * len(slips))
    return slips[chosen] if chosen < len(slips) else {}


def events(case: Case) -> list[Row]:
    """The rows of the adverse event log, as they would be entered without a mistake of the hand."""
    count = event_rows(case)
    return [adverse_event(case, Place("LOGS", "AE", "AELOG", row + 1, count)) for row in range(count)]


def medicine(case: Case, place: Place) -> Row:
    draws = case.at("CM", place.row)
    shift = case.at("CM").whole(0, len(MEDICINES) - 1)
    name, why, indication, dose, unit, often, route, atc = MEDICINES[(shift + place.row) % len(MEDICINES)]
    start = case.day("SCR") + timedelta(days=draws.whole(-10, 40))
    if why == "ADVERSE EVENT" and not draws.happens(0.1):
        began = [event["AESTDAT"] for event in events(case) if event["AETERM"] == indication]
        why = why if began else "OTHER"
        start = date.fromisoformat(began[0]) if began and len(began[0]) == WHOLE_DATE else start
    ongoing = why == "MEDICAL HISTORY" or draws.happens(0.3)
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
        "CMENDAT": "" if ongoing else (start + timedelta(days=draws.whole(2, 20))).isoformat(),
        "CMONGO": "Y" if ongoing else "N",
    }
