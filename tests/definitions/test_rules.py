"""Expressions in study files: their mistakes have a line and a column, their examples are run, and they are written again."""

import pytest
from edc_core_study_import.writer import write

from edc_core.definitions.loader import load

STUDY = """\
oid: DEMO
version: {oid: "1"}
events: [{oid: SCR, forms: [VS]}]
forms:
  - oid: VS
    items:
      - {name: SYSBP, question: Systolic, type: integer}
      - name: DIABP
        question: Diastolic
        type: integer
        when: SYSBP > 0
        checks:
          - oid: EC05
            that: DIABP < SYSBP
            message: Diastolic is not below systolic. Please check the source.
            fires: {SYSBP: 80, DIABP: 90}
            passes: {SYSBP: 120, DIABP: 80}
      - {name: MEAN, question: Mean, type: float, derive: (SYSBP + DIABP) / 2}
"""


def found(tmp_path, old="", new=""):
    assert old in STUDY
    file = tmp_path / "demo.yaml"
    file.write_text(STUDY.replace(old, new), encoding="utf-8")
    return [str(finding) for finding in load(file).findings]


def test_nothing_is_found_where_nothing_is_wrong(tmp_path):
    assert found(tmp_path) == []


def test_a_limit_is_looked_at_first_by_the_oid_that_it_gets(tmp_path):
    limit = "- {name: SYSBP, question: Systolic, type: integer, range: [{ge: 60, message: Below 60. Please check.}]}"
    first = "events: [{{oid: SCR, forms: [VS]}}]\npolicy: {{review_first: [{}]}}"
    text = STUDY.replace("- {name: SYSBP, question: Systolic, type: integer}", limit)
    file = tmp_path / "demo.yaml"
    for oid, said in (("VS.SYSBP.GE", []), ("VS.SYSBP.LE", ["W319"])):
        file.write_text(
            text.replace("events: [{oid: SCR, forms: [VS]}]", first.format(oid)), encoding="utf-8"
        )
        assert [finding.code for finding in load(file).findings] == said


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (
            "that: DIABP < SYSBP",
            "that: DIABP < SYSPB",
            "demo.yaml:14:27 E230 Form VS has no item 'SYSPB'. Did you mean SYSBP?",
        ),
        (
            "when: SYSBP > 0",
            "when: SYSB > 0",
            "demo.yaml:11:15 E230 Form VS has no item 'SYSB'. Did you mean SYSBP?",
        ),
        (
            "derive: (SYSBP + DIABP) / 2",
            "derive: (SYSBP + DIAB) / 2",
            "demo.yaml:18:68 E230 Form VS has no item 'DIAB'. Did you mean DIABP?",
        ),
        (
            "derive: (SYSBP + DIABP) / 2",
            "derive: SYSBP > DIABP",
            "demo.yaml:18:59 E230 A number is expected here; this is true or false.",
        ),
        (
            "derive: (SYSBP + DIABP) / 2",
            "derive: MEAN + 1",
            "demo.yaml:18:9 E231 'MEAN' of form VS depends on itself: MEAN -> MEAN. Take one of these out of the ring.",
        ),
        (
            "fires: {SYSBP: 80, DIABP: 90}",
            "fires: {SYSBP: 80, DIABPP: 90}",
            "demo.yaml:14:19 E232 EC05: 'DIABPP': form VS has no item 'DIABPP'.",
        ),
        (
            "fires: {SYSBP: 80, DIABP: 90}",
            "fires: {SYSBP: 80, DIABP: 70}",
            "demo.yaml:14:19 E233 EC05 should be as its example says (fires: {SYSBP: 80, DIABP: 70}), but it does not.",
        ),
        (
            "            passes: {SYSBP: 120, DIABP: 80}\n",
            "",
            "demo.yaml:14:19 W312 EC05 has no example under passes; without both it is not published to uat or live.",
        ),
    ],
)
def test_a_mistake_has_its_place(tmp_path, old, new, finding):
    assert found(tmp_path, old, new) == [finding]


def test_an_example_names_the_visit_in_which_the_check_stands(tmp_path):
    two = STUDY.replace(
        "events: [{oid: SCR, forms: [VS]}]", "events: [{oid: SCR, forms: [VS]}, {oid: V1, forms: [VS]}]"
    ).replace("that: DIABP < SYSBP", "that: event() == 'SCR' or DIABP >= previous(VS, DIABP)")

    def said(fires):
        file = tmp_path / "demo.yaml"
        file.write_text(two.replace("fires: {SYSBP: 80, DIABP: 90}", f"fires: {fires}"), encoding="utf-8")
        return [str(finding) for finding in load(file).findings]

    assert said("{event: V1, DIABP: 70, SCR/VS.DIABP: 80}") == []
    assert "E233" in said("{DIABP: 70, SCR/VS.DIABP: 80}")[0]
    assert said("{event: V2, DIABP: 70}") == [
        "demo.yaml:14:19 E232 EC05: There is no event 'V2' with form VS."
    ]


def test_an_example_of_a_form_that_no_visit_has_is_told(tmp_path):
    found_there = found(tmp_path, "forms: [VS]}]", "forms: []}]")
    assert any(
        "E232 EC05: Form VS stands in no event, so nothing can be entered in it." in one
        for one in found_there
    )


def test_what_was_read_is_written_as_it_was_typed(tmp_path):
    file = tmp_path / "demo.yaml"
    file.write_text(STUDY, encoding="utf-8")
    version = load(file).required()
    write(version, tmp_path / "again")
    form = (tmp_path / "again/forms/vs.yaml").read_text(encoding="utf-8")
    assert "when: SYSBP > 0" in form.replace('"', "")
    assert "derive: (SYSBP + DIABP) / 2" in form.replace('"', "")
    assert "that: DIABP < SYSBP" in form.replace('"', "")
    assert "origin" not in form
    assert not (tmp_path / "again/logic.yaml").exists()
    assert load(tmp_path / "again").required() == version
