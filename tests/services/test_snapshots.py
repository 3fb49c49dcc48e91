"""States kept under a name: what the entry says, who may, and that a look through one finds what was changed."""

import json

import pytest
from sqlalchemy import text

from edc_core import __version__
from edc_core.domain import metadata_json
from edc_core.domain.permission import Role
from edc_core.domain.study_commands import KeepSnapshot
from edc_core.errors import AlreadyExists, BadRequest, NotAllowed, NotFound
from edc_core.ids import new_id
from edc_core.services import cuts, snapshots
from edc_core.services.reading import look_at
from edc_core.store import readers, triggers


def keep(trial, name, by=None):
    return trial.act(by or trial.dm, snapshots.keep_snapshot, KeepSnapshot, name=name)


def looked(trial, service, *given, by=None):
    with trial.core.read() as source:
        picture = look_at(source, by or trial.dm, readers.study_by_id(source.connection, trial.study_id))
        return service(picture, *given)


def kept_entries(trial):
    return [entry for entry in trial.entries() if entry["kind"] == "cut.create"]


@pytest.fixture
def tamper(core):
    """Run a statement as somebody who took the guards away first and put them back afterwards."""

    def tamper(statement, **values):
        with core.engine.connect().execution_options(edc_write=True) as connection, connection.begin():
            for name in triggers.present(connection):
                table = "ledger_entry" if name.startswith("ledger_entry") else "access_log"
                on_table = "" if connection.dialect.name == "sqlite" else f" ON {table}"
                connection.execute(text(f"DROP TRIGGER {name}{on_table}"))
            assert connection.execute(text(statement), values).rowcount == 1
            triggers.create(connection)

    return tamper


def test_the_entry_says_what_the_state_stands_on(trial):
    done = keep(trial, "Interim 1")
    (entry,) = kept_entries(trial)
    version = trial.index.version
    assert entry["payload"] == {
        "root": done["root"], "leaves": done["chains"], "entries": len(trial.entries("S-001")),
        "name": "Interim 1", "software": __version__,
        "definitions": {version.oid: metadata_json.sha256(version)},
    }  # fmt: skip
    assert entry["actor"] == "dm.choi"


def test_a_name_is_given_once(trial):
    first = keep(trial, "Interim 1")
    assert keep(trial, "Interim 1") == first
    with pytest.raises(AlreadyExists, match="as snapshot 'Interim 1'"):
        keep(trial, "Interim 2")
    trial.save("S-001", {"VS.SYSBP": "120"})
    with pytest.raises(AlreadyExists, match="of another state"):
        keep(trial, "Interim 1")
    assert len(kept_entries(trial)) == 1
    assert keep(trial, "Interim 2")["root"] != first["root"]


def test_a_state_that_an_export_took_is_named_with_an_entry(trial):
    taken = trial.act(trial.dm, cuts.take_cut, cuts.TakeCut)
    assert keep(trial, "Interim 1")["root"] == taken.root
    assert [entry["payload"]["name"] for entry in kept_entries(trial)] == ["", "Interim 1"]


@pytest.mark.parametrize(
    "name", ["", " ", "now", "Now", "a" * 64, "0" * 64, "x" * 81, "a/b", "a\nb", "-a", "a "]
)
def test_what_is_no_name_is_refused(trial, name):
    with pytest.raises(BadRequest, match="Give it a name"):
        keep(trial, name)
    assert kept_entries(trial) == []


@pytest.mark.parametrize("name", ["x", "DMC-1", "Database lock (final)", "중간 분석 1", "x" * 80])
def test_what_is_a_name_is_taken(trial, name):
    keep(trial, name)
    assert looked(trial, snapshots.snapshots)[1].name == name


def test_the_list_begins_with_now_and_then_the_newest(trial, clock):
    first = keep(trial, "One")
    clock.advance(minutes=5)
    trial.save("S-001", {"VS.SYSBP": "120"})
    second = keep(trial, "Two")
    now, two, one = looked(trial, snapshots.snapshots)
    assert [state.name for state in (now, two, one)] == ["now", "Two", "One"]
    assert (one.root, two.root) == (first["root"], second["root"])
    assert (one.who, two.who) == ("dm.choi", "dm.choi")
    assert one.kept_at < two.kept_at
    assert one.entries < two.entries == now.entries


def test_a_state_has_its_positions_and_what_was_published_by_then(trial):
    keep(trial, "One")
    trial.save("S-001", {"VS.SYSBP": "120"})
    one, now = looked(trial, snapshots.state, "One"), looked(trial, snapshots.state, "now")
    (chain,) = (name for name in now.positions if name != "@study")
    assert one.positions[chain] < now.positions[chain] == len(trial.entries("S-001"))
    assert one.versions == now.versions == (trial.index.version.oid,)
    assert looked(trial, snapshots.state, one.root).name == "One"
    with pytest.raises(NotFound):
        looked(trial, snapshots.state, "Two")


def test_who_does_not_export_the_study_neither_lists_nor_verifies(trial):
    keep(trial, "One")
    one_site = trial.person(Role.DM, "dm.site", site="KR-01")
    for person in (trial.crc, trial.cra, one_site):
        with pytest.raises(NotAllowed):
            looked(trial, snapshots.snapshots, by=person)
        with pytest.raises(NotAllowed):
            looked(trial, snapshots.problems, "One", by=person)
        with pytest.raises(NotAllowed):
            keep(trial, "Two", by=person)
    looked(trial, snapshots.snapshots, by=trial.spo)


@pytest.fixture
def kept(trial):
    """A study with a snapshot and entries after it."""
    trial.save("S-001", {"VS.SYSBP": "120"})
    trial.save("S-001", {"VS.SYSBP": "121"})
    keep(trial, "One")
    trial.save("S-001", {"VS.SYSBP": "122"})
    return [entry for entry in trial.entries("S-001") if entry["kind"] == "item.set"]


def changed(entry):
    return json.dumps(entry["payload"] | {"value": "999"})


OF_ENTRY = "WHERE chain = :chain AND n = :n"


def test_a_snapshot_is_as_it_was_kept_whatever_was_written_since(trial, kept):
    assert looked(trial, snapshots.problems, "One") == ()
    with pytest.raises(NotFound):
        looked(trial, snapshots.problems, "Two")


def test_a_changed_payload_is_named(trial, kept, tamper):
    entry = kept[0]
    at = {"chain": entry["chain"], "n": entry["n"]}
    tamper(f"UPDATE ledger_entry SET payload = :payload {OF_ENTRY}", payload=changed(entry), **at)
    assert looked(trial, snapshots.problems, "One") == (
        f"S-001: The payload of entry {entry['n']} was changed.",
    )


@pytest.mark.parametrize("which", [0, 1])
def test_a_removed_entry_is_named(trial, kept, tamper, which):
    """One within the chain, and the one that the snapshot ends with."""
    entry = kept[which]
    tamper(f"DELETE FROM ledger_entry {OF_ENTRY}", chain=entry["chain"], n=entry["n"])
    (problem,) = looked(trial, snapshots.problems, "One")
    assert problem.startswith("S-001: Entry ")


def test_what_was_changed_after_it_is_no_matter_of_the_snapshot(trial, kept, tamper):
    entry = kept[2]
    at = {"chain": entry["chain"], "n": entry["n"]}
    tamper(f"UPDATE ledger_entry SET payload = :payload {OF_ENTRY}", payload=changed(entry), **at)
    assert looked(trial, snapshots.problems, "One") == ()


def test_another_state_under_the_name_is_named(trial, kept, tamper):
    """The list of positions can be changed by who owns the database; the entry that kept it cannot."""
    second = keep(trial, "Two")
    tamper("DELETE FROM cut WHERE name = 'One'")
    tamper("UPDATE cut SET name = 'One' WHERE root = :root", root=second["root"])
    (problem,) = looked(trial, snapshots.problems, "One")
    assert problem == "The study: The state kept as 'One' is not in the database any more."


def test_a_state_that_was_removed_is_named(trial, kept, tamper):
    tamper("DELETE FROM cut WHERE name = 'One'")
    (problem,) = looked(trial, snapshots.problems, "One")
    assert problem == "The study: The state kept as 'One' is not in the database any more."


def test_another_vector_under_the_root_is_named(trial, kept, tamper):
    tamper("UPDATE cut SET vector = replace(vector, '[\"@study\",', '[\"@stud\",') WHERE name = 'One'")
    (problem,) = looked(trial, snapshots.problems, "One")
    assert problem == "The study: The state kept as 'One' was changed in the database."


def test_a_changed_definition_is_named(trial, kept, tamper):
    oid = trial.index.version.oid
    tamper("UPDATE meta_data_version SET sha256 = :other WHERE oid = :oid", other="0" * 64, oid=oid)
    (problem,) = looked(trial, snapshots.problems, "One")
    assert "meta_data_version" in problem


def test_a_retry_is_answered_as_the_first_time(trial):
    command = KeepSnapshot(study_id=trial.study_id, op=new_id(), name="One")
    first = trial.do(trial.dm, snapshots.keep_snapshot, command)
    trial.save("S-001", {"VS.SYSBP": "120"})
    assert trial.do(trial.dm, snapshots.keep_snapshot, command) == first
