"""REQ-BAK-01: a backup is made while people work, and is one when it was restored aside, compared and verified."""

import json
import os
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace

import pytest
from edc_core_backup import checking, database, making

from edc_core.core import Core
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.study_commands import KeepSnapshot
from edc_core.errors import BadRequest
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import anchoring, exporting, snapshots
from edc_core.settings import Settings, normalised_url
from tests.builders import SOME_REASON, Trial, vital_signs
from tests.postgres import FOLDER


@pytest.fixture
def installed(core_url, tmp_path, request, monkeypatch):
    """What is backed up, and the programs of PostgreSQL where they are needed."""
    if core_url.startswith("postgresql"):
        started = request.config.stash[FOLDER] / "started"
        programs = started.read_text().splitlines()[0] if started.exists() else ""
        monkeypatch.setenv("PATH", os.pathsep.join(filter(None, (programs, os.environ["PATH"]))))
    return making.Installed(core_url, tmp_path / "files", tmp_path / "anchors")


@pytest.fixture
def trial(installed, clock):
    settings = Settings(
        database_url=installed.url, files_dir=installed.files, anchor_file=str(installed.anchors)
    )
    core = Core(settings, EdcPlugins(()), clock)
    trial = Trial(core, vital_signs().build())
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "120"})
    anchoring.anchor_everything(core, trial.cli)
    yield trial
    core.close()


def back_up(installed, out):
    return making.make(installed, out, lambda done, total: None)


def test_it_is_one_when_it_was_restored_and_verified(trial, installed, tmp_path):
    out = tmp_path / "backups"
    made = back_up(installed, out)
    trial.save("S-001", {"VS.DIABP": "80"})
    done = checking.check(installed.url, making.newest(out))
    assert done == {"backup": made["at"], "ok": True, "entries": made["entries"], "problems": []}
    assert made["chains"] == 2
    assert json.loads((out / "checks.jsonl").read_text())["ok"] is True
    later = back_up(installed, out)
    assert later["entries"] == made["entries"] + 1
    assert making.newest(out).name == later["at"]
    assert checking.check(installed.url, out / made["at"])["ok"], "an earlier one"
    assert sorted(one.name for one in out.iterdir()) == sorted(
        [made["at"], later["at"], "checks.jsonl", "files"]
    )


def test_it_is_of_one_instant_while_people_write(trial, installed, tmp_path):
    stop = threading.Event()

    def write():
        for number in range(200):
            if stop.is_set():
                return
            trial.save("S-001", {"VS.NOTE": f"note {number}"})

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = back_up(installed, tmp_path / "backups")
    finally:
        stop.set()
        writer.join()
    done = checking.check(installed.url, making.newest(tmp_path / "backups"))
    assert (done["problems"], done["entries"]) == ([], made["entries"])


def test_files_are_copied_once_and_each_is_asked_for(trial, installed, tmp_path):
    out, held = tmp_path / "backups", installed.files / "ab" / ("ab" + "0" * 62)
    held.parent.mkdir(parents=True)
    held.write_bytes(b"a file")
    (installed.files / "incoming").mkdir()
    (installed.files / "incoming" / "part").write_bytes(b"half of it")
    assert [back_up(installed, out)["new_files"] for _ in range(2)] == [1, 0]
    assert [file.name for file in (out / "files").rglob("*") if file.is_file()] == [held.name]


@pytest.mark.parametrize("change", ["a byte", "the file", "its anchors"])
def test_what_is_not_what_was_written_is_no_backup(trial, installed, tmp_path, change):
    back_up(installed, tmp_path / "backups")
    backup = making.newest(tmp_path / "backups")
    file = backup / ("anchors.jsonl" if change == "its anchors" else database.database_of(installed.url).file)
    if change == "the file":
        file.unlink()
    else:
        with file.open("ab") as opened:
            opened.write(b" ")
    done = checking.check(installed.url, backup)
    assert (done["ok"], len(done["problems"])) == (False, 1)
    assert file.name in done["problems"][0]


def noted(backup, **facts):
    said = json.loads((backup / "backup.json").read_text())
    (backup / "backup.json").write_text(json.dumps(said | facts))


def test_chains_that_end_elsewhere_are_found(trial, installed, tmp_path):
    back_up(installed, tmp_path / "backups")
    backup = making.newest(tmp_path / "backups")
    noted(backup, heads_sha256="0" * 64)
    assert checking.check(installed.url, backup)["problems"] == [
        "Its chains do not end where they ended when it was made."
    ]


def test_a_database_that_does_not_verify_is_no_backup(sqlite_core_url, tmp_path, clock):
    installed = making.Installed(sqlite_core_url, tmp_path / "files", None)
    core = Core(Settings(database_url=sqlite_core_url, files_dir=tmp_path / "files"), EdcPlugins(()), clock)
    Trial(core, vital_signs().build())
    core.close()
    with closing(sqlite3.connect(sqlite_core_url.removeprefix("sqlite:///"))) as connection:
        connection.execute("DROP TRIGGER ledger_entry_no_delete")
    back_up(installed, tmp_path / "backups")
    done = checking.check(installed.url, making.newest(tmp_path / "backups"))
    assert [problem.partition(":")[0] for problem in done["problems"]] == ["guard"]


@pytest.mark.parametrize("url", ["sqlite:///{tmp}/nowhere.db", "mysql://host/edc"])
def test_what_cannot_be_copied_leaves_nothing(tmp_path, url):
    installed = making.Installed(url.format(tmp=tmp_path), tmp_path / "files", None)
    with pytest.raises(BadRequest):
        back_up(installed, tmp_path / "backups")
    assert list(tmp_path.glob("backups/*")) == []


def test_programs_that_are_not_there_are_named(trial, installed, tmp_path, monkeypatch):
    if isinstance(database.database_of(installed.url), database.Postgres):
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(BadRequest, match="pg_dump is not on this machine"):
            back_up(installed, tmp_path / "backups")
        return
    assert back_up(replace(installed, anchors=tmp_path / "none yet"), tmp_path / "backups")[
        "parts"
    ].keys() == {"database.sqlite"}


def test_a_folder_without_backups_is_said(tmp_path):
    with pytest.raises(BadRequest, match="holds no backup"):
        making.newest(tmp_path)


def test_the_address_of_postgresql_loses_the_word_that_is_ours():
    found = database.database_of("postgresql+psycopg://edc@host/db?prepared_statements=off&sslmode=require")
    assert database._plain(found.address) == "postgresql://edc@host/db?sslmode=require"


def exported(core, trial, folder, name):
    """The bytes of every file of a snapshot's exports, by format and name."""
    found = {}
    for format_name in ("csv", "odm-1.3.2", "odm-2.0"):
        command = exporting.RequestExport(
            study_id=trial.study_id,
            op=new_id(),
            choice=ExportChoice(format_name, snapshot="Lock", unlocked=True),
        )
        exporting.export(core, trial.dm, command, folder / name / format_name)
        for file in (folder / name / format_name).rglob("*"):
            if file.is_file():
                found[format_name, file.name] = file.read_bytes()
    return found


def test_a_snapshot_exported_from_a_restored_backup_has_the_same_bytes(installed, tmp_path, clock):
    """REQ-LCK-08: whatever was entered since, on another database, on another day."""
    core = Core(Settings(database_url=installed.url, files_dir=installed.files), EdcPlugins(), clock)
    trial = Trial(core, vital_signs().build())
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"})
    trial.complete("S-001", "VS")
    trial.act(trial.dm, snapshots.keep_snapshot, KeepSnapshot, name="Lock")
    first = exported(core, trial, tmp_path, "before")
    trial.save("S-001", {"VS.SYSBP": "130"}, reason=SOME_REASON)
    back_up(installed, tmp_path / "backups")
    core.close()
    clock.advance(days=400)
    backup = making.newest(tmp_path / "backups")
    kind = database.database_of(installed.url)
    with kind.restored(backup / kind.file) as address:
        elsewhere = Core(
            Settings(database_url=normalised_url(address), files_dir=tmp_path / "files there"),
            EdcPlugins(),
            clock,
        )
        try:
            assert exported(elsewhere, trial, tmp_path, "after") == first
        finally:
            elsewhere.close()
    assert {name for _, name in first} > {"VS.csv", "odm.xml", "manifest.json"}
