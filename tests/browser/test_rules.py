"""Questions that come and go, and values that are calculated, while a person is typing."""

import dataclasses

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.metadata import SiteDef
from tests.web.trial import make_core

pytestmark = pytest.mark.browser

STUDY = """\
oid: DEMO
version: {oid: "1"}
events: [{oid: V2, title: Visit 2, forms: [RULES]}]
forms:
  - oid: RULES
    title: Body and smoking
    groups:
      - items:
          - {name: HEIGHT, question: Height, type: float, significant_digits: 1, unit: cm, required: true}
          - {name: WEIGHT, question: Weight, type: float, significant_digits: 1, unit: kg, required: true}
          - name: BMI
            question: Body mass index
            type: float
            significant_digits: 1
            derive: WEIGHT / (HEIGHT / 100 * HEIGHT / 100)
            checks:
              - oid: C1
                that: BMI < 60
                message: The index is 60 or more. Please check height and weight.
                fires: {BMI: 61}
                passes: {BMI: 25}
          - {name: SMOKES, question: Does the subject smoke?, codelist: NY}
          - name: PACKS
            question: Packs a day
            type: integer
            required: true
            when: SMOKES == 'Y'
          - {name: NOTE, question: Remark}
      - name: QUIT
        title: Attempts to stop
        repeating: true
        when: SMOKES == 'Y'
        items:
          - {name: YEAR, question: Year, type: integer}
          - {name: HOW, question: How, when: YEAR > 2000}
codelists: [{oid: NY, terms: {Y: "Yes", N: "No"}}]
units: [{oid: kg, symbol: {"": kg}}, {oid: cm, symbol: {"": cm}}]
"""


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    (folder / "demo.yaml").write_text(STUDY, encoding="utf-8")
    version = load(folder / "demo.yaml").required()
    sites = (SiteDef("KR-01", "Seoul", "KR", "Asia/Seoul"), SiteDef("DE-01", "Berlin", "DE", "Europe/Berlin"))
    make_core(folder, dataclasses.replace(version, sites=sites)).close()
    return folder / "web.db"


def visible(person, label):
    return person.row(label).is_visible()


def test_a_question_comes_with_its_answer_and_goes_without_losing_one(person):
    person.sign_in(then="RULES")
    page = person.page
    assert not visible(person, "Packs a day")
    assert not page.get_by_role("heading", name="Attempts to stop").is_visible()
    person.row("Does the subject smoke?").get_by_label("Yes").check()
    person.until("!document.querySelector('[data-label=\"Packs a day\"]').hidden")
    assert page.get_by_role("heading", name="Attempts to stop").is_visible()
    assert person.violations() == []
    person.shoot("rules-shown")
    person.enter("Packs a day", "2")
    person.saved()
    person.row("Does the subject smoke?").get_by_label("No").check()
    person.until("document.querySelector('[data-label=\"Packs a day\"]').hidden")
    person.saved()
    page.reload()
    person.ready()
    assert not visible(person, "Packs a day")
    person.row("Does the subject smoke?").get_by_label("Yes").check()
    person.until("!document.querySelector('[data-label=\"Packs a day\"]').hidden")
    assert person.box("Packs a day").input_value() == "2"
    assert person.complaints == []


def test_what_is_being_typed_stays_while_questions_come_and_go(person):
    person.sign_in(then="RULES")
    person.row("Does the subject smoke?").get_by_label("Yes").check()
    person.box("Remark").type("half a", delay=30)
    person.until("!document.querySelector('[data-label=\"Packs a day\"]').hidden")
    person.box("Remark").type(" word")
    assert person.focused() == "Remark"
    assert person.box("Remark").input_value() == "half a word"


def test_a_value_is_calculated_as_soon_as_it_can_be(person):
    person.sign_in(then="RULES")
    person.enter("Height", "170")
    person.enter("Weight", "70.5")
    person.saved()
    person.until("document.querySelector('[data-label=\"Body mass index\"]').innerText.includes('24.4')")
    assert person.row("Body mass index").locator("input").count() == 0
    person.box("Weight").focus()
    person.enter("Weight", "190")
    person.until(
        "document.querySelector('[data-label=\"Body mass index\"]').innerText.includes('60 or more')"
    )
    person.shoot("rules-calculated")
    assert person.violations() == []


def test_a_calculated_value_says_what_it_lacks_and_what_it_is_made_of(person):
    page = person.sign_in(then="RULES").page
    row = person.row("Body mass index")
    assert "Blank" not in row.inner_text()
    person.enter("Weight", "70.5")
    row.get_by_text("Blank, for what it is calculated from has no value yet: Height.").wait_for()
    assert person.violations() == []
    person.shoot("rules-lacks")
    row.get_by_role("button", name="Help for Body mass index").focus()
    page.keyboard.press("Enter")
    assert row.get_by_text("= WEIGHT / (HEIGHT / 100 * HEIGHT / 100)").is_visible()
    person.shoot("rules-formula")
    page.keyboard.press("Escape")
    person.enter("Height", "170")
    person.until("document.querySelector('[data-label=\"Body mass index\"]').innerText.includes('24.4')")
    assert "Blank" not in row.inner_text()


def test_a_question_of_a_row_follows_its_row(person):
    person.sign_in(then="RULES")
    person.row("Does the subject smoke?").get_by_label("Yes").check()
    person.saved()
    person.page.get_by_role("button", name="Add row").click()
    person.page.wait_for_selector('[data-label="Year"]')
    assert not visible(person, "How")
    person.enter("Year", "2010")
    person.until("!document.querySelector('[data-label=\"How\"]').hidden")
    person.enter("How", "Gum")
    person.saved()
    assert person.complaints == []


def test_what_is_hidden_is_not_asked_on_completion(person):
    person.sign_in(then="RULES")
    person.enter("Height", "170")
    person.enter("Weight", "70")
    person.row("Does the subject smoke?").get_by_label("No").check()
    person.saved()
    person.page.keyboard.press("Control+s")
    person.page.wait_for_selector("#form-status:has-text('Complete')")
    assert person.page.get_by_text("1 query").count() == 0
