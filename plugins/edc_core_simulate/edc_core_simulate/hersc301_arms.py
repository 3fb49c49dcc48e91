"""HERSC-301 from randomisation on: arms, blood levels, injection sites, tumours, and what comes with an event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from edc_core_simulate import hersc301_logs as logs
from edc_core_simulate import hersc301_visits as base
from edc_core_simulate.case import Case, Place
from edc_core_simulate.hersc301_logs import Row

AMERICAS = frozenset({"US"})
HOURS = {"C1D2": "24 H", "C1D4": "72 H", "C1D8": "168 H", "C1D15": "336 H",
         "C7D2": "24 H", "C7D8": "168 H", "C7D15": "336 H"}  # fmt: skip
DAYS = {"C1D2": 1, "C1D4": 3, "C1D8": 7, "C1D15": 14, "C7D2": 1, "C7D8": 7, "C7D15": 14}
SHRINKS = {"C5D1": 0.6, "PRESURG": 0.3}
TESTS = (
    ("CREAT", 48, 85, 2), ("BILI", 4, 18, 2), ("ALT", 9, 34, 0), ("AST", 11, 34, 0), ("ALP", 40, 100, 0),
    ("LDH", 125, 240, 0), ("ALB", 36, 48, 1), ("SODIUM", 136, 144, 0), ("K", 3.6, 5.0, 1), ("CA", 2.18, 2.5, 2),
    ("GLUC", 4.1, 6.0, 1), ("UREA", 2.8, 6.9, 1), ("TROPI", 1, 14, 1),
)  # fmt: skip


def randomisation(case: Case, place: Place) -> Row:
    stage = base.diagnosis(case, Place("SCR", "BCH", "DIAGNOSIS"))["STAGEGRP"]
    positive = base.receptors(case, Place("SCR", "BCH", "RECEPTORS"))["ER"] != "0"
    if "S3" in case.scenarios or case.at("stratum").happens(0.03):
        positive = not positive
    country = case.site.country
    return {
        "RANDDAT": f"{case.day(place.event)}T{base.clock(case, 'RAND')}",
        "RANDNO": f"R{case.at('rand').whole(10000, 99999)}",
        "ARM": "SC" if base.is_subcutaneous(case) else "IV",
        "STRATSTG": stage,
        "STRATER": "POSITIVE" if positive else "NEGATIVE",
        "STRATREG": "AMERICAS" if country in AMERICAS else "ASIA" if country in base.ASIA else "EUROPE",
        "PKSUB": "Y" if case.at("pk").happens(0.4) else "N",
    }


def chemistry(case: Case, place: Place) -> Row:
    draws = case.at(place.event, "CHEM")
    row = {name: base.number(draws.middling(low, high), digits) for name, low, high, digits in TESTS}
    if "S10" in case.scenarios and place.event == base.SCREENING:
        row["CREAT"] = "0.90"
    return {**row, "CHEMCS": ""}


def virology(case: Case, place: Place) -> Row:
    core = case.at("hbcab").happens(0.15 if case.site.country in base.ASIA else 0.03)
    negative = dict.fromkeys(("HBSAG", "HCVAB", "HIVAB"), "NEGATIVE")
    return {**negative, "HBCAB": "POSITIVE" if core else "NEGATIVE", "HBVDNA": "0"}


def tumour(case: Case, place: Place) -> Row:
    return {"TUPERF": "Y", "TRDAT": base.day_before(case, place, 0, 2).isoformat()}


def lesion(case: Case, place: Place) -> Row:
    """The breast, then a node when the disease has spread there; a later visit measures what is left."""
    left = SHRINKS.get(place.event, 1.0) * (0.7 + 0.6 * case.at("response").share())
    left = 1.0 if place.event == "SCR" else min(left, 1.1)
    size = case.at("tumour", place.row).middling(22, 58) * left
    return {
        "TULNKID": f"T{place.row:02d}",
        "TUROLE": "TARGET",
        "TULOC": "BREAST" if place.row == 1 else "LYMPH NODE",
        "TUMETHOD": "ULTRASOUND",
        "DIAM": base.number(size),
    }


def lesions(case: Case, place: Place) -> int:
    return 1 if base.diagnosis(case, Place("SCR", "BCH", "DIAGNOSIS"))["CNSTAGE"] == "N0" else 2


def response(case: Case, place: Place) -> Row:
    """What the radiologist would say by the sums."""

    def total(event: str) -> int:
        there = Place(event, "TUMOR", "TULOG")
        rows = range(1, lesions(case, there) + 1)
        return sum(int(lesion(case, Place(event, "TUMOR", "TULOG", row))["DIAM"]) for row in rows)

    first, now = total("SCR"), total(place.event)
    overall = "PR" if (now - first) * 100 / first <= -30 else "SD"
    if place.event == "PRESURG" and now - total("C5D1") >= 5 and now >= total("C5D1") * 1.2:
        overall = "PD"
    return {"RSTRGRESP": overall, "RSNTRGRESP": "", "RSOVRLRESP": overall}


def drug_level(case: Case, place: Place) -> Row:
    draws = case.at(place.event, "PC")
    dose_event = place.event.partition("D")[0] + "D1"
    start = base.clock(case, dose_event, "EX")
    if place.event in HOURS:
        day = case.day(dose_event) + timedelta(days=DAYS[place.event])
        time, planned = base.later(start, draws.whole(-60, 90)), HOURS[place.event]
    else:
        off = 120 if "S2" in case.scenarios and place.event == "C8D1" else -draws.whole(10, 120)
        day, time, planned = case.day(place.event), base.later(start, off), "PRE-DOSE"
    return {
        "PCPERF": "Y",
        "PCTPT": planned,
        "PCDAT": day.isoformat(),
        "PCTIM": time,
        "PCREFID": f"PC{case.number:04d}{draws.whole(10000, 99999)}",
    }


def kit_given(case: Case, place: Place) -> Row:
    return {"RKITNO": base.kit_number(case, place.row)}


def result_rows(case: Case, reached: str | None) -> int:
    """One result for each dose so far; the story of the laboratory adds two."""
    doses = base.DOSES.get(reached or "", 0)
    return doses + 2 if "S8" in case.scenarios else doses


def result(case: Case, place: Place) -> Row:
    """What the central laboratory sends of the samples before the doses."""
    planted = place.row - (place.rows - 2) if "S8" in case.scenarios else 0
    cycle = 1 if planted > 0 else place.row
    event = f"C{cycle}D1"
    draws = case.at("CLR", cycle)
    level = "BLQ" if cycle == 1 else base.number(draws.middling(35, 85), 1)
    barcode = drug_level(case, Place(event, "PC", "PC"))["PCREFID"]
    return {
        "CLREFID": f"PX{case.number:04d}00000" if planted == 1 else barcode,
        "CLRVISIT": event,
        "CLRTEST": "TRASTUZUMAB",
        "CLRORRES": level,
        "CLRORRESU": "" if level == "BLQ" else "ug/mL",
        "CLRLLOQ": "0.20",
    }


def antibodies(case: Case, place: Place) -> Row:
    return {
        "ISPERF": "Y",
        "ISDAT": case.day(place.event).isoformat(),
        "ISTIM": "08:00",
        "ISREFID": f"IS{case.number:04d}{case.at(place.event, 'IS').whole(10000, 99999)}",
    }


def injection_site(case: Case, place: Place) -> Row:
    draws = case.at(place.event, "ISR")
    red = draws.whole(5, 40) if draws.happens(0.2) else 0
    return {
        "ISRPERF": "Y",
        "FADAT": case.day(place.event).isoformat(),
        "FALOC": "THIGH",
        "FALAT": base.trastuzumab(case, place)["ECLAT"],
        "ERYTHEMA": str(red),
        "INDURATION": "0",
        "PAIN": "1" if red else "0",
        "PRURITUS": "0",
        "BRUISING": "0",
        "ISRONSET": str(draws.whole(5, 60)),
        "ISRDUR": str(draws.whole(2, 48)),
        "VAS0": str(draws.whole(0, 30)),
        "VAS15": str(draws.whole(0, 12)),
    }


def serious(case: Case, place: Place) -> Row:
    found = [event for event in logs.events(case) if event["AESER"] == "Y"]
    if not found:
        return {}
    row = next((event for event in found if event["AEOUT"] == "FATAL"), found[0])
    died = "Y" if row["AEOUT"] == "FATAL" else "N"
    aware = (
        datetime.fromisoformat(f"{row['AESTDAT']}T16:00") if len(row["AESTDAT"]) == logs.WHOLE_DATE else None
    )
    hours = 40 if "S5" in case.scenarios else case.at("SAE", "reported").whole(1, 20)
    return {
        "SAETERM": row["AETERM"],
        "SAEAWARE": aware.isoformat(timespec="minutes") if aware else "",
        "SAEREPDT": (aware + timedelta(hours=hours)).isoformat(timespec="minutes") if aware else "",
        "SAENARR": "Admitted with fever, treated by the local guideline.",
        "SAEHIN": row["AESTDAT"],
        "SAEHOUT": row["AEENDAT"],
        "SAEDTH": died,
        "SAEDTHC": row["AETERM"],
        "SAEAUTO": "N",
        "SAEEXP": "N" if "S5" in case.scenarios else "Y",
        "SAEE2B": "",
    }


def death(case: Case, place: Place) -> Row:
    row = next((event for event in logs.events(case) if event["AEOUT"] == "FATAL"), None)
    return {"DTHDAT": row["AEENDAT"] if row else "", "DTHCAUS": "ADVERSE EVENT", "DTHSP": ""}


ROWS: dict[str, Callable[[Case, Place], int]] = {
    "TULOG": lesions,
    "KITLOG": lambda case, place: len(base.DOSES),
    "PRLOG": lambda case, place: 0,
    "DVLOG": lambda case, place: 0,
    "COLOG": lambda case, place: 0,
}
VALUES: dict[str, Callable[[Case, Place], Row]] = {
    "RAND": randomisation,
    "LB_CHEM.RESULTS": chemistry,
    "LB_VIR.RESULTS": virology,
    "TUMOR": tumour,
    "TULOG": lesion,
    "RESPONSE": response,
    "KITLOG": kit_given,
    "CLRLOG": result,
    "PC": drug_level,
    "IS": antibodies,
    "ISR": injection_site,
    "SAE": serious,
    "DD": death,
}
