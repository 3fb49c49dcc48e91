"""What the checks of every form say: each text in each language, with the same facts, as every query text is to be."""

import re

import pytest

from edc_core.definitions.query_style import STYLES, remarks
from edc_core.domain.metadata import TranslatedText
from edc_core.domain.said import SAID, said

#: Facts of a text that other languages leave out: hints on how a value is typed are in English.
ENGLISH_ONLY = {"unreadable": {"hint"}}
PLACES = {
    "hint": "A date is expected, for example 04 MAR 2026.",
    "most": 20,
    "n": 23,
    "bound": 2,
    "name": "AE",
}
PLACES |= {"expected": "60", "values": "60", "items": "A"}


def facts(text):
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("about", SAID)
def test_every_text_is_there_in_every_language_with_its_facts(about):
    texts = SAID[about]
    assert list(texts) == list(STYLES)
    wanted = facts(texts["en"])
    assert all(texts.values())
    assert {tag for tag, text in texts.items() if facts(text) != wanted} <= (
        set(STYLES) - {"en"} if ENGLISH_ONLY.get(about) == wanted else set()
    )
    assert len(set(texts.values())) in (1, len(texts)), "two languages have the same words"


@pytest.mark.parametrize(("about", "tag"), [(about, tag) for about in SAID for tag in STYLES])
def test_a_text_is_one_that_the_check_of_a_study_would_take(about, tag):
    text = said(about, **{name: PLACES[name] for name in facts(SAID[about]["en"])}).in_language(tag)
    assert remarks(text, tag) == []


def test_a_fact_is_put_in_in_the_language_of_the_text():
    name = TranslatedText((("en", "Tracings"), ("ko", "심전도")))
    told = said("fewer rows", name=name, bound=3, n=1)
    assert told.in_language("ko") == "심전도: 최소 3행이 예상되나 1행입니다. 원자료를 확인해 주십시오."
    assert told.in_language("de").startswith("Tracings: ")
    assert told.in_language("pt") == told.in_language("en")
