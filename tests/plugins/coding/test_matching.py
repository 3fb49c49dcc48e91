"""What codes a verbatim by itself, what is suggested in which order, and what stands for a term in a study."""

import dataclasses

import pytest
from edc_core_coding import shelf
from edc_core_coding.autocode import plan
from edc_core_coding.declared import CodedItem, declared
from edc_core_coding.groups import CODED, TO_APPROVE, TO_CODE, groups, not_coded
from edc_core_coding.matching import EXACT, NORMALISED, SYNONYM, Reader, synonyms_of

from edc_core.api import Coding, CodingState, ItemPath, Verbatim
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import Alias, DataType
from edc_core.testing import a_study
from tests.plugins.coding.made_dictionary import kept, meddra, whodrug_b3

ITEM = CodedItem("AE.TERM", "MadeDRA", approval=False, question="Event")
ITEMS = {"AE.TERM": ITEM}
KOREAN = {"Zorbly head": "조블 두통", "Wobbled knee": "흔들 무릎"}


@pytest.fixture(scope="module")
def where(tmp_path_factory):
    where = tmp_path_factory.mktemp("shelf")
    kept(meddra(where / "files"), where)
    kept(meddra(where / "ko", names=lambda term: KOREAN.get(term, f"{term} (ko)")), where, language="ko")
    kept(whodrug_b3(where / "drugs"), where, "MadeDrug")
    return where


@pytest.fixture(scope="module")
def reader(where):
    dictionary = shelf.find("MadeDRA", "1.0", "en", where)
    return Reader(dictionary, shelf.other_languages(dictionary, where))


@pytest.fixture(scope="module")
def drugs(where):
    return Reader(shelf.find("MadeDrug", "1.0", "en", where))


def term_of(reader, code):
    return reader.dictionary.about.term(reader.dictionary.by_code(code)[0])


def verbatim(text, row=1, *, term=None, state=CodingState.CODED, synonym=False, **facts):
    path = ItemPath.parse(f"LOG[1]/AE[1]/AE.ROW[{row}]/AE.TERM")
    coding = Coding(path, state, term, 1, "person", synonym, "cod", "", 7, "2026-03-04") if term else None
    known = {"complete": True, "locked": False, "may_code": True, "may_approve": True} | facts
    return Verbatim(f"S-{row:03}", "KR-01", path, text, 1, coding=coding, **known)


@pytest.mark.parametrize(
    ("text", "code", "how"),
    [
        ("Zorbly head", "90000001", EXACT),
        ("ZORBLY HEAD.", "90000001", NORMALISED),
        ("knee wobbling left", "90000005", NORMALISED),
        ("조블 두통", "90000001", EXACT),
    ],
)
def test_the_same_words_are_the_same_term(reader, text, code, how):
    found = reader.match(text)
    assert (found.term.code, found.how) == (code, how)
    assert found.term.text in ("Zorbly head", "Knee wobbling, left"), "coded in the language of the study"


@pytest.mark.parametrize("text", ["Zorbly hed", "Head zorbling", "", "???"])
def test_what_is_not_the_same_or_not_current_is_left_to_a_person(reader, text):
    assert reader.match(text) is None


def test_a_drug_in_two_classes_is_left_to_a_person(drugs):
    assert drugs.match("Fabulol") is None
    assert drugs.match("mirabilin").term.code == "90000201001"
    assert [one.term.levels[2].code for one in drugs.suggest("Fabulol")][:2] == ["Z01AA", "Z02AA"]


def test_suggestions_begin_with_what_is_most_alike(reader):
    found = reader.suggest("left knee wobbled")
    assert found[0].term.code == "90000005"
    assert [one.likeness for one in found] == sorted((one.likeness for one in found), reverse=True)
    assert all(one.term.current for one in reader.suggest("head zorbling"))
    assert [one.term.key for one in found] == list(dict.fromkeys(one.term.key for one in found))


def test_suggestions_in_another_language_say_the_words_that_are_alike(reader):
    found = reader.suggest("조블 두통이")
    assert (found[0].term.text, found[0].said) == ("Zorbly head", "조블 두통")


@pytest.mark.parametrize("text", ["zo", "z", "", "xyzzy plugh"])
def test_a_search_for_little_or_nothing_is_answered(reader, text):
    assert all(one.likeness >= 45 for one in reader.suggest(text))


def test_words_that_were_approved_stand_for_the_term(reader):
    term = term_of(reader, "90000001")
    known = [verbatim("zorbly hed", 1, term=term, synonym=True), verbatim("Wobly", 2, term=term)]
    synonyms = synonyms_of(known, ITEMS, "MadeDRA")
    assert list(synonyms) == ["zorbly hed"]
    match = Reader(reader.dictionary, (), synonyms).match("ZORBLY  HED")
    assert (match.term.code, match.how) == ("90000001", SYNONYM)
    assert Reader(reader.dictionary, (), synonyms).suggest("zorbly hed")[0].how == SYNONYM


def test_words_that_were_approved_for_two_terms_stand_for_none(reader):
    known = [
        verbatim("bad knee", 1, term=term_of(reader, "90000004"), synonym=True),
        verbatim("Bad knee", 2, term=term_of(reader, "90000005"), synonym=True),
    ]
    assert synonyms_of(known, ITEMS, "MadeDRA") == {}


@pytest.mark.parametrize("state", [CodingState.PROPOSED, CodingState.RESET])
def test_only_what_stands_coded_is_a_synonym(reader, state):
    known = [verbatim("zorbly hed", 1, term=term_of(reader, "90000001"), synonym=True, state=state)]
    assert synonyms_of(known, ITEMS, "MadeDRA") == {}


def test_a_plan_codes_what_matches_and_nothing_else(reader):
    term = term_of(reader, "90000001")
    known = [
        verbatim("Zorbly head", 1),
        verbatim("Zorbly hed", 2),
        verbatim("Zorble", 3, complete=False),
        verbatim("Zorble", 4, locked=True),
        verbatim("Zorble", 5, may_code=False),
        verbatim("Zorble", 6, term=term),
        verbatim("Zorble", 7, term=term, state=CodingState.RESET),
    ]
    found = plan(known, ITEMS, {"MadeDRA": reader})
    assert {key: [one.method for one in codings] for key, codings in found.items()} == {
        "S-001": [EXACT], "S-007": [EXACT],
    }  # fmt: skip
    assert plan(known, ITEMS, {}) == {}


def test_what_needs_approval_is_proposed(reader):
    items = {"AE.TERM": CodedItem("AE.TERM", "MadeDRA", approval=True, question="Event")}
    ((coding,),) = plan([verbatim("Zorble", 1)], items, {"MadeDRA": reader}).values()
    assert coding.propose


def test_groups_hold_the_same_words_in_the_same_state(reader):
    term, other = term_of(reader, "90000001"), term_of(reader, "90000004")
    known = [
        verbatim("knee", 1), verbatim("knee", 2), verbatim("Knee", 3), verbatim("head", 4, term=term),
        verbatim("head", 5, term=other), verbatim("head", 6, term=term, state=CodingState.PROPOSED),
    ]  # fmt: skip
    assert [(one.text, len(one.places)) for one in groups(known, ITEMS, TO_CODE)] == [
        ("knee", 2),
        ("Knee", 1),
    ]
    assert len(groups(known, ITEMS, CODED)) == 2
    assert len(groups(known, ITEMS, TO_APPROVE)) == 1
    ids = [one.id for state in (TO_CODE, CODED, TO_APPROVE) for one in groups(known, ITEMS, state)]
    assert len(set(ids[:4])) == 4
    assert not any("knee" in one for one in ids)


def test_what_is_not_coded_or_not_approved_stands_in_the_way_of_a_lock(reader):
    term = term_of(reader, "90000001")
    known = [
        verbatim("knee", 1), verbatim("head", 2, term=term), verbatim("head", 3, term=term, state=CodingState.PROPOSED),
        verbatim("head", 4, term=term, state=CodingState.RESET), verbatim("knee", 5, locked=True),
    ]  # fmt: skip
    assert [(one.subject_key, one.why) for one in not_coded(known)] == [
        ("S-001", "not coded"), ("S-003", "coding not approved"), ("S-004", "not coded"), ("S-005", "not coded"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "dictionary", "approval"),
    [
        ("MadeDRA", "MadeDRA", False),
        (" MadeDRA with approval ", "MadeDRA", True),
        ("WHODrug", "WHODrug", False),
    ],
)
def test_an_alias_declares_what_is_coded(said, dictionary, approval):
    found = declared(coded_by(said))
    assert found.problems == ()
    assert [(one.oid, one.dictionary, one.approval) for one in found.items.values()] == [
        ("F.TERM", dictionary, approval)
    ]
    assert found.dictionaries == (dictionary,)


@pytest.mark.parametrize(
    ("said", "data_type", "words"),
    [
        ("Made DRA", DataType.TEXT, "does not say how it is coded"),
        ("", DataType.TEXT, "does not say how it is coded"),
        ("MadeDRA", DataType.INTEGER, "is no text"),
    ],
)
def test_an_alias_that_says_something_else_is_told(said, data_type, words):
    found = declared(coded_by(said, data_type))
    assert found.items == {}
    assert words in found.problems[0]


def coded_by(said, data_type=DataType.TEXT):
    version = a_study().with_item("F.TERM", data_type).with_item("F.OTHER").build()
    items = tuple(
        dataclasses.replace(one, aliases=(Alias("Coding", said),)) if one.oid == "F.TERM" else one
        for one in version.items
    )
    return MetaDataIndex(dataclasses.replace(version, items=items))
