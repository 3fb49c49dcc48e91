from hypothesis import given
from hypothesis import strategies as st

from edc_core.domain.metadata import Alias, CodeList, CodeListItem, TranslatedText
from edc_core.domain.term_search import MOST_HITS, TermSearch, folded

TERMS = (
    ("I21", "Acute myocardial infarction", "급성 심근경색증", ()),
    ("I21.0", "Acute transmural myocardial infarction of anterior wall", "", ()),
    ("I22", "Subsequent myocardial infarction", "", ("Re-infarction",)),
    ("R07.4", "Chest pain, unspecified", "가슴통증", ()),
    ("G43", "Migräne", "편두통", ()),
    ("KR", "Korea, Republic of", "대한민국", ("South Korea", "韓国")),
)


def code_list(*retired):
    return CodeList(
        "CL",
        "CL",
        items=tuple(
            CodeListItem(
                code,
                TranslatedText((("en", english), *((("ko", korean),) if korean else ()))),
                retired=code in retired,
                aliases=tuple(Alias("synonym", name) for name in names),
            )
            for code, english, korean, names in TERMS
        ),
    )


def codes(typed, *retired):
    return [term.coded_value for term in TermSearch(code_list(*retired)).find(typed)]


def test_code_text_and_synonym_are_searched():
    assert codes("i22") == ["I22"]
    assert codes("chest") == ["R07.4"]
    assert codes("re-inf") == ["I22"]
    assert codes("韓") == ["KR"]


def test_a_half_typed_syllable_finds_its_term():
    assert codes("급사") == []
    assert codes("급") == codes("급서") == ["I21"]
    assert codes("급성 심그") == ["I21"]  # the syllable of 근 before its last consonant
    assert codes("대한미") == ["KR"]


def test_case_accents_width_and_punctuation_do_not_matter():
    assert codes("MIGRANE") == codes("migräne") == codes("\uff4d\uff49\uff47\uff52") == ["G43"]
    assert codes("r07 4") == codes("R07.4") == ["R07.4"]


def test_whole_names_come_first_then_beginnings_then_the_rest():
    assert codes("i21") == ["I21", "I21.0"]
    assert codes("acute") == ["I21", "I21.0"]
    assert codes("re") == ["I22", "KR"]
    assert codes("ea") == ["KR"]


def test_every_word_has_to_be_there_in_any_order():
    assert codes("wall acute") == ["I21.0"]
    assert codes("wall chest") == []


def test_one_latin_letter_finds_nothing_and_retired_terms_are_not_offered():
    assert codes("i") == codes("") == codes(" .-") == []
    assert codes("i21", "I21") == ["I21.0"]


def test_there_are_never_more_than_the_page_shows():
    many = CodeList("CL", "CL", items=tuple(CodeListItem(f"T{n}") for n in range(100)))
    assert len(TermSearch(many).find("t1", 5)) == 5
    assert len(TermSearch(many).find("t1")) == 11
    assert len(TermSearch(many).find("T", MOST_HITS)) == 0


@given(st.lists(st.text(max_size=12), max_size=8, unique=True), st.text(max_size=6))
def test_what_is_found_is_what_holds_every_word(names, typed):
    terms = tuple(CodeListItem(name) for name in names)
    found = TermSearch(CodeList("CL", "CL", items=terms)).find(typed)
    words = folded(typed).split()
    letters = "".join(words)
    expected = (
        []
        if not letters or (len(letters) < 2 and letters.isascii())
        else [name for name in names if all(word in folded(name) for word in words)]
    )
    assert sorted(term.coded_value for term in found) == sorted(expected)
