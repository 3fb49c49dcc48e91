"""What the checks of every form say: each text in each language, with the same facts, as every query text is to be."""

import ast
import re
from pathlib import Path

import pytest

from edc_core.definitions.query_style import STYLES, remarks
from edc_core.domain.metadata import TranslatedText
from edc_core.domain.said import SAID, said

CORE = Path(__file__).parents[2] / "edc_core"
DATE = said("hint date")
PLACES = {
    "hint": DATE,
    "most": 20,
    "n": 23,
    "bound": 2,
    "name": "AE",
    "expected": DATE,
    "values": "60",
    "items": "A",
    "places": 2,
    "one": "04 MAR 2026",
    "other": "03 APR 2026",
    "date": "04 MAR 2026",
    "window": "MAR 2026",
    "planned": "MAR 2026",
    "low": "04 MAR 2026",
    "high": "06 MAR 2026",
}
#: Parts of a text that are no text by themselves.
HINTS = [about for about in SAID if about.startswith("hint ")]
#: What is asked or told; a reason for a change is chosen, and may name an error.
ASKED = [about for about in SAID if not about.startswith("reason ")]


def facts(text):
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("about", SAID)
def test_every_text_is_there_in_every_language_with_its_facts(about):
    texts = SAID[about]
    assert list(texts) == list(STYLES)
    assert all(texts.values())
    assert {tag for tag, text in texts.items() if facts(text) != facts(texts["en"])} == set()
    assert len(set(texts.values())) in (1, len(texts)), "two languages have the same words"


@pytest.mark.parametrize(("about", "tag"), [(about, tag) for about in ASKED for tag in STYLES])
def test_a_text_is_one_that_the_check_of_a_study_would_take(about, tag):
    text = said(about, **{name: PLACES[name] for name in facts(SAID[about]["en"])}).in_language(tag)
    assert remarks(text, tag) == ()


@pytest.mark.parametrize(("hint", "tag"), [(hint, tag) for hint in HINTS for tag in STYLES])
def test_a_value_that_cannot_be_read_is_asked_about_in_words_that_read_well(hint, tag):
    why = said(hint, **{name: PLACES[name] for name in facts(SAID[hint]["en"])})
    text = said("unreadable", hint=why).in_language(tag)
    assert text.startswith(why.in_language(tag))
    assert remarks(text, tag) == ()


def test_no_check_of_the_core_says_anything_in_one_language_alone():
    """What makes findings takes its texts from ``said``: none is an English constant."""
    files = [file for layer in ("domain", "expressions", "services") for file in (CORE / layer).rglob("*.py")]
    sources = {file.name: text for file in files if "Found(" in (text := file.read_text(encoding="utf-8"))}
    alone = [
        f"{name}:{node.lineno}"
        for name, text in sources.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "TranslatedText.of"
        and [getattr(argument, "value", "") for argument in node.args[1:]] == ["en"]
    ]
    assert {"form_checks.py", "timing.py", "scheduling.py"} <= set(sources)
    assert alone == []


def test_a_fact_is_put_in_in_the_language_of_the_text():
    name = TranslatedText((("en", "Tracings"), ("ko", "심전도")))
    told = said("fewer rows", name=name, bound=3, n=1)
    assert told.in_language("ko") == "심전도: 최소 3행이 예상되나 1행입니다. 원자료를 확인해 주십시오."
    assert told.in_language("de").startswith("Tracings: ")
    assert told.in_language("pt") == told.in_language("en")
