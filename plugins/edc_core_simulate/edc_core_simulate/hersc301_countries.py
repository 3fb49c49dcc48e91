"""What the sites of HERSC-301 write besides, because the standard of their country asks for it. All codes are made up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from edc_core_simulate.case import Case, Place
from edc_core_simulate.hersc301_logs import WHOLE_DATE, Row, adverse_event, events, history, medicine

CONSENTS = ("KRCT", "KRSEN", "KRHDM", "CNPI", "CNSEN", "JPSPC")
TRANSFERS = ("KROVS", "CNXB", "JPXFR")  #: consents without which data stay in their country
VERSION = "2.1"
PRECISION = {
    "DE": 4,
    "FR": 7,
    "GB": 7,
    "KR": 7,
}  #: characters of a date of birth: a year, or a year and a month
CERTIFIED = "2026-12-31"  #: the last day of a certificate of a laboratory

#: Code of the disease (KCD).
DISEASES = {
    "Hypertension": "I10",
    "Hypothyroidism": "E03.9",
    "Appendectomy": "Z90.4",
    "Type 2 diabetes mellitus": "E11.9",
    "Migraine": "G43.9",
    "Caesarean section": "O82",
    "Basal cell carcinoma": "C44.9",
}
#: What a Chinese site writes beside the English words.
CHINESE = {
    "Nausea": "恶心",
    "Fatigue": "疲劳",
    "Alopecia": "脱发",
    "Diarrhoea": "腹泻",
    "Neutropenia": "中性粒细胞减少",
    "Injection site erythema": "注射部位红斑",
    "Headache": "头痛",
    "Peripheral sensory neuropathy": "外周感觉神经病变",
    "Septic shock": "感染性休克",
    "Pulmonary embolism": "肺栓塞",
    "Ondansetron": "昂丹司琼",
    "Dexamethasone": "地塞米松",
    "Paracetamol": "对乙酰氨基酚",
    "Levothyroxine": "左甲状腺素",
    "Loperamide": "洛哌丁胺",
    "Amlodipine": "氨氯地平",
}


def born(day: date, country: str) -> str:
    """A date of birth as exact as it may be in a country."""
    return day.isoformat()[: PRECISION.get(country, 10)]


def consents(signed: date, *, transfer: bool) -> Row:
    """Each with the version of its form and the day. :param transfer: that to the transfer was given, too."""
    row = {f"{one}{what}": "" for one in TRANSFERS for what in ("VER", "DAT")}
    for one in (*CONSENTS, *(TRANSFERS if transfer else ())):
        row |= {f"{one}VER": VERSION, f"{one}DAT": signed.isoformat()}
    return row


def _origin(case: Case, place: Place) -> Row:
    """Race and ethnic group by the list of the country, where it has its own."""
    draws = case.at("origin")
    return {
        "CNETHNIC": draws.weighted((("HAN", 9), ("OTHER", 1))),
        "GBETHNIC": draws.weighted(
            (("WHITE BRITISH", 7), ("IRISH", 1), ("INDIAN", 1), ("CARIBBEAN", 1), ("WHITE AND ASIAN", 0.5))
        ),
        "USETHNIC": draws.weighted((("NOT HISPANIC OR LATINO", 4), ("HISPANIC OR LATINO", 1))),
        "USRACE": draws.weighted((("WHITE", 6), ("BLACK OR AFRICAN AMERICAN", 2), ("ASIAN", 1))),
    }


def _history(case: Case, place: Place) -> Row:
    code = DISEASES.get(history(case, place)["MHTERM"], "")
    return {"MHKCD": code, "MHKCDVER": "KCD-8" if code else ""}  # every one began before KCD-9


def _event(case: Case, place: Place) -> Row:
    row = adverse_event(case, place)
    return {
        "AETERMZH": CHINESE[row["AETERM"]],
        "AETERMEN": row["AETERM"],
        "AETRST": case.at("AE", place.row, "translation").weighted((("CHECKED", 4), ("TRANSLATED", 1))),
        "AEJCOG": row["AETOXGR"],
    }


def _medicine(case: Case, place: Place) -> Row:
    name = medicine(case, place)["CMTRT"]
    number = 100 + sorted(CHINESE).index(name)
    return {
        "CMTRTZH": CHINESE[name],
        "CMEDI": f"645900{number}",
        "CMKDSTD": f"8806459{number}001",
        "CMYJ": f"2399{number}F1{number}",
    }


def _lung(case: Case, place: Place) -> Row:
    draws = case.at(place.event, "lung")
    return {
        "JPKL6": f"{draws.middling(180, 440):.0f}",
        "JPSPD": f"{draws.middling(20, 100):.1f}",
        "JPSPO2": f"{draws.middling(95, 99):.0f}",
        "JPCT": "NORMAL",
    }


def _laboratory(form: str, jlac: str) -> Callable[[Case, Place], Row]:
    """:param jlac: the code of the panel, of seventeen characters."""
    row = {f"CNSRC{form}": "CENTRAL", f"CNEQA{form}": CERTIFIED, f"JLAC{form}": jlac, "JPHBVDNA": "0"}
    return lambda case, place: row


def _serious(case: Case, place: Place) -> Row:
    row = next((event for event in events(case) if event["AESER"] == "Y"), None)
    if row is None:
        return {}
    whole = row["AESTDAT"] if len(row["AESTDAT"]) == WHOLE_DATE else ""
    return {
        "KRSPNDAT": whole,
        "KRIRBDAT": whole,
        "CNNARR": f"受试者因{CHINESE[row['AETERM']]}入院并按当地指南治疗。",
        "EUUNBL": "",
    }


_VALUES: dict[str, Callable[[Case, Place], Row]] = {
    "DM": _origin,
    "MHLOG": _history,
    "AELOG": _event,
    "CMLOG": _medicine,
    "JP_B9": _lung,
    "LB_HEM": _laboratory("LBHEM", "2A990000001930101"),
    "LB_CHEM": _laboratory("LBCHEM", "3A990000002327101"),
    "LB_VIR": _laboratory("LBVIR", "5F990000002302301"),
    "SAE": _serious,
}


def values(case: Case, place: Place) -> Row:
    """By item name, of all countries: a site is asked for those of its own."""
    fill = _VALUES.get(place.group) or _VALUES.get(place.form)
    return fill(case, place) if fill else {}
