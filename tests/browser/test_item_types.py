"""Each kind of item by keyboard alone, and what axe says of the page."""

import hashlib
import io
import re
from pathlib import Path

import pytest
from PIL import Image

from tests.browser.conftest import Person

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


def test_what_is_typed_before_the_page_can_search_is_searched_then(person):
    page, held = person.sign_in().page, []

    def hold(route):  # a slow network
        held.append(route)

    page.route("**/combobox*.js", hold)
    page.goto(page.url.replace("/LONG", "/TYPES"))
    assert not page.evaluate("'ready' in document.documentElement.dataset")
    combobox(person).fill("japan")
    page.keyboard.press("Tab")
    held[0].continue_()
    page.unroute("**/combobox*.js")
    person.until("document.querySelector('[data-label=\"Country of birth\"] [name=value]').value === 'JPN'")
    again(person)
    assert combobox(person).input_value() == "Japan"
    assert person.complaints == []


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


PDF = b"%PDF-1.7\n" + b"0" * 3000


def chooser(person):
    return person.row("ECG tracing").locator("[type=file]")


def choose(person, name="ecg.pdf", data=PDF):
    """Open the chooser by keyboard, as the browser does it, and choose."""
    chooser(person).focus()
    with person.page.expect_file_chooser() as opened:
        person.page.keyboard.press("Space")
    opened.value.set_files([{"name": name, "mimeType": "application/octet-stream", "buffer": data}])


def given(person):
    return person.row("ECG tracing").locator("[data-file]")


def test_a_file_is_sent_kept_and_downloaded_by_keyboard(person):
    page = person.sign_in(then="TYPES").page
    assert person.row("ECG tracing").get_by_text("PDF, JPEG, PNG or text, at most 1 MB").is_visible()
    choose(person, "심전도 1.pdf")
    given(person).get_by_text("심전도 1.pdf (3 kB)").wait_for()
    person.until("document.activeElement?.closest('[data-label]')?.dataset.label === 'ECG tracing'")
    again(person)
    assert person.violations() == []
    given(person).scroll_into_view_if_needed()
    person.shoot("file")
    given(person).focus()
    with page.expect_download() as coming:
        page.keyboard.press("Enter")
    assert coming.value.suggested_filename == "심전도 1.pdf"
    assert page.url.endswith("/TYPES")
    assert person.complaints == []


def test_what_is_not_taken_is_said_and_keeps_the_form_open(person):
    page = person.sign_in(then="TYPES").page
    choose(person, "ecg.exe")
    person.row("ECG tracing").get_by_text(
        "ecg.exe is of another kind. Expected is PDF, JPEG, PNG or text"
    ).wait_for()
    choose(person, "big.pdf", b"%PDF-" + b"0" * 1_000_001)
    person.row("ECG tracing").get_by_text("big.pdf is too large").wait_for()
    choose(person, "fake.pdf", b"MZ")
    person.row("ECG tracing").get_by_text("does not hold what its name says").wait_for()
    page.keyboard.press("Control+s")
    assert "not stored" in page.locator("#live").inner_text()
    choose(person)
    given(person).get_by_text("ecg.pdf").wait_for()
    again(person)
    assert given(person).is_visible()


HELD = """(names) => {
    const held = new DataTransfer();
    for (const name of names) held.items.add(new File(["%PDF-1.7\\n" + "0".repeat(2991)], name, { type: "application/pdf" }));
    return held;
}"""


def drag(person, names, to):
    """Hold files over a place; gives what lets go of them there. Only the pointer is not real: the events and files are."""
    held = {"dataTransfer": person.page.evaluate_handle(HELD, names), "bubbles": True, "cancelable": True}
    to.dispatch_event("dragover", held)
    return lambda: to.dispatch_event("drop", held)


def test_a_file_is_dropped_on_its_item(person):
    person.sign_in(then="TYPES")
    row = person.row("ECG tracing")
    drop = drag(person, ["ecg.pdf"], row.locator(".hint").first)
    row.scroll_into_view_if_needed()
    assert row.get_attribute("data-drop") == "1"
    person.shoot("file-dropped")
    drop()
    given(person).get_by_text("ecg.pdf (3 kB)").wait_for()
    assert row.get_attribute("data-drop") is None
    again(person)
    assert given(person).is_visible()
    assert person.complaints == []


def test_what_is_dropped_beside_or_with_others_takes_no_place(person):
    person.sign_in(then="TYPES")
    row, elsewhere = person.row("ECG tracing"), person.row("Seen at")
    drag(person, ["ecg.pdf"], elsewhere)()
    assert elsewhere.get_attribute("data-drop") is None
    drag(person, ["a.pdf", "b.pdf"], row)()
    row.get_by_text("one answer takes one file").wait_for()
    assert not given(person).is_visible()
    drag(person, ["ecg.exe"], row)()
    row.get_by_text("ecg.exe is of another kind").wait_for()


def test_the_camera_takes_the_picture_where_the_screen_is_touched(browser, browser_context_args, server):
    tablet = {"viewport": {"width": 768, "height": 1024}, "has_touch": True, "is_mobile": True}
    context = browser.new_context(**browser_context_args | tablet)
    person = Person(context.new_page(), server).sign_in(then="TYPES")
    button = person.row("ECG tracing").get_by_role("button", name="Take a picture")
    with person.page.expect_file_chooser() as opened:
        button.tap()
    assert opened.value.element.get_attribute("capture") == "environment"
    made = io.BytesIO()
    Image.new("RGB", (90, 30), "teal").save(made, "JPEG")
    opened.value.set_files([{"name": "image.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}])
    given(person).get_by_text("image.jpg").wait_for()
    person.shoot("file-camera")
    assert person.violations() == []
    again(person)
    assert given(person).is_visible()
    context.close()


def test_no_camera_is_offered_where_a_pointer_is_used(person):
    person.sign_in(then="TYPES")
    assert person.row("ECG tracing").get_by_text("It can be dropped here.").is_visible()
    assert not person.row("ECG tracing").get_by_text("Take a picture").is_visible()


def test_a_file_that_does_not_arrive_is_sent_again_by_keyboard(person):
    page = person.sign_in(then="TYPES").page
    page.route("**/files/**", lambda route: route.abort())
    choose(person)
    person.row("ECG tracing").get_by_text("the server does not answer").wait_for(timeout=20_000)
    person.until("document.activeElement.dataset.do === 'file-again'")
    page.unroute("**/files/**")
    page.keyboard.press("Enter")
    given(person).get_by_text("ecg.pdf").wait_for()
    again(person)
    assert given(person).is_visible()


BIG = b"%PDF-1.7\n" + bytes(range(256)) * 3800  # nearly 1 MB: two parts


def cut_after_the_first_part(page):
    """Let one part through and lose the connection with the next ones; gives the offsets of all that were begun."""
    begun = []

    def carry(route):
        offset = re.search(r"offset=(\d+)", route.request.url)
        if route.request.method == "PATCH":
            begun.append(int(offset[1]))
            if len(begun) > 1:
                return route.abort("connectionreset")
        return route.continue_()

    page.route("**/parts/**", carry)
    return begun


def test_a_file_that_is_cut_off_goes_on_by_itself_where_it_stopped(person):
    page, arrived = person.sign_in(then="TYPES").page, []
    page.on("requestfinished", lambda request: request.method == "PATCH" and arrived.append(request.url))
    begun = cut_after_the_first_part(page)
    choose(person, "big.pdf", BIG)
    row = person.row("ECG tracing")
    row.get_by_text(
        "The connection is lost. What has arrived is kept, and the rest follows by itself."
    ).wait_for()
    assert row.locator("[data-percent]").inner_text() == "53 %"
    row.scroll_into_view_if_needed()
    person.shoot("file-cut-off")
    assert begun[:2] == [0, 1 << 19]
    page.unroute("**/parts/**")
    given(person).get_by_text("big.pdf (973 kB)").wait_for()
    offsets = [int(re.search(r"offset=(\d+)", url)[1]) for url in arrived]
    assert offsets == [0, 1 << 19], "what had arrived was not sent again"
    again(person)
    with page.expect_download() as coming:
        given(person).click()
    kept = Path(coming.value.path()).read_bytes()
    assert hashlib.sha256(kept).hexdigest() == hashlib.sha256(BIG).hexdigest()


def test_a_file_goes_on_after_the_page_was_loaded_anew_and_is_given_up_by_who_stops_it(person, tmp_path):
    page = person.sign_in(then="TYPES").page
    file = tmp_path / "big.pdf"
    file.write_bytes(BIG)
    page.on("dialog", lambda dialog: dialog.accept())
    begun = cut_after_the_first_part(page)
    chooser(person).set_input_files(file)
    person.row("ECG tracing").get_by_text("The connection is lost.").wait_for()
    page.reload()
    del begun[1:]
    chooser(person).set_input_files(file)
    person.row("ECG tracing").get_by_text("The connection is lost.").wait_for()
    assert begun[1] == 1 << 19, "it goes on where it stopped"
    person.row("ECG tracing").get_by_role("button", name="Stop").click()
    person.row("ECG tracing").get_by_text("it was stopped before all of it was sent").wait_for()
    page.unroute("**/parts/**")
    sent = []
    page.on("request", lambda request: request.method == "PATCH" and sent.append(request.url))
    person.row("ECG tracing").get_by_role("button", name="Send again").click()
    given(person).get_by_text("big.pdf").wait_for()
    assert "offset=0&" in sent[0], "the parts were given up"


def test_two_people_who_send_different_files_are_asked(person, colleague):
    person.sign_in(then="TYPES")
    colleague.sign_in("minseo@site.example", then="TYPES")
    choose(colleague, "theirs.pdf", PDF + b"1")
    given(colleague).get_by_text("theirs.pdf").wait_for()
    colleague.saved()
    choose(person, "mine.pdf")
    dialog = person.page.locator("#conflict[open]")
    dialog.wait_for()
    assert dialog.get_by_text("mine.pdf (3 kB)").is_visible()
    assert dialog.get_by_text("theirs.pdf (3 kB)").is_visible()
    dialog.get_by_label("Theirs").focus()
    person.page.keyboard.press("Space")
    dialog.locator("[data-keep]").focus()
    person.page.keyboard.press("Enter")
    given(person).get_by_text("theirs.pdf").wait_for()
    again(person)
    assert given(person).inner_text() == "theirs.pdf (3 kB)"


def test_a_cleared_file_stays_in_the_history(person):
    page = person.sign_in(then="TYPES").page
    choose(person)
    given(person).get_by_text("ecg.pdf").wait_for()
    person.saved()
    chooser(person).focus()
    page.keyboard.press("Control+.")
    page.keyboard.press("c")
    person.saved()
    given(person).wait_for(state="hidden")
    chooser(person).focus()
    page.keyboard.press("Control+.")
    page.keyboard.press("h")
    page.get_by_role("link", name="Download ecg.pdf (3 kB)").wait_for()
    assert person.violations() == []


def creatinine(person, value="1.2", unit="mg/dL"):
    """Enter a number with its unit, and leave the row."""
    page = person.page
    person.box("Creatinine").fill(value)
    page.keyboard.press("Tab")
    if unit == "mg/dL":
        page.keyboard.press("m")
    page.keyboard.press("Tab")
    person.saved()


def other_unit(person):
    person.row("Creatinine").locator("select").focus()
    person.page.keyboard.press("ArrowUp")
    person.page.locator("[data-units]").wait_for()


def number_and_unit(person):
    again(person)
    return person.box("Creatinine").input_value(), person.row("Creatinine").locator("select").input_value()


def test_another_unit_asks_whether_the_number_is_kept_or_converted(person):
    page = person.sign_in(then="TYPES").page
    creatinine(person)
    other_unit(person)
    page.get_by_role("button", name="Convert to 106.104 µmol/L").wait_for()
    assert page.get_by_role("button", name="Keep 1.2 µmol/L").is_visible()
    assert person.outbox()[0]["held"] == "unit"  # nothing is stored before it is answered
    assert "please choose" in page.locator("#saved").inner_text()
    assert person.violations() == []
    person.shoot("unit-question")
    page.keyboard.press("2")
    assert number_and_unit(person) == ("106.104", "umol/L")
    assert person.complaints == []


def test_the_number_is_kept_or_the_unit_taken_back_by_keyboard(person):
    page = person.sign_in(then="TYPES").page
    creatinine(person)
    other_unit(person)
    page.keyboard.press("Escape")
    assert page.locator("[data-units]").count() == 0
    assert person.outbox() == []
    assert number_and_unit(person) == ("1.2", "mg/dL")
    other_unit(person)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert number_and_unit(person) == ("1.2", "umol/L")


def test_an_open_question_outlives_the_page_and_holds_back_complete(person):
    page = person.sign_in(then="TYPES").page
    creatinine(person)
    other_unit(person)
    page.keyboard.press("Control+s")
    assert "kept or converted" in page.locator("#live").inner_text()
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    person.ready()
    page.locator("[data-units]").wait_for()
    page.get_by_role("button", name="Keep 1.2 µmol/L").click()
    assert number_and_unit(person) == ("1.2", "umol/L")


def test_after_complete_the_unit_is_asked_first_and_then_the_reason(person):
    page = person.sign_in(then="TYPES").page
    creatinine(person)
    page.keyboard.press("Control+s")
    person.until("document.querySelector('[data-form-url]').dataset.reason === 'always'")
    other_unit(person)
    page.get_by_role("button", name="Convert to 106.104 µmol/L").wait_for()
    page.keyboard.press("2")
    page.get_by_role("group", name="Why did it change?").wait_for()
    page.wait_for_timeout(100)
    page.keyboard.press("1")
    assert number_and_unit(person) == ("106.104", "umol/L")


def test_two_people_with_different_units_are_asked(person, colleague):
    person.sign_in(then="TYPES")
    creatinine(person)
    colleague.sign_in("minseo@site.example", then="TYPES")
    other_unit(colleague)
    colleague.page.keyboard.press("1")
    colleague.saved()
    other_unit(person)
    person.page.get_by_role("button", name="Convert to 106.104 µmol/L").wait_for()
    person.page.keyboard.press("2")
    dialog = person.page.locator("#conflict[open]")
    dialog.wait_for()
    assert dialog.get_by_text("1.2 µmol/L").is_visible()


def test_a_file_waits_for_who_signs_in_again(person):
    page = person.sign_in(then="TYPES").page
    page.context.clear_cookies(name="edc_session")
    choose(person)
    page.wait_for_selector("#relogin[open]")
    page.fill("#relogin-password", "correct horse battery")
    page.keyboard.press("Enter")
    given(person).get_by_text("ecg.pdf").wait_for()
    again(person)
    assert given(person).is_visible()


def png():
    made = io.BytesIO()
    Image.new("RGB", (900, 300), "teal").save(made, "PNG")
    return made.getvalue()


def test_a_picture_is_seen_at_its_item_and_larger_by_keyboard(person):
    page = person.sign_in(then="TYPES").page
    choose(person, "ecg.png", png())
    image = person.row("ECG tracing").get_by_alt_text("Preview of ecg.png, larger in a new tab")
    image.wait_for()
    person.until("document.querySelector('.fl-p img').naturalWidth === 240")
    again(person)  # the server draws the same
    image.scroll_into_view_if_needed()
    person.until("document.querySelector('.fl-p img').naturalWidth === 240")
    assert person.violations() == []
    for width, height in ((1366, 768), (768, 1024)):
        page.set_viewport_size({"width": width, "height": height})
        person.shoot(f"picture-{width}")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    given(person).focus()
    page.keyboard.press("Tab")
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    opened.value.wait_for_load_state()
    assert opened.value.evaluate("document.images[0].naturalWidth") == 900
    assert person.complaints == []


def test_what_cannot_be_drawn_leaves_the_link_alone(person):
    person.sign_in(then="TYPES")
    choose(person, "ecg.png", png()[:60])
    given(person).get_by_text("ecg.png").wait_for()
    person.until("!document.querySelector('.fl-p')")
    assert given(person).is_visible()
