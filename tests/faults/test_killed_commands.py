"""Imports and exports that are killed: nothing half there, and once more is enough."""

import hashlib
import json
import os
import signal
import time

import orjson
import pytest
from sqlalchemy import create_engine, text

from tests.installation import Installation

pytestmark = pytest.mark.faults

ROWS = 12
DEFINITION = """<Study OID="KILLED"><GlobalVariables><StudyName>Killed</StudyName>
<StudyDescription>d</StudyDescription><ProtocolName>K</ProtocolName></GlobalVariables>
<MetaDataVersion OID="1" Name="One"><Protocol><StudyEventRef StudyEventOID="SE" Mandatory="Yes"/></Protocol>
<StudyEventDef OID="SE" Name="Visit" Repeating="No" Type="Scheduled"><FormRef FormOID="F" Mandatory="Yes"/></StudyEventDef>
<FormDef OID="F" Name="Form" Repeating="No"><ItemGroupRef ItemGroupOID="G" Mandatory="Yes"/></FormDef>
<ItemGroupDef OID="G" Name="G" Repeating="Yes"><ItemRef ItemOID="T" Mandatory="Yes"/><ItemRef ItemOID="N" Mandatory="Yes"/>
</ItemGroupDef><ItemDef OID="T" Name="T" DataType="text" Length="20"/><ItemDef OID="N" Name="N" DataType="integer" Length="5"/>
</MetaDataVersion></Study>"""


def subject(key):
    rows = "".join(
        f'<ItemGroupData ItemGroupOID="G" ItemGroupRepeatKey="{n}"><ItemData ItemOID="T" Value="row {n}"/>'
        f'<ItemData ItemOID="N" Value="{"x" if n == 3 else n}"/></ItemGroupData>'
        for n in range(1, ROWS + 1)
    )
    return (
        f'<SubjectData SubjectKey="{key}"><SiteRef LocationOID="KR-01"/><StudyEventData StudyEventOID="SE">'
        f'<FormData FormOID="F">{rows}</FormData></StudyEventData></SubjectData>'
    )


def odm(path, keys, *, definition=False):
    data = "".join(map(subject, keys))
    path.write_text(
        '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" FileType="Snapshot" FileOID="F" ODMVersion="1.3.2"'
        f' CreationDateTime="2026-01-01T00:00:00Z">{DEFINITION if definition else ""}'
        f'<ClinicalData StudyOID="KILLED" MetaDataVersionOID="1">{data}</ClinicalData></ODM>'
    )
    return path


@pytest.fixture
def installed(database_url, tmp_path, forked_edc):
    installation = Installation(tmp_path, database_url, program=forked_edc.program)
    installation.edc("init")
    return installation


@pytest.fixture
def beside(tmp_path, forked_edc):
    """Another installation, in which nothing is killed."""
    folder = tmp_path / "beside"
    folder.mkdir()
    installation = Installation(folder, f"sqlite:///{folder}/edc.db", program=forked_edc.program)
    installation.edc("init")
    return installation


def ask(installation, statement):
    engine = create_engine(installation.database_url)
    with engine.connect() as connection:
        found = connection.execute(text(statement)).all()
    engine.dispose()
    return found


def subjects(installation):
    return [key for (key,) in ask(installation, "SELECT subject_key FROM subject ORDER BY subject_key")]


def kill_when(installation, condition, *arguments):
    """Start a command and end it, as a power cut does, as soon as something is true of it."""
    running = installation.begin(*arguments)
    deadline = time.monotonic() + 60
    while not condition():
        assert running.poll() is None, f"it ended before: {running.communicate()}"
        assert time.monotonic() < deadline, "it did not come so far"
        time.sleep(0.005)
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    assert running.returncode == -signal.SIGKILL


def content(installation):
    """Every subject's entries, without what names this run: ids, salts, times."""
    rows = ask(
        installation,
        """SELECT s.subject_key, e.kind, e.path, e.payload, e.op FROM ledger_entry e JOIN subject s
           ON s.study_id = e.study_id AND s.subject_id = e.chain ORDER BY s.subject_key, e.n""",
    )
    found = []
    for key, kind, path, payload, op in rows:
        held = orjson.loads(payload)
        found.append((key, kind, path, op, {k: v for k, v in held.items() if k not in UNLIKE}))
    return found


UNLIKE = {"salt", "query_id", "subject_id", "site_id", "fingerprint"}


def test_killed_import_goes_on_where_it_stopped_and_ends_like_one_that_was_not(installed, beside, tmp_path):
    first = odm(tmp_path / "first.xml", ["S-000"], definition=True)
    keys = [f"S-{n:03}" for n in range(1, 26)]
    more = odm(tmp_path / "more.xml", keys)
    for each in (installed, beside):
        assert each.json("study", "import", first, "--with-data")["subjects"] == 1
    kill_when(installed, lambda: len(subjects(installed)) >= 5, "study", "import", more, "--with-data")
    half = subjects(installed)
    assert 5 <= len(half) < 26
    installed.verified()

    report = installed.json("study", "import", more, "--with-data")
    assert report == beside.json("study", "import", more, "--with-data")
    assert report["subjects"] == 25
    assert subjects(installed) == ["S-000", *keys]
    assert content(installed) == content(beside)
    installed.verified()


def test_killed_import_into_an_empty_study_leaves_no_subject(installed, tmp_path):
    first = odm(tmp_path / "first.xml", [], definition=True)
    installed.edc("study", "import", first)
    keys = [f"S-{n:03}" for n in range(25)]
    data = odm(tmp_path / "data.xml", keys)
    started = "SELECT count(*) FROM ledger_entry WHERE kind = 'import.start'"
    kill_when(installed, lambda: ask(installed, started)[0][0], "study", "import", data, "--with-data")
    assert subjects(installed) == []
    installed.verified()
    assert installed.json("study", "import", data, "--with-data")["subjects"] == 25
    assert subjects(installed) == keys
    installed.verified()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_killed_export_leaves_nothing_that_looks_like_one(installed, tmp_path):
    data = odm(tmp_path / "data.xml", [f"S-{n:03}" for n in range(60)], definition=True)
    installed.edc("study", "import", data, "--with-data")
    out = tmp_path / "out"
    command = ("export", "KILLED", "--format", "csv", "--out", out, "--unlocked")
    kill_when(installed, lambda: any(out.glob(".partial-*/*")), *command)
    assert [path.name for path in out.iterdir() if not path.name.startswith(".partial-")] == []

    manifest = installed.json(*command)
    assert json.loads((out / "manifest.json").read_text()) == manifest
    assert manifest["counts"]["subjects"] == 60
    assert {path.name for path in out.iterdir()} == {*manifest["files"], "manifest.json"}
    for name, facts in manifest["files"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == facts["sha256"]
    installed.verified()
