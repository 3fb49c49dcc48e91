import pytest
from edc_core_study_import.writer import write

from edc_core.definitions.loader import load
from edc_core.domain.metadata import own_expression

STUDY = """\
oid: DEMO
version: {{oid: 1}}
events: [{{oid: SCR, forms: [DM]}}]
codelists: [{{oid: RACE, terms: {{ASIAN: Asian, OTHER: Other, 'SAY "X"': X}}}}]
forms:
  - oid: DM
    items:
      - {{name: RACE, question: Race, codelist: RACE, {first}}}
      - {{name: RACEOTH, question: Specify, {second}}}
"""


def loaded(tmp_path, first, second="length: 200"):
    file = tmp_path / "demo.yaml"
    file.write_text(STUDY.format(first=first, second=second), encoding="utf-8")
    return load(file)


def condition(version):
    ref = version.item_groups[0].item_refs[1]
    [found] = [c for c in version.conditions if c.oid == ref.condition_oid]
    return ref.mandatory, own_expression(found.expressions)


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ("other: OTHER", 'not (RACE == "OTHER")'),
        ("other: OTHER, multiple: true", 'not ("OTHER" in RACE)'),
        ("""other: 'SAY "X"'""", 'not (RACE == "SAY \\"X\\"")'),
    ],
)
def test_the_next_item_is_asked_and_required_with_that_answer(tmp_path, first, expected):
    found = loaded(tmp_path, first)
    assert [f for f in found.findings if f.severity == "error"] == []
    assert condition(found.required()) == (True, expected)


def test_it_is_written_as_what_it_means(tmp_path):
    version = loaded(tmp_path, "other: OTHER").required()
    (tmp_path / "written").mkdir()
    write(version, tmp_path / "written")
    assert load(tmp_path / "written").required() == version


@pytest.mark.parametrize(
    "second",
    [
        "codelist: RACE",
        "type: integer",
        "when: RACE == 'ASIAN'",
        "derive: RACE",
        "other: OTHER, codelist: RACE",
    ],
)
def test_another_kind_of_next_item_is_an_error_at_the_word_other(tmp_path, second):
    found = [(f.code, f.line) for f in loaded(tmp_path, "other: OTHER", second).findings if f.code == "E235"]
    assert (found[0], found[0][1]) == (("E235", 8), 8)


def test_a_code_that_the_list_has_not_is_an_error_at_the_word_other(tmp_path):
    [found] = [f for f in loaded(tmp_path, "other: OTHR").findings if f.severity == "error"]
    assert (found.code, found.line) == ("E230", 8)
    assert "OTHR" in found.message
