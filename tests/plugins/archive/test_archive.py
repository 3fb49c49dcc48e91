"""REQ-BAK-03, REQ-AUD-08: all of a study leaves in open formats, and lives on in an empty installation, entry by entry."""

import hashlib
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from edc_core_archive.package import Package
from sqlalchemy import select

from edc_core.domain.permission import Role
from edc_core.errors import AlreadyExists, BadRequest, ExportRefused, NotAllowed
from edc_core.ledger import anchor_key, cut
from edc_core.services import restoring, users
from edc_core.services.export_list import exports_of
from edc_core.services.reading import casebook_of, look_at
from edc_core.services.verifying import verify
from edc_core.store import accounts, listing_queries, readers
from edc_core.store.ledger_tables import access_log
from edc_core.web.app import create_app
from tests.plugins.archive.conftest import (
    CLI,
    LEFT,
    NAMES,
    PDF,
    WHY,
    archive,
    entries_of,
    in_installation,
    lines,
    restore,
)

PASSWORD = "correct horse battery"
on_sqlite = pytest.mark.parametrize("addresses", ["sqlite to sqlite"], indirect=True)
#: What stays with the installation that a study leaves: its accounts and roles, its anchors.
OF_THE_INSTALLATION = {
    "manifest.json", "trail/manifest.json", "trail/installation.csv", "trail/installation.jsonl",
    "trail/pdf/installation.pdf", "trail/anchors.jsonl", "trail/states.jsonl",
}  # fmt: skip


def held(folder):
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()
    }


def test_a_study_lives_on_elsewhere_entry_by_entry(core, elsewhere, trial, out, tmp_path):
    manifest = json.loads((out / "manifest.json").read_text())
    done = restore(elsewhere, out)
    there = entries_of(elsewhere, trial.study_id)
    here = entries_of(core, trial.study_id)
    assert there == {place: here[place] for place in there}
    assert set(here) - set(there) == {("@study", n) for chain, n in set(here) - set(there)}, (
        "the archive's own"
    )
    assert (done.study, done.cut, done.entries) == (str(study(core, trial)), manifest["cut"], len(there))
    report = verify(elsewhere, rebuild=True)
    assert (report.problems, report.redacted) == ([], verify(core).redacted)
    assert report.redacted > 0
    assert {row["hash"][:5] for row in there.values()} == {"edc1:", "edc2:"}
    again = tmp_path / "again"
    archive(elsewhere, trial.study_id, again, snapshot=manifest["cut"])
    first, second = held(out), held(again)
    assert first.keys() == second.keys()
    assert {name for name in first if first[name] != second[name]} == OF_THE_INSTALLATION


def study(core, trial):
    with core.read() as source:
        return readers.study_by_id(source.connection, trial.study_id)


def test_what_was_then_is_there_as_it_was(core, elsewhere, trial, out):
    """Casebooks now and as of each entry, named states, files."""
    restore(elsewhere, out)
    with core.read() as one, elsewhere.read() as other:
        for key in ("S-001", "S/2 Ä"):
            subject = readers.subject_by_key(one.connection, trial.study_id, key)
            moments = sorted({entry["at"] for entry in trial.entries(key)})
            for at in ("", *moments):
                before = casebook_of(one, subject, as_of=at)
                assert casebook_of(other, subject, as_of=at) == before
        interim = cut.find(one.connection, trial.study_id, "Interim")
        assert cut.find(other.connection, trial.study_id, "Interim") == interim
    for content in (PDF, LEFT):
        sha256 = next(
            entry["payload"]["sha256"]
            for entry in trial.entries("S-001")
            if entry["kind"] == "file.add" and entry["payload"]["bytes"] == str(len(content))
        )
        with elsewhere.files.open(sha256) as file:
            assert file.read() == content


@on_sqlite
def test_people_are_known_by_name_and_come_in_when_they_are_invited(elsewhere, trial, out, clock):
    done = restore(elsewhere, out)
    assert done.people == 2
    with elsewhere.read() as source:
        names = listing_queries.full_names(source.connection, set(NAMES))
        assert names == {login: name for login, name in NAMES.items() if login != "bob"}
        known = accounts.by_login(source.connection, "pi.lee")
        assert (known.active, known.email) == (False, "")
        assert users.actor_of(source, "pi.lee", users.today(clock)).grants == ()
        assert accounts.credential_of(source.connection, known.user_id) is None


@on_sqlite
def test_pages_show_it_with_the_names_of_then(core, elsewhere, trial, out, clock):
    restore(elsewhere, out)
    for installation in (core, elsewhere):
        in_installation(installation, users.AddUser, users.add_user, login="new.dm", full_name="New Manager")
        in_installation(
            installation, users.AddGrant, users.add_grant, login="new.dm", role=Role.DM,
            granted_study_id=trial.study_id,
        )  # fmt: skip
        with installation.write(CLI) as uow:
            users.set_password(uow, "new.dm", PASSWORD)
    clock.advance(minutes=5)
    study, then = "/s/TRIAL-1@live", trial.entries("S-001")[8]["at"]
    pages = (
        "/subjects?q=S-00",
        "/subjects/S-001",
        "/subjects/S-001/history",
        f"/subjects/S-001/then?on={then}",
    )
    shown = []
    for installation in (core, elsewhere):
        app = create_app(installation)
        app.config.update(WTF_CSRF_ENABLED=False)
        client = app.test_client()
        assert client.post("/login", data={"login": "new.dm", "password": PASSWORD}).status_code == 303
        shown.append([client.get(study + page) for page in pages])
    assert [[page.status_code for page in found] for found in shown] == [[200] * len(pages)] * 2
    before, after = ([_without_tokens(page.text) for page in found] for found in shown)
    for one, other in zip(after, before, strict=True):
        assert one.splitlines() == other.splitlines()
    assert "Kim Coordinator" in after[2]


def _without_tokens(page):
    """The content of a page without what is drawn by lot for each session and each form."""
    content = page[page.index("<main") : page.index("</main>")]
    return re.sub(r'name="(csrf_token|op)" value="[^"]*"', "", content)


def test_it_goes_on_where_it_was(elsewhere, trial, out):
    restore(elsewhere, out)
    trial.core = elsewhere
    trial.save("S-001", {"VS.NOTE": "later"}, reason=WHY)
    assert verify(elsewhere, rebuild=True).problems == []


def test_a_restore_that_breaks_off_leaves_nothing_and_is_begun_again(elsewhere, trial, out):
    def stop(done, total):
        if total:  # entries are being written
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restoring.restore(elsewhere, CLI, Package(out), tell=stop)
    assert entries_of(elsewhere, trial.study_id) == {}
    assert restore(elsewhere, out).study == "TRIAL-1@live"
    assert verify(elsewhere, rebuild=True).problems == []


@on_sqlite
def test_a_second_archive_of_what_was_restored_brings_the_people_on(core, elsewhere, trial, out, tmp_path):
    restore(elsewhere, out)
    again = tmp_path / "again"
    archive(elsewhere, trial.study_id, again)
    people = [
        json.loads(line["payload"])["login"]
        for line in lines(again, "trail/installation.jsonl")
        if "payload" in line
    ]
    assert sorted(people) == ["crc.kim", "pi.lee"]


@on_sqlite
def test_the_same_state_gives_the_same_bytes(core, trial, out, tmp_path):
    archive(core, trial.study_id, tmp_path / "again")
    assert held(tmp_path / "again") == held(out)


@on_sqlite
def test_it_has_what_no_export_has(core, trial, out):
    """What is blinded, candidates for queries, what was removed, files that became no value; nothing of another study."""
    table = (out / "data/csv/audit.csv").read_text()
    assert "marked as blinded" in table
    assert "Asked: False" in (out / "data/csv/queries.csv").read_text()
    assert [row for row in table.splitlines() if "DM.SEX" in row and ",F," in row], (
        "of the form that was removed"
    )
    assert not [line for line in lines(out, "trail/trail.jsonl") if "payload" not in line]
    contents = held(out)
    assert {PDF, LEFT} <= set(contents.values())
    assert [name for name, said in contents.items() if b"SECRET-9" in said or b"Bob of" in said] == []
    named = re.findall(
        r'href="(definition/[^"]+\.json)">.*?<code>(\w{64})</code>', contents["index.html"].decode()
    )
    assert named
    for name, digest in named:
        assert hashlib.sha256(contents[unquote(name)]).hexdigest() == digest
    assert "DM.SEX" in contents["definition/code-lists.csv"].decode()


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.tags = [], set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.found += [value for name, value in attrs if name in ("href", "src")]


@on_sqlite
def test_it_opens_by_itself(out):
    links = Links()
    links.feed((out / "index.html").read_text("utf-8"))
    assert not links.tags & {"script", "img", "iframe", "form", "link"}
    assert len(links.found) > 8
    for link in links.found:
        assert (out / unquote(link)).is_file(), link


@on_sqlite
def test_its_trail_is_checked_without_this_software(core, out):
    public = anchor_key.read(core.settings.anchor_key_file).public
    command = [sys.executable, "-I", "-S", str(out / "trail/verify_trail.py"), "--key", public]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "CLEAN." in done.stdout) == (0, True), done.stdout
    assert "1 of 1 signatures come with what exactly was signed" in done.stdout


@on_sqlite
def test_it_is_for_who_runs_the_installation(core, trial, tmp_path):
    for person in (trial.dm, trial.spo, trial.person(Role.AUD, "aud.seo"), trial.pi):
        with pytest.raises(NotAllowed):
            archive(core, trial.study_id, tmp_path / "out", by=person)
    with pytest.raises(ExportRefused, match="edc archive"):
        archive(core, trial.study_id, tmp_path / "out", unlocked=False)
    assert not (tmp_path / "out").exists()
    archive(core, trial.study_id, tmp_path / "out", by=trial.person(Role.ADM, "adm.host"))
    with core.read() as source:
        rows = source.connection.execute(select(access_log.c.login, access_log.c.detail)).all()
        assert [login for login, detail in rows if "archive" in detail] == ["adm.host"], "saw what is blinded"
    with core.read() as source:
        picture = look_at(source, trial.dm, readers.study_by_id(source.connection, trial.study_id))
        assert "archive" not in {one.name for one in exports_of(picture, core).formats}


@on_sqlite
def test_a_study_that_is_there_is_not_restored(core, elsewhere, trial, out):
    with pytest.raises(AlreadyExists, match="TRIAL-1@live is in this installation already"):
        restore(core, out)
    restore(elsewhere, out)
    before = entries_of(elsewhere, trial.study_id)
    with pytest.raises(AlreadyExists):
        restore(elsewhere, out)
    assert entries_of(elsewhere, trial.study_id) == before


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"format": "csv"}'])
def test_a_folder_that_is_no_archive_is_none(tmp_path, manifest):
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(BadRequest, match="holds no archive"):
        Package(tmp_path)
