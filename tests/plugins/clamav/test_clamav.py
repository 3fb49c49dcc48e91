"""Files are looked through after they were given; what a scanner says stands in the ledger and beside the file."""

import hashlib
import io
import tempfile
from pathlib import Path

import pytest
from edc_core_clamav.clamd import Clamd, NoAnswer, Verdict

from edc_core.api import FILE_SCAN
from edc_core.core import Core
from edc_core.domain.permission import Actor
from edc_core.errors import NotAllowed
from edc_core.jobs.worker import Worker
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services.study_access import CoreStudyAccess
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import readers
from edc_core.web.app import create_app
from tests.plugins.clamav.clamd import LIMIT, VIRUS, clamd_at
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
        of_plugins={"EDC_CLAMAV_SOCKET": str(socket)},
    )
    source = PluginSource("clamav", "edc_core_clamav.plugin", "edc-core-clamav", "0.1.0")
    core = Core(settings, EdcPlugins([source]))
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
    assert asked == [b"zINSTREAM", b"zVERSION"], "a file is looked through once"
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
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
    access = CoreStudyAccess(core, Actor("jiwoo@site.example"), study, "any")
    with pytest.raises(NotAllowed):
        next(access.unscanned_files())


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
