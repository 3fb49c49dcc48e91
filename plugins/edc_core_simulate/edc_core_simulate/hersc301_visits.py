"""Forms of HERSC-301 from screening to the last chemotherapy: doses by weight, tests before doses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from edc_core_simulate.case import Case, Place
from edc_core_simulate.chance import Draws
from edc_core_simulate.hersc301_countries import born, consents
from edc_core_simulate.hersc301_logs import Row

SCREENING = "SCR"
DOSES = {f"C{cycle}D1": cycle for cycle in range(1, 19)}
LANGUAGES = {"DE": "DE", "FR": "FR", "KR": "KO", "JP": "JA", "CN": "ZH"}
ASIA = frozenset({"KR", "JP", "CN"})
BODY_SYSTEMS = (
    "GENERAL APPEARANCE",
    "SKIN",
    "CARDIOVASCULAR",
    "RESPIRATORY",
    "ABDOMEN",
    "LYMPH NODES",
    "BREAST",
)
AFTER_ITS_ERA = "H31.5.1"  #: the last day of Heisei is 30 April of its year 31
DOCETAXEL = (("DOCETAXEL", 75.0),)
FEC = (("FLUOROURACIL", 500.0), ("EPIRUBICIN", 75.0), ("CYCLOPHOSPHAMIDE", 500.0))
FIRST_FEC = 5  #: cycles 5 to 8


# What stays the same through a casebook


def age(case: Case) -> int:
    return int(case.at("age").middling(29, 78))


def can_have_children(case: Case) -> bool:
    return age(case) < 50


def height(case: Case) -> float:
    tall = 157 if case.site.country in ASIA else 165
    return case.at("height").middling(tall - 13, tall + 13)


def weight(case: Case, visit: int) -> float:
    start = (
        case.at("weight").middling(42, 78)
        if case.site.country in ASIA
        else case.at("weight").middling(48, 96)
    )
    return start + case.at("weight", visit).middling(-1.5, 1.2)


def is_subcutaneous(case: Case) -> bool:
    return case.at("arm").happens(0.5)


def surface(case: Case, visit: int) -> float:
    """Mosteller."""
    return float((height(case) * weight(case, visit) / 3600) ** 0.5)


def visit_number(event_oid: str) -> int:
    return DOSES.get(event_oid, 0)


def number(value: float, digits: int = 0) -> str:
    return f"{value:.{digits}f}"


def clock(case: Case, *place: object) -> str:
    draws = case.at("clock", *place)
    return f"{draws.whole(8, 14):02d}:{draws.whole(0, 11) * 5:02d}"


def later(time: str, minutes: int) -> str:
    total = int(time[:2]) * 60 + int(time[3:]) + minutes
    return f"{total // 60 % 24:02d}:{total % 60:02d}"


def day_before(case: Case, place: Place, low: int, high: int) -> date:
    return case.day(place.event) - timedelta(
        days=case.at(place.event, place.form, "days before").whole(low, high)
    )


# Forms


def consent(case: Case, place: Place) -> Row:
    signed = case.day(SCREENING) - timedelta(days=case.at("consent").whole(1, 5))
    if case.at("consent", "late").happens(0.03):
        signed = case.day(SCREENING) + timedelta(days=1)
    return {
        "RFICDAT": f"{signed}T{clock(case, 'consent')}",
        "ICFVER": "2.1",
        "ICFLANG": LANGUAGES.get(case.site.country, "EN"),
        "ICMODE": case.at("consent", "mode").weighted((("PAPER", 3), ("ELECTRONIC", 1))),
        "WITHDRAWDAT": "",
        **consents(signed, transfer="EC66" not in case.scenarios),
    }


def demographics(case: Case, place: Place) -> Row:
    day = case.at("birthday").whole(0, 364)
    birthday = date(case.base.year - age(case) - 1, 1, 1) + timedelta(days=day)
    fertile = (
        "Y" if can_have_children(case) else case.at("fertile").one_of(("N-POSTMENOPAUSAL", "N-SURGICAL"))
    )
    race = (
        "ASIAN"
        if case.site.country in ASIA
        else case.at("race").weighted(
            (("WHITE", 7), ("BLACK OR AFRICAN AMERICAN", 2), ("ASIAN", 1), ("OTHER", 0.5))
        )
    )
    return {
        "BRTHDAT": AFTER_ITS_ERA if "EC68" in case.scenarios else born(birthday, case.site.country),
        "SEX": case.at("sex").weighted((("F", 60), ("M", 1))),
        "RACE": "" if case.site.country == "FR" else race,
        "RACEOTH": "Mixed" if race == "OTHER" and case.site.country != "FR" else "",
        "ETHNIC": "NOT HISPANIC OR LATINO" if case.site.country in ASIA else "NOT REPORTED",
        "CHILDPOT": fertile,
    }


def eligibility(case: Case, place: Place) -> Row:
    return {"IEDAT": day_before(case, place, -7, -3).isoformat(), "IEYN": "Y"}


def diagnosis(case: Case, place: Place) -> Row:
    found = day_before(case, place, 14, 60)
    stage = case.at("stage").weighted((("OPERABLE", 6), ("LOCALLY ADVANCED", 3), ("INFLAMMATORY", 1)))
    tumour = {"OPERABLE": "T2", "LOCALLY ADVANCED": "T3", "INFLAMMATORY": "T4d"}[stage]
    return {
        "DIAGDAT": found.isoformat(),
        "HISTTYPE": case.at("histology").weighted((("IDC", 8), ("ILC", 1), ("OTHER", 0.5))),
        "GRADE": case.at("grade").weighted((("G2", 4), ("G3", 5), ("G1", 1))),
        "CTSTAGE": tumour,
        "CNSTAGE": case.at("node").weighted((("N0", 3), ("N1", 5), ("N2", 2))),
        "CMSTAGE": "M0",
        "STAGEGRP": stage,
    }


def receptors(case: Case, place: Place) -> Row:
    stain = case.at("her2").weighted((("3+", 8), ("2+", 2)))
    ish = case.at("her2", "ish").weighted((("AMPLIFIED", 9), ("EQUIVOCAL", 1))) if stain == "2+" else ""
    positive = case.at("er").happens(0.6)
    return {
        "MIDAT": day_before(case, Place(SCREENING, "BCH", "DIAGNOSIS"), 10, 30).isoformat(),
        "ER": str(case.at("er", "share").whole(40, 100) if positive else 0),
        "PR": str(case.at("pr", "share").whole(5, 90) if positive else 0),
        "HER2IHC": stain,
        "HER2ISH": ish,
        "KI67": str(case.at("ki67").whole(12, 70)),
        "HER2LAB": case.at("her2", "lab").one_of(("LOCAL", "CENTRAL")),
    }


def vital_signs(case: Case, place: Place) -> Row:
    draws = case.at(place.event, "VS")
    systolic = draws.middling(100, 152)
    diastolic = systolic - draws.middling(28, 62) if not draws.happens(0.02) else systolic + 4
    return {
        "VSPERF": "Y",
        "VSDAT": case.day(place.event).isoformat(),
        "VSTIM": clock(case, place.event, "VS"),
        "VSPOS": "SITTING",
        "HEIGHT": number(height(case), 1) if place.event == SCREENING else "",
        "WEIGHT": number(weight(case, visit_number(place.event)), 1),
        "TEMP": number(draws.middling(36.1, 37.2), 1),
        "SYSBP": number(systolic),
        "DIABP": number(max(diastolic, 44)),
        "PULSE": number(draws.middling(56, 98)),
        "RESP": number(draws.middling(12, 19)),
        "OXYSAT": number(draws.middling(95, 100)),
    }


def examination(case: Case, place: Place) -> Row:
    return {"PEPERF": "Y", "PEDAT": case.day(place.event).isoformat()}


def body_system(case: Case, place: Place) -> Row:
    system = BODY_SYSTEMS[(place.row - 1) % len(BODY_SYSTEMS)]
    if system == "BREAST":
        return {"PEBODSYS": system, "PEORRES": "ABNORMAL", "PEDESC": "Known tumour, firm", "PECLSIG": "Y"}
    return {"PEBODSYS": system, "PEORRES": "NORMAL", "PEDESC": "", "PECLSIG": ""}


def ecg(case: Case, place: Place) -> Row:
    draws = case.at(place.event, "EG")
    odd = draws.happens(0.1)
    return {
        "EGDAT": f"{case.day(place.event)}T{clock(case, place.event, 'EG')}",
        "EGHR": number(draws.middling(55, 95)),
        "PR": number(draws.middling(130, 195)),
        "QRS": number(draws.middling(78, 108)),
        "QT": number(draws.middling(360, 430)),
        "INTP": "ABNORMAL NCS" if odd else "NORMAL",
        "EGDESC": "Sinus bradycardia" if odd else "",
    }


def _fraction(case: Case, place: Place, draws: Draws) -> str:
    planted = {"SCR": "62", "C5D1": "48"} if "S1" in case.scenarios else {}
    return planted.get(place.event) or number(draws.middling(54, 72))


def ejection_fraction(case: Case, place: Place) -> Row:
    draws = case.at(place.event, "LVEF")
    return {
        "CVPERF": "Y",
        "CVDAT": day_before(case, place, *((-3, 0) if place.event == SCREENING else (0, 3))).isoformat(),
        "CVMETHOD": case.at("lvef method").weighted((("ECHOCARDIOGRAPHY", 9), ("MUGA SCAN", 1))),
        "LVEF": _fraction(case, place, draws),
        "CVREADER": "LOCAL",
        "CVSYMP": "N",
        "NYHA": "",
    }


def performance(case: Case, place: Place) -> Row:
    level = case.at(place.event, "ECOG").weighted((("0", 7), ("1", 3), ("2", 0.2)))
    return {"RSDAT": case.day(place.event).isoformat(), "ECOG101": level}


def sample(case: Case, place: Place) -> Row:
    return {
        "LBPERF": "Y",
        "LBDAT": day_before(case, place, 0, 0 if place.event == SCREENING else 1).isoformat(),
        "LBTIM": clock(case, place.event, "LB"),
        "LBNAM": "CENTRAL",
        "LBREFID": f"{case.site.number}-{case.number:04d}-{visit_number(place.event)}",
    }


#: Below these a count is abnormal by the ranges of the central laboratory; none of the made-up ones is too high.
LOWEST = {"HGB": 120, "WBC": 4.0, "NEUT": 1.8, "LYM": 1.0, "PLAT": 150}


def blood_counts(case: Case, place: Place) -> Row:
    draws = case.at(place.event, "LB")
    worn = min(visit_number(place.event), 2) * 0.08  # chemotherapy
    haemoglobin = draws.middling(118, 146) * (1 - worn / 2)
    found = {
        "HGB": number(haemoglobin, 1),
        "WBC": number(draws.middling(4.2, 8.8) * (1 - worn), 2),
        "NEUT": number(draws.middling(2.0, 5.6) * (1 - worn), 2),
        "LYM": number(draws.middling(1.1, 2.9), 2),
        "PLAT": number(draws.middling(170, 340) * (1 - worn)),
    }
    judged = {f"{test}CS": "N" if float(found[test]) < low else "" for test, low in LOWEST.items()}
    return found | judged


def pregnancy_test(case: Case, place: Place) -> Row:
    if place.event == SCREENING:
        done = case.day(SCREENING)
    else:
        early = 9 if case.at(place.event, "PREG").happens(0.04) else 0
        done = case.day(place.event) - timedelta(days=early + case.at(place.event, "PREG", "day").whole(0, 4))
    return {
        "LBDAT": done.isoformat(),
        "LBSPEC": "SERUM" if place.event == SCREENING else "URINE",
        "HCG": "NEGATIVE",
    }


def kit_number(case: Case, cycle: int) -> str:
    """Each kit once: a block of numbers for each seed, twenty for each subject of it."""
    block = case.chance.at("kits").whole(0, 39_999)
    return f"K{(block * 20 + case.number * 20 + cycle) % 1_000_000:06d}"


def trastuzumab(case: Case, place: Place) -> Row:
    cycle = visit_number(place.event)
    draws = case.at(place.event, "EX")
    start = clock(case, place.event, "EX")
    row = {
        "ECOCCUR": "Y",
        "ECREASND": "",
        "KITNO": kit_number(_kit_of(case, cycle), cycle),
        "ECSTDAT": case.day(place.event).isoformat(),
        "ECSTTIM": start,
        "ECADJ": "NONE",
    }
    if is_subcutaneous(case):
        sides = ("LEFT", "RIGHT") if case.at("first side").happens(0.5) else ("RIGHT", "LEFT")
        side = sides[0] if draws.happens(0.08) else sides[cycle % 2]
        minutes = draws.weighted(((3, 5), (4, 3), (5, 2), (7, 0.3)))
        return row | {
            "ECENTIM": later(start, minutes),
            "ECROUTE": "SUBCUTANEOUS",
            "ECDOSE": "600.0",
            "ECVOL": "5.0",
            "ECLOC": "THIGH",
            "ECLAT": side,
            "OBSMIN": str(draws.one_of((120, 150, 180))),
        }
    dose = weight(case, cycle) * (8 if cycle == 1 else 6)
    return row | {
        "ECENTIM": later(start, 90 if cycle == 1 else 30),
        "ECROUTE": "INTRAVENOUS",
        "ECDOSE": number(dose, 1),
        "ECVOL": "250.0",
        "ECLOC": "",
        "ECLAT": "",
        "OBSMIN": str(draws.one_of((60, 90, 120))),
    }


def _kit_of(case: Case, cycle: int) -> Case:
    """Whose kit is used: in the story of the kit that is used twice, another subject's for the first dose."""
    if "S15" in case.scenarios and cycle == 1:
        return replace(case, number=case.number - 1 if case.number else 1)
    return case


def chemotherapy(case: Case, place: Place) -> Row:
    return {"CHEMOYN": "Y", "BSAUSED": number(surface(case, visit_number(place.event)), 2)}


def drugs_of(place: Place) -> tuple[tuple[str, float], ...]:
    return FEC if visit_number(place.event) >= FIRST_FEC else DOCETAXEL


def chemotherapy_drug(case: Case, place: Place) -> Row:
    drugs = drugs_of(place)
    drug, planned = drugs[(place.row - 1) % len(drugs)]
    reduced = case.at(place.event, drug, "reduced").happens(0.06)
    dose = planned * surface(case, visit_number(place.event)) * (0.8 if reduced else 1)
    return {
        "ECTRT": drug,
        "ECSTDAT": case.day(place.event).isoformat(),
        "ECDOSPLN": number(planned, 1),
        "ECDOSE": number(dose, 1),
        "ECADJREA": "HAEMATOLOGICAL TOXICITY" if reduced else "",
    }
