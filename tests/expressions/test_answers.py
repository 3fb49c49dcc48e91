"""What expressions answer, from plain comparison to rows of other visits."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import ClassVar

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.casebook import ItemData
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath
from edc_core.expressions.compiler import compile_expression
from edc_core.expressions.frame import SubjectData
from edc_core.expressions.names import StudyNames
from edc_core.expressions.references import Home
from edc_core.expressions.values import UNDECIDED, Span, written
from tests.expressions.study import answer, compiled, data, place

VS = {"SCR/VS.SYSBP": "120", "SCR/VS.DIABP": "80", "SCR/VS.WEIGHT": "70.5"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DIABP < SYSBP", True),
        ("DIABP >= SYSBP", False),
        ("70 <= SYSBP <= 119", False),
        ("70 <= SYSBP <= 120", True),
        ("70 <= SYSBP + DIABP <= 200", True),
        ("SYSBP - DIABP == 40", True),
        ("SYSBP / DIABP", Decimal("1.5")),
        ("SYSBP / (DIABP - 80)", None),
        ("-SYSBP + 1", Decimal(-119)),
        ("round(WEIGHT)", Decimal(71)),
        ("round(-WEIGHT)", Decimal(-71)),
        ("round(WEIGHT / 3, 2)", Decimal("23.50")),
        ("sqrt(DIABP + 1)", Decimal(9)),
        ("round(root(SYSBP + 5, 3), 6)", Decimal(5)),
        ("least(SYSBP, DIABP)", Decimal(80)),
        ("SYSBP in (120, 130)", True),
        ("SYSBP not in (120, 130)", False),
        ("if_(SYSBP > 100, 'high', 'low')", "high"),
        ("present(WEIGHT) and missing(VSDAT)", True),
        ("coalesce(VSDAT, '2026-01-01') == '2026-01-01'", True),
        ("country() == 'KR' and site() == 'KR-01' and event() == 'SCR'", True),
        ("not SYSBP == 120", False),
    ],
)
def test_an_expression_answers(text, expected):
    assert answer(text, VS) == expected


TRUTHS = {"T": True, "F": False, "N": None, "U": UNDECIDED}
SOURCES = {
    "T": "SEX == 'F'",
    "F": "SEX == 'M'",
    "N": "CONSENT > '2020-01-01'",
    "U": "BRTH < '2000-05-05'",
}


@pytest.mark.parametrize(
    ("operator", "table"),
    [
        ("and", {"TT": "T", "TF": "F", "TN": "N", "TU": "U", "FF": "F", "FN": "F", "FU": "F", "NN": "N", "NU": "N", "UU": "U"}),
        ("or", {"TT": "T", "TF": "T", "TN": "T", "TU": "T", "FF": "F", "FN": "N", "FU": "U", "NN": "N", "NU": "N", "UU": "U"}),
    ],
)  # fmt: skip
def test_truth_tables(operator, table):
    known = {"SCR/DM.SEX": "F", "SCR/DM.BRTH": "2000"}
    for pair, expected in table.items():
        for one, other in {(pair[0], pair[1]), (pair[1], pair[0])}:
            text = f"{SOURCES[one]} {operator} {SOURCES[other]}"
            assert answer(text, known, at="SCR/DM") is TRUTHS[expected], text


@pytest.mark.parametrize(("source", "expected"), [("T", False), ("F", True), ("N", None), ("U", UNDECIDED)])
def test_not(source, expected):
    known = {"SCR/DM.SEX": "F", "SCR/DM.BRTH": "2000"}
    assert answer(f"not {SOURCES[source]}", known, at="SCR/DM") is expected


@pytest.mark.parametrize("text", ["~ND", "?abc"])
def test_what_has_no_value_is_missing_and_its_kind_can_be_told(text):
    known = {"SCR/VS.SYSBP": text}
    assert answer("SYSBP > 100", known) is None
    assert answer("SYSBP + 1", known) is None
    assert answer("missing(SYSBP)", known) is True
    assert answer("reason(SYSBP) == 'ND'", known) is (True if text == "~ND" else None)
    assert answer("unreadable(SYSBP)", known) is (text == "?abc")
    assert answer("blank(SYSBP)", known) is False
    assert answer("blank(DIABP)", known) is True


class TestPartialDates:
    def row(self, start, end=""):
        values = {"LOGS/AE.AELOG[1].START": start}
        return values | ({"LOGS/AE.AELOG[1].END": end} if end else {})

    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            ("2026-03-04", "2026-03-04", True),
            ("2026-03-05", "2026-03-04", False),
            ("2026-03", "2026-03-04", UNDECIDED),
            ("2026-04", "2026-03-04", False),
            ("2026", "2027-01-01", True),
            ("2026-03", "2026-03", UNDECIDED),
        ],
    )
    def test_are_compared_as_intervals(self, start, end, expected):
        assert answer("START <= END", self.row(start, end), at="LOGS/AE.AELOG[1]") is expected

    def test_are_equal_only_when_complete(self):
        assert answer("START == '2026-03'", self.row("2026-03"), at="LOGS/AE.AELOG[1]") is UNDECIDED

    @pytest.mark.parametrize(("end", "expected"), [("2026-03", True), ("2026-03-04", False), ("2026", False)])
    def test_dates_written_the_same_are_alike(self, end, expected):
        known = {**self.row("2026-03"), "LOGS/AE.AELOG[1].END": end}
        assert answer("alike(START, END)", known, at="LOGS/AE.AELOG[1]") is expected
        assert answer("START != '2026-04'", self.row("2026-03"), at="LOGS/AE.AELOG[1]") is True

    def test_certain_possible_and_decided_tell_them_apart(self):
        known = self.row("2026-11", "2026-11-10")
        assert answer("possible(START > END)", known, at="LOGS/AE.AELOG[1]") is True
        assert answer("certain(START > END)", known, at="LOGS/AE.AELOG[1]") is False
        assert answer("decided(START > END)", known, at="LOGS/AE.AELOG[1]") is False
        assert answer("decided(START > END)", self.row("2026-11"), at="LOGS/AE.AELOG[1]") is None

    def test_an_age_from_a_year_of_birth_has_limits(self):
        known = {"SCR/DM.BRTH": "2008", "SCR/DM.CONSENT": "2026-06-15"}
        assert answer("years(CONSENT, BRTH)", known, at="SCR/DM") == Span(Decimal(17), Decimal(18))
        assert answer("years(CONSENT, BRTH) >= 18", known, at="SCR/DM") is UNDECIDED
        assert answer("years(CONSENT, BRTH) >= 17", known, at="SCR/DM") is True
        assert answer("years(CONSENT, BRTH) >= 19", known, at="SCR/DM") is False
        assert written(answer("years(CONSENT, BRTH)", known, at="SCR/DM")) is None

    @pytest.mark.parametrize(
        ("later", "earlier", "years", "months"),
        [
            ("2026-06-15", "2008-06-15", 18, 216),
            ("2026-06-14", "2008-06-15", 17, 215),
            ("2025-02-28", "2024-02-29", 1, 12),
            ("2024-02-28", "2023-02-28", 1, 12),
            ("2008-06-15", "2026-06-14", -17, -215),
        ],
    )
    def test_years_and_months_count_what_is_full(self, later, earlier, years, months):
        known = {"SCR/DM.BRTH": earlier, "SCR/DM.CONSENT": later}
        assert answer("years(CONSENT, BRTH)", known, at="SCR/DM") == years
        assert answer("months(CONSENT, BRTH)", known, at="SCR/DM") == months

    def test_days_are_reckoned_on_the_calendar(self):
        known = {"SCR/VS.VSDAT": "2026-02-27", "SCR/DM.CONSENT": "2026-03-02"}
        assert answer("days(DM.CONSENT, VSDAT)", known) == 3
        assert answer("VSDAT + 3 == DM.CONSENT", known) is True
        assert answer("DM.CONSENT - 3 == VSDAT", known) is True


def test_elapsed_time_is_what_passed_not_what_the_clock_showed():
    known = data({"SCR/VS.AT": "2026-10-25T03:30", "SCR/VS.VSDAT": "2026-10-25", "SCR/VS.VSTIM": "00:30"})
    expression = compiled("hours(AT, moment(VSDAT, VSTIM))")
    assert known.evaluate(expression, place("SCR/VS")) == 3
    known.zone = "Europe/Berlin"  # the clock went back at 3
    assert known.evaluate(expression, place("SCR/VS")) == 4


class TestOtherForms:
    known: ClassVar = {
        "SCR/DM.SEX": "F",
        "SCR/DM.CONSENT": "2026-01-05",
        "SCR/VS.WEIGHT": "70",
        "V1/VS.WEIGHT": "72",
        "V2/VS.WEIGHT": "80",
    }

    def test_the_only_occurrence_is_meant(self):
        assert answer("DM.SEX == 'F'", self.known, at="V2/VS") is True

    def test_a_visit_is_named(self):
        assert answer("WEIGHT - visit('SCR').VS.WEIGHT", self.known, at="V2/VS") == 10

    def test_first_last_and_previous_go_by_the_schedule(self):
        assert answer("first(VS, WEIGHT)", self.known, at="V1/VS") == 70
        assert answer("last(VS, WEIGHT)", self.known, at="V1/VS") == 80
        assert answer("previous(VS, WEIGHT)", self.known, at="V2/VS") == 72
        assert answer("previous(VS, WEIGHT)", self.known, at="SCR/VS") is None

    def test_previous_steps_over_visits_without_a_value(self):
        known = {**self.known, "V1/VS.WEIGHT": "~ND"}
        assert answer("previous(VS, WEIGHT)", known, at="V2/VS") == 70

    def test_own_is_the_value_at_hand_within_rows(self):
        assert answer("count(VS, WEIGHT < own.WEIGHT)", self.known, at="V2/VS") == 2


class TestRows:
    known: ClassVar = {
        "LOGS/AE.AEYN": "Y",
        "LOGS/AE.AELOG[1].TERM": "Nausea",
        "LOGS/AE.AELOG[1].GRADE": "1",
        "LOGS/AE.AELOG[2].TERM": "Nausea",
        "LOGS/AE.AELOG[2].GRADE": "3",
        "LOGS/AE.AELOG[10].TERM": "Headache",
        "LOGS/AE.AELOG[10].GRADE": "~UNK",
        "LOGS/AE.AELOG[2].DOSES[1].DOSE": "10",
        "LOGS/AE.AELOG[2].DOSES[2].DOSE": "20.5",
        "LOGS/AE.AELOG[1].DOSES[1].DOSE": "100",
    }

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("any(AELOG, GRADE >= 3)", True),
            ("any(AELOG, GRADE >= 4)", None),
            ("all(AELOG, GRADE >= 1)", None),
            ("all(AELOG, GRADE >= 2)", False),
            ("count(AELOG)", Decimal(3)),
            ("count(AELOG, GRADE >= 1)", Decimal(2)),
            ("sum(AELOG, GRADE)", Decimal(4)),
            ("mean(AELOG, GRADE)", Decimal(2)),
            ("max(AELOG, GRADE, TERM == 'Nausea')", Decimal(3)),
            ("first(AELOG, TERM)", "Nausea"),
            ("last(AELOG, TERM)", "Headache"),
            ("distinct(AELOG, TERM)", Decimal(2)),
            ("sum(DOSES, DOSE)", Decimal("130.5")),
            ("AEYN == 'Y' and count(AELOG) > 0", True),
        ],
    )
    def test_of_the_form_at_hand(self, text, expected):
        assert answer(text, self.known, at="LOGS/AE") == expected

    def test_of_another_form(self):
        assert answer("any(AE.AELOG, GRADE >= 3 and TERM == 'Nausea')", self.known) is True

    def test_within_the_row_at_hand(self):
        assert answer("sum(DOSES, DOSE)", self.known, at="LOGS/AE.AELOG[2]") == Decimal("30.5")

    def test_others_leaves_the_row_at_hand_out(self):
        text = "any(others(AELOG), TERM == own.TERM)"
        assert answer(text, self.known, at="LOGS/AE.AELOG[1]") is True
        assert answer(text, self.known, at="LOGS/AE.AELOG[10]") is False

    def test_the_items_around_a_row_are_at_hand_in_it(self):
        assert answer("AEYN == 'Y' and GRADE == 3", self.known, at="LOGS/AE.AELOG[2]") is True

    def test_rows_in_rows_see_the_rows_around_them(self):
        assert answer("any(AELOG, any(DOSES, DOSE > 15 and GRADE == 3))", self.known, at="LOGS/AE") is True

    def test_nothing_to_go_through(self):
        assert answer("any(AELOG, GRADE > 0)", {}, at="LOGS/AE") is False
        assert answer("all(AELOG, GRADE > 0)", {}, at="LOGS/AE") is True
        assert answer("sum(AELOG, GRADE)", {}, at="LOGS/AE") is None
        assert answer("count(AELOG)", {}, at="LOGS/AE") == 0


def test_several_codes():
    known = {"SCR/DM.RACE": "ASIAN;WHITE"}
    assert answer("'ASIAN' in RACE and size(RACE) == 2", known, at="SCR/DM") is True
    assert answer("'ASIAN' not in RACE", known, at="SCR/DM") is False
    assert answer("'ASIAN' in RACE", {}, at="SCR/DM") is None


def test_when_a_value_was_entered_is_the_sites_time():
    path = place("SCR/VS.SYSBP")
    moments = {path: datetime(2026, 3, 4, 16, 30, tzinfo=UTC)}
    known = {"SCR/VS.SYSBP": "120", "SCR/VS.VSDAT": "2026-03-04"}
    assert answer("entered_on(SYSBP) == '2026-03-05'", known, entered_at=moments) is True
    assert answer("days(entered_on(SYSBP), VSDAT)", known, entered_at=moments) == 1
    assert answer("entered_on(DIABP) == '2026-03-05'", known, entered_at=moments) is None


def test_the_clock_is_the_recorded_tick():
    tick = datetime(2026, 3, 5, 0, 0, tzinfo=UTC)
    known = {"SCR/VS.AT": "2026-03-04T09:00"}
    assert answer("hours(clock.tick, AT) > 23", known, tick=tick) is True
    assert answer("hours(clock.tick, AT) > 23", known) is None
    assert compiled("hours(clock.tick, AT) > 23").uses_tick


def test_a_hidden_item_is_missing():
    assert answer("SYSBP > 0", VS, hidden=frozenset({place("SCR/VS.SYSBP")})) is None


def test_what_an_expression_reads():
    expression = compiled("SYSBP > visit('SCR').VS.DIABP and any(AE.AELOG, GRADE > 2)")
    assert expression.reads == {("VS", "VS.SYSBP"), ("VS", "VS.DIABP"), ("AE", "AE.GRADE")}
    assert expression.goes_through == {"AE"}


STANDARD_STUDY = """
oid: DEMO
version: {oid: v1}
events: [{oid: SCR, forms: [LB]}]
units: [{oid: umol/L}, {oid: mg/dL}, {oid: odd}, {oid: kg}]
forms:
  - oid: LB
    items:
      - name: CREAT
        question: Creatinine
        type: float
        units: [umol/L, mg/dL, odd]
        convert: [{unit: mg/dL, factor: 88.42}]
        standard_digits: 1
        checks:
          - oid: C1
            that: std(CREAT) <= 106
            message: Creatinine is above 106 µmol/L. Please check the source.
            fires: {CREAT: 1.2, unit(CREAT): mg/dL}
            passes: {CREAT: 106}
      - {name: WEIGHT, question: Weight, type: float, unit: kg}
      - {name: NOTE, question: Note}
      - {name: RATIO, question: Ratio, type: float, derive: std(CREAT) / std(WEIGHT)}
"""


def standard_study(tmp_path, text=STANDARD_STUDY):
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    return load(tmp_path / "study.yaml")


def errors(tmp_path, text):
    return [f.code for f in standard_study(tmp_path, text).findings if f.severity == "error"]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("1.2", "mg/dL", Decimal("106.1")),  # as it is stored: one decimal place
        ("90", "umol/L", Decimal(90)),
        ("90", "odd", None),  # no factor is known
        ("90", "", None),
        (None, "mg/dL", None),
    ],
)
def test_a_value_in_its_standard_unit(tmp_path, value, unit, expected):
    index = MetaDataIndex(standard_study(tmp_path).required())
    path = ItemPath.parse("SCR[1]/LB[1]/LB.LB[1]/LB.CREAT")
    known = SubjectData(index, {}, {path: ItemData(path, value or "", value, "", unit, "ok", 1)}, {})
    std = compile_expression("std(CREAT)", StudyNames(index), Home("LB", ("LB.LB",)))
    assert known.evaluate(std, path.form_path) == expected


def test_an_example_states_the_unit_of_a_value(tmp_path):
    assert errors(tmp_path, STANDARD_STUDY) == []
    turned = STANDARD_STUDY.replace("{CREAT: 1.2, unit(CREAT): mg/dL}", "{CREAT: 1.2}")
    assert errors(tmp_path, turned) == ["E233"]
    odd = STANDARD_STUDY.replace("unit(CREAT): mg/dL", "unit(CREAT): kg")
    assert errors(tmp_path, odd) == ["E232"]


@pytest.mark.parametrize("wrong", ["std(NOTE)", "std(1)", "std(CREAT + 1)", "std(CREAT) == 'x'"])
def test_only_a_number_with_a_unit_has_a_standard_value(tmp_path, wrong):
    text = STANDARD_STUDY.replace("std(CREAT) <= 106", wrong)
    assert errors(tmp_path, text) == ["E230"]
