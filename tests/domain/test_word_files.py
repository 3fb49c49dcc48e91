"""Words as data: those of a language stand before English ones, whatever region it is spoken in."""

import json

import pytest

from edc_core.domain.word_files import Words


@pytest.fixture
def folder(tmp_path):
    said = {
        "en": {"page": "Page {}", "whole": "Whole", "state": {"open": "open", "shut": "shut"}},
        "ko": {"page": "{}쪽", "state": {"open": "열림"}},
        "ko-KP": {"page": "페지 {}"},
    }
    for tag, words in said.items():
        (tmp_path / f"{tag}.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
    (tmp_path.parent / "other.json").write_text('{"page": "elsewhere"}', encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Page 3"),
        ("ko", "3쪽"),
        ("ko-KR", "3쪽"),
        ("ko-KP", "페지 3"),
        ("fi", "Page 3"),
        ("", "Page 3"),
    ],
)
def test_a_text_is_said_in_the_nearest_language(folder, language, said):
    assert Words(folder, language).say("page", 3) == said


def test_a_text_that_a_language_has_not_is_english(folder):
    assert Words(folder, "ko").say("whole") == "Whole"
    assert Words(folder, "ko").all == {"page": "{}쪽", "whole": "Whole"}


def test_a_code_has_the_word_of_its_list_or_stands_for_itself(folder):
    words = Words(folder, "ko")
    assert words.group("state") == {"open": "열림"}
    assert [words.of("state", code) for code in ("open", "lost")] == ["열림", "lost"]


def test_a_language_names_no_file_elsewhere(folder):
    assert Words(folder, "../other").say("page", 3) == "Page 3"


def test_what_is_nowhere_is_an_error(folder):
    with pytest.raises(KeyError):
        Words(folder, "ko").say("nothing")
