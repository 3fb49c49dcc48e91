"""What an item's definition says beyond its type: files, constants, grids, where its values come from."""

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.data_origin import data_origin
from edc_core.domain.file_value import FileRules
from edc_core.domain.metadata import Policy
from edc_core.domain.metadata_json import dump

HEAD = "oid: DEMO\nversion: {oid: v1}\nevents: [{oid: V1, forms: [F]}]\nunits: [{oid: kg}]\n"


def loaded(tmp_path, item, more=""):
    text = f"{HEAD}{more}forms:\n  - oid: F\n    items:\n      - {item}\n      - {{name: LAST, question: Last}}\n"
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    return load(tmp_path / "study.yaml")


def item(tmp_path, text, more=""):
    return loaded(tmp_path, text, more).required().items[0]


def codes(tmp_path, text):
    return [f.code for f in loaded(tmp_path, text).findings if f.severity == "error"]


def test_a_file_item_takes_what_it_names(tmp_path):
    assert item(tmp_path, "{name: A, question: A, file: {}}").file == FileRules()
    given = item(tmp_path, "{name: A, question: A, file: {types: [dicom, tiff], max_mb: 200}}").file
    assert given == FileRules(("dicom", "tiff"), 200)
    assert given.words() == "DICOM or TIFF, at most 200 MB"
    assert given.endings == (".dcm", ".tif", ".tiff")


@pytest.mark.parametrize(
    "given",
    [
        "file: {types: [exe]}",
        "file: {types: []}",
        "file: {max_mb: 0}",
        "file: {max_mb: 501}",
        "file: {}, unit: kg",
        "file: {}, length: 5",
        "file: {}, type: integer",
        "file: {}, range: [{ge: a}]",
    ],
)
def test_a_file_item_that_cannot_work_is_found(tmp_path, given):
    assert "E251" in codes(tmp_path, f"{{name: A, question: A, {given}}}")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("constant: SITTING", '"SITTING"'),
        ("constant: 'say \"ah\" \\'", '"say \\"ah\\" \\\\"'),
        ("constant: 5, type: integer", "5"),
        ("constant: true, type: boolean", "True"),
    ],
)
def test_a_constant_is_assigned_by_the_study(tmp_path, given, code):
    version = loaded(tmp_path, f"{{name: A, question: A, {given}}}").required()
    assert version.methods[0].expressions[0].code == code
    assert version.items[0].origin == "assigned"


def test_a_constant_of_another_type_is_found(tmp_path):
    assert "E230" in codes(tmp_path, "{name: A, question: A, constant: five, type: integer}")
    assert "E253" in codes(tmp_path, "{name: A, question: A, constant: five, derive: LAST}")


@pytest.mark.parametrize(
    ("origin", "policy", "expected"),
    [
        ("collected", "", ""),
        ("collected", "transcribed", "transcribed"),
        ("direct_source", "transcribed", "direct_source"),
        ("transferred", "direct_source", "transferred"),
        ("derived", "transcribed", "derived"),
        ("assigned", "transcribed", "derived"),
    ],
)
def test_the_origin_of_data_follows_from_item_and_policy(tmp_path, origin, policy, expected):
    given = item(tmp_path, f"{{name: A, question: A, origin: {origin}}}")
    assert data_origin(given, Policy(origin_of_collected=policy)) == expected


def test_what_was_published_before_keeps_its_bytes(tmp_path):
    """Facts that a definition does not use stand nowhere in what is hashed."""
    version = loaded(tmp_path, "{name: A, question: A}").required()
    assert {"file", "layout"}.isdisjoint(dump(version.items[0]))
    assert "layout" not in dump(version.item_groups[0])
    assert "policy" not in dump(version)


@pytest.mark.parametrize(
    "question",
    [
        "Surname", "FIRST NAME", "Patient's name", "Subject names", "Initials", "Home address", "E-mail address",
        "Post code", "ZIP code", "e-mail", "Telephone", "Mobile phone number", "MRN", "Medical record number", "Chart no",
        "Social security", "SSN", "National ID", "Passport", "Insurance number", "성명", "환자 이름", "여권번호",
    ],
)  # fmt: skip
def test_a_question_for_what_identifies_a_person_is_told(tmp_path, question):
    found = loaded(tmp_path, f'{{name: A, question: "{question}"}}').findings
    assert [finding.code for finding in found if finding.code != "W309"] == ["W316"]


@pytest.mark.parametrize(
    "question", ["Name of the drug", "Code of the site", "Address the cause", "Systolic pressure"]
)
def test_a_question_with_like_words_is_not(tmp_path, question):
    found = loaded(tmp_path, f'{{name: A, question: "{question}"}}').findings
    assert [finding.code for finding in found if finding.code != "W309"] == []
