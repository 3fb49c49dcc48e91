"""Records of both kinds of file: the same cells, whatever the file, and each where it belongs."""

import csv
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from edc_core_redcap.importer import read

FILES = Path(__file__).parent / "files"
DICTIONARY, PROJECT, RECORDS = (
    FILES / name for name in ("Heart_DataDictionary_2026-03-04.csv", "heart.REDCap.xml", "heart_records.csv")
)
CHOICES = {"race": {"a": "A", "b": "B", "_1": "-1", "98": "98"}, "ae_why": {"1": "1", "2": "2"}}
MISSING = ("NASK", "-99")
NS = "{http://www.cdisc.org/ns/odm/v1.3}"
REDCAP = "{https://projectredcap.org}"
REPEATING = {"adverse_events", "medication"}


def cells_of(imported):
    """(record, event, event key, form, form key, field) to its value, or to ~ and the missing reason."""
    found = {}
    for subject in imported.subjects:
        for form in subject.forms:
            where = (subject.subject_key, *form.path.event, *form.path.form)
            for item in form.items:
                assert item.path.form_path == form.path
                found[*where, item.path.item] = f"~{item.missing}" if item.missing else item.raw
            for name, value in form.source.get("redcap", {}).items():
                found[*where, name] = value
    return found


def joined(found):
    """Columns of checkboxes as one value; nothing for what is blank or not ticked."""
    cells = {}
    for (*where, column), value in found.items():
        field, is_choice, suffix = column.partition("___")
        if column == "redcap_data_access_group" or value == "" or (is_choice and value == "0"):
            continue
        key = (*where, field)
        code = CHOICES[field][suffix] if is_choice else f"~{value}" if value in MISSING else value
        cells[key] = f"{cells[key]};{code}" if key in cells else code
    return cells


def cells_of_project():
    """Every cell of the project XML, read by this test alone."""
    found = {}
    for subject in ET.parse(PROJECT).iter(f"{NS}SubjectData"):
        for event in subject.iter(f"{NS}StudyEventData"):
            for form in event.iter(f"{NS}FormData"):
                where = (
                    subject.get("SubjectKey"),
                    event.get("StudyEventOID").removeprefix("Event."),
                    event.get("StudyEventRepeatKey"),
                    form.get("FormOID").removeprefix("Form."),
                    form.get("FormRepeatKey"),
                )
                for item in form.iter():
                    if item.tag.startswith(f"{NS}ItemData"):
                        found[*where, item.get("ItemOID")] = (
                            item.get("Value") or item.get(f"{REDCAP}DocName") or ""
                        )
    return joined(found)


def cells_of_table():
    """Every cell of the flat table, read by this test alone. It has no missing data codes: a dictionary has none."""
    with DICTIONARY.open(encoding="utf-8-sig", newline="") as stream:
        forms = {row["Variable / Field Name"]: row["Form Name"] for row in csv.DictReader(stream)}
    found = {}
    with RECORDS.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            record, event, repeating, instance, _ = (row.pop(k) for k in list(row)[:5])
            for column, value in {"record_id": record, **row}.items():
                form = forms.get(column.partition("___")[0]) or column.removesuffix("_complete")
                if column == "record_id" and not event.startswith("baseline"):
                    continue
                if repeating and form != repeating:
                    assert value == ""
                    continue
                keys = ("1", form, instance) if repeating else (instance or "1", form, "1")
                found[record, event, *keys, column] = value
    return {key: value.removeprefix("~") for key, value in joined(found).items()}


def test_every_cell_of_a_project_is_taken():
    found = cells_of_project()
    assert len(found) == 78
    assert cells_of(read([PROJECT])) == found


def test_every_cell_of_a_table_is_taken():
    found = cells_of_table()
    assert len(found) == 78
    assert cells_of(read([DICTIONARY, RECORDS])) == found


def test_records_in_a_table_beside_a_project_are_those_of_the_project(import_files):
    text = PROJECT.read_text(encoding="utf-8")
    without = text[: text.index("<ClinicalData")] + "</ODM>"
    both = import_files(project_xml=without, records_csv=RECORDS.read_bytes())
    found, expected = cells_of(both), cells_of(read([PROJECT]))
    assert {
        key: value.replace("T", " ") if "visit_dt" in key[5] else value for key, value in expected.items()
    } == found


def test_events_instances_and_groups_of_a_project():
    imported = read([PROJECT])
    (version,) = imported.versions
    assert [(e.oid, e.repeating, [ref.form_oid for ref in e.form_refs]) for e in version.events] == [
        ("baseline_arm_1", False, ["demographics", "vital_signs"]),
        ("week_1_arm_1", False, ["vital_signs"]),
        ("extra_arm_1", True, ["vital_signs"]),
        ("log_arm_1", False, ["adverse_events", "medication"]),
        ("baseline_arm_2", False, ["demographics"]),
    ]
    assert {form.oid for form in version.forms if form.repeating} == REPEATING
    assert [form.title.in_language("en") for form in version.forms][1] == "Vital Signs & Mood"
    assert [(site.number, site.name) for site in imported.sites] == [
        ("north_clinic", "North Clinic"),
        ("hospital_south_of", "Hospital South of the River"),
    ]
    assert [(s.subject_key, s.site_number) for s in imported.subjects] == [
        ("H-001", "north_clinic"),
        ("H 002", "hospital_south_of"),
    ]
    assert imported.source["redcap"]["SecondaryUniqueField"] == "email"


def test_events_of_a_dictionary_are_those_of_the_records():
    found, told = read([DICTIONARY, RECORDS]), read([PROJECT])
    shape = [
        [(e.oid, e.repeating, [ref.form_oid for ref in e.form_refs]) for e in imported.versions[0].events]
        for imported in (found, told)
    ]
    assert shape[0] == shape[1]
    assert {form.oid for form in found.versions[0].forms if form.repeating} == REPEATING


def test_status_of_a_form_says_whether_it_is_complete():
    status = {
        str(form.path): (form.source["redcap"][f"{form.path.form.oid}_complete"], form.complete)
        for form in read([PROJECT]).subjects[0].forms
    }
    assert status["baseline_arm_1[1]/demographics[1]"] == ("2", True)
    assert status["baseline_arm_1[1]/vital_signs[1]"] == ("1", True)
    assert status["week_1_arm_1[1]/vital_signs[1]"] == ("0", False)


CLASSIC = "record_id,x,main_complete,redcap_survey_identifier,main_timestamp\r\n"


def test_classic_project_has_one_event(import_files, dictionary):
    imported = import_files(
        study_csv=dictionary({"field_name": "x"}),
        data_csv=CLASSIC + "1,a,2,who,2026-01-01 10:00\r\n2,,0,,\r\n",
    )
    assert [event.oid for event in imported.versions[0].events] == ["event_1_arm_1"]
    assert cells_of(imported) == {
        ("1", "event_1_arm_1", "1", "main", "1", "record_id"): "1",
        ("1", "event_1_arm_1", "1", "main", "1", "x"): "a",
        ("1", "event_1_arm_1", "1", "main", "1", "main_complete"): "2",
        ("1", "event_1_arm_1", "1", "main", "1", "redcap_survey_identifier"): "who",
        ("1", "event_1_arm_1", "1", "main", "1", "main_timestamp"): "2026-01-01 10:00",
        ("2", "event_1_arm_1", "1", "main", "1", "record_id"): "2",
        ("2", "event_1_arm_1", "1", "main", "1", "main_complete"): "0",
    }


def test_form_that_was_never_opened_is_not_there(import_files, dictionary):
    imported = import_files(
        study_csv=dictionary({"field_name": "x"}, {"field_name": "y", "form_name": "second"}),
        data_csv="record_id,x,main_complete,y,second_complete\n1,a,2,,0\n2,b,2,,1\n",
    )
    forms = [[str(form.path.form.oid) for form in subject.forms] for subject in imported.subjects]
    assert forms == [["main"], ["main", "second"]]


def test_data_in_an_event_without_the_instrument_add_it(import_files):
    text = PROJECT.read_text(encoding="utf-8")
    ref = '\t\t<FormRef FormOID="Form.medication" OrderNumber="2" Mandatory="No" redcap:FormName="medication"/>\n'
    assert text.count(ref) == 1
    imported = import_files(project_xml=text.replace(ref, ""))
    assert [p.code for p in imported.problems if p.code == "RED053"] == ["RED053"]
    assert [ref.form_oid for ref in imported.versions[0].events[3].form_refs] == [
        "adverse_events",
        "medication",
    ]
    assert cells_of(imported) == cells_of_project()


def test_lines_of_values_are_those_of_the_file():
    lines = PROJECT.read_text(encoding="utf-8").splitlines()
    for subject in read([PROJECT]).subjects:
        for form in subject.forms:
            for item in form.items:
                assert re.search(rf'ItemOID="{item.path.item}["_]', lines[item.line - 1])


def test_a_large_table_is_read_in_seconds(import_files, dictionary):
    """5,000 records of 20 fields; a subject is put together only when it is asked for."""
    fields = [
        {"field_name": f"f{n}", "text_validation_type_or_show_slider_number": "integer"} for n in range(20)
    ]
    header = ",".join(["record_id", *(f"f{n}" for n in range(20)), "main_complete"])
    rows = "\n".join(f"{r},{','.join(str(r + n) for n in range(20))},2" for r in range(5000))
    imported = import_files(study_csv=dictionary(*fields), data_csv=f"{header}\n{rows}\n")
    assert len(imported.subjects) == 5000
    assert [item.raw for item in imported.subjects[4999].forms[0].items] == ["4999", *(str(4999 + n) for n in range(20))]  # fmt: skip


@pytest.mark.parametrize("name", ["Hospital South of the River", "hospital_south_of"])
def test_group_is_found_by_its_shortened_name(import_files, name):
    text = PROJECT.read_text(encoding="utf-8").replace(
        'group_name="Hospital South of the River"', f'group_name="{name}"'
    )
    imported = import_files(project_xml=text)
    assert [(site.number, site.name) for site in imported.sites][1] == ("hospital_south_of", name)


def test_group_that_only_a_record_names_becomes_a_site(import_files):
    text = PROJECT.read_text(encoding="utf-8").replace('Value="hospital_south_of"', 'Value="elsewhere"')
    imported = import_files(project_xml=text)
    assert "elsewhere" in [site.number for site in imported.sites]
    assert [p.code for p in imported.problems if p.code == "RED052"] == ["RED052"]


@pytest.mark.parametrize("files", [[PROJECT], [DICTIONARY, RECORDS]], ids=["project", "table"])
def test_every_uploaded_file_and_signature_is_listed_with_its_place(files):
    imported = read(files)
    uploaded = {key: value for key, value in cells_of(imported).items() if key[5] in ("consent_file", "sign")}
    assert set(uploaded.values()) == {"consent.pdf", "signature.png"}
    for (record, event, *_, name), value in uploaded.items():
        told = f"Record '{record}', field '{name}' in '{event}': '{value}'."
        (problem,) = (p for p in imported.problems if p.code == "RED050" and told in p.text)
        lines = Path(files[-1]).read_text(encoding="utf-8").splitlines()
        assert value in "".join(lines[problem.line - 1 : problem.line + 1])  # a cell may hold a line's end
        assert not problem.fatal


def test_document_of_a_table_that_has_no_name_is_listed_as_it_stands(import_files, dictionary):
    table = "record_id,photo,main_complete\n1,[document],2\n2,,2\n3,4711,2\n"
    imported = import_files(
        study_csv=dictionary({"field_name": "photo", "field_type": "file"}), data_csv=table
    )
    assert [p.text.split(". ", 2)[2] for p in imported.problems if p.code == "RED050"] == [
        "Record '1', field 'photo' in 'event_1_arm_1': '[document]'.",
        "Record '3', field 'photo' in 'event_1_arm_1': '4711'.",
    ]
    assert [(p.line, p.text.split(". ", 2)[2]) for p in imported.problems if p.code == "RED057"] == [
        (3, "Field 'photo'.")
    ]


def test_content_of_a_file_in_another_field_is_listed_too(import_files):
    text = PROJECT.read_text(encoding="utf-8").replace(
        '<ItemDataBase64Binary ItemOID="consent_file"', '<ItemDataBase64Binary ItemOID="last_name"'
    )
    assert '<ItemDataBase64Binary ItemOID="last_name"' in text
    told = [p.text for p in import_files(project_xml=text).problems if p.code in ("RED050", "RED036")]
    assert any("field 'last_name'" in one and "'consent.pdf'" in one for one in told)


def test_problems_of_records_are_told_of_their_file():
    told = [(p.file, p.line) for p in read([DICTIONARY, RECORDS]).problems if p.code == "RED052"]
    assert told == [(RECORDS.name, 2), (RECORDS.name, 10)]


def test_records_without_a_group_are_told(import_files):
    text = PROJECT.read_text(encoding="utf-8").replace(
        '"redcap_data_access_group" Value="hospital', '"comment" Value="'
    )
    imported = import_files(project_xml=text)
    assert [subject.site_number for subject in imported.subjects] == ["north_clinic", ""]
    assert ["They are 1 of 2" in p.text for p in imported.problems if p.code == "RED056"] == [True]


def test_repeating_instrument_of_a_classic_project(import_files, dictionary):
    fields = ({"field_name": "x"}, {"field_name": "dose", "form_name": "drug"})
    table = (
        "record_id,redcap_repeat_instrument,redcap_repeat_instance,x,main_complete,dose,drug_complete\n"
        "1,,,a,2,,\n1,drug,1,,,5,2\n1,drug,4,,,6,0\n"
    )
    imported = import_files(study_csv=dictionary(*fields), data_csv=table)
    assert {form.oid: form.repeating for form in imported.versions[0].forms} == {"main": False, "drug": True}
    found = {key[3:]: value for key, value in cells_of(imported).items() if key[3] == "drug"}
    assert found == {("drug", "1", "dose"): "5", ("drug", "1", "drug_complete"): "2",
                     ("drug", "4", "dose"): "6", ("drug", "4", "drug_complete"): "0"}  # fmt: skip


def test_project_without_events_has_one(import_files):
    text = PROJECT.read_text(encoding="utf-8")
    start, end = text.index("\t<Protocol>"), text.index("\t<FormDef ")
    classic = text[:start] + text[end:]
    classic = classic.replace("log_arm_1", "event_1_arm_1").replace("baseline_arm_1", "event_1_arm_1")
    classic = re.sub(r"<StudyEventData StudyEventOID=\"Event\.(week|extra|baseline).*?</StudyEventData>", "", classic, flags=re.DOTALL)  # fmt: skip
    classic = re.sub(r"<redcap:RepeatingEvent [^>]*>", "", classic)
    imported = import_files(project_xml=classic)
    assert [p for p in imported.problems if p.fatal] == []
    (version,) = imported.versions
    assert [(e.oid, len(e.form_refs)) for e in version.events] == [("event_1_arm_1", 4)]
    keys = [(form.path.form.oid, form.path.form.key) for form in imported.subjects[0].forms]
    assert keys == [("demographics", "1"), ("vital_signs", "1"), ("adverse_events", "1"), ("adverse_events", "2"),
                    ("medication", "1")]  # fmt: skip
