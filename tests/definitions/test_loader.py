from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from edc_core_study_import.writer import write

from edc_core.definitions.complete import completed
from edc_core.definitions.loader import load
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import Comparator, DataType, EventType, TranslatedText
from edc_core.domain.metadata_json import sha256
from edc_core.errors import InvalidDefinition

ROOT = Path(__file__).parents[2]
HERSC = ROOT / "forms/hersc-301"
KINDS = Path(__file__).parent / "data/every-kind"

VITALS = """\
oid: DEMO
version: {oid: 1}
events: [{oid: SCR, forms: [VS]}]
forms:
  - oid: VS
    items:
      - name: SYSBP
        question: Systolic
        type: integer
        range: [{ge: 250, le: 60, message: Please check.}]
"""


def study(tmp_path, text):
    file = tmp_path / "demo.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def test_a_finding_names_the_line_and_shows_it_with_a_caret(tmp_path):
    loaded = study(tmp_path, VITALS)
    assert loaded.version is None
    assert "\n".join(f.report() for f in loaded.findings) == (
        "demo.yaml:10:22 E204 The lower limit 250 is above the upper limit 60 for item 'SYSBP'.\n"
        "   9 |         type: integer\n"
        "  10 |         range: [{ge: 250, le: 60, message: Please check.}]\n"
        "     |                      ^\n"
        "  11 | "
    )


def test_limits_of_a_text_are_told_to_be_compared_as_text(tmp_path):
    """ "220" stands before "70" by its letters: whoever meant numbers is told what to change."""
    text = VITALS.replace("integer", "text").replace("ge: 250, le: 60", "ge: 70, le: 220")
    assert "compared as text. Give it a type of numbers" in study(tmp_path, text).errors[0].message


def test_a_word_is_no_language_tag(tmp_path):
    text = VITALS.replace("ge: 250", "ge: 50") + "languages: [english]\n"
    assert [finding.code for finding in study(tmp_path, text).errors] == ["E228"]


def test_a_misspelt_key_is_met_with_a_suggestion(tmp_path):
    loaded = study(tmp_path, VITALS.replace("question", "qestion").replace("250", "50"))
    assert (
        str(loaded.errors[0])
        == "demo.yaml:8:9 E109 The key 'qestion' is not known here. Did you mean question?"
    )


def test_all_mistakes_come_in_one_run_sorted_by_place(tmp_path):
    text = (
        VITALS.replace("[VS]", "[VZ]")
        .replace("integer", "integr")
        .replace("oid: DEMO", "oid: DEMO\nsitse: []")
    )
    text += "      - {name: POS, codelist: POS, length: x, unit: mmHg}\n"
    found = [(f.line, f.code, f.suggestion) for f in study(tmp_path, text).errors]
    assert found == [(2, "E109", "sites"), (4, "E206", "VS"), (10, "E112", "integer"), (12, "E111", "")]


def test_what_could_not_be_read_is_not_reported_as_missing_too(tmp_path):
    text = VITALS.replace("250", "50").replace("range:", "lenght: 3\n        range:")
    text += "    groups: [{name: LOG, columns: [BAD], items: [{name: BAD, type: x}, {name: GOOD, question: Good}]}]\n"
    assert [f.code for f in study(tmp_path, text).findings] == ["E109", "E112"]


def test_a_broken_file_does_not_hide_the_findings_of_the_others(tmp_path):
    folder = tmp_path / "study"
    shutil.copytree(HERSC, folder)
    (folder / "forms/vs.yaml").write_text("oid: [VS\n", encoding="utf-8")
    (folder / "codelists/sex.yaml").write_bytes(b"\xff")
    text = (folder / "forms/cm.yaml").read_text(encoding="utf-8")
    (folder / "forms/cm.yaml").write_text(text.replace("codelist: FREQ", "codelist: FREK"), encoding="utf-8")
    errors = load(folder).errors
    assert [(f.file, f.code) for f in errors] == [
        ("codelists/sex.yaml", "E102"),
        ("forms/cm.yaml", "E207"),
        ("forms/vs.yaml", "E103"),
    ]
    assert errors[1].suggestion == "FREQ"


@pytest.mark.parametrize("name", ["forms/vs.yml", "forms/old/vs.yaml", "event.yaml", "codelist/ny.yaml"])
def test_a_yaml_file_that_nothing_reads_is_a_warning(tmp_path, name):
    folder = tmp_path / "study"
    shutil.copytree(KINDS, folder)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("oid: X\n", encoding="utf-8")
    assert [(f.code, f.file, f.severity) for f in load(folder).findings] == [("W301", name, "warning")]


def test_a_folder_without_study_yaml_is_a_finding(tmp_path):
    assert [f.code for f in load(tmp_path).findings] == ["E101"]
    assert [f.code for f in load(tmp_path / "nowhere").findings] == ["E101"]


def test_a_study_that_is_required_raises_with_its_findings(tmp_path):
    with pytest.raises(InvalidDefinition) as caught:
        study(tmp_path, VITALS).required()
    assert caught.value.details["findings"] == [str(f) for f in study(tmp_path, VITALS).errors]


def test_names_and_order_of_files_do_not_matter(tmp_path):
    folder = tmp_path / "study"
    shutil.copytree(KINDS, folder)
    for number, file in enumerate(sorted((folder / "forms").iterdir(), reverse=True)):
        file.rename(file.with_name(f"{number}.yaml"))
    assert sha256(load(folder).required()) == sha256(load(KINDS).required())


def test_the_small_study_has_every_kind_of_definition():
    loaded = load(KINDS)
    assert loaded.findings == ()
    version = loaded.required()
    index = MetaDataIndex(version)
    assert {item.data_type for item in version.items} == set(DataType)
    assert [(e.oid, e.repeating, e.type) for e in version.events] == [
        ("V1", False, EventType.SCHEDULED),
        ("UNS", True, EventType.UNSCHEDULED),
    ]
    placed = {p.item.name: p.group_oids for p in index.placed_items("NESTED")}
    assert placed["WHAT"] == ("NESTED.COURSE", "NESTED.DOSE", "NESTED.REACTION")
    assert placed["NOTE"] == ("SHARED.GROUP",)
    assert index.items["CHOICES.MANY"].multiple
    assert index.items["NESTED.MG"].range_checks[0].check_values == ("0.5",)
    assert version.sites[0].number == "01"
    assert version.sites[0].name == "no"


def test_defaults_make_simple_things_short(tmp_path):
    loaded = study(tmp_path, VITALS.replace("250", "50"))
    version = loaded.required()
    item = version.items[0]
    assert (item.oid, item.name, item.sas_name) == ("VS.SYSBP", "SYSBP", "SYSBP")
    assert item.question == TranslatedText.of("Systolic", "en")
    assert item.missing_reasons == ("ND", "NA", "UNK", "NASK")
    assert [(c.oid, c.comparator, c.check_values, c.hard) for c in item.range_checks] == [
        ("VS.SYSBP.GE", Comparator.GE, ("50",), False),
        ("VS.SYSBP.LE", Comparator.LE, ("60",), False),
    ]
    assert version.forms[0].group_refs[0].item_group_oid == "VS.VS"
    assert version.item_groups[0].sas_name == "VS"
    assert version.event_refs[0].study_event_oid == "SCR"
    assert version.event_refs[0].mandatory


def test_sas_names_are_short_and_different(tmp_path):
    items = "".join(f"      - {{name: TEMPERATURE_{n}, question: T}}\n" for n in range(12))
    version = study(tmp_path, VITALS.replace("250", "50") + items).required()
    names = [item.sas_name for item in version.items]
    assert names[1:4] == ["TEMPERAT", "TEMPERA2", "TEMPERA3"]
    assert names[-1] == "TEMPER12"
    assert len(set(names)) == len(names)


def test_published_sas_names_stay_when_items_come_before_them(tmp_path):
    text = VITALS.replace("250", "50")
    old = study(tmp_path, text + "      - {name: TEMPERATURE_B, question: T}\n").required()
    new = study(
        tmp_path,
        text + "      - {name: TEMPERATURE_A, question: T}\n      - {name: TEMPERATURE_B, question: T}\n",
    ).required()
    unnamed = new.__class__(**{f: getattr(new, f) for f in new.__dataclass_fields__})
    assert [i.sas_name for i in unnamed.items][1:] == ["TEMPERAT", "TEMPERA2"]
    assert [i.sas_name for i in load(tmp_path / "demo.yaml", published={"DEMO": old}.get).required().items][
        1:
    ] == [
        "TEMPERA2",
        "TEMPERAT",
    ]


@pytest.mark.parametrize("folder", [HERSC, KINDS], ids=lambda path: path.name)
def test_a_study_written_and_read_again_is_the_same(tmp_path, folder):
    version = load(folder).required()
    write(version, tmp_path)
    again = load(tmp_path)
    assert again.required() == version
    assert completed(version) == version
    write(version, tmp_path / "twice")
    assert [f.read_bytes() for f in sorted(tmp_path.glob("forms/*.yaml"))] == [
        f.read_bytes() for f in sorted((tmp_path / "twice").glob("forms/*.yaml"))
    ]


@pytest.mark.parametrize(
    ("of_item", "limit", "is_told"),
    [
        ("type: integer, length: 3", "le: 2200", True),
        ("type: integer, length: 3", "ge: 1000", True),
        ("type: integer, length: 3", "lt: 1000", False),
        ("type: integer, length: 3", "ge: -999", False),
        ("type: integer, length: 3", "in: ['120', '2200']", True),
        ("type: float, length: 4, significant_digits: 1", "le: 1000", True),
        ("type: float, length: 6, significant_digits: 2", "le: 1500", False),
        ("type: integer", "le: 2200", False),
        ("type: text, length: 2", "eq: '120'", False),
    ],
)
def test_a_limit_that_no_value_of_the_item_comes_to_is_told(tmp_path, of_item, limit, is_told):
    item = f"{{name: A, question: A, {of_item}, range: [{{{limit}, message: Please check the source.}}]}}"
    text = f"oid: DEMO\nversion: {{oid: 1}}\nforms:\n  - oid: F\n    items:\n      - {item}\n"
    assert ("W325" in [one.code for one in study(tmp_path, text).findings]) == is_told
