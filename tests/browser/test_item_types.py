"""Each kind of item by keyboard alone, and what axe says of the page."""

import pytest

pytestmark = pytest.mark.browser


def again(person):
    person.saved()
    person.page.reload()
    person.ready()


def code(person, label):
    return person.row(label).locator("input[name=value]").input_value()


def combobox(person):
    return person.page.get_by_role("combobox", name="Country of birth")


def test_a_term_of_a_long_list_is_found_and_chosen_by_keyboard(person):
    page = person.sign_in(then="TYPES").page
    assert page.locator("text=Territory 7").count() == 0
    combobox(person).press_sequentially("republic")
    page.wait_for_selector("[role=option]")
    assert combobox(person).get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert page.locator("[role=option][aria-selected=true]").inner_text().startswith("Korea, Republic of")
    assert person.violations() == []
    person.shoot("combobox")
    page.keyboard.press("Enter")
    assert combobox(person).input_value() == "Korea, Republic of"
    assert person.focused() == "Country of birth"
    again(person)
    assert (combobox(person).input_value(), code(person, "Country of birth")) == ("Korea, Republic of", "KOR")
    assert person.complaints == []


def test_hangul_finds_a_term_while_it_is_being_composed(person):
    page = person.sign_in(then="TYPES").page
    combobox(person).focus()
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "대", "selectionStart": 1, "selectionEnd": 1})
    keyboard.send("Input.insertText", {"text": "대"})
    keyboard.send("Input.imeSetComposition", {"text": "하", "selectionStart": 1, "selectionEnd": 1})
    page.wait_for_selector("[role=option]")
    keyboard.send("Input.insertText", {"text": "한"})
    page.wait_for_timeout(300)
    assert page.locator("[role=option]").count() == 1
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    again(person)
    assert code(person, "Country of birth") == "KOR"


def test_a_name_typed_in_full_is_taken_and_retired_terms_are_not_offered(person):
    page = person.sign_in(then="TYPES").page
    combobox(person).fill("soviet")
    page.wait_for_timeout(400)
    assert page.locator("[role=option]").count() == 0
    combobox(person).fill("germany")
    page.keyboard.press("Tab")
    person.until("document.querySelector('[data-label=\"Country of birth\"] [name=value]').value === 'DEU'")
    again(person)
    assert combobox(person).input_value() == "Germany"


def test_what_is_in_no_list_is_kept_as_typed_and_marked(person):
    person.sign_in(then="TYPES")
    combobox(person).fill("Atlantis")
    combobox(person).press("Tab")
    again(person)
    assert combobox(person).input_value() == "Atlantis"
    assert "none of the answers" in person.row("Country of birth").inner_text()


def test_escape_closes_the_list_and_keeps_the_text(person):
    page = person.sign_in(then="TYPES").page
    combobox(person).press_sequentially("ja")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("Escape")
    assert page.locator("[role=option]").count() == 0
    assert combobox(person).input_value() == "ja"


def test_two_people_who_choose_different_terms_are_asked(person, colleague):
    person.sign_in(then="TYPES")
    colleague.sign_in("minseo@site.example", then="TYPES")
    combobox(colleague).fill("japan")
    combobox(colleague).press("Tab")
    colleague.until(
        "document.querySelector('[data-label=\"Country of birth\"] [name=value]').value === 'JPN'"
    )
    colleague.saved()
    combobox(person).press_sequentially("germany")
    person.page.wait_for_selector("[role=option]")
    person.page.keyboard.press("Tab")
    person.page.wait_for_selector("#conflict[open]")
    assert person.page.locator("#conflict").get_by_text("Japan").is_visible()


def test_a_number_in_another_unit_shows_its_standard_value(person):
    page = person.sign_in(then="TYPES").page
    row = person.row("Creatinine")
    person.box("Creatinine").fill("1.2")
    page.keyboard.press("Tab")
    page.keyboard.press("m")  # the unit is a stop of its own and a letter chooses
    page.keyboard.press("Tab")
    row.get_by_text("= 106.1 µmol/L").wait_for()
    again(person)
    assert row.locator("select").input_value() == "mg/dL"
    assert row.get_by_text("= 106.1 µmol/L").is_visible()
    assert person.violations() == []


def test_other_asks_at_once_what_it_is(person):
    page = person.sign_in(then="TYPES").page
    assert not person.row("Specify race").is_visible()
    page.focus("[data-label='Race'] input")
    page.keyboard.press("3")
    person.row("Specify race").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.insert_text("한국계")
    page.keyboard.press("Tab")
    again(person)
    assert person.box("Specify race").input_value() == "한국계"
    page.focus("[data-label='Race'] input")
    page.keyboard.press("1")
    person.saved()
    person.row("Specify race").wait_for(state="hidden")


def line(person):
    return person.page.get_by_role("slider", name="Pain now")


def box(person):
    return person.row("Pain now").locator("[name=value]")


def thumb(person):
    return line(person).evaluate("e => e.closest('.vas').dataset.mm")


def test_a_line_has_no_handle_at_first_and_moves_by_keyboard(person):
    page = person.sign_in(then="TYPES").page
    assert (thumb(person), line(person).get_attribute("aria-valuetext")) == ("", "No value")
    assert line(person).get_attribute("aria-label") == "Pain now, 0 is No pain, 100 is Worst pain"
    line(person).focus()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert (box(person).input_value(), line(person).get_attribute("aria-valuetext")) == ("3", "3 mm")
    again(person)
    assert thumb(person) == "3"
    assert person.violations() == []
    person.shoot("vas")


def test_a_line_takes_a_click_even_in_the_middle_and_a_number_in_the_box(person):
    page = person.sign_in(then="TYPES").page
    line(person).click()
    again(person)
    assert thumb(person) == "50"
    box(person).fill("72")
    assert line(person).input_value() == "72"
    page.keyboard.press("Tab")
    again(person)
    assert line(person).input_value() == "72"


def test_a_cleared_line_loses_its_handle(person):
    page = person.sign_in(then="TYPES").page
    box(person).fill("40")
    page.keyboard.press("Tab")
    person.saved()
    box(person).focus()
    page.keyboard.press("Control+.")
    page.keyboard.press("c")
    person.saved()
    assert thumb(person) == ""


def test_a_date_with_a_time_says_the_zone_of_the_site(person):
    page = person.sign_in(then="TYPES").page
    person.box("Seen at").fill("4mar2026 915")
    page.keyboard.press("Tab")
    person.row("Seen at").get_by_text("Asia/Seoul (UTC+09:00)").wait_for()
    again(person)
    assert person.box("Seen at").input_value() == "04 MAR 2026 09:15"
    assert person.row("Seen at").get_by_text("Asia/Seoul (UTC+09:00)").is_visible()
