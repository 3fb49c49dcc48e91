"""Files of dictionaries: read in their layouts, kept under their digest, refused with every line that is wrong."""

import pytest
from edc_core_coding import reading, shelf
from edc_core_coding.terms import MOST_PROBLEMS, About, Problems, plain
from hypothesis import given
from hypothesis import strategies as st

from edc_core.errors import AlreadyExists, NotFound
from tests.plugins.coding.made_dictionary import (
    ATC,
    LLT,
    LLT_J,
    PLACES,
    PT,
    kept,
    meddra,
    meddra_j,
    whodrug_b3,
    whodrug_c3,
    whodrug_c3_text,
)


def problems_of(folder, language="en"):
    problems = Problems()
    assert reading.read(folder, problems, language) is None
    return list(problems.lines())


def levels(term):
    return [(one.level, one.code, one.term) for one in term.levels]


def test_meddra_terms_stand_at_their_primary_place(tmp_path):
    made = kept(meddra(tmp_path / "files"), tmp_path / "shelf")
    assert made.about[:3] == ("MadeDRA", "1.0", "en")
    assert (made.about.layout, made.about.terms) == ("meddra", len(LLT))
    assert levels(made.by_key("90000001/90000101/90000201/90000301/90000401")) == [
        ("LLT", "90000001", "Zorbly head"),
        ("PT", "90000101", "Zorble"),
        ("HLT", "90000201", "Zorblings"),
        ("HLGT", "90000301", "Zorbles and wobbles"),
        ("SOC", "90000401", "Zorblic disorders"),
    ]
    assert [term.current for term in made.by_code("90000003")] == [False]


@pytest.mark.parametrize("make", [whodrug_b3, whodrug_c3, whodrug_c3_text])
def test_a_drug_stands_in_each_of_its_classes_with_its_preferred_name(tmp_path, make):
    made = kept(make(tmp_path / "files"), tmp_path / "shelf", "MadeDrug")
    assert [levels(term) for term in made.by_plain("FABULOL FORTE")] == [
        [("DRUG", "90000101A1B", "Fabulol Forte"), ("PREF", "90000101001", "Fabulol"), ("ATC4", "Z01AA", "Fabulols"),
         ("ATC3", "Z01A", "Plain ones"), ("ATC2", "Z01", "Fabulous drugs"), ("ATC1", "Z", "Imaginary system")],
        [("DRUG", "90000101A1B", "Fabulol Forte"), ("PREF", "90000101001", "Fabulol"), ("ATC4", "Z02AA", "Mirabiles"),
         ("ATC1", "Z", "Imaginary system")],
    ]  # fmt: skip
    assert made.about.terms == 5


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_japanese_terms_have_the_english_codes_and_both_currencies(tmp_path, encoding):
    files, where = meddra_j(tmp_path / "files", encoding=encoding), tmp_path / "shelf"
    english = kept(files, where)
    made = kept(files, where, language="ja")
    assert (english.about.layout, made.about.layout) == ("meddra", "meddra-j")
    assert levels(made.by_code("90000001")[0])[:2] == [
        ("LLT", "90000001", "ゾーブル頭部"), ("PT", "90000101", "日本語101"),
    ]  # fmt: skip
    assert {term.key for term in made.all()} == {term.key for term in english.all()}
    assert [(term.text, term.current) for term in made.all()] == [
        ("ゾーブル頭部", True), ("ゾーブル", True), ("ゾーブル症", False),
        ("頭部ゾーブル", False),  # not current in English
        ("膝のぐらつき", True), ("膝のぐらつき", False), ("クイブル発疹", True),
    ]  # fmt: skip


def test_problems_of_japanese_files_have_their_line(tmp_path):
    wrong = [*LLT_J, ("99999999", "なし", "Y"), ("90000006", "発疹", ""), ("9", "短い", "Y")]
    files = meddra_j(tmp_path / "files", llt=wrong)
    assert problems_of(files, "ja") == [
        "llt_j.asc, line 8: The code 99999999 is not in llt.asc.",
        "llt_j.asc, line 9: The third cell says whether it is current in Japanese, not ''.",
        "llt_j.asc, line 10: It begins with a code of eight digits and a term.",
    ]
    (files / "soc_j.asc").unlink()
    assert "soc_j.asc is missing" in problems_of(files, "ja-JP")[0]


def test_another_layout_of_a_c3_file_is_refused_and_not_misread(tmp_path):
    files = whodrug_c3_text(tmp_path)
    lines = (files / "MP.txt").read_text().splitlines()
    (files / "MP.txt").write_text("\n".join(line[:10] + line[12:] for line in lines))
    assert problems_of(files)[0].startswith("MP.txt, line 1: It has a record number")


def test_the_same_files_are_the_same_dictionary_and_another_content_is_refused(tmp_path):
    where = tmp_path / "shelf"
    one = kept(meddra(tmp_path / "files"), where)
    assert kept(meddra(tmp_path / "again"), where).file == one.file
    assert [found.about for found in shelf.shelf(where)] == [one.about]
    other = meddra(tmp_path / "other", llt=LLT | {"90000007": ("Zorble, new", "90000101", "Y")})
    with pytest.raises(AlreadyExists, match="another content"):
        kept(other, where)
    assert kept(other, where, version="1.1").about.sha256 != one.about.sha256
    assert [found.about.version for found in shelf.shelf(where)] == ["1.0", "1.1"]
    assert not list(where.glob("*.part"))


def test_what_is_not_on_the_shelf_is_said_with_what_to_do(tmp_path):
    with pytest.raises(NotFound, match=r"edc coding load MadeDRA 9\.9 FOLDER --language ko"):
        shelf.find("MadeDRA", "9.9", "ko", tmp_path)


def test_every_problem_is_told_with_its_line(tmp_path):
    files = meddra(
        tmp_path / "files",
        llt=LLT
        | {
            "12": ("Short", "90000101", "Y"),
            "90000009": ("Lost", "99999999", "Y"),
            "90000010": ("Odd", "90000101", "x"),
        },
    )
    (files / "hlt.asc").write_text("90000201$Zorblings$$$$$$$$\n90000201$Twice$$$$$$$$\nnonsense\n")
    assert problems_of(files) == [
        "hlt.asc, line 2: The code 90000201 stands twice.",
        "hlt.asc, line 3: There are 1 cells where there are 2.",
        "mdhier.asc, line 2: It names what its own file does not have: HLT 90000202.",
        "mdhier.asc, line 3: It names what its own file does not have: HLT 90000202.",
        "llt.asc, line 4: Its preferred term 90000102 has no primary place in mdhier.asc.",
        "llt.asc, line 5: Its preferred term 90000102 has no primary place in mdhier.asc.",
        "llt.asc, line 7: It begins with a code of eight digits and a term.",
        "llt.asc, line 8: Its preferred term 99999999 has no primary place in mdhier.asc.",
        "llt.asc, line 9: The tenth cell says whether it is current: Y or N, not 'x'.",
    ]


def test_two_primary_places_are_one_too_many(tmp_path):
    places = [*PLACES, ("90000103", "90000202", "90000301", "90000401", "Y")]
    assert problems_of(meddra(tmp_path, places=places)) == [
        "mdhier.asc, line 5: The preferred term 90000103 has two primary places."
    ]


def test_a_file_that_is_missing_is_named(tmp_path):
    files = meddra(tmp_path)
    (files / "soc.asc").unlink()
    assert problems_of(files) == [f"{files}: The file soc.asc is missing; MedDRA ASCII has it."]


def test_a_folder_of_something_else_is_told_what_it_would_have(tmp_path):
    (said,) = problems_of(tmp_path)
    assert "llt.asc (MedDRA ASCII)" in said
    assert "dd.txt (WHODrug B3)" in said


def test_a_file_in_another_encoding_is_refused_at_its_line(tmp_path):
    files = meddra(tmp_path)
    (files / "soc.asc").write_bytes("90000401$Zörblic$Z$$$$$$$\n".encode("latin-1"))
    assert (
        problems_of(files)[0]
        == "soc.asc, line 1: This is not UTF-8. Take the delivery in UTF-8, or save it so."
    )


def test_another_layout_of_a_drug_file_is_refused_and_not_misread(tmp_path):
    files = whodrug_b3(tmp_path)
    lines = (files / "dd.txt").read_text().splitlines()
    (files / "dd.txt").write_text("\n".join(["x" + line for line in lines]))
    assert (
        problems_of(files)[0]
        == "dd.txt, line 1: It has a record number, two sequence numbers and a name in other places."
    )


def test_a_drug_without_a_preferred_name_and_a_class_without_words_are_told(tmp_path):
    files = whodrug_b3(tmp_path, {("900005", "01", "A01"): "Orphanol"})
    with (files / "dda.txt").open("a") as file:
        file.write("900005" + "01" + "A01" + "1" + "Q99XX  261Y\n")
    assert problems_of(files) == [
        "dda.txt, line 4: It names the class 'Q99XX', which ina.txt does not have.",
        "dd.txt, line 1: The record 900005 has no preferred name (01 001).",
    ]


def test_a_delivery_that_is_wrong_throughout_is_told_in_part_with_the_rest_counted(tmp_path):
    llt = {f"9{n:07}": ("Zorble", "99999999", "Y") for n in range(MOST_PROBLEMS + 5)}
    said = problems_of(meddra(tmp_path, llt=llt))
    assert len(said) == MOST_PROBLEMS + 1
    assert said[-1] == "and 5 more"


def test_headings_of_a_csv_file_are_passed_over(tmp_path):
    files = whodrug_c3(tmp_path / "files")
    text = (files / "atc.csv").read_text()
    (files / "atc.csv").write_text("ATC code,Level,Text\n" + text)
    made = kept(files, tmp_path / "shelf", "MadeDrug")
    assert {
        level.code for term in made.all() for level in term.levels if level.level.startswith("ATC")
    } == set(ATC)


@given(st.text())
def test_plain_is_the_same_when_it_is_done_twice(text):
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zorbly  HEAD", "zorbly head"), ("Knee wobbling, left.", "knee wobbling left"), ("\uff3a\uff2f\uff32\uff22\uff2c\uff25", "zorble"),
        ("zorble-head", "zorble head"), ("STRASSE", "straße"),
    ],
)  # fmt: skip
def test_what_is_no_difference(one, other):
    assert plain(one) == plain(other)


def test_the_made_terms_are_sound():
    assert {of for _, of, _ in LLT.values()} <= set(PT)
    assert About("MadeDRA", "1.0", "en").title == "MadeDRA 1.0 (en)"
