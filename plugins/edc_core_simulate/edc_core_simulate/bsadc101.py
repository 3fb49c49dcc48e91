"""Trial BSADC-101 as its subjects would be: cohorts of three that follow each other, doses by level and weight.

What a person has in any trial (consent, vital signs, blood counts, medicines) is told as for HERSC-301.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from edc_core_simulate import hersc301_arms as arms
from edc_core_simulate import hersc301_logs as logs
from edc_core_simulate import hersc301_visits as base
from edc_core_simulate.case import Case, Place
from edc_core_simulate.hersc301_logs import Row

LEVELS = ("0.3", "0.6", "1.2", "2.4", "3.6", "4.8", "6.0")
IN_COHORT = 3  #: subjects of an escalation cohort
EXPANDS_AT, EXPANSION = "3.6", 20
ESCALATED = len(LEVELS) * IN_COHORT
APART = 45  #: days between the openings of two cohorts: screening, the window of toxicities, the committee
SLOT_DAYS = (0, 3, 6)  #: first doses of a cohort, the sentinel's first
TO_FIRST_DOSE = 14  #: days from screening
DAYS_TO = {"SLOTV": 12, "C1D1": 2, "C1D2": 1, "C1D4": 2, "C1D8": 4, "C1D15": 7, "C2D1": 7, "C2D2": 1, "C2D8": 6,
           "C2D15": 7, "CYC": 6, "SCAN": 2, "EOT": 30, "SURV": 84}  # fmt: skip
REACHED = (("C1D15", 2), ("C2D15", 3), ("SCAN", 4))
HOURS = {"C1D2": (24,), "C1D4": (72,), "C1D8": (168,), "C1D15": (336,), "C2D2": (24,), "C2D8": (168,), "C2D15": (336,),
         "C1D1": (-1, 0, 2, 4, 8), "C2D1": (-1, 0, 2, 4, 8)}  # fmt: skip
INFUSION_MIN = 90
TOXICITIES = (
    ("Neutropenia", "3"),
    ("Stomatitis", "3"),
    ("Pneumonitis", "2"),
    ("Keratitis", "1"),
    ("Nausea", "1"),
)


class Bsadc101:
    """The profile. Each group's values are one function."""

    scenarios = {  # noqa: RUF012 - never changed
        "B03": "less than 48 hours are between the sentinel's first dose and the next one",
        "B04": "a subject gets the slot of the one before",
        "B05": "the dose is a tenth too high",
    }

    overnight: frozenset[str] = frozenset()
    at_home: dict[str, tuple[str, str]] = {}  # noqa: RUF012 - never changed

    def days_to(self, event_oid: str) -> int | None:
        return DAYS_TO.get(event_oid)

    def enrolled(self, number: int) -> int | None:
        """Days from the base date to screening: cohorts follow each other."""
        if number >= ESCALATED:
            return len(LEVELS) * APART + 2 * (number - ESCALATED)
        return APART * (number // IN_COHORT) + SLOT_DAYS[number % IN_COHORT]

    def last_visit(self, case: Case) -> str | None:
        return case.at("last visit").weighted(REACHED)

    def occurrences(self, event_oid: str) -> int | None:
        return None

    def wants(self, case: Case, event_oid: str, form: str) -> bool | None:
        return False if form == "EOS" else None

    def rows(self, case: Case, place: Place) -> int | None:
        count = _ROWS.get(place.group)
        return count(case, place) if count else None

    def values(self, case: Case, place: Place) -> dict[str, str] | None:
        fill = _VALUES.get(f"{place.form}.{place.group}") or _VALUES.get(place.group)
        return fill(case, place) if fill else None

    def record(self, subjects: int, first_day: date) -> list[tuple[str, str, Row]]:
        """Forms of the study as a whole: event, form and values of each dose cohort that these subjects need."""
        cohorts = min((subjects + IN_COHORT - 1) // IN_COHORT, len(LEVELS))
        rows = []
        for number in range(cohorts):
            opened = first_day + timedelta(days=APART * number + 10)
            rows.append(_cohort(number, "ESCALATION", LEVELS[number], IN_COHORT, opened))
        if subjects > ESCALATED:
            opened = first_day + timedelta(days=APART * len(LEVELS) + 10)
            rows.append(_cohort(len(LEVELS), "EXPANSION", EXPANDS_AT, EXPANSION, opened))
        return rows


def _cohort(number: int, kind: str, level: str, slots: int, opened: date) -> tuple[str, str, Row]:
    values = {
        "COHNO": str(number + 1),
        "COHTYPE": kind,
        "DOSELVL": level,
        "COHSLOTS": str(slots),
        "OPENDTC": f"{opened}T00:00",
    }
    return "COH", "COHORT", values


def level(case: Case) -> str:
    return EXPANDS_AT if case.number >= ESCALATED else LEVELS[case.number // IN_COHORT]


def slot(case: Case, place: Place) -> Row:
    expands = case.number >= ESCALATED
    number = case.number - ESCALATED if expands else case.number % IN_COHORT
    if "B04" in case.scenarios:
        number = max(number - 1, 0)
    return {
        "SLOTDTC": f"{case.day('C1D1') - timedelta(days=1)}T{base.clock(case, 'SLOT')}",
        "COHNO": str(len(LEVELS) + 1 if expands else case.number // IN_COHORT + 1),
        "DOSELVL": level(case),
        "SLOTNO": str(number + 1),
        "SENTINEL": "Y" if case.number % IN_COHORT == 0 and not expands else "N",
    }


def cycle(place: Place) -> int:
    return {"C1D1": 1, "C2D1": 2}.get(place.event, 2 + int(place.occurrence))


def dose_day(case: Case, event: str) -> date:
    day = case.day(event)
    if "B03" in case.scenarios and event == "C1D1":
        # the sentinel later than planned, or the next one earlier: less than 48 hours are between them
        return day + timedelta(days=2 if case.number % IN_COHORT == 0 else -2)
    return day


def dose(case: Case, place: Place) -> Row:
    weight = base.weight(case, cycle(place))
    start = base.clock(case, place.event, "EX")
    given = float(level(case)) * float(base.number(weight, 1)) * (1.1 if "B05" in case.scenarios else 1)
    day = dose_day(case, place.event)
    return {
        "ECOCCUR": "Y",
        "ECREASND": "",
        "CYCLENO": str(cycle(place)),
        "KITNO": base.kit_number(case, cycle(place)),
        "ECSTDAT": day.isoformat(),
        "ECSTTIM": start,
        "ECENTIM": base.later(start, INFUSION_MIN),
        "ECDOSLVL": level(case),
        "WTUSED": base.number(weight, 1),
        "WTDAT": day.isoformat(),
        "ECDOSE": base.number(given, 1),
        "ECADJ": "NONE",
    }


def sample(case: Case, place: Place) -> Row:
    """A sample near its planned time; the antibody in µg/mL, the free payload in ng/mL."""
    hours = HOURS[place.event][place.row - 1]
    dosed = place.event.partition("D")[0] + "D1"
    start = base.clock(case, dosed, "EX")
    draws = case.at(place.event, "PC", place.row)
    minutes = {-1: -30, 0: INFUSION_MIN + 5}.get(hours, hours * 60 + draws.whole(-8, 8))
    total = int(start[:2]) * 60 + int(start[3:]) + minutes
    peak = float(level(case)) * 20 * draws.middling(0.8, 1.2)
    left = 0.0 if hours < 0 and dosed == "C1D1" else peak * 0.5 ** (max(hours, 0) / 96)
    return {
        "PCTPT": {-1: "PRE-DOSE", 0: "END OF INFUSION"}.get(hours, f"{hours} H"),
        "PCDAT": (dose_day(case, dosed) + timedelta(days=total // 1440)).isoformat(),
        "PCTIM": f"{total // 60 % 24:02d}:{total % 60:02d}",
        "PCREFID": f"AD{case.number:04d}{place.event}{place.row}",
        "TABRES": base.number(left, 3),
        "ADCRES": base.number(left * 0.9, 3),
        "PAYRES": base.number(left * 0.01, 3),
    }


def tracing(case: Case, place: Place) -> Row:
    draws = case.at(place.event, place.occurrence, "EG", place.row)
    start = base.clock(case, place.event, "EG")
    return {
        "EGTIM": base.later(start, 2 * (place.row - 1)),
        "EGHR": base.number(draws.middling(58, 88)),
        "QT": base.number(draws.middling(365, 420)),
    }


def demographics(case: Case, place: Place) -> Row:
    row = base.demographics(case, place)
    sex = case.at("sex").one_of(("F", "M"))
    return row | {"SEX": sex, "CHILDPOT": row["CHILDPOT"] if sex == "F" else ""}


def disease(case: Case, place: Place) -> Row:
    found = case.day("SCR") - timedelta(days=case.at("DCH").whole(300, 2000))
    return {
        "DIAGDAT": found.isoformat()[:7],
        "STAGEIV": "Y",
        "PRIORN": str(case.at("DCH", "lines").whole(1, 5)),
    }


def expression(case: Case, place: Place) -> Row:
    taken = case.day("SCR") - timedelta(days=case.at("EXPR").whole(5, 60))
    scores = {name: str(case.at("EXPR", name).whole(60, 290)) for name in ("HER2HS", "METHS")}
    return {"MIDAT": taken.isoformat(), **scores}


def scan(case: Case, place: Place) -> Row:
    return {"TUPERF": "Y", "TRDAT": case.day(place.event).isoformat()}


def lesion(case: Case, place: Place) -> Row:
    left = 1.0 if place.event == "SCR" else 0.55 + 0.6 * case.at("response").share()
    size = case.at("tumour", place.row).middling(18, 70) * left
    return {
        "TULNKID": f"T{place.row:02d}",
        "TUROLE": "TARGET",
        "TULOC": "LIVER",
        "TUMETHOD": "CT SCAN",
        "DIAM": base.number(size),
    }


def response(case: Case, place: Place) -> Row:
    first, now = (
        sum(int(lesion(case, Place(event, "TUMOR", "TULOG", row))["DIAM"]) for row in (1, 2))
        for event in ("SCR", place.event)
    )
    overall = "PR" if now <= first * 0.7 else "PD" if now - first >= 5 and now >= first * 1.2 else "SD"
    return {"RSTRGRESP": overall, "RSNTRGRESP": "", "RSOVRLRESP": overall}


def adverse_event(case: Case, place: Place) -> Row:
    """Mostly mild; grade 3 more often at the upper levels."""
    draws = case.at("AE", place.row)
    term, grade = TOXICITIES[(case.at("AE").whole(0, 4) + place.row) % len(TOXICITIES)]
    if grade == "3" and not draws.happens(0.1 + 0.1 * LEVELS.index(level(case))):
        grade = "2"
    start = case.day("C1D1") + timedelta(days=draws.whole(2, 30))
    return {
        "AETERM": term,
        "AESTDAT": start.isoformat(),
        "AESTTIM": "",
        "AEENDAT": (start + timedelta(days=draws.whole(2, 12))).isoformat(),
        "AEONGO": "N",
        "AETOXGR": grade,
        "AESER": "N",
        **dict.fromkeys(logs.CRITERIA, ""),
        "AEREL": "RELATED",
        "AEACN": "DOSE NOT CHANGED",
        "AECONTRT": draws.one_of(("Y", "N")),
        "AEOUT": "RECOVERED/RESOLVED",
        "AESI": "ILD" if term == "Pneumonitis" else "NONE",
    }


def events(case: Case) -> list[Row]:
    count = event_rows(case)
    return [adverse_event(case, Place("LOGS", "AE", "AELOG", row + 1, count)) for row in range(count)]


def event_rows(case: Case) -> int:
    return case.at("AE", "rows").weighted(((0, 1), (1, 3), (2, 3)))


def judged(case: Case) -> list[Row]:
    """The events that the DLT form is about: grade 3 in the window, and lung disease of grade 2."""
    first = case.day("C1D1")
    return [
        row
        for row in events(case)
        if (row["AETOXGR"] >= "3" and (date.fromisoformat(row["AESTDAT"]) - first).days <= 20)
        or (row["AESI"] == "ILD" and row["AETOXGR"] == "2")
    ]


def judgement(case: Case, place: Place) -> Row:
    rows = judged(case)
    event = rows[(place.row - 1) % len(rows)] if rows else None
    if event is None:
        return {}
    inside = (date.fromisoformat(event["AESTDAT"]) - case.day("C1D1")).days <= 20
    is_dlt = inside and event["AETERM"] != "Neutropenia"
    return {
        "DLTTERM": event["AETERM"],
        "DLTYN": "Y" if is_dlt else "N",
        "DLTCRIT": "ILD" if event["AESI"] == "ILD" else "NON-HAEMATOLOGICAL",
        "DLTADJ": "INVESTIGATOR",
        "DLTDTC": f"{date.fromisoformat(event['AESTDAT']) + timedelta(days=1)}T12:00",
        "SRCYN": "Y",
    }


def lung(case: Case, place: Place) -> Row:
    row = next((event for event in events(case) if event["AESI"] == "ILD"), None)
    return (
        {"ILDDAT": row["AESTDAT"], "ILDGRADE": row["AETOXGR"], "HRCT": "ILD", "ILDSPO2": "93"} if row else {}
    )


def eyes(case: Case, place: Place) -> Row:
    acuity = {
        name: base.number(case.at("eyes", name).middling(0.6, 1.2), 1) for name in ("VARIGHT", "VALEFT")
    }
    return {"OEPERF": "Y", "OEDAT": case.day(place.event).isoformat(), **acuity, "SLITLAMP": "NORMAL"}


def _on_day(form: str, item: str) -> Callable[[Case, Place], Row]:
    return lambda case, place: {item: case.day(place.event).isoformat()}


_ROWS: dict[str, Callable[[Case, Place], int]] = {
    "IELOG": lambda case, place: 0,
    "PELOG": lambda case, place: len(base.BODY_SYSTEMS),
    "MHLOG": lambda case, place: logs.history_rows(case),
    "AELOG": lambda case, place: event_rows(case),
    "CMLOG": lambda case, place: 0,
    "PRLOG": lambda case, place: 0,
    "DVLOG": lambda case, place: 0,
    "COLOG": lambda case, place: 0,
    "PCLOG": lambda case, place: len(HOURS[place.event]),
    "EGSET": lambda case, place: 1,
    "EGREP": lambda case, place: 3,
    "TULOG": lambda case, place: 2,
    "DLTLOG": lambda case, place: len(judged(case)),
}
_VALUES: dict[str, Callable[[Case, Place], Row]] = {
    "CONSENT": lambda case, place: base.consent(case, place) | {"ICBEYOND": "N"},
    "DM": demographics,
    "IE": lambda case, place: {"IEDAT": case.day("SLOTV").isoformat(), "IEYN": "Y"},
    "MHLOG": logs.history,
    "DCH": disease,
    "EXPR": expression,
    "BIOPSY": _on_day("BIOPSY", "BIOPDAT"),
    "SLOT": slot,
    "VS": base.vital_signs,
    "PE": base.examination,
    "PELOG": base.body_system,
    "EG.EG": _on_day("EG", "EGDAT"),
    "EGSET": lambda case, place: {"EGTPT": "PRE-DOSE"},
    "EGREP": tracing,
    "LVEF": base.ejection_fraction,
    "ECOG": lambda case, place: {
        **base.performance(case, place),
        "ECOG101": case.at("ecog").one_of(("0", "1")),
    },
    "SAMPLE": base.sample,
    "LB_HEM.RESULTS": base.blood_counts,
    "LB_CHEM.RESULTS": arms.chemistry,
    "LB_VIR.RESULTS": arms.virology,
    "PREG": base.pregnancy_test,
    "EX": dose,
    "PC": lambda case, place: {"PCPERF": "Y"},
    "PCLOG": sample,
    "IS": arms.antibodies,
    "IRR": lambda case, place: {"IRRYN": "N"},
    "OPHTH": eyes,
    "TUMOR": scan,
    "TULOG": lesion,
    "RESPONSE": response,
    "AELOG": adverse_event,
    "DLT": lambda case, place: {"DLTANY": "Y"},
    "DLTLOG": judgement,
    "ILD": lung,
}
