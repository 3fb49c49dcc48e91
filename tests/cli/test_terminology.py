"""The terminology of a study from study.yaml to the files: found missing, fixed when published, kept for old states, seen in a diff."""

import hashlib
import json

import pytest
from edc_core_sdtm.terminology import HEADER
from lxml import etree

from tests.plugins.sdtm.terms import ROWS

OLD, NEW = "2025-03-28", "2026-03-27"
STUDY = """\
oid: S-1
name: S-1
version: {{oid: S-1-{version}, name: "{version}"}}
languages: [en]
plugins:
  edc-core-sdtm:
    range: ">=0.1,<1"
    settings: {{{chosen}}}
sites: [{{number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul}}]
events: [{{oid: V1, title: Visit, forms: [VS]}}]
schedule: [{{event: V1}}]
"""
FORM = """\
oid: VS
title: Vital signs
groups:
  - name: VS
    items:
      - {name: SEX, question: Sex, length: 1, alias: {SDTM: DM.SEX}}
      - {name: ARM, question: Arm, length: 8, alias: {SDTM: DM.ARMCD}}
      - {name: TEMP, question: Temperature, type: float, length: 4, significant_digits: 1, alias: {SDTM: TEMP_VSORRES}}
"""


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A folder with two packages, and another file of NCI EVS that is none of SDTM."""
    folder = tmp_path / "terminologies"
    folder.mkdir()
    for date, name in ((OLD, "Old Temperature"), (NEW, "New Temperature")):
        put(folder, date, name)
    (folder / "CDASH Terminology 2026-03-27.txt").write_text("not read", encoding="utf-8")
    monkeypatch.setenv("EDC_SDTM_TERMINOLOGY", str(folder))
    return folder


def put(folder, date, name):
    rows = [HEADER, *(tuple(cell.replace("Made Temperature", name) for cell in row) for row in ROWS)]
    file = folder / f"SDTM Terminology {date}.txt"
    file.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")


def digest(shelf, date):
    return hashlib.sha256((shelf / f"SDTM Terminology {date}.txt").read_bytes()).hexdigest()


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "study"
    (folder / "forms").mkdir(parents=True)
    (folder / "forms/vs.yaml").write_text(FORM, encoding="utf-8")

    def write(chosen, version="1"):
        (folder / "study.yaml").write_text(STUDY.format(chosen=chosen, version=version), encoding="utf-8")
        return folder

    return write


def exported(edc, out, *more):
    done = edc("export", "S-1", "--format", "sdtm", "--unlocked", "--out", out, *more)
    assert done.code == 0, done.err
    define = etree.parse(out / "define.xml")
    (stated,) = (one for one in define.iterfind(".//{*}Standard") if one.get("Type") == "CT")
    return stated.get("Version"), json.loads((out / "manifest.json").read_text())["made_with"]


@pytest.mark.parametrize(
    ("chosen", "column", "said"),
    [
        ('terminology: "2025-03-27"', 29, "is not in this installation"),
        ('terminolgy: "2025-03-28"', 16, "There is nothing to choose by the name 'terminolgy'"),
        (f'terminology: "2025-03-28", terminology_sha256: {"a" * 64}', 29, "has another content"),
        (f"terminology_sha256: {'a' * 64}", 36, "A digest without 'terminology'"),
    ],
)
def test_a_wrong_choice_is_found_with_its_place_and_remedy(edc, shelf, study, chosen, column, said):
    done = edc("study", "check", study(chosen))
    assert done.code == 1
    (line,) = (line for line in done.out.splitlines() if "E508" in line)
    assert line.startswith(f"study.yaml:8:{column} E508 ")
    assert said in line


def test_what_was_probably_meant_is_said(edc, shelf, study):
    assert f"Did you mean {OLD}?" in edc("study", "check", study('terminology: "2025-03-29"')).out
    assert "Did you mean terminology?" in edc("study", "check", study('terminolgy: "2025-03-28"')).out


def test_without_the_package_nothing_is_published(edc, study, monkeypatch):
    monkeypatch.delenv("EDC_SDTM_TERMINOLOGY", raising=False)
    done = edc("study", "publish", study(f'terminology: "{OLD}"'))
    assert done.code == 1
    assert "EDC_SDTM_TERMINOLOGY names" in done.err


def test_a_study_keeps_the_terminology_that_it_was_published_with(edc, shelf, study, tmp_path):
    assert edc("study", "publish", study(f'terminology: "{OLD}"')).code == 0
    first = {f"CDISC SDTM terminology {OLD}": digest(shelf, OLD)}
    assert exported(edc, tmp_path / "one") == (OLD, first)
    assert edc("snapshot", "create", "S-1", "first").code == 0

    folder = study(f'terminology: "{NEW}"', version="2")
    told = json.loads(edc("study", "diff", "S-1", folder, "--json").out)["differences"]
    changed, fixed = (one for one in told if one["element"] == "PluginUse")
    assert (changed["oid"], changed["before"], changed["after"]) == ("edc-core-sdtm", OLD, NEW)
    assert (fixed["before"], fixed["after"]) == (digest(shelf, OLD), digest(shelf, NEW))
    assert edc("study", "publish", folder).code == 0
    second = {f"CDISC SDTM terminology {NEW}": digest(shelf, NEW)}
    assert exported(edc, tmp_path / "two") == (NEW, second)
    assert exported(edc, tmp_path / "again", "--snapshot", "first") == (OLD, first)


def test_another_content_under_the_same_date_is_refused(edc, shelf, study, tmp_path):
    assert edc("study", "publish", study(f'terminology: "{OLD}"')).code == 0
    before = digest(shelf, OLD)
    put(shelf, OLD, "Another Temperature")
    done = edc("export", "S-1", "--format", "sdtm", "--unlocked", "--out", tmp_path / "out")
    assert done.code == 2
    assert before in done.err
    assert digest(shelf, OLD) in done.err
    assert not (tmp_path / "out/define.xml").exists()


def test_a_study_that_states_none_gets_the_newest_and_is_told(edc, shelf, study, tmp_path):
    assert edc("study", "publish", study("")).code == 0
    assert exported(edc, tmp_path / "out")[0] == NEW
    found = json.loads((tmp_path / "out/findings.json").read_text())
    (told,) = [one["message"] for one in found if one["code"] == "S208"]
    assert f'terminology: "{NEW}"' in told


def test_two_files_of_one_date_are_refused(edc, shelf, study):
    (shelf / f"my SDTM {OLD}.txt").write_bytes((shelf / f"SDTM Terminology {OLD}.txt").read_bytes())
    done = edc("study", "check", study(f'terminology: "{NEW}"'))
    assert done.code == 1
    assert f"are both of {OLD}" in done.out
