"""The exported trail: all of the ledger in three shapes, and a verifier that finds every manipulation of it."""

import ast
import csv
import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from edc_core_trail import verify_trail
from pypdf import PdfReader
from sqlalchemy import func, select

from edc_core.core import Core
from edc_core.domain.commands import AddNote, DecideRedaction, MoveSubject, Reason, RequestRedaction
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.ledger_entry import STUDY_CHAIN, SYSTEM_STUDY
from edc_core.domain.permission import Role
from edc_core.domain.protection import ProtectAction
from edc_core.domain.study_commands import ProtectStudy
from edc_core.errors import NotAllowed
from edc_core.ids import new_id
from edc_core.ledger import anchor_key
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import anchor_keys, anchoring, correcting, dispatch, exporting, redacting, users
from edc_core.settings import Settings
from edc_core.store import schema
from edc_core.store.ledger_tables import ledger_entry
from tests.builders import Trial, vital_signs

KEY_CHANGE = Reason(text="First key.")


@pytest.fixture
def core(core_url, clock, tmp_path):
    settings = Settings(
        database_url=core_url,
        anchor_file=str(tmp_path / "anchors"),
        anchor_key_file=str(tmp_path / "key"),
        exports_dir=tmp_path / "exports",
    )
    core = Core(settings, EdcPlugins(), clock)
    yield core
    core.close()


def sign_with(core, trial, name):
    key = anchor_key.create(name)
    command = anchor_keys.SignWith(study_id=SYSTEM_STUDY, op=new_id(), key=key.public, reason=KEY_CHANGE)
    with core.write(trial.cli) as uow:
        anchor_keys.sign_with(uow, command, core.settings, key)
    return key


def lived(core):
    trial = Trial(core, vital_signs().build())
    sign_with(core, trial, core.settings.anchor_key_file)
    for key in ("S-001", "S/2 Ä"):
        trial.add_subject(key)
        trial.save(key, {"VS.SYSBP": "120", "VS.DIABP": "80"})
        trial.complete(key, "VS")
        trial.save(
            key, {"VS.SYSBP": "=130"}, reason=Reason("other", 'Line one\nline "two", \u2028 \x01 \U0001f9ea')
        )
    return trial


@pytest.fixture
def trial(core):
    return lived(core)


def export(trial, out, by=None):
    command = exporting.RequestExport(
        study_id=trial.study_id, op=new_id(), choice=ExportChoice("audit-trail")
    )
    return exporting.export(trial.core, by or trial.dm, command, out)


def check(folder, *more):
    """Run the verifier as an inspector does: no installed package, not even `site`."""
    command = [sys.executable, "-I", "-S", str(folder / "verify_trail.py"), *more]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def entries_of(folder):
    return [json.loads(line) for line in (folder / "trail.jsonl").read_text("utf-8").split("\n") if line]


def test_every_entry_is_in_each_shape(trial, tmp_path):
    out = tmp_path / "out"
    manifest = export(trial, out).manifest
    counts = {name: facts.get("rows") for name, facts in manifest["files"].items()}
    positions = {entry["chain"]: entry["n"] for entry in entries_of(out)}
    with trial.core.read() as source:
        entry = ledger_entry.c
        in_cut = sum(
            source.connection.execute(
                select(func.count()).where(
                    entry.study_id == trial.study_id, entry.chain == chain, entry.n <= n
                )
            ).scalar_one()
            for chain, n in positions.items()
        )
    assert counts["trail.csv"] == counts["trail.jsonl"] == in_cut == sum(positions.values())
    own = "pdf/installation.pdf"
    assert sum(rows for name, rows in counts.items() if name.startswith("pdf/") and name != own) == in_cut
    with trial.core.read() as source:
        entry = ledger_entry.c
        of_system = select(func.count()).where(entry.study_id == SYSTEM_STUDY)
        assert (
            counts["installation.jsonl"] == counts[own] == source.connection.execute(of_system).scalar_one()
        )
    with (out / "trail.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == in_cut
    assert "changed 'SYSBP?' from 120 to '=130', which cannot be read." in {row["what"] for row in rows}
    text = "".join(page.extract_text() for page in PdfReader(out / "pdf/subjects/S-001.pdf").pages)
    assert "Audit trail of S-001" in text
    assert "Completed VS." in text
    assert (out / "pdf/subjects/S%2F2%20%C3%84.pdf").is_file()


def test_each_site_has_its_trail_and_one_pdf_with_what_was_written_there(trial, tmp_path):
    trial.add_subject("S-003", site="US-01")
    trial.act(
        trial.dm, correcting.move_subject, MoveSubject, subject_key="S-001", site="US-01", day="2026-03-04",
        reason=KEY_CHANGE,
    )  # fmt: skip
    out = tmp_path / "out"
    files = export(trial, out).manifest["files"]
    for number, site_id in trial.sites.items():
        with trial.core.read() as source:
            here = (ledger_entry.c.study_id == trial.study_id) & (ledger_entry.c.site_id == site_id)
            count = source.connection.execute(select(func.count()).where(here)).scalar_one()
        assert [files[f"sites/{number}.{ending}"]["rows"] for ending in ("csv", "jsonl", "pdf")] == [
            count
        ] * 3
        assert count > 0
        lines = (out / f"sites/{number}.jsonl").read_text("utf-8").split("\n")[:-1]
        assert {json.loads(line)["site_id"] for line in lines} == {site_id}
        with (out / f"sites/{number}.csv").open(encoding="utf-8", newline="") as file:
            assert {row["site"] for row in csv.DictReader(file)} == {number}
    text = "".join(page.extract_text() for page in PdfReader(out / "sites/KR-01.pdf").pages)
    assert "Audit trail of site KR-01" in text
    assert "S/2" in text
    assert "S-003" not in text


def test_the_verifier_finds_nothing_wrong_and_says_who_signed(trial, tmp_path):
    out = tmp_path / "out"
    export(trial, out)
    public = anchor_key.read(trial.core.settings.anchor_key_file).public
    done = check(out)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "CLEAN." in done.stdout
    assert public in done.stdout
    assert "1 anchors, 1 of them signed" in done.stdout
    assert check(out, "--key", public).returncode == 0
    stranger = check(out, "--key", "0" * 64)
    assert stranger.returncode == 1
    assert "does not go back to the key you gave" in stranger.stdout


def test_the_same_state_gives_the_same_bytes(trial, tmp_path):
    first = export(trial, tmp_path / "a").manifest
    assert export(trial, tmp_path / "b").manifest == first


def test_keys_hand_over_and_a_trusted_key_reaches_on(trial, tmp_path):
    core = trial.core
    first = anchor_key.read(core.settings.anchor_key_file).public
    export(trial, tmp_path / "a")
    second = sign_with(core, trial, str(tmp_path / "second")).public
    core.settings = replace(core.settings, anchor_key_file=str(tmp_path / "second"))
    trial.save("S-001", {"VS.DIABP": "90"}, reason=KEY_CHANGE)
    out = tmp_path / "b"
    export(trial, out)
    for key in (first, second):
        done = check(out, "--key", key)
        assert (done.returncode == 0) == (key == first), done.stdout
    assert "2 anchors, 2 of them signed" in done.stdout


def test_an_item_that_is_hidden_is_withheld_and_its_chain_still_checked(core, tmp_path):
    study = vital_signs()
    definition = study.build()
    items = tuple(
        replace(item, sensitivity="blinded") if item.oid == "VS.DIABP" else item for item in definition.items
    )
    trial = Trial(core, replace(definition, items=items))
    sign_with(core, trial, core.settings.anchor_key_file)
    trial.add_subject()
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "marked-value"})
    out = tmp_path / "out"
    export(trial, out)
    for file in out.rglob("*"):
        if file.name == "manifest.json":
            continue  # it says what is withheld
        assert not file.is_file() or b"marked-value" not in file.read_bytes()
        assert not file.is_file() or file.suffix == ".pdf" or b'VS.DIABP"' not in file.read_bytes()
    defined, hidden = (entry for entry in entries_of(out) if entry.get("withheld"))
    assert defined["subject"] == "", "the definition, which holds the question"
    assert set(hidden) == {"study_id", "chain", "n", "prev", "hash", "subject", "withheld"}
    done = check(out)
    assert done.returncode == 0, done.stdout
    assert "2 entries were not shown" in done.stdout


def in_system(trial, kind, service, **fields):
    with trial.core.write(trial.cli) as uow:
        return service(uow, kind(study_id=SYSTEM_STUDY, op=new_id(), **fields))


def test_the_installation_is_in_it_and_gives_no_other_study_away(core, trial, tmp_path, clock):
    other = Trial(core, vital_signs("SECRET-9").build())
    for login, study_id in (("ann@site", trial.study_id), ("bob@site", other.study_id), ("uma@hq", "")):
        in_system(trial, users.AddUser, users.add_user, login=login, full_name=f"Name of {login}")
        role = Role.PI if study_id else Role.UAD
        in_system(trial, users.AddGrant, users.add_grant, login=login, role=role, granted_study_id=study_id)
    clock.advance(minutes=1)
    anchoring.anchor_everything(core, trial.cli)
    clock.advance(minutes=1)
    trial.save("S-001", {"VS.DIABP": "90"}, reason=KEY_CHANGE)
    out = tmp_path / "out"
    export(trial, out)
    lines = [json.loads(line) for line in (out / "installation.jsonl").read_text("utf-8").splitlines()]
    shown = [line for line in lines if not line.get("withheld")]
    assert [line["n"] for line in lines] == list(range(1, len(lines) + 1))
    assert len(lines) - len(shown) == 2  # the account and the role of the other study
    text = "".join(line["payload"] for line in shown)
    assert "ann@site" in text
    assert "uma@hq" in text
    for file in (file for file in out.rglob("*") if file.is_file()):
        content = file.read_bytes()
        assert not any(one.encode() in content for one in ("bob@site", "SECRET-9", other.study_id)), file
    done = check(out)
    assert done.returncode == 0, done.stdout
    assert (
        "3 anchors, 3 of them signed" in done.stdout
    )  # the installation once, the study then and before the export
    for manipulate in (
        lambda line: line | {"payload": line["payload"].replace("ann@site", "eve@site")},
        lambda line: line | {"actor": "somebody.else"},
    ):
        folder = Path(shutil.copytree(out, tmp_path / new_id()))
        forger = Forger(folder)
        at = next(n for n, line in enumerate(lines) if "ann@site" in line.get("payload", ""))
        forger.write_lines("installation.jsonl", [*lines[:at], manipulate(lines[at]), *lines[at + 1 :]])
        forger.save()
        done = check(folder)
        assert done.returncode == 1
        assert (
            f"FIRST BAD ENTRY of the installation (chain @system): {'the payload of ' if 'eve' in (folder / 'installation.jsonl').read_text() else ''}entry {at + 1}"
            in done.stdout
        )
    folder = Path(shutil.copytree(out, tmp_path / "cut-off"))
    forger = Forger(folder)
    forger.write_lines("installation.jsonl", lines[:1])
    forger.manifest["files"]["installation.jsonl"]["rows"] = 1
    forger.save()
    assert "are not those that were anchored" in check(folder).stdout


def test_what_happens_in_the_installation_later_changes_no_export_of_an_earlier_state(trial, tmp_path, clock):
    first = export(trial, tmp_path / "a")
    clock.advance(minutes=1)
    in_system(trial, users.AddUser, users.add_user, login="late@hq", full_name="Late")
    anchoring.anchor_everything(trial.core, trial.cli)
    command = exporting.RequestExport(
        study_id=trial.study_id,
        op=new_id(),
        choice=ExportChoice("audit-trail", snapshot=first.manifest["cut"]),
    )
    assert exporting.export(trial.core, trial.dm, command, tmp_path / "b").manifest == first.manifest


@pytest.mark.parametrize("who", ["crc", "cra", "bld"])
def test_who_may_not_read_the_trail_of_every_site_gets_none(trial, tmp_path, who):
    with pytest.raises(NotAllowed):
        export(trial, tmp_path / "out", getattr(trial, who))
    assert not (tmp_path / "out").exists()


def test_an_inspector_gets_it_before_anything_is_locked(trial, tmp_path):
    export(trial, tmp_path / "out", trial.person(Role.AUD, "aud.seo"))
    assert check(tmp_path / "out").returncode == 0


def test_a_reason_and_a_note_of_the_study_that_were_redacted_are_in_no_export_either(trial, tmp_path):
    name = "Gildong Hong"
    freeze = ProtectStudy(
        study_id=trial.study_id, op=new_id(), action=ProtectAction.FREEZE, site_id=trial.sites["US-01"],
        reason=Reason(text=f"{name} has left."),
    )  # fmt: skip
    notes = [
        AddNote(study_id=trial.study_id, op=new_id(), topic="test.list", name="mine", content=content)
        for content in ({"said": f"Ask {name}."}, {"said": "Ask the site."})
    ]
    dispatch.submit(trial.core, trial.dm, [freeze, *notes])
    last = trial.entries()[-1]["n"]
    why = Reason(text="An identity was entered by mistake.")
    for n, of_reason in ((last - 2, True), (last - 1, False)):
        fields = {"subject_key": STUDY_CHAIN, "reason": why}
        asked = trial.act(
            trial.dm, redacting.request_redaction, RequestRedaction, n=n, of_reason=of_reason, **fields
        )
        decided = {"request": asked["request"], "approve": True}
        trial.act(trial.spo, redacting.decide_redaction, DecideRedaction, **decided, **fields)
    out = tmp_path / "out"
    export(trial, out)
    assert not [file for file in out.rglob("*") if file.is_file() and name.encode() in file.read_bytes()]
    done = check(out)
    assert done.returncode == 0, done.stdout
    assert "2 entries lost words to a redaction by two persons" in done.stdout


def test_what_two_persons_redacted_is_in_no_export_and_the_verifier_says_so(trial, tmp_path):
    name = "Gildong Hong"
    why = Reason(text="A name was entered by mistake.")
    trial.save("S-001", {"VS.SYSBP": name}, reason=why)
    trial.save("S-001", {"VS.SYSBP": "120"}, reason=why)
    n = next(e["n"] for e in trial.entries("S-001") if e["payload"].get("raw") == name)
    asked = trial.act(
        trial.dm, redacting.request_redaction, RequestRedaction,
        subject_key="S-001", n=n, reason=why,
    )  # fmt: skip
    trial.act(
        trial.spo, redacting.decide_redaction, DecideRedaction,
        subject_key="S-001", request=asked["request"], approve=True, reason=why,
    )  # fmt: skip
    for format_name in ("csv", "odm-1.3.2", "odm-2.0", "audit-trail"):
        command = exporting.RequestExport(
            study_id=trial.study_id, op=new_id(), choice=ExportChoice(format_name, unlocked=True)
        )
        exporting.export(trial.core, trial.dm, command, tmp_path / format_name)
        files = [file for file in (tmp_path / format_name).rglob("*") if file.is_file()]
        assert files
        assert not any(name.encode() in file.read_bytes() for file in files)
    done = check(tmp_path / "audit-trail")
    assert done.returncode == 0, done.stdout
    assert f"{len(asked['entries'])} entries lost words to a redaction by two persons" in done.stdout


# ---- Manipulations. Each writes the manifest anew, so that the digest of the file alone does not tell. ----


class Forger:
    """Somebody with the export on his disk, this software, and no key."""

    def __init__(self, folder):
        self.folder = folder
        self.entries = entries_of(folder)
        self.manifest = json.loads((folder / "manifest.json").read_text())
        self.chain = max(entry["chain"] for entry in self.entries if entry["subject"] == "S-001")
        self.mine = [entry for entry in self.entries if entry["chain"] == self.chain]

    def lines(self, name):
        return [json.loads(line) for line in (self.folder / name).read_text().splitlines()]

    def write_lines(self, name, lines):
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (self.folder / name).write_text(text, "utf-8")

    def save(self):
        self.write_lines("trail.jsonl", self.entries)
        for name, facts in self.manifest["files"].items():
            facts["sha256"] = hashlib.sha256((self.folder / name).read_bytes()).hexdigest()
        self.manifest["files"]["trail.jsonl"]["rows"] = len(self.entries)
        (self.folder / "manifest.json").write_text(json.dumps(self.manifest))

    def heads(self):
        last = {entry["chain"]: entry for entry in self.entries}
        return [(chain, entry["n"], entry["hash"]) for chain, entry in last.items()]

    def hash_anew(self):
        """The chain of the first subject from its beginning, and the state."""
        prev = ""
        for entry in self.mine:
            entry["payload_sha256"] = verify_trail.sha256(entry["payload"].encode())
            entry["prev"] = prev
            prev = entry["hash"] = verify_trail.entry_hash(entry)
        self.manifest["cut"] = verify_trail.merkle_root(self.entries[0]["study_id"], self.heads())


def change_payload(forger):
    forger.mine[2]["payload"] = forger.mine[2]["payload"].replace("80", "81")


def change_actor(forger):
    forger.mine[2]["actor"] = "somebody.else"


def remove(forger):
    forger.entries.remove(forger.mine[2])


def remove_the_last(forger):
    forger.entries.remove(forger.mine[-1])


def insert(forger):
    forger.entries.insert(forger.entries.index(forger.mine[2]), forger.mine[2] | {"actor": "x"})


def swap(forger):
    a, b = (forger.entries.index(forger.mine[n]) for n in (2, 3))
    forger.entries[a], forger.entries[b] = forger.entries[b], forger.entries[a]


def date_back(forger):
    forger.mine[-1]["at"] = "2001-01-01T00:00:00.000000Z"
    forger.hash_anew()


def hash_a_changed_chain_anew(forger):
    forger.mine[2]["actor"] = "somebody.else"
    forger.hash_anew()


def hash_anew_with_the_anchor(forger):
    """Also the root in the anchor: the signature is what is left."""
    hash_a_changed_chain_anew(forger)
    (state,) = forger.lines("states.jsonl")
    known = {(entry["chain"], entry["n"]): entry["hash"] for entry in forger.entries}
    heads = [(chain, n, known[chain, n]) for chain, n in state["moved"].items()]
    root = verify_trail.merkle_root(forger.entries[0]["study_id"], heads)
    forger.write_lines("states.jsonl", [state | {"root": root}])
    key, anchor = forger.lines("anchors.jsonl")
    forger.write_lines("anchors.jsonl", [key, anchor | {"root": root}])


def take_the_signature_away(forger):
    key, anchor = forger.lines("anchors.jsonl")
    forger.write_lines(
        "anchors.jsonl", [key, {n: v for n, v in anchor.items() if n not in ("key", "signature")}]
    )


def hide_behind_a_redaction(forger):
    forger.mine[2]["payload"] = '{"redacted":true}'


def approve_alone(forger):
    """A redaction that one person asked for and approved, added to the end of the chain and hashed well."""
    last = forger.mine[-1]
    left = '{"redacted":["value"]}'
    for payload in (
        {"state": "requested", "n": 3},
        {"state": "approved", "n": 3, "request": last["n"] + 1, "requested_by": "somebody", "left": left},
    ):
        text = json.dumps(payload, sort_keys=True, separators=(",", ":"))
        entry = forger.mine[-1] | {"n": forger.mine[-1]["n"] + 1, "kind": "redact", "payload": text}
        entry |= {"payload_sha256": verify_trail.sha256(text.encode()), "prev": forger.mine[-1]["hash"]}
        entry["hash"] = verify_trail.entry_hash(entry)
        forger.mine.append(entry)
        forger.entries.insert(forger.entries.index(forger.mine[-2]) + 1, entry)
    forger.mine[2]["payload"] = left
    forger.manifest["cut"] = verify_trail.merkle_root(forger.entries[0]["study_id"], forger.heads())


MANIPULATIONS = [
    (change_payload, "FIRST BAD ENTRY of S-001", "the payload of entry 3 was changed"),
    (change_actor, "FIRST BAD ENTRY of S-001", "entry 3 was changed: its columns"),
    (remove, "FIRST BAD ENTRY of S-001", "entry 3 is missing before entry 4"),
    (remove_the_last, "do not give the state", ""),
    (insert, "FIRST BAD ENTRY of S-001", "entry 3"),
    (swap, "FIRST BAD ENTRY of S-001", "entry 3 is missing"),
    (date_back, "FIRST BAD ENTRY of S-001", "is dated before"),
    (hash_a_changed_chain_anew, "are not those that were anchored", ""),
    (hash_anew_with_the_anchor, "is not signed by the key that was in force", ""),
    (take_the_signature_away, "is not signed by the key that was in force", ""),
    (approve_alone, "FIRST BAD ENTRY of S-001", "the payload of entry 3 was changed"),
    (hide_behind_a_redaction, "FIRST BAD ENTRY of S-001", "no redaction says so"),
]


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    settings = Settings(
        database_url=f"sqlite:///{folder}/edc.db",
        anchor_file=str(folder / "anchors"),
        anchor_key_file=str(folder / "key"),
    )
    core = Core(settings, EdcPlugins())
    schema.upgrade(core.engine)
    export(lived(core), folder / "out")
    core.close()
    return folder / "out"


@pytest.mark.parametrize(
    ("manipulate", "says", "which"), MANIPULATIONS, ids=lambda one: getattr(one, "__name__", "")
)
def test_a_manipulation_is_found(exported, tmp_path, manipulate, says, which):
    folder = Path(shutil.copytree(exported, tmp_path / "copy"))
    assert check(folder).returncode == 0
    forger = Forger(folder)
    manipulate(forger)
    forger.save()
    done = check(folder)
    assert done.returncode == 1, done.stdout
    assert says in done.stdout
    assert which in done.stdout


def test_a_changed_file_and_a_folder_that_is_none_are_told(exported, tmp_path):
    folder = Path(shutil.copytree(exported, tmp_path / "copy"))
    with (folder / "pdf/study.pdf").open("ab") as file:
        file.write(b" ")
    (folder / "trail.csv").unlink()
    done = check(folder)
    assert done.returncode == 1
    assert "pdf/study.pdf is not the one of the manifest" in done.stdout
    assert "trail.csv is missing" in done.stdout
    assert check(folder, str(tmp_path)).returncode == 2


def test_an_old_python_can_read_the_verifier(exported):
    source = (exported / "verify_trail.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 9))


def test_nothing_but_the_standard_library_is_imported(exported):
    listing = "import sys, runpy; sys.argv = ['v', '--help']\ntry: runpy.run_path(sys.argv0)\nexcept SystemExit: pass"
    script = listing.replace("sys.argv0", repr(str(exported / "verify_trail.py")))
    script += "\nassert not [m for m in sys.modules if m.partition('.')[0] not in sys.stdlib_module_names | {'__main__'}]"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


# ---- RFC 8032, section 7.1: TEST 1, 2, 3 and SHA(abc) ----

VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        b"",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0"
            "595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        bytes.fromhex("72"),
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eae"
            "b4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        bytes.fromhex("af82"),
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9"
            "716ed28dc027beceea1ec40a"
        ),
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").digest(),
        (
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c"
            "138ac17ad9bef1177331a704"
        ),
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_published_signatures_hold_and_altered_ones_do_not(public, message, signature):
    key, signed = bytes.fromhex(public), bytes.fromhex(signature)
    assert verify_trail.is_signed(key, message, signed)
    assert not verify_trail.is_signed(key, message + b"\0", signed)
    for at in (0, 31, 32, 63):
        assert not verify_trail.is_signed(
            key, message, signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
        )
    s = int.from_bytes(signed[32:], "little") + verify_trail.L  # malleability: 5.1.7 asks for s < L
    assert not verify_trail.is_signed(key, message, signed[:32] + s.to_bytes(32, "little"))
    assert not verify_trail.is_signed(b"\xff" * 32, message, signed)
