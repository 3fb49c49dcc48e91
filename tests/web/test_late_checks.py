"""What slow plugin checks find reaches the page by itself, however long they take."""

import dataclasses
import re
import time

import pytest

from edc_core.core import Core
from edc_core.domain.metadata import PluginUse
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.settings import Settings
from edc_core.web.app import create_app
from tests.rendering.vital_signs import version
from tests.web.trial import FORM_URL, PASSWORD, STUDY, SUBJECT, fill, limited

FORM = f"/s/{STUDY}/subjects/{SUBJECT}/forms/V2[1]/VS[1]"
ITEM = f"/s/{STUDY}/subjects/{SUBJECT}/items/V2[1]/VS[1]/IG.VS[1]"
HX = {"HX-Request": "true"}
SAID = "Please confirm."


@pytest.fixture
def site(tmp_path):
    """A coordinator of a study with one check that takes a second."""
    source = PluginSource("bad", "tests.plugins.misbehaving:only.slow.plugin")
    settings = Settings(database_url=f"sqlite:///{tmp_path}/web.db", files_dir=tmp_path / "files")
    core = Core(settings, EdcPlugins([source]))
    uses = core.plugins.activate((PluginUse("bad", ""),)).resolved
    fill(core, dataclasses.replace(limited(version()), plugins=uses))
    app = create_app(core)
    app.config.update(WTF_CSRF_ENABLED=False)
    client = app.test_client()
    assert (
        client.post("/login", data={"login": "jiwoo@site.example", "password": PASSWORD}).status_code == 303
    )
    yield client
    app.extensions["edc_core"].checks.close()
    core.close()


def save(client, value, base=0):
    data = {"op": new_id(), "value": value, "base": base}
    answer = client.post(f"{ITEM}/SYSBP", data=data, headers=HX)
    assert answer.status_code == 200, answer.text
    return answer.text


def asks_again(page):
    """The address a page asks for what came late; empty when it does not ask."""
    found = re.search(r'id="late"[^>]* hx-get="([^"]+)"', page)
    return found[1] if found else ""


def in_the_end(client, page):
    """What the page is told once it stops asking, and how often it asked."""
    asked, until = 0, time.monotonic() + 60
    while address := asks_again(page):
        assert time.monotonic() < until, "it asks for ever"
        time.sleep(0.1)
        page, asked = client.get(address).text, asked + 1
    return page, asked


def test_a_page_asks_until_the_check_has_ended_and_is_told_what_it_found(site):
    save(site, "100")
    answer = save(site, "222", base=1)
    assert SAID not in answer
    told, asked = in_the_end(site, answer)
    assert asked > 1
    assert SAID in told
    assert not asks_again(told)
    told, _ = in_the_end(site, save(site, "111", base=2))
    assert re.search(r'<div class="nt" id="[^"]+" hx-swap-oob="outerHTML"[^>]*></div>', told), (
        "the word is taken away"
    )
    assert SAID not in told


def test_a_page_opened_meanwhile_asks_too(site):
    save(site, "222")
    told, _ = in_the_end(site, site.get(FORM_URL).text)
    assert SAID in told
    assert not asks_again(site.get(FORM_URL).text)


def test_what_a_check_asks_when_the_form_is_complete_reaches_the_page(site):
    in_the_end(site, save(site, "222"))
    data = {"op": new_id(), "version": "v1", "go": "stay"}
    completed = site.post(f"{FORM}/complete", data=data, headers=HX)
    assert completed.status_code == 200, completed.text
    assert "1 query" not in completed.text
    told, _ = in_the_end(site, completed.text)
    assert "1 query" in told
