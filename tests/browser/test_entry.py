import pytest

from tests.web.long_form import ENTRY

pytestmark = pytest.mark.browser


def test_twenty_items_by_keyboard_alone(person):
    page = person.sign_in().page
    keys = 0
    page.focus("[data-label='Vital signs measured'] input")
    for _, typed, _ in ENTRY:
        for key in typed:
            page.keyboard.press(key)
            keys += 1
        page.keyboard.press("Tab")
        keys += 1
        if typed == "36.8":  # the unit beside it is a stop of its own
            page.keyboard.press("Tab")
            keys += 1
    person.shoot("form-entered")
    page.keyboard.press("Control+s")
    keys += 1
    page.wait_for_selector("#form-status:has-text('Complete')")
    assert keys <= 105
    assert person.outbox() == []
    page.reload()
    person.ready()
    for item, _, held in ENTRY:
        row = person.row(item.question.in_language("en"))
        checked = row.locator("input:checked")
        assert (
            checked.get_attribute("value") if checked.count() else row.locator("input").first.input_value()
        ) == held
    assert person.complaints == [], person.complaints[:2]
