"""Files at items leave with the data that name them: which, under what name, and what is said when one is lost."""

import csv
import hashlib
import io
import re
import shutil
import tracemalloc
import zipfile

import pytest
from lxml import etree

from edc_core.cli import main
from edc_core.core import Core
from edc_core.definitions.loader import load
from edc_core.domain.commands import AddFile
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.file_value import FileRules, FileValue
from edc_core.domain.permission import Actor
from edc_core.domain.protection import ProtectAction
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import adding_files, export_jobs, exporting, importing, protecting
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import file_entries
from edc_core.testing import SOME_REASON, Trial

STUDY = """
oid: DEMO
version: {oid: v1}
sites: [{number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul}]
events: [{oid: SCR, forms: [LB, EG]}]
forms:
  - {oid: LB, items: [{name: SCAN, question: Report, file: {types: [text], max_mb: 30}}, {name: NOTE, question: Note}]}
  - {oid: EG, items: [{name: TRACE, question: Tracing, file: {types: [text]}}]}
"""
RULES = FileRules(("text",), 30)


@pytest.fixture
def core(core_url, clock, tmp_path):
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "held"), EdcPlugins(), clock)
    yield core
    core.close()


@pytest.fixture
def trial(core, tmp_path):
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    made = Trial(core, load(tmp_path / "study.yaml").required(), environment="dev")
    for key in ("S-001", "S-002"):
        made.add_subject(key)
    return made


def give(trial, subject, item, text, name="report.txt", **reason):
    path = trial.path(item)
    data = text if isinstance(text, bytes) else text.encode()
    taken = trial.core.files.take(io.BytesIO(data), RULES, name, len(data))
    fields = {"subject_key": subject, "form": path.form_path, "path": path, "file": taken.file}
    trial.act(trial.crc, adding_files.add_file, AddFile, file_type=taken.kind, op=new_id(), **fields)
    trial.save(subject, {item: str(taken.file)}, **reason)
    return taken.file


def lock(trial, subject, path):
    trial.act(
        trial.dm, protecting.protect, protecting.Protect,
        subject_key=subject, path=path, action=ProtectAction.LOCK, reason=SOME_REASON,
    )  # fmt: skip


def export(trial, out, name="csv", **options):
    command = exporting.RequestExport(
        study_id=trial.study_id, op=new_id(), choice=ExportChoice(name, **options)
    )
    return exporting.export(trial.core, trial.dm, command, out).manifest


def carried(folder):
    return {file.name: file.read_bytes() for file in folder.glob("files/*")}


def everything(folder):
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def place(trial, file):
    return trial.core.settings.files_dir / file.sha256[:2] / file.sha256


@pytest.mark.parametrize("name", ["csv", "odm-1.3.2", "odm-2.0"])
def test_a_file_leaves_with_the_data_in_every_format_and_again_with_the_same_bytes(trial, tmp_path, name):
    file = give(trial, "S-001", "LB.SCAN", "seen")
    manifest = export(trial, tmp_path / "one", name, unlocked=True)
    assert carried(tmp_path / "one") == {f"{sha256('seen')}.txt": b"seen"}
    assert manifest["files"][file.exported_as] == {"bytes": 4, "sha256": sha256("seen")}
    assert manifest["missing_files"] == []
    export(trial, tmp_path / "two", name, unlocked=True, snapshot=manifest["cut"])
    assert everything(tmp_path / "one") == everything(tmp_path / "two")


def test_the_data_say_which_file_is_meant(trial, tmp_path):
    file = give(trial, "S-001", "LB.SCAN", "seen", "my report.txt")
    export(trial, tmp_path, unlocked=True)
    (row,) = csv.DictReader(io.StringIO((tmp_path / "LB.csv").read_text(encoding="utf-8"), newline=""))
    assert (row["SCAN"], row["SCAN__FILE"]) == ("my report.txt", file.exported_as)
    assert (tmp_path / row["SCAN__FILE"]).read_text() == "seen"
    export(trial, tmp_path / "odm", "odm-1.3.2", unlocked=True)
    (data,) = etree.parse(str(tmp_path / "odm/odm.xml")).findall(".//{*}ItemData[@ItemOID='LB.SCAN']")
    assert (tmp_path / "odm" / FileValue.parse(data.get("Value")).exported_as).read_text() == "seen"


def test_a_file_is_in_scope_as_its_item_is(trial, tmp_path):
    give(trial, "S-001", "LB.SCAN", "locked")
    give(trial, "S-001", "EG.TRACE", "form not locked")
    give(trial, "S-002", "LB.SCAN", "subject not locked")
    trial.complete("S-001", "LB")
    lock(trial, "S-001", trial.form("LB"))
    export(trial, tmp_path / "locked")
    assert set(carried(tmp_path / "locked").values()) == {b"locked"}
    export(trial, tmp_path / "all", unlocked=True)
    assert len(carried(tmp_path / "all")) == 3


def test_a_file_that_was_given_and_never_saved_does_not_leave(trial, tmp_path):
    trial.save("S-001", {"LB.NOTE": "begun"})
    path = trial.path("LB.SCAN")
    taken = trial.core.files.take(io.BytesIO(b"no"), RULES, "no.txt", 2)
    trial.act(
        trial.crc, adding_files.add_file, AddFile,
        subject_key="S-001", form=path.form_path, path=path, file=taken.file, file_type=taken.kind, op=new_id(),
    )  # fmt: skip
    export(trial, tmp_path, unlocked=True)
    assert carried(tmp_path) == {}


def test_a_file_that_was_replaced_is_part_of_the_history(trial, tmp_path):
    give(trial, "S-001", "LB.SCAN", "first")
    give(trial, "S-001", "LB.SCAN", "second", reason=SOME_REASON)
    export(trial, tmp_path, unlocked=True)
    assert set(carried(tmp_path).values()) == {b"first", b"second"}


def test_a_cut_has_the_files_of_its_time(trial, tmp_path):
    give(trial, "S-001", "LB.SCAN", "first")
    before = export(trial, tmp_path / "one", unlocked=True)["cut"]
    give(trial, "S-002", "LB.SCAN", "second")
    export(trial, tmp_path / "two", unlocked=True, snapshot=before)
    assert set(carried(tmp_path / "two").values()) == {b"first"}


def test_the_same_bytes_under_two_names_are_one_file(trial, tmp_path):
    give(trial, "S-001", "LB.SCAN", "seen", "a.txt")
    give(trial, "S-002", "LB.SCAN", "seen", "b.csv")
    export(trial, tmp_path, unlocked=True)
    assert carried(tmp_path) == {f"{sha256('seen')}.txt": b"seen"}


def test_a_lost_and_a_changed_file_are_named_and_the_rest_leaves(trial, tmp_path):
    lost, changed = give(trial, "S-001", "LB.SCAN", "lost"), give(trial, "S-002", "LB.SCAN", "changed")
    give(trial, "S-001", "EG.TRACE", "there")
    place(trial, lost).unlink()
    place(trial, changed).chmod(0o600)
    place(trial, changed).write_bytes(b"CHANGED")
    manifest = export(trial, tmp_path, unlocked=True)
    assert {(m["file"], m["bytes"], m["problem"]) for m in manifest["missing_files"]} == {
        (lost.exported_as, 4, "missing"),
        (changed.exported_as, 7, "changed"),
    }
    assert set(carried(tmp_path).values()) == {b"there"}
    assert [name for name in manifest["files"] if name.startswith("files/")] == [
        f"files/{sha256('there')}.txt"
    ]


def test_the_command_line_ends_with_findings_when_a_file_is_lost(trial, tmp_path, monkeypatch, capsys):
    settings = trial.core.settings
    monkeypatch.setenv("EDC_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("EDC_FILES_DIR", str(settings.files_dir))

    def run(out):
        with pytest.raises(SystemExit) as ended:
            main(["export", "DEMO", "--format", "csv", "--unlocked", "--out", str(tmp_path / out)])
        return ended.value.code, capsys.readouterr().err

    file = give(trial, "S-001", "LB.SCAN", "lost")
    assert run("one") == (0, "")
    place(trial, file).unlink()
    code, said = run("two")
    assert code == 1
    assert f"{file.exported_as} is missing in the folder of files" in said


def test_an_archive_of_an_export_holds_its_files(trial, tmp_path):
    file = give(trial, "S-001", "LB.SCAN", "seen")
    export(trial, tmp_path / "out", unlocked=True)
    with zipfile.ZipFile(export_jobs.pack(tmp_path / "out", tmp_path / "out.zip")) as archive:
        assert archive.read(file.exported_as) == b"seen"


def test_a_large_file_passes_piece_by_piece(trial, tmp_path):
    give(trial, "S-001", "LB.SCAN", b"x" * 25_000_000)
    tracemalloc.start()
    export(trial, tmp_path, unlocked=True)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8_000_000


def test_a_study_without_file_items_says_that_none_is_missing(core, tmp_path):
    (tmp_path / "study.yaml").write_text(re.sub(r", file: {.*?}", "", STUDY), encoding="utf-8")
    trial = Trial(core, load(tmp_path / "study.yaml").required())
    trial.add_subject("S-001")
    trial.save("S-001", {"LB.SCAN": f"{'ab' * 32}/4/looks-like-one.txt"})
    manifest = export(trial, tmp_path / "out", unlocked=True)
    assert manifest["missing_files"] == []
    assert not (tmp_path / "out/files").exists()


def bring_in(trial, *files):
    actor = Actor("cli:test", trusted=True)
    staged = importing.stage(trial.core, files)
    return importing.run(trial.core, actor, staged, environment="uat")


@pytest.mark.parametrize("name", ["odm-1.3.2", "odm-2.0"])
def test_an_import_takes_the_files_that_an_export_put_beside(trial, tmp_path, name):
    file = give(trial, "S-001", "LB.SCAN", "first")
    give(trial, "S-001", "LB.SCAN", "second", reason=SOME_REASON)
    export(trial, tmp_path / "out", name, unlocked=True)
    shutil.rmtree(trial.core.settings.files_dir)
    report = bring_in(trial, tmp_path / "out/odm.xml")
    assert report.problems == []
    assert place(trial, file).read_text() == "first"
    with trial.core.engine.connect() as connection:
        known = [entry for entry in file_entries.every(connection, None) if entry.study_id != trial.study_id]
    assert [entry.file.sha256 for entry in known] == [sha256("first"), sha256("second")]
    assert verify(trial.core, rebuild=True).problems == []


def test_an_import_says_which_files_did_not_come(trial, tmp_path):
    lost, other = give(trial, "S-001", "LB.SCAN", "lost"), give(trial, "S-002", "LB.SCAN", "other")
    export(trial, tmp_path / "out", "odm-1.3.2", unlocked=True)
    (tmp_path / "out" / lost.exported_as).unlink()
    (tmp_path / "out" / other.exported_as).write_text("OTHER")
    report = bring_in(trial, tmp_path / "out/odm.xml")
    assert [(p.code, p.line > 0) for p in report.problems] == [("EDC104", True)] * 2
    assert f"it does not lie beside the data as '{lost.exported_as}'" in report.problems[0].text
    assert "its bytes are not those that the value names" in report.problems[1].text
    assert report.item_values == 2  # the values are in all the same
