"""Every control there is: entered by keyboard alone, changed by two people, and what axe says of its page."""

from dataclasses import dataclass

import pytest

from edc_core.builtin.widgets import WIDGETS

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Case:
    """Keys that give a value (one change only, so that what two people do meets once) and what the row then holds."""

    form: str
    label: str
    mine: tuple[str, ...]
    held: str
    theirs: tuple[str, ...]


def typed(text):
    return (*text, "Tab")


CASES = {
    "text": Case("LONG", "Where", typed("ward"), "ward", typed("home")),
    "earlier_terms": Case("TYPES", "Complaint now", typed("dizzy"), "dizzy", typed("faint")),
    "textarea": Case("VS", "Remarks", typed("felt dizzy"), "felt dizzy", typed("none")),
    "number": Case("VS", "Weight", typed("74,2"), "74.2", typed("80")),
    "date": Case("VS", "Date measured", typed("4mar2026"), "04 MAR 2026", typed("5mar2026")),
    "time": Case("VS", "Time measured", typed("915"), "09:15", typed("1015")),
    "datetime": Case("VS", "Seen at", typed("4mar2026 915"), "04 MAR 2026 09:15", typed("4mar2026 916")),
    "radios": Case("VS", "Position", ("2",), "STA", ("3",)),
    "yes_no": Case("VS", "Fasting", ("n",), "false", ("y",)),
    "select": Case("VS", "Country", ("End",), "C11", ("ArrowDown",)),
    "checkboxes": Case("VS", "Symptoms", ("Space",), "H", ("Tab", "Space")),
    "combobox": Case("TYPES", "Country of birth", typed("DEU"), "DEU", typed("JPN")),
    "vas": Case("TYPES", "Pain now", ("End",), "100", ("Home",)),
    "vas_unread": Case("TYPES", "Itch now", ("End",), "100", ("Home",)),
}
#: A file is chosen in a dialog of the browser; test_item_types.py does that by keyboard, with two people too.
ELSEWHERE = {"file"}


def test_every_control_is_here():
    assert set(CASES) | ELSEWHERE == {widget.name for widget in WIDGETS}


def enter(person, case, keys):
    row = person.row(case.label)
    row.locator("input:visible, select:visible, textarea:visible").first.focus()
    for key in keys:
        person.page.keyboard.press("Space" if key == " " else key)


def held(person, case):
    """The code or the text that a row holds."""
    return person.row(case.label).evaluate(
        """row => {
            const ticked = [...row.querySelectorAll("[name^=r-]:checked")].map(i => i.value);
            return row.querySelector("[name^=r-]") ? ticked.join(";") : row.querySelector("[name=value]").value;
        }"""
    )


def given(person, case):
    """What a row holds once it holds something: a line gives its number on a moment after the key."""
    person.page.wait_for_function(
        """label => {
            const row = [...document.querySelectorAll("[data-label]")].find(r => r.dataset.label === label);
            return row.querySelector("[name^=r-]:checked") || row.querySelector("[name=value]")?.value;
        }""",
        arg=case.label,
    )
    person.saved()
    return held(person, case)


@pytest.mark.parametrize("widget", CASES)
def test_a_value_is_given_by_keyboard_and_stands_there_again(person, widget):
    case = CASES[widget]
    person.sign_in(then=case.form)
    assert person.row(case.label).get_attribute("data-widget") == widget
    enter(person, case, case.mine)
    person.saved()
    person.page.reload()
    person.ready()
    assert held(person, case) == case.held
    assert person.row(case.label).locator("[aria-invalid=true]").count() == 0
    assert person.violations() == []
    assert person.complaints == []


@pytest.mark.parametrize("widget", CASES)
def test_two_people_with_different_values_are_asked(person, colleague, widget):
    case = CASES[widget]
    person.sign_in(then=case.form)
    colleague.sign_in("minseo@site.example", then=case.form)
    enter(colleague, case, case.theirs)
    theirs = given(colleague, case)
    assert theirs != case.held
    enter(person, case, case.mine)
    dialog = person.page.locator("#conflict[open]")
    dialog.wait_for()
    assert dialog.locator("input:checked").count() == 0
    assert person.violations() == []
    dialog.locator("input[value=mine]").focus()
    person.page.keyboard.press("Space")
    dialog.locator("[data-keep]").focus()
    person.page.keyboard.press("Enter")
    person.until("!document.querySelector('#conflict[open]')")
    person.saved()
    person.page.reload()
    person.ready()
    assert held(person, case) == case.held


def test_a_line_without_its_number_is_entered_and_cleared(person):
    page = person.sign_in(then="TYPES").page
    row = person.row("Itch now")
    line = row.get_by_role("slider")
    assert line.get_attribute("aria-valuetext") == "No value"
    assert (
        line.evaluate("e => getComputedStyle(e).appearance") == "none"
    )  # or it is drawn as filled to its middle
    line.click(position={"x": 2, "y": 10})
    person.saved()
    assert row.locator("input:visible").count() == 1
    page.reload()
    person.ready()
    assert row.locator(".vas").get_attribute("data-mm") != ""
    line.focus()
    page.keyboard.press("Control+.")
    page.keyboard.press("c")
    person.saved()
    assert row.locator(".vas").get_attribute("data-mm") == ""
    person.shoot("vas-unread")


def test_hangul_of_several_lines_is_saved_as_composed(person):
    page = person.sign_in(then="VS").page
    box = person.row("Remarks").locator("textarea")
    box.focus()
    person.compose(("ㅇ", "어", "어"), ("ㅈ", "지", "지"))
    page.keyboard.press("Enter")  # a line of a long text, never the next item
    person.compose(("ㄹ", "러", "럼"))
    assert person.outbox() == []
    page.keyboard.press("Tab")
    person.saved()
    page.reload()
    person.ready()
    assert box.input_value() == "어지\n럼"


def test_a_long_text_says_how_much_room_is_left(person):
    page = person.sign_in(then="VS").page
    row = person.row("Remarks")
    row.locator("textarea").fill("가" * 399)
    assert row.locator(".cnt").count() == 0
    row.locator("textarea").press("End")
    page.keyboard.type("x")
    assert row.locator(".cnt").inner_text() == "400 of 500 characters"
    assert page.locator("#live").inner_text() == "400 of 500 characters"
    assert person.violations() == []
    person.shoot("text-room")
    row.locator("textarea").fill("가" * 501)
    assert row.locator(".cnt.over").inner_text() == "501 of 500 characters"
    page.keyboard.press("Tab")
    person.saved()
    assert row.locator("textarea").input_value() == "가" * 501  # kept whole


def test_an_answer_that_stands_alone_takes_the_others_back(person):
    page = person.sign_in(then="TYPES").page
    boxes = person.row("Signs of infection").locator("input[type=checkbox]")

    def ticked():
        return [box.is_checked() for box in boxes.all()]

    boxes.nth(0).focus()
    for key, now in (("1", [True, False, False]), ("2", [True, True, False]), ("3", [False, False, True])):
        page.keyboard.press(key)
        assert ticked() == now
    person.saved()
    page.keyboard.press("1")
    assert ticked() == [True, False, False]
    person.saved()
    page.reload()
    person.ready()
    assert ticked() == [True, False, False]
    assert person.complaints == []
