"""Pages of country standards, and the form pages of sites in several countries."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from edc_core.core import Core
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import publishing
from edc_core.settings import Settings
from edc_core.testing.fake_clock import FakeClock
from tests.plugins.countries.scenes import SOURCES, THREE
from tests.rendering.vital_signs import version as without_countries
from tests.web.browsers import open_app, signing_in
from tests.web.trial import fill, limited

WEB_SOURCES = [*SOURCES, PluginSource("trail", "edc_core_trail.plugin", "edc-core-trail", "0.1.0")]
STUDY = "THREE@uat"
HOME = f"/s/{STUDY}/x/countries"
MANAGER, MONITOR, SITE = "dana@sponsor.example", "anna@cro.example", "jiwoo@site.example"


@pytest.fixture(scope="module")
def definition():
    return publishing.check(EdcPlugins(WEB_SOURCES), THREE.file).version


@pytest.fixture
def core(tmp_path, definition):
    core = Core(Settings(database_url=f"sqlite:///{tmp_path / 'web.db'}"), EdcPlugins(WEB_SOURCES))
    fill(core, definition)
    yield core
    core.close()


@pytest.fixture
def manager(core):
    return signing_in(open_app(core))(MANAGER)


@pytest.fixture
def client_as(core):
    return signing_in(open_app(core))


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def asked(client, subject, form):
    """Questions of a form page that are shown."""
    answer = client.get(f"/s/{STUDY}/subjects/{subject}/V1/{form}")
    assert answer.status_code == 200
    rows = re.findall(r'<div class="it"[^>]*data-label="([^"]*)"([^>]*)>', answer.text)
    return {label for label, rest in rows if "hidden" not in rest}


def post(client, url, **data):
    return client.post(url, data={"op": new_id(), **data})


def test_a_german_and_a_korean_site_see_their_own_rules(manager):
    """Issue 5, shown by 3: through the form pages."""
    own = {"Date of birth", "Remark"}
    assert asked(manager, "KR01-0001", "DM") == own | {"Race"}
    assert asked(manager, "DE01-0001", "DM") == own | {"Initials", "Why is it needed?"}
    korean = asked(manager, "KR01-0001", "CONSENT") - asked(manager, "DE01-0001", "CONSENT")
    assert "Consent to transfer overseas: date" in korean
    assert asked(manager, "DE01-0001", "CONSENT") == {"Date of consent", "Are samples kept?"}


def test_the_page_of_a_site_says_who_asks_what_with_its_source(manager):
    korean = words(manager.get(f"{HOME}?site=KR-01"))
    for text in (
        "edc-core-country-kr 0.1.0",
        "Art. 24-2",
        "2026-11-22",
        "Medium",
        "may change",
        "KR-B2",
        "Forbid",
    ):
        assert text in korean, text
    assert "US-FDA" not in korean
    german = words(manager.get(f"{HOME}?site=DE-01"))
    assert "DE-BFARM" in german
    assert "KR-MFDS" not in german
    assert manager.get(f"{HOME}?site=XX-01").status_code == 404


def test_a_site_without_a_standard_and_a_study_without_one_say_so(client_as, tmp_path):
    core = Core(Settings(database_url=f"sqlite:///{tmp_path / 'plain.db'}"), EdcPlugins(WEB_SOURCES))
    fill(core, limited(without_countries()))
    client = signing_in(open_app(core))(MANAGER)
    home = "/s/DEMO@uat/x/countries"
    assert "No country standard of this study holds at this site" in words(client.get(home))
    assert "No country standard of this study has a roadmap" in words(client.get(f"{home}/roadmap"))
    assert "has a clock for this event" in words(client.get(f"{home}/deadlines"))
    core.close()


def test_what_a_gate_needs_is_recorded_on_the_page(manager):
    assert words(manager.get(f"{HOME}?site=KR-01")).count("Missing") == 3
    refused = post(
        manager, f"{HOME}/identifier", site="KR-01", name="kr-cris", value="KCT1", document="Letter"
    )
    assert refused.status_code == 422
    assert "KCT0000001 would be one" in words(refused)
    assert 'value="KCT1"' in refused.text
    done = post(
        manager,
        f"{HOME}/identifier",
        site="KR-01",
        name="kr-cris",
        value="KCT0000001",
        document="Letter of March",
    )
    assert done.status_code == 303
    page = words(manager.get(f"{HOME}?site=KR-01"))
    assert "KCT0000001 Letter of March, dana@sponsor.example" in page
    assert page.count("Missing") == 2
    assert "Recorded kr-cris of an authority" in words(manager.get(f"/s/{STUDY}/x/trail"))


def test_who_may_not_record_is_offered_nothing(client_as):
    monitor = client_as(MONITOR)
    assert "identifier" not in monitor.get(f"{HOME}?site=KR-01").text
    refused = post(
        monitor, f"{HOME}/identifier", site="KR-01", name="kr-cris", value="KCT0000001", document="Letter"
    )
    assert refused.status_code == 403


def test_deadlines_of_a_death_in_every_country(manager):
    """Scenario S5."""
    page = words(manager.get(f"{HOME}/deadlines?event=fatal&day=2026-12-24"))
    assert page.count("2026-12-31") == 2  # FDA and MFDS
    assert "2027-01-08" in page  # details to MFDS, eight days later
    assert "Asia/Seoul" in page
    assert "Write the day as" in words(manager.get(f"{HOME}/deadlines?event=fatal&day=yesterday"))


def test_a_deadline_has_passed_when_its_day_has_ended_where_the_authority_is(core, client_as):
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    core.clock = FakeClock(tomorrow.replace(hour=16))  # the day after in Seoul, the same day in New York
    day = tomorrow.date() - timedelta(days=7)
    page = words(client_as(MANAGER).get(f"{HOME}/deadlines?event=fatal&day={day}"))
    said = re.findall(r"(Passed|Near)(?:(?!Passed|Near).)*?(Asia/Seoul|America/New_York)", page)
    assert sorted(said) == [("Near", "America/New_York"), ("Passed", "Asia/Seoul")]


def test_the_roadmap_is_a_chart_and_a_table_once_its_start_is_known(manager):
    assert words(manager.get(f"{HOME}/roadmap")).count("Nobody has said yet") == 2
    assert (
        post(manager, f"{HOME}/roadmap", standard="KR-MFDS", step="start", day="2025-12-01").status_code
        == 303
    )
    page = manager.get(f"{HOME}/roadmap")
    assert page.text.count('<svg class="ch"') == 1
    assert page.text.count("<rect") == 10
    assert "Overdue" in words(page)
    post(manager, f"{HOME}/roadmap", standard="KR-MFDS", step="kr-irb", day="2026-01-05")
    assert 'value="2026-01-05"' in manager.get(f"{HOME}/roadmap").text
    post(manager, f"{HOME}/roadmap", standard="KR-MFDS", step="start", day="")
    assert words(manager.get(f"{HOME}/roadmap")).count("Nobody has said yet") == 2


@pytest.mark.parametrize(
    ("given", "why"),
    [({"standard": "KR-MFDS", "step": "start", "day": "soon"}, "Write the day as"),
     ({"standard": "XX", "step": "start", "day": "2026-01-01"}, "no country standard 'XX'"),
     ({"standard": "KR-MFDS", "step": "nothing", "day": "2026-01-01"}, "no step 'nothing'")],
)  # fmt: skip
def test_a_day_or_a_step_that_is_none_is_refused(manager, given, why):
    refused = post(manager, f"{HOME}/roadmap", **given)
    assert refused.status_code == 422
    assert why in refused.text.replace("&#39;", "'")
