"""Every cell of a data dictionary stands in the definition, or is kept beside it."""

import csv
from pathlib import Path

import pytest
from edc_core_redcap.importer import read
from edc_core_redcap.project import COLUMNS, FIELD_TYPES

from edc_core.api import Comparator, DataType, MetaDataIndex, own_expression

FILES = Path(__file__).parent / "files"
DICTIONARY, PROJECT = FILES / "Heart_DataDictionary_2026-03-04.csv", FILES / "heart.REDCap.xml"


def version_of(imported):
    assert not [problem for problem in imported.problems if problem.fatal]
    return imported.versions[0]


@pytest.fixture(scope="module")
def rows():
    with DICTIONARY.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module", params=[DICTIONARY, PROJECT], ids=["dictionary", "project"])
def version(request):
    return version_of(read([request.param]))


def test_every_type_of_field_is_in_the_dictionary(rows):
    assert {row["Field Type"] for row in rows} == FIELD_TYPES


def test_every_column_is_filled_somewhere(rows):
    assert {column for row in rows for column, cell in row.items() if cell} == set(COLUMNS.values())


def kept(aliases, name):
    return next((alias.name for alias in aliases if alias.context == f"REDCap.{name}"), "")


def placed_fields(version):
    """Field to (form, section header, ItemRef or None, ItemDef or group), in the order of the definition."""
    index = MetaDataIndex(version)
    found = {}
    for form in version.forms:
        header = ""
        for ref in form.group_refs:
            group = index.groups[ref.item_group_oid]
            header = kept(group.aliases, "section_header")
            if name := kept(group.aliases, "descriptive"):
                found[name] = (form, header, ref, group)
                header = ""
            for position, item_ref in enumerate(group.item_refs):
                item = index.items[item_ref.item_oid]
                found[item.oid] = (form, "" if position else header, item_ref, item)
    return found


def test_every_cell_comes_back(version, rows):
    """The 18 columns of each field, made again of the definition alone."""
    index = MetaDataIndex(version)
    fields = placed_fields(version)
    assert list(fields) == [row["Variable / Field Name"] for row in rows]
    for row in rows:
        form, header, ref, thing = fields[row["Variable / Field Name"]]
        is_shown = row["Field Type"] == "descriptive"
        again = {
            "Variable / Field Name": row["Variable / Field Name"],
            "Form Name": form.oid,
            "Section Header": header,
            "Field Type": "descriptive" if is_shown else kept(thing.aliases, "field_type"),
            "Field Label": kept(thing.aliases, "label") or text(thing.title if is_shown else thing.question),
            "Choices, Calculations, OR Slider Labels": kept(thing.aliases, "details"),
            "Field Note": kept(thing.aliases, "note")
            or ("" if is_shown or row["Field Type"] == "slider" else text(thing.help)),
            "Text Validation Type OR Show Slider Number": kept(thing.aliases, "validation"),
            "Text Validation Min": kept(thing.aliases, "min"),
            "Text Validation Max": kept(thing.aliases, "max"),
            "Identifier?": kept(thing.aliases, "identifier"),
            "Branching Logic (Show field only if...)": kept(thing.aliases, "branching_logic"),
            "Required Field?": "y" if not is_shown and ref.mandatory else "",
            "Custom Alignment": kept(thing.aliases, "custom_alignment"),
            "Question Number (surveys only)": kept(thing.aliases, "question_number"),
            "Matrix Group Name": kept(thing.aliases, "matrix_group"),
            "Matrix Ranking?": kept(thing.aliases, "matrix_ranking"),
            "Field Annotation": kept(thing.aliases, "annotation"),
        }
        if not is_shown and thing.code_list_oid and row["Field Type"] not in ("yesno", "truefalse"):
            terms = index.code_lists[thing.code_list_oid].items
            again["Choices, Calculations, OR Slider Labels"] = " | ".join(
                f"{term.coded_value}, {text(term.decode)}" for term in terms
            )
        if (
            row["Field Type"] == "sql" and version.study.oid == "Project.Heart"
        ):  # a project XML tells no query
            again["Choices, Calculations, OR Slider Labels"] = row["Choices, Calculations, OR Slider Labels"]
        assert again == row


def text(translated):
    return translated.in_language("en")


@pytest.mark.parametrize(
    ("validation", "data_type", "places"),
    [
        ("date_ymd", DataType.DATE, None), ("date_mdy", DataType.DATE, None), ("date_dmy", DataType.DATE, None),
        ("datetime_ymd", DataType.DATETIME, None), ("datetime_mdy", DataType.DATETIME, None),
        ("datetime_dmy", DataType.DATETIME, None), ("datetime_seconds_ymd", DataType.DATETIME, None),
        ("datetime_seconds_mdy", DataType.DATETIME, None), ("datetime_seconds_dmy", DataType.DATETIME, None),
        ("time", DataType.TIME, None), ("time_hh_mm_ss", DataType.TIME, None), ("time_mm_ss", DataType.TEXT, None),
        ("integer", DataType.INTEGER, None), ("int", DataType.INTEGER, None), ("number", DataType.FLOAT, None),
        ("float", DataType.FLOAT, None), ("number_1dp", DataType.FLOAT, 1), ("number_2dp", DataType.FLOAT, 2),
        ("number_3dp", DataType.FLOAT, 3), ("number_4dp", DataType.FLOAT, 4),
        ("number_comma_decimal", DataType.FLOAT, None), ("number_1dp_comma_decimal", DataType.FLOAT, 1),
        ("number_2dp_comma_decimal", DataType.FLOAT, 2), ("number_3dp_comma_decimal", DataType.FLOAT, 3),
        ("number_4dp_comma_decimal", DataType.FLOAT, 4), ("email", DataType.TEXT, None), ("phone", DataType.TEXT, None),
        ("phone_australia", DataType.TEXT, None), ("zipcode", DataType.TEXT, None),
        ("postalcode_canada", DataType.TEXT, None), ("ssn", DataType.TEXT, None), ("mrn_10d", DataType.TEXT, None),
        ("vmrn", DataType.TEXT, None), ("mrn_generic", DataType.TEXT, None), ("phone_uk", DataType.TEXT, None),
        ("phone_france", DataType.TEXT, None), ("postalcode_australia", DataType.TEXT, None),
        ("postalcode_french", DataType.TEXT, None), ("postalcode_germany", DataType.TEXT, None),
        ("postalcode_uk", DataType.TEXT, None), ("alpha_only", DataType.TEXT, None), ("house_rule", DataType.TEXT, None),
    ],
)  # fmt: skip
def test_validation_is_a_type(import_fields, validation, data_type, places):
    imported = import_fields({"field_name": "x", "text_validation_type_or_show_slider_number": validation})
    item = version_of(imported).items[1]
    assert (item.data_type, item.significant_digits) == (data_type, places)
    told = [problem for problem in imported.problems if problem.code == "RED044"]
    assert bool(told) == (data_type is DataType.TEXT)
    assert item.sensitivity == ("identifying" if validation == "ssn" else "")


def test_limits_are_soft_unless_a_tag_forces_them(version):
    items = {item.oid: item for item in version.items}
    limits = {
        name: [(check.comparator, check.check_values, check.hard) for check in items[name].range_checks]
        for name in ("enrolled", "glucose", "taken", "height", "pain")
    }
    ge, le = Comparator.GE, Comparator.LE
    assert limits == {
        "enrolled": [(ge, ("2020-01-01",), False), (le, ("2030-12-31",), False)],
        "glucose": [(ge, ("2.5",), False), (le, ("30.0",), False)],
        "taken": [(ge, ("06:00",), False), (le, ("22:00",), False)],
        "height": [(ge, ("100",), True), (le, ("230",), True)],
        "pain": [(ge, ("0",), False), (le, ("100",), False)],
    }


def test_identifiers_are_identifying(version):
    assert {item.oid for item in version.items if item.sensitivity == "identifying"} == {
        "last_name",
        "ssn",
        "email",
    }


def test_answers_that_are_numbers_can_be_reckoned_with(version):
    types = {item.oid: item.data_type for item in version.items}
    assert types["sex"] is DataType.INTEGER
    assert types["education"] is DataType.TEXT  # 01 is no number
    assert types["race"] is DataType.TEXT


def test_markup_becomes_plain_text_and_is_kept(import_fields):
    label = "<div><p>Did it <b>hurt</b>?</p><p>A &lt;lot&gt;</p></div>"
    item = version_of(import_fields({"field_name": "x", "field_label": label})).items[1]
    assert text(item.question) == "Did it hurt?\nA <lot>"
    assert kept(item.aliases, "label") == label


def test_label_with_a_smaller_sign_is_no_markup(import_fields):
    item = version_of(import_fields({"field_name": "x", "field_label": "Is a<b and b > c?"})).items[1]
    assert text(item.question) == "Is a<b and b > c?"


def test_sections_matrices_and_shown_texts_are_parts_of_the_form(version):
    groups = {
        group.oid: (text(group.title), [r.item_oid for r in group.item_refs]) for group in version.item_groups
    }
    assert groups["demographics.enrolled"][0] == "Consent"
    assert groups["demographics.consent_text"] == ("Please read this.", [])
    assert groups["vital_signs.mood_1"] == ("Mood", ["mood_1", "mood_2"])
    assert groups["vital_signs.mood_sum"][0] == "Mood"
    shown = {ref.item_group_oid: ref.condition_oid for form in version.forms for ref in form.group_refs}
    assert shown["demographics.consent_text"] == "demographics.consent_text.WHEN"


def test_shown_text_heads_the_part_that_it_begins(import_fields):
    shown = {"field_type": "descriptive"}
    imported = import_fields(
        {"field_name": "a"},
        {"field_name": "t1", "field_label": "First", **shown},
        {"field_name": "b"},
        {"field_name": "c", "section_header": "Section"},
        {"field_name": "t2", "field_label": "Second", "branching_logic": "[a] = 'x'", **shown},
        {"field_name": "d"},
        {"field_name": "t3", "field_label": "Third", "section_header": "Last", **shown},
        {"field_name": "t4", "field_label": "Fourth", **shown},
    )
    (form,) = version_of(imported).forms
    groups = {group.oid: group for group in version_of(imported).item_groups}
    parts = [groups[ref.item_group_oid] for ref in form.group_refs]
    assert [(text(part.title), [ref.item_oid for ref in part.item_refs]) for part in parts] == [
        ("", ["record_id", "a"]), ("First", ["b"]), ("Section", ["c"]), ("Second", []), ("Section", ["d"]),
        ("Last", []), ("Third", []), ("Fourth", []),
    ]  # fmt: skip
    assert [ref.condition_oid for ref in form.group_refs if ref.condition_oid] == ["main.t2.WHEN"]
    assert [code.code for code in version_of(imported).conditions[0].expressions] == ["not ((a == 'x'))"]


def test_logic_that_stays_untranslated_is_kept_as_it_was(version):
    rules = {rule.oid: rule.expressions for rule in (*version.conditions, *version.methods)}
    (original,) = rules["since.DERIVE"]
    assert (original.context, original.code) == ("REDCap", "datediff([dob], 'today', 'd')")
    assert own_expression(rules["since.DERIVE"]) == ""
    origins = {item.oid: item.origin for item in version.items}
    assert (origins["since"], origins["bmi"], origins["record_id"]) == ("collected", "derived", "assigned")


def test_words_of_the_language_can_be_names_of_fields(import_fields):
    imported = import_fields(
        {"field_name": "class", "form_name": "6_minutes", "field_type": "yesno"},
        {"field_name": "y", "form_name": "6_minutes", "branching_logic": "[class] = '1'"},
    )
    version = version_of(imported)
    assert [form.name for form in version.forms] == ["main", "X6_minutes"]
    assert version.conditions[0].expressions[0].code == "not ((class_ == 1))"


def test_dictionary_of_the_api_is_read_too(import_files, dictionary):
    columns = {key: key for key in COLUMNS}
    imported = import_files(study_csv=dictionary({"field_name": "x"}, columns=columns))
    assert [item.oid for item in version_of(imported).items] == ["record_id", "x"]


@pytest.mark.parametrize(
    ("slider", "widget", "ends"),
    [
        ({}, "vas_unread", ()),
        ({"select_choices_or_calculations": "none | some | worst"}, "vas_unread", ("none", "worst")),
        ({"text_validation_type_or_show_slider_number": "number"}, "vas", ()),
        ({"text_validation_max": "10"}, "", ()),
    ],
)
def test_a_slider_from_0_to_100_is_a_line(import_fields, slider, widget, ends):
    imported = import_fields({"field_name": "pain", "field_type": "slider"} | slider)
    (item,) = [one for one in imported.versions[0].items if one.oid == "pain"]
    assert (item.widget, tuple(text(end) for end in item.anchors)) == (widget, ends)


def test_an_answer_that_is_none_of_the_others_stands_alone(import_fields):
    imported = import_fields(
        {
            "field_name": "signs",
            "field_type": "checkbox",
            "select_choices_or_calculations": "1, Cough | 2, Fever | 9, None | 99, Unknown",
            "field_annotation": "@NONEOFTHEABOVE='9,99,7'",
        }
    )
    (item,) = [one for one in imported.versions[0].items if one.oid == "signs"]
    assert item.exclusive == ("9", "99")
