"""Pages of a live study in a browser: the release, the plugin upgrade, the closed form."""

import pytest

from tests.accessibility import violations
from tests.web.live_trial import BUILDER, MANAGER, SITE, SPONSOR, STUDY, close_entry, make_live
from tests.web.trial import PASSWORD, SUBJECT

pytestmark = pytest.mark.browser
HOME = f"/s/{STUDY}"
PAGES = {
    "unapproved": {SPONSOR: ["/", f"{HOME}/release"]},
    "unreleased": {SITE: [f"{HOME}/subjects"], SPONSOR: ["/", f"{HOME}/release"]},
    "older": {
        SITE: ["/", f"{HOME}/subjects", f"{HOME}/subjects/{SUBJECT}/V2/VS"],
        BUILDER: ["/", f"{HOME}/plugins"],
        MANAGER: [
            "/",
            f"{HOME}/plugins",
            f"{HOME}/x/amendments",
            f"{HOME}/x/amendments/compare",
            f"{HOME}/x/amendments/move",
        ],
    },
}


@pytest.fixture(scope="session")
def databases(tmp_path_factory):
    made = {}
    for name, how in (
        ("unapproved", {"released": False}),
        ("unreleased", {"released": False, "approved": True}),
        ("open", {}),
        ("older", {"older": True}),
    ):
        folder = tmp_path_factory.mktemp(name)
        make_live(folder, **how).close()
        made[name] = folder / "web.db"
    return made


@pytest.fixture
def trial(databases, request):
    """The database that the server of a test gets."""
    return databases[request.param]


def sign_in(person, login, then="/"):
    person.page.goto(f"{person.server.url}/login?next={then}")
    person.page.fill("#login", login)
    person.page.fill("#password", PASSWORD)
    person.page.keyboard.press("Enter")
    person.ready()


@pytest.mark.parametrize(
    ("trial", "login"),
    [(name, login) for name, people in PAGES.items() for login in people],
    indirect=["trial"],
)
def test_pages_are_clean_and_fit(person, login, request):
    page = person.page
    sign_in(person, login)
    state = request.node.callspec.params["trial"]
    for number, address in enumerate(PAGES[state][login]):
        for width, height in ((1366, 768), (768, 1024)):
            page.set_viewport_size({"width": width, "height": height})
            page.goto(person.server.url + address)
            person.ready()
            for look in ("light", "dark"):
                page.emulate_media(color_scheme=look, reduced_motion="reduce")
                person.shoot(f"live-{state}-{login.partition('@')[0]}-{number}-{width}-{look}")
                assert violations(page) == [], (address, width, look)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
    assert person.complaints == []


@pytest.mark.parametrize("trial", ["unreleased"], indirect=True)
def test_release_is_signed_by_keyboard(person):
    sign_in(person, SPONSOR, f"{HOME}/release")
    page = person.page
    page.locator("#reason").focus()
    page.keyboard.type("Tested on another installation")
    page.keyboard.press("Tab")
    page.keyboard.type("not my password")
    page.keyboard.press("Enter")
    page.get_by_text("This is not the password of").wait_for()
    assert page.locator("#reason").input_value() == "Tested on another installation"
    page.keyboard.type(PASSWORD)  # the field has the focus again
    page.keyboard.press("Enter")
    page.get_by_text("Subjects may be added.").wait_for()


@pytest.mark.parametrize("trial", ["open"], indirect=True)
def test_value_typed_when_entry_closes_stays_on_the_screen_and_says_why(person, server):
    sign_in(person, SITE, f"{HOME}/subjects/{SUBJECT}/V2/VS")
    close_entry(server.folder)
    box = person.box("Systolic blood pressure")
    box.fill("121")
    box.press("Tab")
    page = person.page
    page.locator("#notice").get_by_text("Nothing can be entered in this study now").wait_for()
    page.wait_for_selector('[data-label="Systolic blood pressure"][data-refused]')
    assert box.input_value() == "121"
    person.row("Systolic blood pressure").get_by_text("Not stored:").wait_for()
    person.shoot("live-refused-1366")
