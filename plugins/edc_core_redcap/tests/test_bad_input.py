"""Files that cannot be taken: every problem of a run, with its line, and nothing imported."""

from pathlib import Path

import pytest
from edc_core_redcap.importer import read
from edc_core_redcap.project import COLUMNS

FILES = Path(__file__).parent / "files"
DICTIONARY, PROJECT, RECORDS = (
    FILES / name for name in ("Heart_DataDictionary_2026-03-04.csv", "heart.REDCap.xml", "heart_records.csv")
)


def refused(imported):
    """(file, line, code) of the fatal problems of an import that brought nothing."""
    assert (imported.versions, imported.sites, tuple(imported.subjects)) == ((), (), ())
    return [(p.file, p.line, p.code) for p in imported.problems if p.fatal]


def test_everything_wrong_with_a_dictionary_is_told_in_one_run(import_fields):
    imported = import_fields(
        {"field_name": "Bad Name"},  # line 3
        {"field_name": "x", "field_type": "tickbox"},
        {"field_name": "x"},
        {
            "field_name": "y",
            "field_type": "radio",
            "select_choices_or_calculations": "1, Yes | 2 No | 1, Again",
        },
        {"field_name": "z", "field_type": "dropdown"},
        {"field_name": "v", "form_name": "No form"},
        {"field_name": "w", "branching_logic": "[x] = '1"},
        {"field_name": "u", "field_type": "calc", "select_choices_or_calculations": "[x] +"},
        {"field_name": "t", "field_annotation": "@CALCTEXT(if([x] = 1, 'a', )"},
    )
    assert refused(imported) == [("study.csv", line, code) for line, code in [
        (3, "RED020"), (4, "RED022"), (5, "RED021"), (6, "RED023"), (6, "RED024"), (7, "RED026"), (8, "RED025"),
        (9, "RED027"), (10, "RED027"), (11, "RED027"),
    ]]  # fmt: skip
    texts = [p.text for p in imported.problems]
    assert any("'2 No'" in text for text in texts)
    assert any("Field 'w', branching logic: A quotation mark is not closed: ''1'" in text for text in texts)


def test_lines_count_through_quoted_line_ends(import_fields):
    imported = import_fields(
        {"field_name": "a", "field_label": "one\ntwo\nthree"},
        {"field_name": "b", "branching_logic": "[a] = '1'\nand ("},
    )
    assert refused(imported) == [("study.csv", 7, "RED027")]  # the second line of the logic of line 6


@pytest.mark.parametrize("missing", list(COLUMNS))
def test_missing_column_is_named(import_files, dictionary, missing):
    columns = {key: heading for key, heading in COLUMNS.items() if key != missing}
    imported = import_files(study_csv=dictionary({"field_name": "x"}, columns=columns))
    told = [p for p in imported.problems if p.code == "RED003"]
    if missing in ("field_name", "form_name", "field_type"):
        assert refused(imported) == [("study.csv", 0, "RED009")]
    else:
        assert f"'{COLUMNS[missing]}'" in told[0].text
        assert ("study.csv", 1, "RED003") in refused(imported)


def test_unknown_and_double_columns_are_named(import_files, dictionary):
    text = dictionary({"field_name": "x"}, columns=COLUMNS | {"colour": "Colour", "again": "Field Note"})
    assert {(line, code) for _, line, code in refused(import_files(study_csv=text))} == {
        (1, "RED004"),
        (1, "RED013"),
    }


def test_encoding_that_is_not_utf_8_is_named_with_its_line(import_files, dictionary):
    text = dictionary({"field_name": "x"}, {"field_name": "y", "field_label": "Größe"})
    imported = import_files(study_csv=text.encode("latin-1"))
    assert refused(imported) == [("study.csv", 4, "RED001")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ends", ["\r\n", "\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_usual_way_to_save_a_table_is_read(import_files, dictionary, encoding, ends, delimiter):
    text = dictionary({"field_name": "x", "field_label": "Größe"})
    text = text.replace(
        '"Choices, Calculations, OR Slider Labels"', "Choices~ Calculations~ OR Slider Labels"
    )
    text = text.replace(",", delimiter).replace("Choices~ Calculations~ OR", '"Choices, Calculations, OR')
    text = text.replace("Slider Labels", 'Slider Labels"', 1).replace("\r\n", ends)
    (version,) = import_files(study_csv=text.encode(encoding)).versions
    assert version.items[1].question.in_language("en") == "Größe"


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (lambda text: text + 'a,"never closed', [(4, "RED002")]),
        (lambda text: text + 'a,"b"c,d\r\n', [(4, "RED002")]),
        (lambda text: text + "too,few\r\n", [(4, "RED012")]),
        (lambda text: text.replace("Record", "Rec\0ord", 1), [(2, "RED001")]),
    ],
)
def test_damaged_table_is_refused_with_the_line(import_files, dictionary, damage, found):
    imported = import_files(study_csv=damage(dictionary({"field_name": "x"})))
    assert [(line, code) for _, line, code in refused(imported)] == found


def test_empty_files_are_refused(import_files, dictionary):
    assert refused(import_files(a_csv="")) == [("a.csv", 0, "RED009")]
    assert refused(import_files(a_csv=dictionary().partition("\r\n")[0])) == [("a.csv", 1, "RED011")]


def test_records_without_a_definition_are_refused():
    assert refused(read([RECORDS])) == [(RECORDS.name, 0, "RED009")]


def test_two_definitions_are_refused():
    assert (PROJECT.name, 1, "RED010") in refused(read([DICTIONARY, PROJECT]))


def test_file_that_is_not_there_is_named(tmp_path):
    assert (("gone.csv", 0, "RED005")) in refused(read([tmp_path / "gone.csv"]))


def test_everything_wrong_with_records_is_told_in_one_run(import_files):
    text = RECORDS.read_text(encoding="utf-8")
    header = text.partition("\n")[0]
    cells = header.split(",")

    def row(**values):
        return ",".join(values.get(cell, "") for cell in cells)

    rows = [
        row(redcap_event_name="baseline_arm_1", sex="1"),
        row(record_id="H-9", redcap_event_name="baseline_arm_1", demographics_complete="7"),
        row(record_id="H-9", redcap_event_name="baseline_arm_1", redcap_repeat_instance="1st"),
        row(record_id="H-9", redcap_event_name="log_arm_1", redcap_repeat_instrument="diary", redcap_repeat_instance="1"),
        row(record_id="H-9", redcap_event_name="baseline_arm_1", demographics_complete="0"),
        row(record_id="H-9", redcap_event_name="baseline_arm_7", sex="1"),
        row(record_id="H-9", redcap_event_name="log_arm_1", redcap_repeat_instrument="medication",
            redcap_repeat_instance="1", ae_term="Fall"),
        row(record_id="H-9", redcap_event_name="week_1_arm_1", redcap_data_access_group="a"),
        row(record_id="H-9", redcap_event_name="extra_arm_1", redcap_data_access_group="b"),
        "H-9,x",
    ]  # fmt: skip
    imported = import_files(project_xml=PROJECT.read_bytes(), records_csv="\n".join([header, *rows]) + "\n")
    assert [(line, code) for _, line, code in refused(imported)] == [
        (2, "RED030"), (3, "RED035"), (4, "RED034"), (5, "RED033"), (6, "RED031"), (7, "RED032"), (8, "RED035"),
        (10, "RED037"), (11, "RED012"),
    ]  # fmt: skip


def test_columns_that_are_no_fields_are_named(import_files):
    text = (
        RECORDS.read_text(encoding="utf-8")
        .replace("ae_term", "ae_thing", 1)
        .replace("race___98", "race___a", 1)
    )
    imported = import_files(project_xml=PROJECT.read_bytes(), records_csv=text)
    assert refused(imported) == [("records.csv", 1, "RED004"), ("records.csv", 1, "RED013")]  # fmt: skip


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda text: text[: len(text) // 2], "RED006"),
        (lambda text: text.replace("</GlobalVariables>", "", 1), "RED006"),
        (lambda text: text.replace("<ODM ", "<!DOCTYPE ODM [<!ENTITY x 'y'>]>\n<ODM ", 1), "RED007"),
        (lambda text: text.replace("UTF-8", "no-such-code", 1), "RED006"),
        (lambda text: "<html/>", "RED008"),
        (lambda text: text.replace('redcap:FieldType="sql"', 'redcap:FieldType="quiz"'), "RED022"),
        (lambda text: text.replace('CheckboxChoices="1, Death | 2, Hospital"', 'CheckboxChoices="1 Death"'), "RED023"),
        (lambda text: text.replace("round([weight]", "round(([weight]"), "RED027"),
        (lambda text: text.replace('<ItemRef ItemOID="bmi"', '<ItemRef ItemOID="bmj"'), "RED028"),
        (lambda text: text.replace('FormOID="Form.medication" OrderNumber', 'FormOID="Form.x" OrderNumber'), "RED028"),
        (lambda text: text.replace('<ItemData ItemOID="bmi"', '<ItemData ItemOID="bmj"'), "RED035"),
        (lambda text: text.replace('"Event.week_1_arm_1" StudyEventRepeatKey', '"Event.x" StudyEventRepeatKey'), "RED032"),
        (lambda text: text.replace('FormOID="Form.medication" FormRepeatKey', 'FormOID="Form.x" FormRepeatKey'), "RED035"),
        (lambda text: text.replace('SubjectKey="H 002"', 'SubjectKey=" "'), "RED030"),
    ],
)  # fmt: skip
def test_project_that_cannot_be_taken_whole_is_refused_with_the_line(import_files, damage, code):
    text = PROJECT.read_text(encoding="utf-8")
    imported = import_files(project_xml=damage(text))
    told = {found: line for _, line, found in refused(imported)}
    assert code in told
    changed = damage(text).splitlines()
    same = next(
        (n for n, (a, b) in enumerate(zip(text.splitlines(), changed, strict=False), start=1) if a != b), 1
    )
    assert told[code] >= same or code in ("RED006", "RED008")


def test_no_entity_and_no_file_outside_is_read(import_files, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("very secret", encoding="utf-8")
    text = PROJECT.read_text(encoding="utf-8")
    text = text.replace("<ODM ", f'<!DOCTYPE ODM [<!ENTITY x SYSTEM "{secret.as_uri()}">]>\n<ODM ', 1)
    imported = import_files(project_xml=text.replace("<StudyName>Heart", "<StudyName>&x;", 1))
    assert [code for _, _, code in refused(imported)] == ["RED007"]
    assert "very secret" not in repr(imported)
