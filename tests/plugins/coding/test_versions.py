"""What another version of a dictionary does to terms: unchanged, renamed, moved, not current, gone."""

import pytest
from edc_core_coding.declared import CodedItem
from edc_core_coding.versions import Change, change, compared, new_codings, recode_plan

from edc_core.api import CodingState
from tests.plugins.coding.made_dictionary import HLT, LLT, PLACES, kept, meddra, whodrug_b3
from tests.plugins.coding.test_matching import ITEMS, verbatim

#: As 1.1 has them: a term renamed, a branch moved, a term not current, one gone, one new.
NEWER_LLT = {
    "90000001": ("Zorbly head", "90000101", "Y"),
    "90000002": ("Zorble, plain", "90000101", "Y"),
    "90000003": LLT["90000003"],
    "90000004": LLT["90000004"],
    "90000005": ("Knee wobbling, left", "90000102", "N"),
    "90000008": ("Zorble of tomorrow", "90000101", "Y"),
}
MOVED = [*PLACES[:2], ("90000102", "90000201", "90000301", "90000402", "Y"), PLACES[3]]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    where = tmp_path_factory.mktemp("shelf")
    old = kept(meddra(where / "old"), where)
    new = kept(meddra(where / "new", llt=NEWER_LLT, places=MOVED), where, version="1.1")
    return old, new


@pytest.mark.parametrize(
    ("code", "became"),
    [
        ("90000001", Change.UNCHANGED), ("90000002", Change.RENAMED), ("90000004", Change.MOVED),
        ("90000005", Change.NOT_CURRENT), ("90000006", Change.GONE),
    ],
)  # fmt: skip
def test_what_became_of_a_term(both, code, became):
    old, new = both
    (was,) = old.by_code(code)
    found, now = change(was.levels, new.by_code(code))
    assert found is became
    assert (now is not None) is became.recodes


def test_a_word_higher_up_renames_too(both, tmp_path):
    old, _ = both
    new = kept(meddra(tmp_path / "files", hlt=HLT | {"90000201": "All zorblings"}), tmp_path, version="1.2")
    (was,) = old.by_code("90000001")
    assert change(was.levels, new.by_code("90000001"))[0] is Change.RENAMED


def test_a_drug_keeps_its_class_and_else_a_person_chooses(tmp_path):
    drugs = kept(whodrug_b3(tmp_path / "files"), tmp_path, "MadeDrug")
    one, other = drugs.by_code("90000101001")
    assert change(other.levels, (one, other)) == (Change.UNCHANGED, other)
    lost = other._replace(levels=(*other.levels[:2], other.levels[2]._replace(code="Z09ZZ")))
    assert change(lost.levels, (one, other)) == (Change.GONE, None)


def test_a_whole_dictionary_in_numbers(both):
    assert compared(*both) == {
        "unchanged": 2, "renamed": 1, "moved": 1, "not current any more": 1, "not in the dictionary any more": 1, "new": 1,
    }  # fmt: skip
    assert set(compared(both[0], both[0])) == {"unchanged", "new"}


def coded(both, row, code, **facts):
    old, _ = both
    return verbatim("words", row, term=old.about.term(old.by_code(code)[0]), **facts)


def test_a_plan_names_every_term_of_the_study_with_what_becomes_of_it(both):
    known = [
        coded(both, 1, "90000001"), coded(both, 2, "90000001"), coded(both, 3, "90000004"), coded(both, 4, "90000006"),
        coded(both, 5, "90000004", state=CodingState.RESET), verbatim("open", 6),
    ]  # fmt: skip
    found = recode_plan(known, ITEMS, both[1])
    assert [(one.was.levels[0].code, one.change, len(one.places)) for one in found] == [
        ("90000006", Change.GONE, 1), ("90000004", Change.MOVED, 1), ("90000001", Change.UNCHANGED, 2),
    ]  # fmt: skip
    moved = found[1]
    assert [(was.term, now.term) for was, now in moved.differs] == [
        ("Wobblings", "Zorblings"), ("Zorblic disorders", "Quibblic disorders"),
    ]  # fmt: skip


def test_new_codings_go_by_the_new_version_and_what_moved_is_approved_anew(both):
    items = {"AE.TERM": CodedItem("AE.TERM", "MadeDRA", approval=True, question="Event")}
    known = [
        coded(both, 1, "90000001", synonym=True), coded(both, 2, "90000004"), coded(both, 3, "90000006"),
        coded(both, 4, "90000001", state=CodingState.PROPOSED), coded(both, 5, "90000001", locked=True),
    ]  # fmt: skip
    found = new_codings(recode_plan(known, items, both[1]), items, both[1])
    assert {key: (one.term.version, one.synonym, one.propose) for key, (one,) in found.items()} == {
        "S-001": ("1.1", True, False), "S-002": ("1.1", False, True), "S-004": ("1.1", False, True),
    }  # fmt: skip


def test_what_is_coded_by_the_version_already_is_left(both):
    _, new = both
    known = [verbatim("words", 1, term=new.about.term(new.by_code("90000001")[0]))]
    assert recode_plan(known, ITEMS, new) == ()
