"""Items that are typed or ticked by keyboard alone: Hangul, dates of which a part is not known, choices by number."""

import pytest

pytestmark = pytest.mark.browser


def again(person):
    person.saved()
    person.page.reload()
    person.ready()


def field(person, label):
    return person.row(label).locator("textarea[name=value], input[name=value]").first


def test_hangul_in_a_text_is_saved_once_and_as_composed(person):
    page = person.sign_in(then="LONG").page
    sent = []
    page.on("request", lambda request: "/items/" in request.url and sent.append(request.url))
    box = field(person, "Where")
    box.focus()
    person.compose(("ㅂ", "벼", "병"), ("ㄷ", "도", "동"))
    assert sent == []  # nothing leaves while a syllable is open, nor before the item is left
    page.keyboard.press("Tab")
    again(person)
    assert len(sent) == 1
    assert box.input_value() == "병동"


def test_hangul_of_separate_letters_becomes_one_text(person):
    page = person.sign_in(then="LONG").page
    field(person, "Where").fill("\u1107\u1167\u11bc")  # as macOS writes names of files: three letters
    page.keyboard.press("Tab")
    again(person)
    assert field(person, "Where").input_value() == "병"


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        ("UN MAR 2019", "UN MAR 2019"),
        ("un unk 2019", "UN UNK 2019"),
        ("unmar2019", "UN MAR 2019"),
        ("2019-03", "UN MAR 2019"),
        ("4mar2019", "04 MAR 2019"),
        ("2019-03-04", "04 MAR 2019"),
    ],
)
def test_a_date_of_which_a_part_is_not_known_is_typed_and_said(person, typed, held):
    page = person.sign_in(then="LONG").page
    field(person, "Last period began").focus()
    page.keyboard.type(typed)
    page.keyboard.press("Tab")
    person.saved()
    assert field(person, "Last period began").get_attribute("aria-invalid") is None
    again(person)
    assert field(person, "Last period began").input_value() == held


@pytest.mark.parametrize(
    ("item", "typed", "held"),
    [
        ("Onset", "4mar2026 9:UN", "04 MAR 2026 09:UN"),
        ("Onset", "4mar2026 un:un", "04 MAR 2026 UN:UN"),
        ("Onset", "un mar 2026", "UN MAR 2026"),
        ("Woke at", "7:unk", "07:UN"),
    ],
)
def test_a_time_of_which_a_part_is_not_known_is_typed_and_said(person, item, typed, held):
    page = person.sign_in(then="TYPES").page
    field(person, item).focus()
    page.keyboard.type(typed)
    page.keyboard.press("Tab")
    again(person)
    assert field(person, item).input_value() == held
    assert field(person, item).get_attribute("aria-invalid") is None


def test_a_date_that_reads_two_ways_is_kept_as_typed_and_marked(person):
    page = person.sign_in(then="LONG").page
    field(person, "Last period began").focus()
    page.keyboard.type("4/3/26")
    page.keyboard.press("Tab")
    person.saved()
    again(person)
    assert field(person, "Last period began").input_value() == "4/3/26"
    assert field(person, "Last period began").get_attribute("aria-invalid") == "true"


def test_two_people_who_know_different_parts_of_a_date_are_asked(person, colleague):
    person.sign_in(then="LONG")
    colleague.sign_in("minseo@site.example", then="LONG")
    colleague.enter("Last period began", "UN OCT 2026")
    colleague.saved()
    person.enter("Last period began", "12 OCT 2026")
    dialog = person.page.locator("#conflict[open]")
    dialog.wait_for()
    assert dialog.get_by_text("UN OCT 2026").is_visible()
    assert dialog.locator("input:checked").count() == 0
    dialog.locator("input[value=mine]").focus()
    person.page.keyboard.press("Space")
    for _ in range(6):
        person.page.keyboard.press("Tab")
        if person.page.evaluate("document.activeElement.matches('[data-keep]')"):
            break
    person.page.keyboard.press("Enter")
    person.until("!document.querySelector('#conflict[open]')")
    again(person)
    assert field(person, "Last period began").input_value() == "12 OCT 2026"


def test_choices_are_ticked_one_by_one_by_keyboard(person):
    page = person.sign_in(then="VS").page
    boxes = person.row("Symptoms").locator("input[type=checkbox]")
    boxes.nth(0).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    again(person)
    assert [boxes.nth(n).is_checked() for n in range(2)] == [True, True]
    boxes.nth(0).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    again(person)
    assert [boxes.nth(n).is_checked() for n in range(2)] == [False, True]


def test_a_choice_by_its_number_is_taken_back_by_backspace(person):
    page = person.sign_in(then="LONG").page
    choice = person.row("Position").locator("input[type=radio]")
    choice.first.focus()
    page.keyboard.press("2")
    again(person)
    assert choice.nth(1).is_checked()
    choice.nth(1).focus()
    page.keyboard.press("Backspace")
    again(person)
    assert person.row("Position").locator("input[type=radio]:checked").count() == 0
