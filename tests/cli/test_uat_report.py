"""``edc uat report``: the report of acceptance testing as a file of each kind, and who may have it."""

import json

import pytest

from edc_core.domain.permission import MATRIX, Action, Role

STUDY = "DEMO-01@uat"
OF_THE_INSTALLATION = {Role.ADM, Role.UAD, Role.BLD}


@pytest.fixture
def uat(edc):
    edc("study", "new", "DEMO-01")
    assert edc("study", "publish", "forms/demo-01", "--env", "uat").code == 0
    return edc


def test_each_kind_of_file_is_written_again_with_the_same_bytes(uat, tmp_path):
    for ending, begins in (
        ("json", b"{"),
        ("csv", b"\xef\xbb\xbf"),
        ("html", b"<!doctype"),
        ("pdf", b"%PDF-"),
    ):
        kept = []
        for number in range(2):
            out = tmp_path / f"reports/{number}.{ending}"
            ran = uat("uat", "report", STUDY, "--out", out)
            assert ran.code == 1, "nothing was tried yet"
            kept.append(out.read_bytes())
        assert kept[0] == kept[1]
        assert kept[0].startswith(begins)
        assert "version DEMO-01-1, 0 passed, 0 failed, " in ran.out
    assert json.loads((tmp_path / "reports/0.json").read_text())["study"] == STUDY


def test_an_ending_that_says_no_kind_is_refused_naming_those_there_are(uat, tmp_path):
    ran = uat("uat", "report", STUDY, "--out", tmp_path / "report.docx")
    assert (ran.code, ".json, .csv, .html, .pdf" in ran.err) == (2, True)
    assert not (tmp_path / "report.docx").exists()


def test_a_recorded_report_that_is_not_there_and_a_live_study_are_refused(uat, tmp_path):
    ran = uat("uat", "report", STUDY, "--out", tmp_path / "r.pdf", "--recorded", "1")
    assert (ran.code, "There is no such report." in ran.err) == (2, True)
    assert list(tmp_path.glob("r.pdf")) == []


def test_who_compares_versions_and_reads_the_trail_may_have_it(uat, tmp_path, monkeypatch):
    got = set()
    for role in Role:
        where = () if role in OF_THE_INSTALLATION else ("--study", STUDY)
        assert uat("user", "add", f"x.{role}", "--role", role, *where).code == 0
        monkeypatch.setenv("EDC_TOKEN", uat("user", "token", f"x.{role}").out.strip())
        ran = uat("uat", "report", STUDY, "--out", tmp_path / f"{role}.json", "--as", f"x.{role}")
        if not ("EDC001" in ran.err or "EDC002" in ran.err):
            got.add(role)
    assert got == {
        role for role in Role if role in MATRIX[Action.COMPARE_VERSIONS] & MATRIX[Action.READ_TRAIL]
    }
