"""``edc export --to``: the country that an export goes to, told with what was left out for it and what can be done."""

import json

import pytest

from tests.fresh_venv import ROOT


@pytest.fixture
def study(edc, monkeypatch):
    """The demo trial with three made-up subjects, on an installation that keeps data of sites in China there."""
    monkeypatch.setenv("EDC_KEPT_COUNTRIES", "CN")
    assert edc("study", "publish", ROOT / "forms/hersc-301").code == 0
    assert edc("simulate", "HERSC-301", "--subjects", "3", "--brief").code == 0
    return "HERSC-301"


def test_it_holds_who_may_be_there_and_says_who_was_left_out(edc, study, tmp_path):
    asked = ("export", study, "--format", "csv", "--unlocked", "--out")
    away = edc(*asked, tmp_path / "away", "--to", "KR")
    assert away.code == 0
    assert "left out: subjects whose data stay in CN: 1" in away.out
    assert "Say where it goes (--to COUNTRY), or record a legal basis" in away.err
    home = edc(*asked, tmp_path / "home", "--to", "CN")
    assert (home.code, home.err) == (0, "")
    manifests = [json.loads((tmp_path / one / "manifest.json").read_text()) for one in ("away", "home")]
    assert [one["destination"] for one in manifests] == ["KR", "CN"]
    assert [one["counts"]["subjects"] for one in manifests] == [2, 3]
    wrong = edc(*asked, tmp_path / "wrong", "--to", "Korea")
    assert wrong.code == 2
    assert "A country is two capitals, KR for example; 'Korea' is none." in wrong.err
