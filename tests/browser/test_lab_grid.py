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


def paste(person, test, text):
    """Paste as a spreadsheet gives it: cells by tab, lines by CRLF."""
    person.box(test).focus()
    person.page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )
    return person.page.get_by_role("dialog", name="Results from a spreadsheet")


def lines(sheet):
    return [tuple(row.locator("th, td").all_inner_texts()) for row in sheet.locator("tbody tr").all()]


def test_results_of_a_spreadsheet_are_shown_beside_what_stands_and_then_entered(person):
    page = person.sign_in(then="LAB").page
    person.enter(TESTS[0], "30")
    person.saved()
    sheet = paste(
        person,
        TESTS[0],
        "Test\tResult\tUnit\r\nalt\t612\tU/L\r\nAspartate  aminotransferase\t29\tU/L\r\nSerum creatinine\t1,2\tmg/dL\r\n"
        "Pregnancy test\tnegative\r\nRemark of the laboratory\t용혈\r\nLipase\t40\tU/L\r\n",
    )
    sheet.wait_for()
    assert lines(sheet) == [
        ("Test", "", "Result Unit", "not entered: no such test in this panel"),
        (TESTS[0], "30", "612 U/L", "changes what stands there"),
        (TESTS[1], "", "29 U/L", "new"),
        (TESTS[2], "", "1,2 mg/dL", "new"),
        ("Pregnancy test", "", "negative", "new"),
        ("Remark of the laboratory", "", "용혈", "new"),
        ("Lipase", "", "40 U/L", "not entered: no such test in this panel"),
    ]
    assert person.box(TESTS[0]).input_value() == "30"
    assert person.outbox() == []
    assert person.violations() == []
    person.shoot("lab-grid-paste")
    assert page.evaluate("document.activeElement.textContent") == "Enter 5 results"
    page.keyboard.press("Enter")
    person.row(TESTS[0]).get_by_text("This is above 500 U/L").wait_for()
    again(person)
    assert [person.box(test).input_value() for test in TESTS] == ["612", "29", "1.2"]
    assert person.row(TESTS[2]).locator("select").input_value() == "mg/dL"
    assert person.row("Pregnancy test").locator("input:checked").get_attribute("value") == "NEG"
    assert person.box("Remark of the laboratory").input_value() == "용혈"
    assert person.complaints == []


def test_a_column_without_names_goes_down_from_the_row_at_hand(person):
    page = person.sign_in(then="LAB").page
    sheet = paste(person, TESTS[1], "29\n80\nperhaps\n\nleft over\nmore\n")
    sheet.wait_for()
    assert lines(sheet) == [
        (TESTS[1], "", "29", "new"),
        (TESTS[2], "", "80", "new"),
        ("Pregnancy test", "", "perhaps", "not entered: none of the answers"),
        ("Remark of the laboratory", "", "", "blank, left as it is"),
        ("", "", "left over", "not entered: no row left for it"),
        ("", "", "more", "not entered: no row left for it"),
    ]
    page.keyboard.press("Escape")
    sheet.wait_for(state="hidden")
    assert person.focused() == TESTS[1]
    assert person.outbox() == []
    again(person)
    assert [person.box(test).input_value() for test in TESTS] == ["", "", ""]


def test_what_is_twice_or_in_another_unit_is_not_entered(person):
    page = person.sign_in(then="LAB").page
    sheet = paste(person, TESTS[0], "ALT\t31\tU/L\nALT\t32\tU/L\nAST\t29\tµkat/L\nCREAT\t80\tUMOL/L")
    sheet.wait_for()
    assert [line[3] for line in lines(sheet)] == [
        "not entered: this test was pasted twice",
        "not entered: this test was pasted twice",
        "not entered: the unit here is not µkat/L",
        "new",
    ]
    page.set_viewport_size({"width": 768, "height": 1024})
    assert person.violations() == []
    page.keyboard.press("Enter")
    again(person)
    assert [person.box(test).input_value() for test in TESTS] == ["", "", "80"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 768


def test_one_cell_is_typed_into_its_box(person):
    sheet = paste(person.sign_in(then="LAB"), TESTS[0], "31\r\n")
    person.page.wait_for_timeout(200)
    assert sheet.count() == 0


def test_a_complete_panel_asks_why_a_pasted_result_changes(person):
    page = person.sign_in(then="LAB").page
    person.enter(TESTS[0], "31")
    page.keyboard.press("Control+s")
    person.until("document.querySelector('[data-form-url]').dataset.reason === 'always'")
    paste(person, TESTS[0], "32\tU/L").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("group", name="Why did it change?").wait_for()
    page.wait_for_timeout(100)
    page.keyboard.press("1")
    again(person)
    assert person.box(TESTS[0]).input_value() == "32"


def test_a_result_outside_the_limits_of_quantification_is_typed_as_it_was_reported(person):
    page = person.sign_in(then="LAB").page
    person.box(TESTS[0]).focus()
    for text in ("<5", "< 5,0"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    person.row(TESTS[0]).get_by_text("for example 72.4, without < or >.").wait_for()
    again(person)
    assert [person.box(test).input_value() for test in TESTS[:2]] == ["<5", "<5.0"]
    assert person.row(TESTS[1]).locator(".nt").inner_text() == ""
    assert person.violations() == []
    assert person.complaints == []
