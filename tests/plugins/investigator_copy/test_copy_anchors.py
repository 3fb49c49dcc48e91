"""REQ-AUD-08: the trail in the copy of a site leads to signed anchors of the whole study and gives no other site away."""

import hashlib
import json
import subprocess
import sys

import pytest
from edc_core_trail import verify_trail
from sqlalchemy import select

from edc_core.core import Core
from edc_core.domain.commands import Reason
from edc_core.domain.ledger_entry import SYSTEM_STUDY
from edc_core.domain.permission import Actor
from edc_core.ids import new_id
from edc_core.ledger import anchor_key, cut
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import anchor_keys, anchoring
from edc_core.settings import Settings
from edc_core.store.ledger_tables import ledger_entry
from tests.plugins.investigator_copy.conftest import HERE, THERE

WHY = Reason(text="Read again in the source")


@pytest.fixture
def core(core_url, clock, tmp_path):
    """The installation of the other tests, whose anchors are signed."""
    settings = Settings(
        database_url=core_url, exports_dir=tmp_path / "exports", files_dir=tmp_path / "files",
        mail_dir=tmp_path / "mail", base_url="https://edc.example", anchor_file=str(tmp_path / "anchors"),
        anchor_key_file=str(tmp_path / "key"),
    )  # fmt: skip
    core = Core(settings, EdcPlugins(), clock)
    key = anchor_key.create(settings.anchor_key_file)
    first = anchor_keys.SignWith(study_id=SYSTEM_STUDY, op=new_id(), key=key.public, reason=WHY)
    with core.write(Actor("cli:test", trusted=True)) as uow:
        anchor_keys.sign_with(uow, first, settings, key)
    yield core
    core.close()


def anchored(hosted, clock, *words):
    """Anchor the study, then change a note of the site at hand; each some minutes after the last."""
    for word in words:
        anchoring.anchor_everything(hosted.core, hosted.trial.cli)
        clock.advance(minutes=5)
        hosted.trial.save("KR-001", {"VS.NOTE": word}, by=hosted.actor(HERE), reason=WHY)
        clock.advance(minutes=5)


class Copy:
    """An unpacked copy in the hands of somebody with this software and without the key."""

    def __init__(self, hosted, folder, site="KR-01"):
        self.folder = folder
        for name, held in hosted.files(hosted.make(site)).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(held)
        self.trail = folder / "trail"
        self.entries = self.lines("trail.jsonl")
        self.public = anchor_key.read(hosted.core.settings.anchor_key_file).public

    def lines(self, name):
        return [json.loads(line) for line in (self.trail / name).read_text("utf-8").split("\n") if line]

    def leads_to_an_anchor(self, entry):
        """Whether an anchored entry follows with nothing between that is not shown."""
        chain = [one for one in self.entries if one["chain"] == entry["chain"] and one["n"] >= entry["n"]]
        anchored = [state["moved"].get(entry["chain"]) for state in self.lines("states.jsonl")]
        hidden = min((one["n"] for one in chain if one.get("withheld")), default=len(self.entries))
        return any(n is not None and entry["n"] <= n < hidden for n in anchored)

    def write(self, name, lines):
        (self.trail / name).write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")

    def hash_anew(self, said):
        """Put something else in the last value of the subject, and its chain and the manifest in order; the chain."""
        changed = [entry for entry in self.entries if entry.get("kind") == "item.set"][-1]
        changed["payload"] = changed["payload"].replace(said, "forged")
        prev = ""
        for entry in self.entries:
            if entry["chain"] == changed["chain"]:
                entry["prev"] = prev
                if not entry.get("withheld"):
                    entry["payload_sha256"] = verify_trail.sha256(entry["payload"].encode())
                    entry["hash"] = verify_trail.entry_hash(entry)
                prev = entry["hash"]
        self.write("trail.jsonl", self.entries)
        return changed["chain"]

    def keep_up(self):
        """Write the manifest anew, so that the digests of the files tell nothing."""
        manifest = json.loads((self.trail / "manifest.json").read_text())
        heads = {entry["chain"]: (entry["chain"], entry["n"], entry["hash"]) for entry in self.entries}
        manifest["cut"] = verify_trail.merkle_root(self.entries[0]["study_id"], list(heads.values()))
        for name, facts in manifest["files"].items():
            facts["sha256"] = hashlib.sha256((self.trail / name).read_bytes()).hexdigest()
        (self.trail / "manifest.json").write_text(json.dumps(manifest))

    def check(self, *more):
        command = [sys.executable, "-I", "-S", str(self.trail / "verify_trail.py"), *more]
        return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(hosted, clock, tmp_path):
    anchored(hosted, clock, "first", "second")
    return Copy(hosted, tmp_path / "copy")


def test_the_trail_of_a_copy_leads_to_every_anchor_of_the_study(copy):
    done = copy.check("--key", copy.public)
    assert (done.returncode, "CLEAN." in done.stdout) == (0, True), done.stdout
    shown = [entry for entry in copy.entries if not entry.get("withheld")]
    vouched = [entry for entry in shown if copy.leads_to_an_anchor(entry)]
    assert 0 < len(vouched) < len(shown), "some stand before what is blinded, or of another site"
    said = f"3 anchors, 3 of them signed; they vouch for {len(vouched)} of the {len(shown)} entries"
    assert said in done.stdout


def test_a_chain_that_was_hashed_anew_is_found(copy):
    copy.hash_anew("second")
    copy.keep_up()
    done = copy.check("--key", copy.public)
    assert done.returncode == 1
    assert "The entries are not those that were anchored at" in done.stdout
    assert "FIRST BAD ENTRY" not in done.stdout


def test_an_anchor_that_is_made_to_say_nothing_of_a_chain_is_found(copy):
    chain = copy.hash_anew("second")
    states = copy.lines("states.jsonl")
    for state in states:
        state["moved"].pop(chain, None)
        state["paths"].pop(chain, None)
    copy.write("states.jsonl", states)
    copy.keep_up()
    done = copy.check()
    assert done.returncode == 1
    assert "Entry 1 of KR-001 was there at" in done.stdout


@pytest.mark.parametrize("what", ["the chain of the study", "everything"])
def test_a_state_that_leaves_something_out_is_found(copy, what):
    states = copy.lines("states.jsonl")
    last = states[-1]
    for part in ("moved", "paths"):
        last[part] = {} if what == "everything" else {c: v for c, v in last[part].items() if c != "@study"}
    copy.write("states.jsonl", states)
    copy.keep_up()
    assert "The entries are not those that were anchored at" in copy.check().stdout


def test_the_proofs_name_no_chain_of_another_site(hosted, copy):
    with hosted.core.read() as source:
        entry = ledger_entry.c
        rows = source.connection.execute(
            select(entry.chain, entry.hash).where(entry.study_id == hosted.trial.study_id)
        ).all()
    own = {entry["chain"] for entry in copy.entries}
    foreign = {word for row in rows if row.chain not in own for word in (row.chain, row.hash[5:])}
    assert foreign
    for file in (file for file in copy.folder.rglob("*") if file.is_file()):
        held = file.read_bytes()
        assert not [word for word in foreign if word.encode() in held], file


def test_of_a_subject_that_moved_both_copies_lead_to_the_anchors(hosted, clock, tmp_path):
    anchored(hosted, clock, "first", "second")
    hosted.move("KR-001", "US-01")
    for word in ("ZQ third", "ZQ fourth"):
        clock.advance(minutes=5)
        hosted.trial.save("KR-001", {"VS.NOTE": word}, by=hosted.actor(THERE), reason=WHY)
        anchoring.anchor_everything(hosted.core, hosted.trial.cli)
    for site in ("KR-01", "US-01"):
        done = Copy(hosted, tmp_path / site, site).check()
        said = "5 anchors, 5 of them signed"  # both are of the state of the first copy
        assert (done.returncode, said in done.stdout) == (0, True), done.stdout


def test_every_leaf_leads_to_the_root_whatever_their_number():
    for count in range(1, 20):
        vector = [(f"{number:032x}", number + 1, f"edc2:{number:064x}") for number in range(count)]
        root = cut.merkle_root("s", vector)
        paths = cut.audit_paths("s", vector, [chain for chain, _, _ in vector])
        for leaf in vector:
            assert verify_trail.led_to(verify_trail.leaf_of("s", *leaf), paths[leaf[0]]) == root
            wrong = verify_trail.leaf_of("s", leaf[0], leaf[1], "edc2:other")
            assert verify_trail.led_to(wrong, paths[leaf[0]]) != root
        assert verify_trail.merkle_root("s", vector) == root
