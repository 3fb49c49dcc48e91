"""A value of the ledger as people read it: the reasons why there is none, too."""

import pytest

from edc_core.domain.index import MetaDataIndex
from edc_core.domain.value_words import MISSING_WORDS, value_words
from edc_core.rendering import widgets
from tests.builders import vital_signs


@pytest.mark.parametrize("code", MISSING_WORDS)
def test_a_reason_is_told_in_words_and_the_form_offers_the_same(code):
    said = value_words(
        {"missing": code, "value": None, "raw": "", "unit": ""},
        MetaDataIndex(vital_signs().build()),
        "VS.SYSBP",
    )
    assert said == MISSING_WORDS[code] != code
    assert widgets.missing_word(code) == said.capitalize()


def test_a_reason_of_the_study_alone_goes_by_its_code():
    index = MetaDataIndex(vital_signs().build())
    assert (
        value_words({"missing": "BROKEN", "value": None, "raw": "", "unit": ""}, index, "VS.SYSBP")
        == "BROKEN"
    )
