"""Files are looked through after they were given; what a scanner says stands in the ledger and beside the file."""

import hashlib
import io
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from edc_core_clamav.clamd import Clamd, NoAnswer, Verdict
from edc_core_clamav.looking import AGAIN_S, OVERLAP, ROUND, LookingThrough

from edc_core.api import FILE_SCAN, JobRequest
from edc_core.cli import main
from edc_core.core import Core
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.permission import Actor
from edc_core.errors import NotAllowed
from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import exporting
from edc_core.services.study_access import CoreStudyAccess
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import readers
from edc_core.web.app import create_app
from tests.plugins.clamav.clamd import LATER_VIRUS, LIMIT, NEWER, VIRUS, clamd_at
from tests.web import long_form
from tests.web.trial import CLI, PASSWORD, STUDY, SUBJECT, fill

ITEM = f"/s/{STUDY}/subjects/{SUBJECT}/files/V2[1]/TYPES[1]/TYPES.TYPES[1]/TYPES.ECG"
PDF = b"%PDF-1.7\n" + b"0" * 2000
BAD = PDF + VIRUS
LARGE = PDF + b"0" * LIMIT
BY = "ClamAV 1.4.3/27512"


@pytest.fixture
def socket():
    with tempfile.TemporaryDirectory() as folder:  # a socket's path is short
        yield Path(folder) / "clamd"


@pytest.fixture
def core(tmp_path, core_url, socket):
    settings = Settings(
        database_url=core_url,
        files_dir=tmp_path / "files",
        exports_dir=tmp_path / "exports",
        of_plugins={"EDC_CLAMAV_SOCKET": str(socket)},
    )
    sources = [
        PluginSource(name, f"edc_core_{name}.plugin", f"edc-core-{name}", "0.1.0")
        for name in ("clamav", "tabular", "exports")
    ]
    core = Core(settings, EdcPlugins(sources))
    fill(core, long_form.definition())
    yield core
    core.close()


def signed_in(core, login):
    app = create_app(core)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    assert client.post("/login", data={"login": login, "password": PASSWORD}).status_code == 303
    return client


@pytest.fixture
def site(core):
    return signed_in(core, "jiwoo@site.example")


def give(site, data, n):
    """Send a file and save the item with it; its hash."""
    said = {"op": f"op-file-000{n}", "name": "ecg.pdf", "version": "v1"}
    got = site.post(ITEM, query_string=said, data=data, content_type="application/octet-stream")
    saved = {"op": f"op-item-000{n}", "value": got.json["value"], "base": n, "version": "v1"}
    assert site.post(ITEM.replace("/files/", "/items/"), data=saved).status_code == 200
    return hashlib.sha256(data).hexdigest()


def page(site):
    return site.get(f"/s/{STUDY}/subjects/{SUBJECT}/V2/TYPES").text


def got(site, sha256, **more):
    with site.get(ITEM, query_string={"sha256": sha256} | more) as answer:
        return answer.status_code, answer.data


def access(core, name="system:clamav", *, trusted=True):
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
    return CoreStudyAccess(core, Actor(name, trusted=trusted), study, "clamav")


def export(core, out, **options):
    command = exporting.RequestExport(
        study_id=access(core).study_id, op=new_id(), choice=ExportChoice("csv", unlocked=True, **options)
    )
    return exporting.export(core, CLI, command, out).manifest


def look(looking, core, socket):
    """One turn of a worker's standing work: how many files clamd judged."""
    asked = JobRequest(access(core), {"SOCKET": str(socket)}, lambda done, total: None)
    return looking.look(asked)["files"]


def scans(core):
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
    notes = CoreStudyAccess(core, CLI, study, "any").notes(FILE_SCAN)
    return {note.name: (note.actor, note.content) for note in notes}


def test_a_file_is_not_looked_through_until_the_worker_has_and_then_says_by_what(core, site, socket):
    sha256 = give(site, PDF, 0)
    assert "Not looked through for viruses." in page(site)
    assert got(site, sha256)[0] == 200
    with clamd_at(socket) as asked:
        Worker(core).run(once=True)
        Worker(core).run(once=True)
    assert asked == [b"zVERSION", b"zINSTREAM", b"zVERSION"], "a file is looked through once"
    assert f"No virus found ({BY}; " in page(site)
    assert got(site, sha256) == (200, PDF)
    assert scans(core) == {sha256: ("system:clamav", {"state": "clean", "by": BY, "found": ""})}
    assert verify(core, rebuild=True).ok


def test_a_file_with_a_virus_is_handed_out_to_nobody_and_a_clean_one_takes_its_place(core, site, socket):
    sha256 = give(site, BAD, 0)
    with clamd_at(socket):
        Worker(core).run(once=True)
    assert "A virus was found, so nobody can open this file. Please send a clean one" in page(site)
    assert "Test.Virus-1" in page(site)
    for more in ({}, {"preview": "small"}, {"preview": "large"}):
        status, said = got(site, sha256, **more)
        assert status == 409
        assert (
            b"A virus was found in this file (Test.Virus-1; ClamAV 1.4.3/27512), so it is not handed out"
            in said
        )
        assert VIRUS not in said
    history = signed_in(core, "dana@sponsor.example").get(f"/s/{STUDY}/history").text
    assert f"Looked through the file {sha256}: infected Test.Virus-1 ({BY})." in history
    clean = give(site, PDF, 1)
    assert got(site, clean)[0] == 200
    assert got(site, sha256)[0] == 409, "it stays in the history"


def test_what_the_scanner_cannot_judge_says_so_and_is_handed_out(core, site, socket):
    sha256 = give(site, LARGE, 0)
    with clamd_at(socket):
        Worker(core).run(once=True)
    assert "Could not be looked through for viruses (INSTREAM size limit exceeded" in page(site)
    assert got(site, sha256)[0] == 200


def test_while_clamd_does_not_run_files_wait_and_are_looked_through_later(core, site, socket, caplog):
    give(site, PDF, 0)
    Worker(core).run(once=True)
    assert "does not answer" in caplog.text
    assert "EDC_CLAMAV_SOCKET" in caplog.text
    assert "Not looked through for viruses." in page(site)
    assert scans(core) == {}
    with clamd_at(socket):
        Worker(core).run(once=True)
    assert "No virus found" in page(site)


def test_nobody_but_a_standing_job_reads_files_of_all_subjects(core, site):
    give(site, PDF, 0)
    with pytest.raises(NotAllowed):
        access(core, "jiwoo@site.example", trusted=False).files_since("")


def test_what_was_given_and_said_from_an_instant_on_is_read_and_nothing_older(core, site, socket):
    first = give(site, PDF, 0)
    with access(core).files_since("").open(first) as stream:
        assert stream.read() == PDF
    with clamd_at(socket):
        look(LookingThrough(), core, socket)
    between = access(core).now
    second = give(site, LARGE, 1)
    everything, later = access(core).files_since(""), access(core).files_since(between)
    assert everything.files.keys() == {first, second}
    assert everything.scans.keys() == {first}
    assert later.files.keys() == {second}
    assert later.scans == {}


class Reading:
    """A study as a standing job has it, which notes from when on it is read."""

    def __init__(self, study):
        self._study, self.asked = study, []

    def __getattr__(self, name):
        return getattr(self._study, name)

    def files_since(self, at):
        self.asked.append(at)
        return self._study.files_since(at)


def test_a_worker_reads_all_once_and_then_goes_on_a_little_before_where_it_stopped(core, site, socket):
    give(site, PDF, 0)
    study, looking = Reading(access(core)), LookingThrough()
    asked = JobRequest(study, {"SOCKET": str(socket)}, lambda done, total: None)
    with clamd_at(socket):
        before = datetime.fromisoformat(study.now)
        assert looking.look(asked)["files"] == 1
        give(site, PDF + b"new", 1)
        assert looking.look(asked)["files"] == 1
    first, second = study.asked
    assert first == ""
    assert timedelta() <= datetime.fromisoformat(second) - (before - OVERLAP) < timedelta(minutes=1)


def test_a_file_comes_again_with_newer_signatures_and_is_no_longer_handed_out_when_they_know_it(
    core, site, socket
):
    clean, bad = give(site, PDF, 0), give(site, PDF + LATER_VIRUS, 1)
    looking = LookingThrough()
    with clamd_at(socket):
        assert look(looking, core, socket) == 2
    assert got(site, bad)[0] == 200
    with clamd_at(socket, signatures=NEWER):
        assert look(looking, core, socket) == 2
        assert look(looking, core, socket) == 0
    assert got(site, bad)[0] == 409
    assert got(site, clean)[0] == 200
    assert scans(core)[bad][1]["found"] == "Test.Virus-2"
    assert scans(core)[clean][1]["by"] == BY, "its note would say nothing new"
    (round_,) = access(core).notes(ROUND)
    assert round_.content == {"by": f"ClamAV 1.4.3/{NEWER}", "files": 1}
    assert round_.name == f"1 file looked through again, nothing new (ClamAV 1.4.3/{NEWER})"
    assert verify(core, rebuild=True).ok


def test_another_worker_knows_from_the_ledger_what_was_looked_through_again(core, site, socket):
    give(site, PDF, 0)
    with clamd_at(socket):
        look(LookingThrough(), core, socket)
    with clamd_at(socket, signatures=NEWER):
        assert look(LookingThrough(), core, socket) == 1
        assert look(LookingThrough(), core, socket) == 0
    assert len(access(core).notes(ROUND)) == 1


def test_a_file_that_could_not_be_judged_comes_again_after_an_hour_and_notes_only_what_is_new(
    core, site, socket
):
    sha256, seconds = give(site, LARGE, 0), [0.0]
    looking = LookingThrough(lambda: seconds[0])
    with clamd_at(socket):
        assert look(looking, core, socket) == 1
        seconds[0] += AGAIN_S - 1
        assert look(looking, core, socket) == 0
        seconds[0] += 1
        assert look(looking, core, socket) == 1
    with core.read() as source:
        notes = source.connection.exec_driver_sql(
            "select count(*) from ledger_entry where kind = 'note.add'"
        ).scalar()
    assert notes == 1, "it said the same again"
    with clamd_at(socket, limit=2 * LIMIT):
        assert look(LookingThrough(), core, socket) == 1, "a worker that begins tries it at once"
    assert scans(core)[sha256][1]["state"] == "clean"


def test_a_file_that_is_not_in_the_folder_stays_due_and_stops_no_other(core, site, socket):
    missing, there = give(site, PDF, 0), give(site, BAD, 1)
    place = core.settings.files_dir / missing[:2] / missing
    place.rename(place.with_suffix(".away"))
    looking = LookingThrough()
    with clamd_at(socket):
        assert look(looking, core, socket) == 1
        place.with_suffix(".away").rename(place)
        assert look(looking, core, socket) == 1
    assert {sha256: said["state"] for sha256, (_, said) in scans(core).items()} == {
        missing: "clean",
        there: "infected",
    }


def test_an_export_leaves_a_file_with_a_virus_out_and_says_so(core, site, socket, tmp_path):
    clean, large, bad = give(site, PDF, 0), give(site, LARGE, 1), give(site, BAD, 2)
    with clamd_at(socket):
        look(LookingThrough(), core, socket)
    new = give(site, PDF + b"new", 3)
    manifest = export(core, tmp_path / "one")
    assert {file.stem for file in (tmp_path / "one/files").iterdir()} == {clean, large, new}
    assert manifest["infected_files"] == [
        {"file": f"files/{bad}.pdf", "sha256": bad, "bytes": len(BAD), "found": "Test.Virus-1", "by": BY}
    ]
    assert manifest["left_out"]["files with a virus"] == 1
    assert manifest["unscanned_files"] == sorted([f"files/{large}.pdf", f"files/{new}.pdf"])
    assert manifest["missing_files"] == []
    assert f"files/{bad}.pdf" not in manifest["files"]


def test_the_same_cut_says_the_same_of_what_was_looked_through_later_and_leaves_out_what_was_found_later(
    core, site, socket, tmp_path
):
    clean = give(site, PDF, 0)
    before = export(core, tmp_path / "one")
    assert before["unscanned_files"] == [f"files/{clean}.pdf"]
    with clamd_at(socket):
        look(LookingThrough(), core, socket)
    assert export(core, tmp_path / "two", snapshot=before["cut"]) == before
    assert export(core, tmp_path / "three")["unscanned_files"] == []
    bad = give(site, PDF + LATER_VIRUS, 1)
    kept = export(core, tmp_path / "four")
    with clamd_at(socket, signatures=NEWER):
        look(LookingThrough(), core, socket)
    again = export(core, tmp_path / "five", snapshot=kept["cut"])
    assert not (tmp_path / f"five/files/{bad}.pdf").exists()
    assert [one["sha256"] for one in again["infected_files"]] == [bad]


@pytest.fixture
def one_bad_one_new(core, site, socket):
    """The SHA-256 of a file with a virus; another was not looked through."""
    bad = give(site, BAD, 0)
    with clamd_at(socket):
        look(LookingThrough(), core, socket)
    give(site, PDF, 1)
    return bad


def test_the_page_of_exports_says_what_was_left_out(core, one_bad_one_new):
    manager = signed_in(core, "dana@sponsor.example")
    asked = {"op": "op-export-0001", "format": "csv", "unlocked": "1"}
    assert manager.post(f"/s/{STUDY}/x/exports", data=asked).status_code == 303
    Worker(core).run(once=True)
    page = manager.get(f"/s/{STUDY}/x/exports").text
    assert "1 file with a virus was left out" in page
    assert "1 file was not looked through for viruses" in page


def test_the_command_line_says_what_was_left_out(core, one_bad_one_new, tmp_path, monkeypatch, capsys):
    bad, settings = one_bad_one_new, core.settings
    monkeypatch.setenv("EDC_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("EDC_FILES_DIR", str(settings.files_dir))
    with pytest.raises(SystemExit) as ended:
        main(["export", STUDY, "--format", "csv", "--unlocked", "--out", str(tmp_path / "out")])
    said = capsys.readouterr()
    assert ended.value.code == 0
    assert "left out: files with a virus: 1" in said.out
    assert "files that nobody has looked through for viruses: 1" in said.out
    assert f"files/{bad}.pdf was left out: it has the virus Test.Virus-1 ({BY})." in said.err


def test_clamd_is_asked_over_tcp_too_and_an_address_that_is_none_is_named(socket):
    for address in ("tcp://127.0.0.1:1", "tcp://127.0.0.1", str(socket)):
        with pytest.raises(NoAnswer, match="does not answer"):
            Clamd(address, seconds=2).scan(io.BytesIO(PDF))


@pytest.mark.parametrize(
    ("data", "verdict"), [(PDF, Verdict("clean")), (BAD, Verdict("infected", "Test.Virus-1"))]
)
def test_a_verdict_is_read_however_the_file_falls_into_pieces(socket, data, verdict):
    with clamd_at(socket):
        for pad in (0, 65_536 - len(data), 65_536 * 2 - len(data) + 5):
            assert Clamd(str(socket)).scan(io.BytesIO(b"x" * pad + data)) == verdict
