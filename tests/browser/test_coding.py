"""Coding by keyboard: words after words, the search, approval; clean and fitting at both sizes."""

import os
import shutil

import pytest

from tests.browser.conftest import Person, Server
from tests.plugins.coding.made_dictionary import kept, meddra
from tests.plugins.coding.test_versions import MOVED, NEWER_LLT
from tests.web.coding_trial import CODER, SECOND, make, write
from tests.web.forked_servers import ForkedServers
from tests.web.trial import STUDY

pytestmark = pytest.mark.browser
PAGE = f"/s/{STUDY}/x/coding"
SHELF = "EDC_CODING_DIR"
WORDS = [
    "zorbly hed",
    "zorbly hed",
    "Wobled knee",
    "left knee wobbling",
    "Quibling rash",
    "something else entirely",
]


@pytest.fixture(scope="module")
def coding_trial(tmp_path_factory):
    """A database, and servers that know where its dictionaries lie."""
    folder = tmp_path_factory.mktemp("coding")
    where = folder / "shelf"
    kept(meddra(folder / "one"), where)
    kept(meddra(folder / "two", llt=NEWER_LLT, places=MOVED), where, version="1.1")
    core = make(folder)
    write(core, ae=WORDS, mh="zorbly hed since childhood")
    core.close()
    before = os.environ.get(SHELF)
    os.environ[SHELF] = str(where)
    forked = ForkedServers()
    if before is None:
        del os.environ[SHELF]
    else:
        os.environ[SHELF] = before
    yield folder / "web.db", forked
    forked.stop()


@pytest.fixture
def coder(page, tmp_path, coding_trial):
    database, forked = coding_trial
    shutil.copy(database, tmp_path / "web.db")
    server = Server(tmp_path, forked).start()
    coder = Person(page, server).sign_in(CODER, then="VS")
    coder.complaints.clear()  # the trial has no such form
    opened(coder, f"{PAGE}/dictionaries")
    page.locator("select[name=version]").first.select_option("1.0 en")
    page.get_by_role("button", name="Put in force").click()
    page.wait_for_url("**/dictionaries")
    yield coder
    server.kill()


def opened(person, address):
    person.page.goto(person.server.url + address)
    person.ready()
    return person.page


def at_hand(person):
    return person.page.locator("#words-t").inner_text()


def pressed(person, key):
    """What stands at hand after a key that leads on."""
    before = at_hand(person)
    person.page.keyboard.press(key)
    person.page.locator("#words-t", has_not_text=before).wait_for()
    person.ready()
    return at_hand(person)


def test_words_are_coded_one_after_the_other_by_their_numbers(coder):
    page = opened(coder, PAGE)
    page.set_viewport_size({"width": 1366, "height": 768})
    assert at_hand(coder) == "zorbly hed"
    coder.shoot("coding-to-code")
    assert pressed(coder, "1") == "left knee wobbling"
    assert pressed(coder, "j") == "Quibling rash"
    assert pressed(coder, "k") == "left knee wobbling"
    assert pressed(coder, "1") == "Quibling rash"
    page.keyboard.press("s")
    page.keyboard.type("wobbled")
    page.keyboard.press("Enter")
    page.locator(".term b", has_text="Wobbled knee").wait_for()
    assert coder.complaints == []
    opened(coder, f"{PAGE}?show=coded")
    coded = [words.split("\n") for words in page.locator("#groups a").all_inner_texts()]
    assert [words[:3] for words in coded] == [
        ["zorbly hed", "Adverse event", "2"],
        ["left knee wobbling", "Adverse event", "1"],
    ]


def test_q_asks_the_site(coder):
    page = opened(coder, PAGE)
    page.keyboard.press("q")
    page.locator("#drawer #query-text").fill("Which part of the head is meant?")
    coder.shoot("coding-ask")
    page.locator("#drawer button.btn--primary").click()
    page.locator("#drawer .thread").wait_for()
    assert coder.complaints == []


def test_another_coder_approves(coder):
    page = opened(coder, f"{PAGE}?item=MH.MHTERM")
    page.keyboard.press("1")
    page.locator(".empty").wait_for()
    page.context.clear_cookies()
    Person(page, coder.server).sign_in(SECOND, then="VS")
    opened(coder, f"{PAGE}?show=to-approve")
    coder.shoot("coding-to-approve")
    page.keyboard.press("2")
    page.locator(".empty").wait_for()
    opened(coder, f"{PAGE}?show=coded")
    assert "synonym here" in page.inner_text("main")


def test_pages_are_clean_and_fit(coder):
    page = coder.page
    opened(coder, PAGE)
    pressed(coder, "1")
    addresses = (
        PAGE, f"{PAGE}?show=coded", f"{PAGE}?show=to-approve", f"{PAGE}?q=wobbled", f"{PAGE}/dictionaries",
        f"{PAGE}/version?name=MadeDRA&version=1.1+en",
    )  # fmt: skip
    for number, address in enumerate(addresses):
        for width, height in ((1366, 768), (768, 1024)):
            page.set_viewport_size({"width": width, "height": height})
            opened(coder, address)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
            for look in ("light", "dark"):
                page.emulate_media(color_scheme=look, reduced_motion="reduce")
                assert coder.violations() == [], (address, look)
                coder.shoot(f"coding-{number}-{look}-{width}")
    assert coder.complaints == []
