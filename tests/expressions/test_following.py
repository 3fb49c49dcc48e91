"""What follows from a change: hidden items, derived values, findings; in an order that never needs a second round."""

from decimal import Decimal

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.casebook import FormData, GroupData, ItemData
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath
from edc_core.expressions.following import findings, not_applicable, settle
from edc_core.expressions.frame import SubjectData
from edc_core.expressions.rules import compile_rules

STUDY = """\
oid: DEMO
version: {oid: "1"}
events:
  - {oid: SCR, forms: [DM, VS]}
  - {oid: V1, forms: [VS, {form: PREG, when: DM.SEX == 'F'}]}
  - {oid: LOGS, type: Common, forms: [AE]}
forms:
  - oid: DM
    items:
      - {name: BRTHDAT, question: Born, type: partialDate}
      - {name: RFICDAT, question: Consent, type: date}
      - {name: AGE, question: Age, type: integer, derive: "years(RFICDAT, BRTHDAT)"}
      - {name: SEX, question: Sex, codelist: SEX}
      - {name: CHILDPOT, question: Can bear children?, codelist: NY, when: SEX == 'F' and AGE < 60}
  - oid: VS
    items:
      - {name: HEIGHT, question: Height, type: float, significant_digits: 1}
      - {name: WEIGHT, question: Weight, type: float, significant_digits: 1}
      - name: BMI
        question: Body mass index
        type: float
        significant_digits: 1
        derive: WEIGHT / (HEIGHT / 100 * HEIGHT / 100)
      - name: CHANGE
        question: Change from the visit before
        type: float
        significant_digits: 2
        derive: WEIGHT - previous(VS, WEIGHT)
      - {name: TOTAL, question: Sum so far, type: float, derive: "coalesce(previous(VS, TOTAL), 0) + WEIGHT"}
      - name: NOTE
        question: Remark
        checks:
          - oid: C1
            that: WEIGHT < 200 or present(NOTE)
            message: The weight is 200 kg or more. Please add a remark or correct it.
            fires: {WEIGHT: 200}
            passes: [{WEIGHT: 200, NOTE: seen}, {WEIGHT: 80}]
  - oid: PREG
    items: [{name: HCG, question: Test, codelist: NY}]
  - oid: AE
    groups:
      - items: [{name: AEYN, question: Any?, codelist: NY}]
      - name: LOG
        repeating: true
        when: AEYN == 'Y'
        items:
          - {name: TERM, question: What}
          - {name: SERIOUS, question: Serious, codelist: NY}
          - name: HOSP
            question: In hospital
            codelist: NY
            when: SERIOUS == 'Y'
            checks:
              - oid: C2
                that: not (SERIOUS == 'Y' and HOSP == 'N')
                severity: warning
                message: It is serious for no reason given. Please check.
                fires: {SERIOUS: Y, HOSP: N}
                passes: {SERIOUS: Y, HOSP: Y}
codelists:
  - {oid: NY, terms: {Y: "Yes", N: "No"}}
  - {oid: SEX, terms: {F: Female, M: Male}}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    file = tmp_path_factory.mktemp("study") / "demo.yaml"
    file.write_text(STUDY, encoding="utf-8")
    index = MetaDataIndex(load(file).required())
    return index, compile_rules(index)


def subject(index, values):
    """Data from ``{"SCR/DM.SEX": "F"}``; rows as ``LOGS/AE.LOG[1].TERM``."""
    items, groups, forms = {}, {}, {}
    for name, text in values.items():
        path = at(index, name)
        items[path] = ItemData(path, text, text, version=1)
        forms[path.form_path] = FormData(path.form_path, "1", EntryStatus.COMPLETE)
        for row in path.parent.ancestors():
            if row.groups and index.groups[row.groups[-1].oid].repeating:
                groups[row] = GroupData(row)
    return SubjectData(index, forms, items, groups)


def at(index, name):
    event, _, rest = name.partition("/")
    form, *steps = rest.split(".")
    path = ItemPath.parse(f"{event}[1]/{form}[1]")
    placed = next(p for p in index.placed_items(form) if p.item.name == steps[-1])
    keys = dict(step.rstrip("]").split("[") for step in steps[:-1])
    for group in placed.groups:
        path = path.with_group(group.oid, keys.get(group.name, "1"))
    return path.with_item(placed.item.oid)


def derived(study, values):
    index, book = study
    data = subject(index, values)
    return {str(d.after.path.item): d.after.value for d in settle(book, data, list(data.forms))}, data


def test_a_value_is_calculated_at_its_stated_precision(study):
    found, _ = derived(study, {"SCR/VS.HEIGHT": "170.0", "SCR/VS.WEIGHT": "70.5"})
    assert found == {"VS.BMI": "24.4", "VS.TOTAL": "70.5"}


def test_what_is_not_known_is_not_calculated(study):
    found, _ = derived(study, {"SCR/DM.BRTHDAT": "2000", "SCR/DM.RFICDAT": "2026-06-01"})
    assert found == {}


def test_a_value_whose_inputs_go_is_cleared(study):
    found, _ = derived(study, {"SCR/VS.WEIGHT": "70.5", "SCR/VS.BMI": "24.4", "SCR/VS.TOTAL": "70.5"})
    assert found == {"VS.BMI": None}


def test_values_follow_over_visits_in_one_round(study):
    index, book = study
    data = subject(index, {"SCR/VS.WEIGHT": "70.0", "V1/VS.WEIGHT": "72.5"})
    found = {str(d.after.path): d.after.value for d in settle(book, data, list(data.forms))}
    assert found["V1[1]/VS[1]/VS.VS[1]/VS.CHANGE"] == "2.50"
    assert found["V1[1]/VS[1]/VS.VS[1]/VS.TOTAL"] == "142.5"


def test_settling_again_changes_nothing(study):
    index, book = study
    data = subject(index, {"SCR/VS.WEIGHT": "70.0", "V1/VS.WEIGHT": "72.5", "SCR/VS.HEIGHT": "160.0"})
    assert settle(book, data, list(data.forms))
    assert settle(book, data, list(data.forms)) == []


def test_the_inputs_of_a_calculation_are_noted(study):
    index, book = study
    data = subject(index, {"SCR/VS.HEIGHT": "170.0", "SCR/VS.WEIGHT": "70.5"})
    bmi = next(d for d in settle(book, data, list(data.forms)) if d.after.path.item == "VS.BMI")
    assert bmi.inputs == (("SCR[1]/VS[1]/VS.VS[1]/VS.WEIGHT", 1), ("SCR[1]/VS[1]/VS.VS[1]/VS.HEIGHT", 1))
    assert bmi.derivation.method_oid == "VS.BMI.DERIVE"


def test_a_frozen_form_keeps_its_derived_values(study):
    index, book = study
    data = subject(index, {"SCR/VS.HEIGHT": "170.0", "SCR/VS.WEIGHT": "70.5"})
    assert settle(book, data, list(data.forms), frozen=frozenset(data.forms)) == []


def test_what_does_not_apply_is_hidden(study):
    index, _ = study
    known = {"SCR/DM.SEX": "F", "SCR/DM.BRTHDAT": "1990", "SCR/DM.RFICDAT": "2026-06-01"}
    _, data = derived(study, known)
    assert at(index, "SCR/DM.CHILDPOT") in data.hidden, "an age of 35 or 36 is not stored, so it is not known"
    _, data = derived(study, {**known, "SCR/DM.BRTHDAT": "1990-05-01"})
    assert at(index, "SCR/DM.CHILDPOT") not in data.hidden
    _, data = derived(study, {**known, "SCR/DM.BRTHDAT": "1950-05-01"})
    assert at(index, "SCR/DM.CHILDPOT") in data.hidden


def test_a_hidden_item_that_holds_data_is_told(study):
    index, _ = study
    _, data = derived(study, {"SCR/DM.SEX": "M", "SCR/DM.CHILDPOT": "Y"})
    form = at(index, "SCR/DM.SEX").form_path
    assert not_applicable(data, form) == [at(index, "SCR/DM.CHILDPOT")]


def test_a_hidden_group_hides_every_row_of_it(study):
    index, _ = study
    known = {"LOGS/AE.AEYN": "N", "LOGS/AE.LOG[1].TERM": "Cough", "LOGS/AE.LOG[3].TERM": "Rash"}
    _, data = derived(study, known)
    assert at(index, "LOGS/AE.LOG[1].TERM") in data.hidden
    assert at(index, "LOGS/AE.LOG[3].TERM") in data.hidden


def test_checks_fire_on_what_is_certainly_not_so(study):
    index, book = study
    _, data = derived(study, {"SCR/VS.WEIGHT": "210"})
    form = at(index, "SCR/VS.WEIGHT").form_path
    assert [(f.check_oid, str(f.path)) for f in findings(book, data, form)] == [
        ("C1", str(at(index, "SCR/VS.NOTE")))
    ]
    _, data = derived(study, {"SCR/VS.HEIGHT": "170"})
    assert findings(book, data, form) == []


def test_a_check_of_a_row_speaks_of_its_row(study):
    index, book = study
    known = {"LOGS/AE.AEYN": "Y"}
    for key, hosp in (("1", "Y"), ("2", "N")):
        known |= {f"LOGS/AE.LOG[{key}].SERIOUS": "Y", f"LOGS/AE.LOG[{key}].HOSP": hosp}
    _, data = derived(study, known)
    form = at(index, "LOGS/AE.AEYN").form_path
    (found,) = findings(book, data, form)
    assert (found.path, found.severity.value) == (at(index, "LOGS/AE.LOG[2].HOSP"), "warning")


def test_the_fingerprint_is_that_of_what_was_read(study):
    index, book = study
    form = at(index, "SCR/VS.WEIGHT").form_path

    def print_of(values):
        _, data = derived(study, values)
        return findings(book, data, form)[0].fingerprint

    assert print_of({"SCR/VS.WEIGHT": "210"}) == print_of({"SCR/VS.WEIGHT": "210", "SCR/VS.HEIGHT": "180"})
    assert print_of({"SCR/VS.WEIGHT": "210"}) != print_of({"SCR/VS.WEIGHT": "211"})


def test_forms_of_the_schedule_have_conditions_too(study):
    index, book = study
    exception = book.scheduled["V1", "PREG"]
    place = ItemPath.parse("V1[1]/PREG[1]")
    assert subject(index, {"SCR/DM.SEX": "F"}).evaluate(exception, place) is False
    assert subject(index, {"SCR/DM.SEX": "M"}).evaluate(exception, place) is True
    assert subject(index, {}).evaluate(exception, place) is None


def test_who_is_touched_by_a_change(study):
    _, book = study
    assert book.touched("DM", frozenset({"DM.SEX"}), rows=False) == frozenset()
    assert book.touched("VS", frozenset({"VS.HEIGHT"}), rows=False) == frozenset()
    assert book.touched("VS", frozenset({"VS.WEIGHT"}), rows=False) == {"VS"}, "a later visit reads it"
    assert book.sees == {"VS": {"VS"}}
    assert book.hiding_from({"VS", "DM", "AE"}) == set(), "none reads what a condition of another form hides"


def test_dividing_by_nothing_is_missing_not_an_error(study):
    found, _ = derived(study, {"SCR/VS.HEIGHT": "0", "SCR/VS.WEIGHT": "70.5"})
    assert "VS.BMI" not in found
    assert Decimal(found["VS.TOTAL"]) == Decimal("70.5")
