"""The reference of the language names what there is, and its truth tables are those that hold."""

import re
from pathlib import Path

import pytest

from edc_core.expressions.aggregates import AGGREGATES
from edc_core.expressions.calls import ASPECTS, SURROUNDINGS
from edc_core.expressions.functions import FUNCTIONS
from edc_core.expressions.values import UNDECIDED
from tests.expressions.study import answer

PAGE = (Path(__file__).parents[2] / "docs/reference/expressions.md").read_text(encoding="utf-8")
SOURCES = {
    "true": "SEX == 'F'",
    "false": "SEX == 'M'",
    "missing": "CONSENT > '2020-01-01'",
    "undecided": "BRTH < '2000-05-05'",
}
ANSWERS = {"true": True, "false": False, "missing": None, "undecided": UNDECIDED}
KNOWN = {"SCR/DM.SEX": "F", "SCR/DM.BRTH": "2000"}


def test_every_function_is_explained():
    names = {
        *FUNCTIONS,
        *AGGREGATES,
        *ASPECTS,
        *SURROUNDINGS,
        "present",
        "missing",
        "coalesce",
        "if_",
        "visit",
        "others",
    }
    explained = set(re.findall(r"`(\w+)(?:\(|`)", PAGE))
    assert names - explained == set()


PARTIAL = {"partialDate": "DM.BRTH", "partialTime": "VS.BEGUN", "partialDatetime": "VS.SEEN"}


def test_the_table_of_what_is_partly_known_holds():
    rows = table(" item ")
    assert {row[0] for row in rows} == set(PARTIAL)
    for item, value, first, last, *answers in rows:
        form, name = PARTIAL[item].split(".")
        compared = (f"< '{first}'", f"< '{last}'", f"> '{last}'", f"== '{last}'")
        for text, expected in zip(compared, answers, strict=True):
            found = answer(f"{name} {text}", {f"SCR/{form}.{name}": value}, at=f"SCR/{form}")
            assert found is ANSWERS[expected], (item, value, text)


def table(head):
    rows = re.search(rf"^\|{re.escape(head)}\|.*\n\|[-|]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE)[1]
    return [[cell.strip(" *`") for cell in row.strip("|\n").split("|")] for row in rows.splitlines()]


@pytest.mark.parametrize("operator", ["and", "or"])
def test_the_truth_tables_hold(operator):
    for one, *answers in table(f" `{operator}` "):
        for other, expected in zip(SOURCES, answers, strict=True):
            text = f"{SOURCES[one]} {operator} {SOURCES[other]}"
            assert answer(text, KNOWN, at="SCR/DM") is ANSWERS[expected], text


def test_the_table_of_single_conditions_holds():
    for word, *answers in table(" ")[:4]:
        for source, expected in zip(SOURCES, answers, strict=True):
            text = f"not {SOURCES[source]}" if word == "not" else f"{word}({SOURCES[source]})"
            assert answer(text, KNOWN, at="SCR/DM") is ANSWERS[expected], text
