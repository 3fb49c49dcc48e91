"""A reason for a change as people read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edc_core.domain.policy import Policy
from edc_core.domain.reason_for_change import ReasonForChange
from edc_core.domain.translated_text import TranslatedText

OWN = Policy(
    reasons=(ReasonForChange("LATE", TranslatedText((("en", "Known late"), ("de", "Spät bekannt")))),)
)


@pytest.mark.parametrize(
    ("reason", "language", "words"),
    [
        ("LATE; Read in the letter; twice", "en", "Known late: Read in the letter; twice"),
        ("LATE", "de", "Spät bekannt"),
        ("LATE; ", "de", "Spät bekannt"),
        ("Read again", "en", "Read again"),
        ("GONE; Read again", "en", "GONE; Read again"),
        ("", "en", ""),
    ],
)
def test_a_code_of_the_study_is_read_in_its_words(reason, language, words):
    assert OWN.reason_in_words(reason, language) == words


@given(st.text().filter(lambda text: text.partition("; ")[0] != "LATE"))
def test_words_of_a_person_are_left_as_they_are(text):
    assert OWN.reason_in_words(text, "en") == text
