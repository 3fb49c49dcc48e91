"""What REDCap's logic means, asked of the translation: shown or not, calculated or not, on data with and without blanks."""

from decimal import Decimal

import pytest

from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import CheckExample
from edc_core.expressions.examples import example_data
from edc_core.expressions.rule_book import known
from edc_core.expressions.rules import compile_rules
from edc_core.expressions.values import written
from edc_core.plugin_manager import EdcPlugins

COLUMNS = (
    "field_name", "form_name", "section_header", "field_type", "field_label", "select_choices_or_calculations",
    "field_note", "text_validation_type_or_show_slider_number", "text_validation_min", "text_validation_max",
    "identifier", "branching_logic", "required_field", "custom_alignment", "question_number", "matrix_group_name",
    "matrix_ranking", "field_annotation",
)  # fmt: skip
FIELDS = {
    "record_id": ("text", "", ""), "a": ("text", "", "number"), "b": ("text", "", "number"), "c": ("text", "", "number"),
    "t": ("text", "", ""), "sex": ("radio", "1, Male | 2, Female", ""), "yes": ("yesno", "", ""),
    "day": ("text", "", "date_dmy"), "end": ("text", "", "date_dmy"), "from": ("text", "", "datetime_ymd"),
    "till": ("text", "", "datetime_ymd"), "on": ("text", "", "time"), "off": ("text", "", "time"),
    "box": ("checkbox", "1, One | 2, Two | 99, None", ""),
}  # fmt: skip


def row(name, kind, details="", validation="", logic="", annotation=""):
    cells = dict.fromkeys(COLUMNS, "") | {
        "field_name": name,
        "form_name": "main",
        "field_type": kind,
        "field_label": name,
        "select_choices_or_calculations": details,
        "text_validation_type_or_show_slider_number": validation,
        "branching_logic": logic,
        "field_annotation": annotation,
    }
    return ",".join('"' + cells[column].replace('"', '""') + '"' for column in COLUMNS)


@pytest.fixture
def rules(tmp_path):
    """The rules of a project whose field ``new`` has this logic."""

    def run(**new):
        rows = [",".join(COLUMNS), *(row(name, *cells) for name, cells in FIELDS.items()), row("new", **new)]
        path = tmp_path / "study.csv"
        path.write_text("\n".join(rows), encoding="utf-8")
        importer = next(found for found in EdcPlugins().importers() if found.name == "redcap")
        imported = importer.read([path])
        assert not [p for p in imported.problems if p.code in ("RED040", "RED042") or p.fatal]
        index = MetaDataIndex(imported.versions[0])
        book = compile_rules(index)
        assert not book.faults
        return book

    return run


def on(book, rule, expression, values):
    groups = rule.groups if hasattr(rule, "groups") else rule.placed.group_oids
    names = {"from": "from_"}
    given = tuple((names.get(name, name), text) for name, text in values.items())
    data, place = example_data(book.names, "main", groups, CheckExample(fires=True, values=given))
    return data.evaluate(expression, place)


@pytest.mark.parametrize(
    ("logic", "values", "shown"),
    [
        ("[sex] = '1'", {"sex": "1"}, True),
        ("[sex] = '1'", {"sex": "2"}, False),
        ("[sex] = '1'", {}, False),
        ("[sex] <> '1'", {}, True),
        ("[sex] <> '1'", {"sex": "1"}, False),
        ("[sex] <> '1'", {"sex": "2"}, True),
        ("[sex] = ''", {}, True),
        ("[sex] <> ''", {"sex": "1"}, True),
        ("[sex] <> '' and [a] <> ''", {"sex": "1"}, False),
        ("[a] > 5", {"a": "5"}, False),
        ("[a] > 5", {"a": "5.01"}, True),
        ("[a] > 5", {}, False),
        ("[a] = '5'", {"a": "5.0"}, True),
        ("[a] = [b]", {}, True),
        ("[a] = [b]", {"a": "1"}, False),
        ("[a] <> [b]", {"a": "1"}, True),
        ("[a] <> [b]", {}, False),
        ("[a] <> [b]", {"a": "1", "b": "2"}, True),
        ("not ([a] > 5)", {}, True),
        ("not ([a] > 5)", {"a": "6"}, False),
        ("[a] > 5 or [sex] = '1'", {"sex": "1"}, True),
        ("[a] > 5 or [sex] = '1'", {"a": "6"}, True),
        ("[a] > 5 and [sex] = '1'", {"a": "6"}, False),
        ("[box(1)] = '1'", {"box": "1;2"}, True),
        ("[box(1)] = '1'", {"box": "2"}, False),
        ("[box(1)] = '1'", {}, False),
        ("[box(1)] = '0'", {}, True),
        ("[box(1)] = '0'", {"box": "2"}, True),
        ("[box(1)] = '0'", {"box": "1"}, False),
        ("[box(99)] <> '1'", {"box": "1"}, True),
        ("[box(1)] + [box(2)] = 2", {"box": "1;2"}, True),
        ("[box(1)] + [box(2)] = 2", {"box": "1"}, False),
        ("sum([box(1)], [box(2)]) >= 1", {"box": "2"}, True),
        ("[yes] = '0'", {"yes": "0"}, True),
        ("[yes] = '0'", {}, False),
        ("[t] = 'x'", {"t": "x"}, True),
        ("[t] = 'x'", {"t": "X"}, False),
        ("contains([t], 'LUNG')", {"t": "left lung"}, True),
        ("contains([t], 'lung')", {}, False),
        ("not_contain([t], 'lung')", {}, True),
        ("[day] > '2026-03-04'", {"day": "2026-03-05"}, True),
        ("[day] > '2026-03-04'", {"day": "2026-03-04"}, False),
        ("[day] > [end]", {"day": "2026-03-05"}, False),
        ("datediff([day], [end], 'd', true) > 7", {"day": "2026-03-01", "end": "2026-03-09"}, True),
        ("datediff([day], [end], 'd', true) > 7", {"day": "2026-03-09", "end": "2026-03-01"}, False),
        ("datediff([day], [end], 'd') > 7", {"day": "2026-03-09", "end": "2026-03-01"}, True),
        ("datediff([day], [end], 'd') > 7", {"day": "2026-03-09"}, False),
        ("isnumber([a])", {}, False),
        ("isnumber([a])", {"a": "0"}, True),
        ("isinteger([a])", {"a": "3.5"}, False),
        ("isinteger([a])", {"a": "3"}, True),
        ("!isinteger([a])", {}, True),
        ("isblankormissingcode([a])", {"a": "~UNK"}, True),
        ("if([a] > 5, [b] > 1, [c] > 1)", {"c": "2"}, True),
        ("if([a] > 5, [b] > 1, [c] > 1)", {"a": "6", "c": "2"}, False),
        ("[a]", {"a": "0"}, False),
        ("[a]", {"a": "2"}, True),
    ],
)  # fmt: skip
def test_field_is_shown_where_redcap_shows_it(rules, logic, values, shown):
    book = rules(kind="text", logic=logic)
    (condition,) = book.conditions
    assert known(on(book, condition, condition.exception, values)) is shown


@pytest.mark.parametrize(
    ("calculation", "values", "expected"),
    [
        ("[a] + [b]", {"a": "0.1", "b": "0.2"}, "0.3"),
        ("[a] + [b]", {"a": "1"}, None),
        ("[a] / [b]", {"a": "1", "b": "0"}, None),
        ("[a] - [b] - [c]", {"a": "10", "b": "3", "c": "2"}, "5"),
        ("2 * [a]^2", {"a": "3"}, "18"),
        ("-[a]^2", {"a": "3"}, "-9"),
        ("[a]^-2", {"a": "2"}, "0.25"),
        ("[a]^(1)", {"a": "7"}, "7"),
        ("sum([a], [b], [c])", {"a": "1", "c": "2"}, "3"),
        ("sum([a], [b], [c])", {}, None),
        ("mean([a], [b], [c])", {"a": "1", "c": "2"}, "1.5"),
        ("mean([a], [b], [c])", {}, None),
        ("min([a], [b], [c])", {"b": "3", "c": "2"}, "2"),
        ("min([a], [b], [c])", {"a": "4"}, "4"),
        ("max([a], [b], [c])", {"a": "4", "c": "5"}, "5"),
        ("max([a], [b], [c])", {}, None),
        ("round([a], 1)", {"a": "2.25"}, "2.3"),
        ("round([a])", {"a": "-2.5"}, "-3"),
        ("roundup([a], 1)", {"a": "2.21"}, "2.3"),
        ("roundup([a])", {"a": "2"}, "2"),
        ("rounddown([a], 1)", {"a": "2.29"}, "2.2"),
        ("abs([a])", {"a": "-2"}, "2"),
        ("sqrt([a])", {"a": "16"}, "4"),
        ("[a]^0.5", {"a": "16"}, "4"),
        ("if([a] > 5, 1, 0)", {"a": "6"}, "1"),
        ("if([a] > 5, 1, 0)", {}, "0"),
        ("if([a] = '', '', [a] * 2)", {}, None),
        ("if([a] = '', '', [a] * 2)", {"a": "3"}, "6"),
        ("if([a] = '' or [b] = '', 0, [a] + [b])", {"a": "3"}, "0"),
        ("if([sex] = '1', 10, if([sex] = '2', 20, 30))", {"sex": "2"}, "20"),
        ("if([sex] = '1', 10, if([sex] = '2', 20, 30))", {}, "30"),
        ("if([sex] <> '1', 10, 20)", {}, "10"),
        ("[sex] * 2", {"sex": "2"}, "4"),
        ("[box(1)] + [box(2)] * 2", {"box": "2"}, "2"),
        ("[box(1)] + [box(2)] * 2", {}, "0"),
        ("datediff([day], [end], 'd', true)", {"day": "2026-03-01", "end": "2026-02-27"}, "-2"),
        ("datediff([day], [end], 'h')", {"day": "2026-03-01", "end": "2026-03-02"}, "24"),
        ("round(datediff([day], [end], 'y'), 2)", {"day": "2000-01-01", "end": "2026-01-01"}, "26.00"),
        ("round(datediff([day], [end], 'M'), 1)", {"day": "2026-01-01", "end": "2026-03-03"}, "2.0"),
        ("rounddown(datediff([day], [end], 'y'))", {"day": "1980-01-06", "end": "2026-01-05"}, "45"),
        ("datediff([from], [till], 'h')", {"from": "2026-03-01T08:00", "till": "2026-03-02T09:30"}, "25.5"),
        ("datediff([from], [till], 's')", {"from": "2026-03-01T08:00", "till": "2026-03-01T08:01"}, "60"),
        ("datediff([on], [off], 'm', true)", {"on": "09:15", "off": "08:00"}, "-75"),
        ("length([t])", {"t": "abc"}, "3"),
        ("length([t])", {}, "0"),
        ("year([day])", {"day": "2026-03-01"}, "2026"),
        ("([a] > 1) * 5", {"a": "2"}, "5"),
    ],
)  # fmt: skip
def test_value_is_what_redcap_calculates(rules, calculation, values, expected):
    book = rules(kind="calc", details=calculation)
    (derivation,) = book.derivations
    found = on(book, derivation, derivation.expression, values)
    assert found == (expected and Decimal(expected))


@pytest.mark.parametrize(
    ("annotation", "validation", "values", "expected"),
    [
        ("@CALCTEXT(if([sex] = '1', 'he', 'she'))", "", {"sex": "1"}, "he"),
        ("@CALCTEXT(if([sex] = '1', 'he', 'she'))", "", {}, "she"),
        ("@CALCTEXT(if([sex] = '1', [t], ''))", "", {"sex": "1", "t": "Kim"}, "Kim"),
        ("@CALCTEXT(if([sex] = '1', [t], ''))", "", {"sex": "2", "t": "Kim"}, None),
        ("@CALCTEXT(if([sex] = '', '', if([sex] = '1', 'm', 'f')))", "", {"sex": "2"}, "f"),
        ("@CALCTEXT(if([sex] = '', '', if([sex] = '1', 'm', 'f')))", "", {}, None),
        ("@CALCTEXT([a] + [b])", "number", {"a": "1", "b": "2"}, "3"),
        ("@CALCTEXT(if([day] = '', '', [day]))", "date_ymd", {"day": "2026-03-04"}, "2026-03-04"),
        ("@CALCTEXT(if([day] = '', '', [day]))", "date_ymd", {}, None),
        ("@CALCDATE([day], 30, 'd')", "date_ymd", {"day": "2026-02-27"}, "2026-03-29"),
        ("@CALCDATE([day], -[a], 'd')", "date_ymd", {"day": "2026-03-01", "a": "1"}, "2026-02-28"),
        ("@CALCDATE([day], 30, 'd')", "date_ymd", {}, None),
    ],
)
def test_text_or_date_is_what_redcap_calculates(rules, annotation, validation, values, expected):
    book = rules(kind="text", validation=validation, annotation=annotation)
    (derivation,) = book.derivations
    assert written(on(book, derivation, derivation.expression, values)) == expected
