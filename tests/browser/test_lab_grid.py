"""A panel of laboratory results: typed down the column, by keyboard alone."""

import pytest

pytestmark = pytest.mark.browser
TESTS = ("Alanine aminotransferase", "Aspartate aminotransferase", "Serum creatinine")


def again(person):
    person.saved()
    person.page.reload()
    person.ready()


def not_done(person, test):
    return person.page.get_by_role("checkbox", name=f"{test} was not done")


def test_results_are_typed_down_the_column_and_each_is_saved_by_itself(person):
    page = person.sign_in(then="LAB").page
    person.box(TESTS[0]).focus()
    for text in ("31", "29", "80"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    assert person.focused() == "Pregnancy test"
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    assert person.focused() == "Remark of the laboratory"
    again(person)
    assert [person.box(test).input_value() for test in TESTS] == ["31", "29", "80"]
    assert person.row("AST by ALT").get_by_text("0.94").is_visible()
    assert page.url.endswith("/LAB")  # Enter has not sent the form
    assert person.complaints == []


def test_arrows_stay_in_the_column_and_tab_goes_across(person):
    page = person.sign_in(then="LAB").page
    person.box(TESTS[0]).focus()
    page.keyboard.press("ArrowDown")
    assert person.focused() == TESTS[1]
    page.keyboard.press("ArrowUp")
    assert person.focused() == TESTS[0]
    page.keyboard.press("Tab")
    assert not_done(person, TESTS[0]).evaluate("e => e === document.activeElement")
    page.keyboard.press("ArrowDown")
    assert not_done(person, TESTS[1]).evaluate("e => e === document.activeElement")
    person.box(TESTS[2]).focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "unit"
    page.keyboard.press("Tab")
    assert not_done(person, TESTS[2]).evaluate("e => e === document.activeElement")


def test_not_done_takes_the_place_of_a_result_and_is_taken_back(person):
    page = person.sign_in(then="LAB").page
    not_done(person, TESTS[0]).focus()
    page.keyboard.press("Space")
    again(person)
    assert not_done(person, TESTS[0]).is_checked()
    assert person.row(TESTS[0]).get_by_text("Not done").is_visible()
    assert not person.box(TESTS[0]).is_visible()
    assert person.violations() == []
    not_done(person, TESTS[0]).focus()
    page.keyboard.press("Space")
    again(person)
    assert not not_done(person, TESTS[0]).is_checked()
    assert person.box(TESTS[0]).is_visible()


def test_a_message_a_unit_and_hangul_in_a_row(person):
    page = person.sign_in(then="LAB").page
    person.enter(TESTS[0], "612")
    person.row(TESTS[0]).get_by_text("This is above 500 U/L").wait_for()
    person.box("Remark of the laboratory").focus()
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "용", "selectionStart": 1, "selectionEnd": 1})
    keyboard.send("Input.insertText", {"text": "용혈"})
    page.keyboard.press("Tab")
    person.enter(TESTS[2], "1.2")
    person.saved()
    person.box(TESTS[0]).focus()  # the row is left: the number is entered
    person.row(TESTS[2]).locator("select").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Keep 1.2 mg/dL").wait_for()
    page.keyboard.press("1")
    person.row(TESTS[2]).get_by_text("= 106.104 µmol/L").wait_for()
    again(person)
    assert person.box("Remark of the laboratory").input_value() == "용혈"
    assert person.violations() == []
    person.shoot("lab-grid")
    page.set_viewport_size({"width": 768, "height": 1024})
    assert page.evaluate("document.documentElement.scrollWidth") <= 768
    assert person.violations() == []
    person.shoot("lab-grid-768")


def test_two_people_in_one_row_are_asked(person, colleague):
    person.sign_in(then="LAB")
    colleague.sign_in("minseo@site.example", then="LAB")
    not_done(colleague, TESTS[0]).focus()
    colleague.page.keyboard.press("Space")
    colleague.saved()
    person.enter(TESTS[0], "31")
    dialog = person.page.locator("#conflict[open]")
    dialog.wait_for()
    dialog.get_by_label("Theirs").focus()
    person.page.keyboard.press("Space")
    dialog.locator("[data-keep]").focus()
    person.page.keyboard.press("Enter")
    assert not_done(person, TESTS[0]).is_checked()


def test_a_complete_panel_asks_why_a_result_changes(person):
    page = person.sign_in(then="LAB").page
    person.enter(TESTS[0], "31")
    page.keyboard.press("Control+s")
    person.until("document.querySelector('[data-form-url]').dataset.reason === 'always'")
    not_done(person, TESTS[0]).focus()
    page.keyboard.press("Space")
    page.get_by_role("group", name="Why did it change?").wait_for()
    page.wait_for_timeout(100)
    page.keyboard.press("1")
    again(person)
    assert not_done(person, TESTS[0]).is_checked()
