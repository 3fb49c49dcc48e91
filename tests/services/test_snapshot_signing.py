"""Signed and sealed snapshots: what is signed, by whom, and that a file tells without a database what was changed in it."""

import copy
from dataclasses import replace

import pytest

from edc_core.domain.permission import Role
from edc_core.domain.signature import Meaning
from edc_core.domain.study_commands import KeepSnapshot
from edc_core.errors import AlreadyExists, EditConflict, NotAllowed, NotFound, UnsafeSettings
from edc_core.ledger import anchor_key, cut, snapshot_seal
from edc_core.services import snapshot_signing, snapshots
from edc_core.services.reading import look_at
from edc_core.services.verifying import verify
from edc_core.store import readers


@pytest.fixture
def kept(trial):
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"})
    trial.act(trial.dm, snapshots.keep_snapshot, KeepSnapshot, name="Interim 1")
    return trial


def looked(trial, service, *given, by=None):
    with trial.core.read() as source:
        picture = look_at(source, by or trial.dm, readers.study_by_id(source.connection, trial.study_id))
        return service(picture, *given)


def digest(trial, name="Interim 1"):
    return looked(trial, snapshot_signing.to_sign, name)[1]


def sign(trial, by=None, **more):
    said = {
        "name": "Interim 1",
        "sha256": digest(trial),
        "meaning": Meaning.APPROVAL,
        "component": "password",
    }
    return trial.act(by or trial.dm, snapshot_signing.sign, snapshot_signing.SignSnapshot, **(said | more))


def test_a_signature_names_who_when_what_and_the_manifest(kept, clock):
    clock.advance(minutes=5)
    sign(kept)
    manifest, sha256, (one,) = looked(kept, snapshot_signing.to_sign, "Interim 1")
    assert (one.login, one.role, one.meaning, one.sha256) == (kept.dm.name, Role.DM, "approval", sha256)
    assert one.statement == Meaning.APPROVAL.statement
    assert manifest["root"] == kept.entries()[-2]["payload"]["root"]
    entry = kept.entries()[-1]
    assert (entry["kind"], entry["payload"]["sha256"], entry["at"]) == ("cut.sign", sha256, one.at)
    assert verify(kept.core).ok


def test_what_was_entered_since_changes_nothing_of_what_is_signed(kept):
    before = digest(kept)
    sign(kept)
    kept.save("S-001", {"VS.SYSBP": "130"})
    assert digest(kept) == before


def test_a_signature_is_no_change_of_data(kept):
    with kept.core.read() as source:
        before = cut.present_data(source.connection, kept.study_id).root
    sign(kept)
    with kept.core.read() as source:
        assert cut.present_data(source.connection, kept.study_id).root == before


def test_who_may_and_what_was_read(kept):
    for by in (kept.crc, kept.spo, kept.cli):
        with pytest.raises(NotAllowed):
            sign(kept, by)
    with pytest.raises(EditConflict):
        sign(kept, sha256="0" * 64)
    with pytest.raises(NotFound):
        sign(kept, name="Interim 2")
    sign(kept)
    with pytest.raises(AlreadyExists):
        sign(kept)
    sign(kept, meaning=Meaning.REVIEW)
    sign(kept, kept.dm2)
    assert len(looked(kept, snapshot_signing.to_sign, "Interim 1")[2]) == 3


@pytest.fixture
def sealed(kept, tmp_path):
    """A sealed snapshot with one signature, and the public key."""
    file = str(tmp_path / "anchor.key")
    key = anchor_key.create(file)
    sign(kept)
    settings = replace(kept.core.settings, anchor_key_file=file)
    return looked(kept, snapshot_signing.seal, settings, "Interim 1"), key.public


def test_a_sealed_snapshot_is_told_good_from_its_file_alone(sealed):
    found, key = sealed
    assert snapshot_seal.problems(found) == snapshot_seal.problems(found, key) == ()
    assert snapshot_seal.problems(found, "0" * 64) == (
        "Another key sealed it than the one of the installation.",
    )


def changed(found, *path, to):
    other = copy.deepcopy(found)
    place = other
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return snapshot_seal.problems(other)


@pytest.mark.parametrize(
    ("path", "to", "said"),
    [
        (("manifest", "data_until"), "2020-01-01", "The manifest was changed"),
        (("manifest", "root"), "0" * 64, "another root"),
        (("vector", 0, 1), "99", "The positions of the chains were changed"),
        (("signatures", 0, "sha256"), "0" * 64, "signed another manifest"),
        (("signatures", 0, "full_name"), "Somebody Else", "The seal is not of this file."),
        (("signatures",), [], "The seal is not of this file."),
        (("seal",), "0" * 128, "The seal is not of this file."),
        (("key",), "not hex", "The seal is not of this file."),
        (("vector",), "none", "not as the framework writes it"),
        (("manifest",), {}, "not as the framework writes it"),
        (("format",), "another", "This is no sealed snapshot"),
    ],
)
def test_each_change_of_the_file_is_named(sealed, path, to, said):
    problems = changed(sealed[0], *path, to=to)
    assert any(said in problem for problem in problems), problems


def test_nothing_at_all_is_no_sealed_snapshot():
    assert snapshot_seal.problems({}) == ("This is no sealed snapshot (edc-snapshot-1).",)


def test_without_a_key_nothing_is_sealed(kept):
    with pytest.raises(UnsafeSettings, match="EDC_ANCHOR_KEY_FILE"):
        looked(kept, snapshot_signing.seal, kept.core.settings, "Interim 1")
