from fractions import Fraction

import pytest

from edc_core.definitions.conversions import ucum_factor
from edc_core.definitions.loader import load
from edc_core.domain.metadata import UnitConversion
from edc_core.domain.standard_value import units_elsewhere

STUDY = """\
oid: DEMO
version: {{oid: 1}}
events: [{{oid: SCR, forms: [LB]}}]
units:
  - {{oid: umol/L, alias: {{UCUM: umol/L}}}}
  - {{oid: mg/dL, alias: {{UCUM: mg/dL}}}}
  - {{oid: mg/L, alias: {{UCUM: mg/L}}}}
  - {{oid: C, alias: {{UCUM: Cel}}}}
  - {{oid: F, alias: {{UCUM: "[degF]"}}}}
forms:
  - oid: LB
    items:
      - {{name: X, question: X, type: float, {item}}}
      - {{name: CREAT, question: Creatinine, type: float, units: [umol/L, mg/dL], convert: [{{unit: mg/dL, factor: 88.42}}]}}
      - {{name: ALL, question: Weight, type: float, units: [mg/dL, mg/L]}}
      - {{name: TEMP, question: Temperature, type: float, units: [C, F]}}
"""


def loaded(tmp_path, item):
    file = tmp_path / "demo.yaml"
    file.write_text(STUDY.format(item=item), encoding="utf-8")
    return load(file)


def findings(tmp_path, item):
    return [(f.code, f.line) for f in loaded(tmp_path, item).findings]


@pytest.mark.parametrize(
    ("code", "standard", "factor", "offset"),
    [
        ("g/dL", "g/L", "10", "0"),
        ("[degF]", "Cel", "5/9", "-160/9"),
        ("mm[Hg]", "kPa", "0.133322387415", "0"),
        ("10*9/L", "/uL", "1000", "0"),
        ("[lb_av]", "kg", "0.45359237", "0"),
        ("{beats}/min", "/min", "1", "0"),
        ("h", "d", "1/24", "0"),
    ],
)
def test_ucum_codes_tell_the_factor_exactly(code, standard, factor, offset):
    assert ucum_factor(code, standard) == (Fraction(factor), Fraction(offset))


@pytest.mark.parametrize(
    ("code", "standard"), [("mg/dL", "mmol/L"), ("[IU]/L", "U/L"), ("no unit", "L"), ("", "L")]
)
def test_other_kinds_of_quantity_and_unknown_codes_have_none(code, standard):
    assert ucum_factor(code, standard) is None


def test_the_version_holds_declared_and_found_factors(tmp_path):
    items = {item.name: item for item in loaded(tmp_path, "unit: C").required().items}
    assert items["CREAT"].conversions == (UnitConversion("mg/dL", "88.42"),)
    assert items["ALL"].conversions == (UnitConversion("mg/L", "0.1"),)
    assert items["TEMP"].conversions == (UnitConversion("F", "5/9", "-160/9"),)
    assert items["X"].conversions == ()


def test_a_unit_of_some_countries_is_offered_there_alone(tmp_path):
    text = "units: [umol/L, mg/dL], convert: [{unit: mg/dL, factor: 88.42, countries: [KR, US]}]"
    [item] = [one for one in loaded(tmp_path, text).required().items if one.name == "X"]
    assert item.conversions == (UnitConversion("mg/dL", "88.42", countries=("KR", "US")),)
    assert units_elsewhere(item, "DE") == {"mg/dL"}
    assert units_elsewhere(item, "KR") == frozenset()


def test_units_without_a_factor_between_them_are_named(tmp_path):
    found = loaded(tmp_path, "units: [umol/L, mg/dL]")
    assert [(f.code, f.line) for f in found.findings] == [("W313", 13)]
    assert "State `convert`" in found.findings[0].message
    assert found.required() is not None


@pytest.mark.parametrize(
    "conversion",
    [
        "{unit: mg/dL, factor: about 88}",
        "{unit: mg/dL, factor: 0}",
        "{unit: mg/dL, factor: 1/0}",
        "{unit: mg/dL, factor: 88, offset: none}",
        "{unit: umol/L, factor: 1}",
        "{unit: mg/L, factor: 1}",
        "{unit: mg/dL, factor: 88}, {unit: mg/dL, factor: 89}",
        "{unit: mg/dL, factor: 88, countries: [Korea]}",
    ],
)
def test_a_conversion_that_cannot_be_used_is_an_error(tmp_path, conversion):
    assert ("E234", 13) in findings(tmp_path, f"units: [umol/L, mg/dL], convert: [{conversion}]")
