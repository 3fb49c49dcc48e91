"""A study that has what an archive has to carry, an installation that it lives in, and an empty one on the other database."""

import dataclasses
import hashlib
import io
import json
import shutil
from pathlib import Path

import pytest
from edc_core_archive.package import Package
from sqlalchemy import select

from edc_core.core import Core
from edc_core.domain import commands as c
from edc_core.domain import study_commands
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.file_value import FileRules
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.domain.permission import Actor, Role
from edc_core.domain.signature import Meaning
from edc_core.ids import new_id
from edc_core.ledger import anchor_key, hashing
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import (
    adding_files,
    anchor_keys,
    anchoring,
    exporting,
    queries,
    redacting,
    removing,
    restoring,
    signing,
    snapshots,
    users,
)
from edc_core.services.to_sign import Desk
from edc_core.settings import Settings
from edc_core.store import readers
from edc_core.store.ledger_tables import ledger_entry
from edc_core.testing import Trial
from tests.builders import vital_signs

CLI = Actor("cli:test", trusted=True)
WHY = c.Reason("other", 'Read again, "twice"\nand \u2028 once')
PDF, LEFT = (b"%PDF-1.7\n" + word + b"0" * 1000 for word in (b"kept\n", b"never a value\n"))
NAMES = {"crc.kim": "Kim Coordinator", "pi.lee": "Lee Investigator", "bob": "Bob of another study"}
VS = ItemPath.parse("V1[1]/VS[1]")


@pytest.fixture(
    params=[
        "sqlite to sqlite",
        pytest.param("sqlite to postgresql", marks=pytest.mark.database),
        pytest.param("postgresql to sqlite", marks=pytest.mark.database),
    ]
)
def addresses(request, edc_sqlite_template, tmp_path):
    """Of the installation that a study lives in, and of an empty one."""

    def address(number, kind):
        if kind == "postgresql":
            return request.getfixturevalue("postgres_core_url")
        file = tmp_path / f"{number}.db"
        shutil.copyfile(edc_sqlite_template, file)
        return f"sqlite:///{file}"

    return [address(number, kind) for number, kind in enumerate(request.param.split(" to "))]


@pytest.fixture
def core(addresses, clock, tmp_path):
    settings = Settings(
        database_url=addresses[0], exports_dir=tmp_path / "exports", files_dir=tmp_path / "files",
        anchor_file=str(tmp_path / "anchors"), anchor_key_file=str(tmp_path / "key"),
    )  # fmt: skip
    core = Core(settings, EdcPlugins(), clock)
    yield core
    core.close()


@pytest.fixture
def elsewhere(addresses, clock, tmp_path):
    there = Settings(
        database_url=addresses[1], files_dir=tmp_path / "there", exports_dir=tmp_path / "thither"
    )
    core = Core(there, EdcPlugins(), clock)
    yield core
    core.close()


def definition():
    built = vital_signs().with_item("VS.ARM").with_item("VS.SCAN").build()
    changed = {"VS.ARM": {"sensitivity": "blinded"}, "VS.SCAN": {"file": FileRules()}}
    items = tuple(dataclasses.replace(one, **changed.get(one.oid, {})) for one in built.items)
    return dataclasses.replace(built, items=items)


def in_installation(core, kind, service, **fields):
    with core.write(CLI) as uow:
        return service(uow, kind(study_id=SYSTEM_STUDY, op=new_id(), **fields))


def send(trial, subject, content, *, as_value):
    """Send a file for the item that takes one; the other one was sent and not kept as the value."""
    path = trial.path("VS.SCAN")
    taken = trial.core.files.take(io.BytesIO(content), FileRules(), "scan.pdf", len(content))
    trial.act(
        CLI, adding_files.add_file, c.AddFile, subject_key=subject, form=path.form_path, path=path,
        file=taken.file, file_type=taken.kind,
    )  # fmt: skip
    if as_value:
        trial.save(subject, {"VS.SCAN": str(taken.file)}, by=CLI)


def sign(trial, subject, path):
    with trial.core.read() as source:
        found = readers.subject_by_key(source.connection, trial.study_id, subject)
        site = readers.sites(source.connection, trial.study_id)[found.site_id]
        study = readers.study_by_id(source.connection, trial.study_id)
        seen = Desk(source, trial.pi, study, found, site).lay_out(path)
    command = signing.Sign(
        study_id=trial.study_id, op=new_id(), subject_key=subject, path=path, sha256=seen.manifest.sha256,
        meaning=Meaning.RESPONSIBILITY, component="password", accepts=True,
    )  # fmt: skip
    with trial.core.write(trial.pi) as uow:
        signing.sign(uow, command, trial.core.files)


def redact(trial, subject, said):
    n = next(e["n"] for e in trial.entries(subject) if e["payload"].get("raw") == said)
    asked = trial.act(
        trial.dm, redacting.request_redaction, c.RequestRedaction, subject_key=subject, n=n,
        reason=c.Reason(text="A name"),
    )  # fmt: skip
    trial.act(
        trial.spo, redacting.decide_redaction, c.DecideRedaction, subject_key=subject, request=asked["request"],
        approve=True, reason=c.Reason(text="A name"),
    )  # fmt: skip


@pytest.fixture
def trial(core, clock, monkeypatch):
    """Entries of both recipes, files, blinded values, a candidate for a query, a signature, what was removed and redacted,
    a snapshot, anchors that are signed.
    """
    key = anchor_key.create(core.settings.anchor_key_file)
    in_installation(
        core, anchor_keys.SignWith, lambda uow, one: anchor_keys.sign_with(uow, one, core.settings, key),
        key=key.public, reason=WHY,
    )  # fmt: skip
    monkeypatch.setattr(hashing, "TAG", "edc1")
    monkeypatch.setattr(hashing, "reason_digest", lambda reason: reason)
    trial = Trial(core, definition())
    trial.add_subject("S-001")
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80", "VS.NOTE": "first"})
    send(trial, "S-001", PDF, as_value=True)
    send(trial, "S-001", LEFT, as_value=False)
    trial.complete("S-001", "VS")
    trial.save("S-001", {"VS.SYSBP": "130"}, reason=WHY)
    monkeypatch.undo()
    other = Trial(core, vital_signs("SECRET-9").build())
    for login, name in NAMES.items():
        in_installation(
            core, users.AddUser, users.add_user, login=login, full_name=name, email=f"{login}@x.example"
        )
        of = other if login == "bob" else trial
        role = Role.CRC if login == "crc.kim" else Role.PI
        in_installation(
            core, users.AddGrant, users.add_grant, login=login, role=role, granted_study_id=of.study_id
        )
    trial.save("S-001", {"VS.ARM": "marked as blinded"}, by=CLI, reason=WHY)
    sign(trial, "S-001", VS)
    clock.advance(minutes=5)
    anchoring.anchor_everything(core, CLI)
    trial.add_subject("S/2 Ä", site="US-01")
    trial.save("S/2 Ä", {"VS.NOTE": "Gildong Hong"}, by=CLI)
    trial.save("S/2 Ä", {"VS.NOTE": "none"}, by=CLI)
    redact(trial, "S/2 Ä", "Gildong Hong")
    trial.save("S-001", {"DM.SEX": "F"})
    trial.act(
        trial.crc, removing.remove_form, c.RemoveForm, subject_key="S-001", form=trial.form("DM"), reason=WHY
    )
    for proposed in (False, True):
        trial.act(
            trial.dm, queries.open_query, c.OpenQuery, subject_key="S-001", path=trial.path("VS.NOTE"),
            text=f"Asked: {not proposed}", proposed=proposed,
        )  # fmt: skip
    with core.write(trial.dm) as uow:
        snapshots.keep_snapshot(
            uow, study_commands.KeepSnapshot(study_id=trial.study_id, op=new_id(), name="Interim")
        )
    clock.advance(minutes=5)
    return trial


def archive(core, study_id, out, *, by=CLI, unlocked=True, **more):
    command = exporting.RequestExport(
        study_id=study_id, op=new_id(), choice=ExportChoice("archive", unlocked=unlocked, **more)
    )
    return exporting.export(core, by, command, out).manifest


def restore(core, folder):
    package = Package(folder)
    assert package.problems(lambda done, total: None) == []
    return restoring.restore(core, CLI, package)


def entries_of(core, study_id):
    """Every entry of a study as the database has it, by chain and position."""
    statement = select(ledger_entry).where(ledger_entry.c.study_id == study_id)
    with core.read() as source:
        rows = [dict(row) for row in source.connection.execute(statement).mappings()]
    return {(row["chain"], row["n"]): row for row in rows}


@pytest.fixture
def out(core, trial, tmp_path):
    """The folder of an archive."""
    archive(core, trial.study_id, tmp_path / "out")
    return tmp_path / "out"


def lines(folder, name):
    return [json.loads(line) for line in (folder / name).read_text("utf-8").split("\n") if line]


def write_lines(folder, name, changed):
    """Write a file of an archive, and the manifest anew so that its digest tells nothing."""
    text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in changed)
    (folder / name).write_text(text, "utf-8")
    put_in_order(folder)


def put_in_order(folder: Path, **changed):
    manifest = json.loads((folder / "manifest.json").read_text()) | changed
    for name, facts in manifest["files"].items():
        if (folder / name).is_file():
            facts["sha256"] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
