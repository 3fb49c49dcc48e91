"""Explanations of a study are looked at before anything is exported: a wrong name, no words, and what cannot be looked up here."""

import json
import lzma

import pytest
from edc_core_conformance.core_engine import _NEEDED

from edc_core.plugin_manager import EdcPlugins
from edc_core.services import publishing

STUDY = """\
oid: DEMO
version: {{oid: "1"}}
languages: [en]
plugins:
  edc-core-packages:
    range: ">=0.1,<1"
    settings:
      {rule}: {text}
  edc-core-country-jp: ">=0.1,<1"
sites: [{{number: JP-01, name: Tokyo, country: JP, zone: Asia/Tokyo}}]
"""
PLUGINS = EdcPlugins(
    allow=["edc-core-packages", "edc-core-conformance", "edc-core-country-jp", "edc-core-countries"]
)
ALONE = EdcPlugins(allow=["edc-core-packages", "edc-core-country-jp", "edc-core-countries"])


@pytest.fixture
def cache(tmp_path):
    """A cache of CORE with two rules of its own names."""
    folder = tmp_path / "cache"
    folder.mkdir()
    for name in (*_NEEDED, "sdtmct-2025-03-28"):
        content = {"CORE-000264": {}, "CORE-000915": {}} if name == "rules" else {}
        (folder / f"{name}.json.xz").write_bytes(lzma.compress(json.dumps(content).encode()))
    return folder


def found(tmp_path, rule, text="Because.", plugins=PLUGINS, **settings):
    (tmp_path / "study.yaml").write_text(STUDY.format(rule=rule, text=text), encoding="utf-8")
    said = publishing.check(plugins, tmp_path, settings=settings).findings
    return [one for one in said if one.code in {"E502", "E508", "W324"}]


@pytest.mark.parametrize(
    "rule", ["CORE-000264", "JP-B10", "JP-B10.TIME", "SCHEMAV_CVC_ENUMERATION_VALID", "enum"]
)
def test_the_names_of_every_engine_and_of_the_countries_rules_are_known(tmp_path, cache, rule):
    assert found(tmp_path, rule, EDC_CORE_CACHE=str(cache)) == []


@pytest.mark.parametrize(
    ("rule", "meant"), [("CORE-00264", "CORE-000264"), ("JPB10", "JP-B10"), ("XXXX-1234", "")]
)
def test_a_name_that_no_rule_has_is_found_with_what_was_meant(tmp_path, cache, rule, meant):
    (one,) = found(tmp_path, rule, EDC_CORE_CACHE=str(cache))
    assert (one.file, one.line, one.column, one.code) == ("study.yaml", 8, 7, "E508")
    assert one.suggestion == meant
    assert rule in one.message


def test_without_the_cache_it_says_that_it_could_not_be_looked_up(tmp_path):
    (one,) = found(tmp_path, "CORE-000264")
    assert (one.line, one.column, one.code, one.severity) == (8, 7, "W324", "warning")
    assert "EDC_CORE_CACHE" in one.message
    assert found(tmp_path, "JP-B10") == []


def test_a_cache_that_cannot_be_read_is_said_so(tmp_path, cache):
    (cache / "rules.json.xz").write_bytes(b"broken")
    (one,) = found(tmp_path, "CORE-000264", EDC_CORE_CACHE=str(cache))
    assert one.code == "W324"
    assert "rules.json.xz' cannot be read" in one.message


def test_without_an_engine_only_the_rules_of_countries_are_known(tmp_path):
    assert found(tmp_path, "JP-B10", plugins=ALONE) == []
    (one,) = found(tmp_path, "JP-B11", plugins=ALONE)
    assert (one.code, one.suggestion) == ("W324", "JP-B10")
    assert "edc-core-conformance" in one.message


@pytest.mark.parametrize("name", ["CORE-000264 MH", "holds", "authority"])
def test_a_rule_in_one_dataset_and_what_else_is_set_are_no_wrong_names(tmp_path, cache, name):
    assert found(tmp_path, name, EDC_CORE_CACHE=str(cache)) == []


def test_an_explanation_without_words_is_found(tmp_path, cache):
    (one,) = found(tmp_path, "JP-B10", '" "', EDC_CORE_CACHE=str(cache))
    assert (one.line, one.code) == (8, "E508")
    assert "has no words" in one.message


@pytest.mark.conformance
def test_the_real_rules_are_known_and_every_general_explanation_is_of_one(shared_folder):
    from edc_core_conformance.core_rules import rules_in
    from edc_core_sdtm.explanations import explanations

    rules = rules_in(shared_folder / "standards/core-cache")
    assert rules.why == ""
    assert len(rules.names) == 430
    assert {one.rule for one in explanations()} <= rules.names
