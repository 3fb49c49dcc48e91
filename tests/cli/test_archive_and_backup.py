"""`edc archive` and `edc restore`, from one database to another."""

import json

import pytest


@pytest.fixture
def archived(edc):
    edc("study", "new", "DEMO-01")
    edc("study", "publish", "forms/demo-01")
    assert edc("simulate", "DEMO-01", "--subjects", "2", "--seed", "7", "--brief").code == 0
    done = edc("archive", "DEMO-01", "--out", "out", "--json")
    assert done.code == 0, done.err
    return done.json


@pytest.fixture
def empty(edc, monkeypatch, tmp_path):
    """From here on `edc` works in another installation."""

    def begin():
        monkeypatch.setenv("EDC_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
        monkeypatch.setenv("EDC_FILES_DIR", str(tmp_path / "other-files"))
        assert edc("init").code == 0

    return begin


def test_a_study_is_archived_and_restored(edc, archived, empty):
    listed = edc("study", "list", "--json").json
    empty()
    done = edc("restore", "out", "--json")
    assert (done.code, done.json["ok"], done.json["problems"]) == (0, True, [])
    assert (done.json["study"], done.json["cut"]) == ("DEMO-01@dev", archived["cut"])
    assert edc("study", "list", "--json").json == listed
    verified = edc("verify", "--rebuild", "--json").json
    assert (verified["ok"], verified["entries"]) == (True, done.json["entries"])
    again = edc("restore", "out")
    assert (again.code, "is in this installation already" in again.err) == (2, True)


def test_what_was_changed_is_named_and_nothing_is_written(edc, archived, empty, tmp_path):
    file = tmp_path / "out/trail/trail.jsonl"
    file.write_bytes(file.read_bytes().replace(b"DEMO", b"DEMA", 1))
    empty()
    done = edc("restore", "out", "--json")
    assert (done.code, done.json["ok"]) == (1, False)
    assert [(one["file"], one["code"]) for one in done.json["problems"]] == [("trail/trail.jsonl", "changed")]
    said = edc("restore", "out")
    assert (said.code, "trail/trail.jsonl: changed" in said.out, "nothing was written" in said.err) == (
        1,
        True,
        True,
    )
    assert edc("study", "list", "--json").json == []


def test_words_say_what_was_archived(edc, archived):
    said = edc("archive", "DEMO-01", "--out", "again", "--snapshot", archived["cut"])
    entries = archived["files"]["trail/trail.jsonl"]["rows"]
    assert said.out == f"2 subjects and {entries} entries of the trail in again\nCut {archived['cut']}\n"


def test_a_folder_that_is_no_archive_is_none(edc, archived, tmp_path):
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert (manifest["missing_files"], manifest["infected_files"]) == ([], [])
    refused = edc("restore", "forms")
    assert (refused.code, "holds no archive of a study" in refused.err) == (2, True)


def test_an_installation_is_backed_up_and_the_backup_checked(edc, archived):
    made = edc("backup", "--out", "backups", "--json").json
    done = edc("backup", "check", "backups", "--json")
    assert (done.code, done.json["ok"], done.json["entries"]) == (0, True, made["entries"])
    said = edc("backup", "check", f"backups/{made['at']}")
    assert said.out == f"{made['at']}: {made['entries']} entries restored aside: clean\n"
    nowhere = edc("backup")
    assert (nowhere.code, "edc backup --out DIR" in nowhere.err) == (2, True)
    assert edc("backup", "check", "forms").code == 2
