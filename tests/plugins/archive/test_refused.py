"""What is not as it was archived is named with its place, and nothing of the study is written."""

import json
import shutil

import pytest
from edc_core_archive.package import Package
from edc_core_trail import verify_trail
from sqlalchemy import func, select

from edc_core.errors import ImportRefused
from edc_core.services import restoring, users
from edc_core.store.base import metadata
from tests.plugins.archive.conftest import (
    CLI,
    archive,
    in_installation,
    lines,
    put_in_order,
    restore,
    write_lines,
)

pytestmark = pytest.mark.parametrize("addresses", ["sqlite to sqlite"], indirect=True)
TRAIL, INSTALLATION, KEPT, ANCHORS = (
    "trail/trail.jsonl", "trail/installation.jsonl", "kept.jsonl", "trail/anchors.jsonl",
)  # fmt: skip


MADE = {}  #: the archive that the first test has made: its folder, and the id of the study


@pytest.fixture
def made(request, clock, tmp_path_factory):
    if MADE:
        clock.advance(minutes=10)  # as the people of the study do
    else:
        trial = request.getfixturevalue("trial")
        folder = tmp_path_factory.mktemp("made") / "out"
        archive(trial.core, trial.study_id, folder)
        MADE.update(folder=folder, study_id=trial.study_id)
    return MADE


@pytest.fixture
def out(made, tmp_path):
    """A copy of its folder."""
    return shutil.copytree(made["folder"], tmp_path / "out")


@pytest.fixture
def study_id(made):
    return made["study_id"]


@pytest.fixture
def refused(elsewhere):
    """The problems for which a folder is refused; nothing but the schema is in the database afterwards."""

    def look(folder):
        package = Package(folder)
        problems = package.problems(lambda done, total: None)
        if not problems:
            with pytest.raises(ImportRefused) as error:
                restoring.restore(elsewhere, CLI, package)
            problems = error.value.details["problems"]
        with elsewhere.read() as source:
            counts = {
                name: source.connection.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in metadata.tables.items()
            }
        assert {name for name, count in counts.items() if count} == set()
        return [(one.file, one.line, one.code) for one in problems]

    return look


def of(entries, subject):
    """Where the entries of a subject stand."""
    return [at for at, entry in enumerate(entries) if entry["subject"] == subject]


def hash_anew(entries, chain):
    prev = ""
    for entry in entries:
        if entry["chain"] == chain:
            entry["prev"] = prev
            entry["payload_sha256"] = verify_trail.sha256(entry["payload"].encode())
            prev = entry["hash"] = verify_trail.entry_hash(entry)


def change_value(entries):
    at = next(at for at in of(entries, "S-001") if '"raw":"80"' in entries[at]["payload"])
    entries[at]["payload"] = entries[at]["payload"].replace('"80"', '"81"')
    return at, "payload"


def change_actor(entries):
    at = of(entries, "S-001")[3]
    entries[at]["actor"] = "somebody.else"
    return at, "columns"


def take_out(entries):
    at = of(entries, "S-001")[3]
    del entries[at]
    return at + 1, "removed"


def use_another_recipe(entries):
    at = of(entries, "S-001")[3]
    entries[at]["hash"] = entries[at]["hash"].replace("edc1:", "edc9:")
    return at, "tag"


def be_of_another_kind(entries):
    at = of(entries, "S-001")[-1]
    entries[at]["kind"] = "item.guessed"
    entries[at]["hash"] = verify_trail.entry_hash(entries[at])
    return at, "kind"


def give_a_role(entries):
    at = of(entries, "S-001")[-1]
    said = {
        "grant_id": "g",
        "user_id": "u",
        "study_id": "",
        "role": "ADM",
        "scope": "all",
        "starts": "",
        "ends": "",
    }
    entries[at] |= {"kind": "grant.add", "payload": json.dumps(said)}
    entries[at]["payload_sha256"] = verify_trail.sha256(entries[at]["payload"].encode())
    entries[at]["hash"] = verify_trail.entry_hash(entries[at])
    return at, "study"


def cut_a_column_out(entries):
    at = of(entries, "S-001")[-1]
    del entries[at]["site_zone"]
    return at, "unreadable"


def be_of_another_study(entries):
    at = of(entries, "S-001")[-1]
    entries[at]["study_id"] = "another"
    return at, "study"


@pytest.mark.parametrize(
    "manipulate",
    [
        change_value, change_actor, take_out, use_another_recipe, be_of_another_kind, cut_a_column_out,
        be_of_another_study, give_a_role,
    ],
)  # fmt: skip
def test_a_changed_trail_is_refused_at_its_line(out, refused, manipulate):
    entries = lines(out, TRAIL)
    at, code = manipulate(entries)
    write_lines(out, TRAIL, entries)
    assert (TRAIL, at + 1, code) in refused(out)


def test_a_trail_of_an_installation_is_none_of_a_study(out, refused):
    """Else a forged archive would bring accounts and roles."""
    (out / TRAIL).write_bytes((out / INSTALLATION).read_bytes())
    put_in_order(out)
    found = refused(out)
    shown = [at for at, entry in enumerate(lines(out, TRAIL), start=1) if "payload" in entry]
    assert {(TRAIL, at, "study") for at in shown} <= set(found)


def test_every_place_is_named(out, refused):
    entries = lines(out, TRAIL)
    first, second = of(entries, "S-001")[2], of(entries, "S/2 Ä")[1]
    for at in (first, second):
        entries[at]["actor"] = "somebody.else"
    write_lines(out, TRAIL, entries)
    found = refused(out)
    assert {(TRAIL, first + 1, "columns"), (TRAIL, second + 1, "columns")} <= set(found)


def test_a_chain_that_was_hashed_anew_is_not_the_one_that_was_anchored(out, refused, study_id):
    entries = lines(out, TRAIL)
    at = next(at for at in of(entries, "S-001") if '"raw":"80"' in entries[at]["payload"])
    entries[at]["payload"] = entries[at]["payload"].replace('"80"', '"81"')
    hash_anew(entries, entries[at]["chain"])
    write_lines(out, TRAIL, entries)
    kept = lines(out, KEPT)
    found = refused(out)
    assert (KEPT, 0, "state") in found
    positions, heads = {}, {(entry["chain"], entry["n"]): entry["hash"] for entry in entries}
    root = ""
    for state in kept:  # and the states reckoned anew: what is left are the signed lines
        positions = {chain: n for chain, n in (positions | state["moved"]).items() if n}
        leaves = [(chain, n, heads[chain, n]) for chain, n in positions.items()]
        root = state["root"] = verify_trail.merkle_root(study_id, leaves)
    write_lines(out, KEPT, kept)
    put_in_order(out, cut=root)
    assert {code for file, _, code in refused(out) if file == ANCHORS} == {"anchor"}


def test_a_chain_that_ends_early_is_found(out, refused):
    entries = lines(out, TRAIL)
    del entries[of(entries, "S-001")[-1]]
    write_lines(out, TRAIL, entries)
    assert {code for file, _, code in refused(out) if file == TRAIL} == {"removed"}


def test_a_chain_that_is_missing_whole_is_found(out, refused):
    entries = [entry for entry in lines(out, TRAIL) if entry["subject"] != "S/2 Ä"]
    write_lines(out, TRAIL, entries)
    assert (TRAIL, 0, "removed") in refused(out)


def test_a_name_that_was_changed_is_found(out, refused):
    entries = lines(out, INSTALLATION)
    at = next(at for at, entry in enumerate(entries) if "pi.lee" in entry.get("payload", ""))
    entries[at]["payload"] = entries[at]["payload"].replace("Lee Investigator", "Somebody Else")
    write_lines(out, INSTALLATION, entries)
    assert refused(out) == [(INSTALLATION, at + 1, "columns")]


def test_an_anchor_by_another_key_is_found(out, refused):
    anchors = lines(out, ANCHORS)
    anchors[-1]["signature"] = "00" * 64
    write_lines(out, ANCHORS, anchors)
    assert refused(out) == [(ANCHORS, 0, "signature")]


def test_a_login_of_somebody_else_is_found(elsewhere, out):
    in_installation(elsewhere, users.AddUser, users.add_user, login="pi.lee", full_name="Another Lee")
    with pytest.raises(ImportRefused) as error:
        restore(elsewhere, out)
    assert [one.code for one in error.value.details["problems"]] == ["login"]


def test_every_file_that_is_not_of_the_manifest_is_named(out, refused):
    (out / "casebooks/S-001.pdf").unlink()
    with (out / "data/csv/queries.csv").open("ab") as file:
        file.write(b" ")
    assert refused(out) == [("casebooks/S-001.pdf", 0, "missing"), ("data/csv/queries.csv", 0, "changed")]


def test_a_file_that_an_entry_names_is_asked_for(out, refused):
    manifest = json.loads((out / "manifest.json").read_text())
    lost = next(name for name in manifest["files"] if name.startswith("files/"))
    del manifest["files"][lost]
    put_in_order(out, files=manifest["files"])
    assert [code for _, _, code in refused(out)] == ["file"]


def test_a_name_that_leaves_the_folder_is_not_followed(out, refused):
    manifest = json.loads((out / "manifest.json").read_text())
    (out.parent / "outside").write_text("x")
    manifest["files"]["../outside"] = {"sha256": verify_trail.sha256(b"x")}
    put_in_order(out, files=manifest["files"])
    assert refused(out) == [("../outside", 0, "missing")]
