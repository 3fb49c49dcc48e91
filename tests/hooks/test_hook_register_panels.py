"""Panels of plugins: in the pages that have room, in studies that name the plugin; one that fails costs itself and says so."""

import dataclasses
import re

import pytest

from edc_core.core import Core
from edc_core.domain.metadata import PluginUse
from edc_core.plugin_manager import EdcPlugins
from edc_core.settings import Settings
from tests.hooks.test_hook_register_pages import at_hand
from tests.rendering.vital_signs import version
from tests.web.browsers import open_app, signing_in
from tests.web.trial import STUDY, SUBJECT, limited, make_core

CRC, DM = "jiwoo@site.example", "dana@sponsor.example"
QUERIES = f"/s/{STUDY}/queries"
SHOWN = re.compile(r'<section class="panel" id="paneling">.*?<p>(.*?)</p>', re.DOTALL)


@pytest.fixture
def client_as(tmp_path):
    cores = []

    def signed_in(login, *uses, folder="web"):
        (tmp_path / folder).mkdir()
        definition = dataclasses.replace(
            limited(version()), plugins=tuple(PluginUse(name, "") for name in uses)
        )
        make_core(tmp_path / folder, definition).close()
        core = Core(
            Settings(
                database_url=f"sqlite:///{tmp_path}/{folder}/web.db", files_dir=tmp_path / folder / "files"
            ),
            at_hand("paneling"),
        )
        cores.append(core)
        return signing_in(open_app(core))(login)

    yield signed_in
    for core in cores:
        core.close()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/", f"[{STUDY}] "),
        (f"/s/{STUDY}/subjects", f"[{STUDY}] "),
        (f"/s/{STUDY}/subjects/{SUBJECT}", f"[{STUDY}] {SUBJECT}"),
        (QUERIES, f"[{STUDY}] "),
    ],
)
def test_a_panel_stands_in_its_page_with_what_is_at_hand(client_as, address, words):
    answer = client_as(CRC, "paneling").get(address)
    assert answer.status_code == 200
    assert SHOWN.findall(answer.text) == [words]
    assert 'href="/s/A@dev/x/paneling/board"' in answer.text


def test_at_home_every_panel_is_shown_and_in_a_study_those_that_it_names(client_as):
    client = client_as(CRC)
    assert len(SHOWN.findall(client.get("/").text)) == 1
    assert "paneling" not in client.get(QUERIES).text


def test_a_panel_that_fails_costs_itself_alone_and_leaves_a_reference(client_as, caplog):
    answer = client_as(CRC, "paneling").get(QUERIES)
    assert answer.status_code == 200
    assert len(SHOWN.findall(answer.text)) == 1
    reference = re.search(r"It stopped\. .* Reference ([0-9A-F]{8})\.", answer.text)[1]
    assert f"reference {reference}, panel 'raises' of paneling" in caplog.text
    assert "of the panel" not in answer.text


def test_a_panel_that_is_refused_says_why(client_as):
    assert "no such version" in client_as(CRC, "paneling").get(QUERIES).text


def test_the_action_of_a_panel_is_asked_before_its_handler(client_as):
    assert len(SHOWN.findall(client_as(CRC, "paneling", folder="crc").get(QUERIES).text)) == 1
    assert len(SHOWN.findall(client_as(DM, "paneling", folder="dm").get(QUERIES).text)) == 2


def test_a_plugin_that_names_two_panels_alike_has_none():
    manager = at_hand("paneling", "paneling_twice")
    assert {one.plugin.name for one in manager.panels()} == {"paneling"}
    assert [failure.text for failure in manager.failures] == ["It registers Panel 'same' twice."]


def test_an_installation_without_panels_asks_for_none():
    assert EdcPlugins([]).panels() == ()
