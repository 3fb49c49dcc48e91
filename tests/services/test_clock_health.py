"""The clock beside its time server, the database's and the newest entry; what is signed with it, and what is noted."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from edc_core.clock import SystemClock
from edc_core.domain.clock_health import ClockStanding
from edc_core.domain.item_path import ItemPath
from edc_core.domain.signature import Meaning
from edc_core.errors import WrongState
from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from edc_core.services import clock_health, signing
from edc_core.services.lock_readiness import what_is_open
from edc_core.services.reading import look_at
from edc_core.services.signing import Sign
from edc_core.services.to_sign import Desk
from edc_core.store import readers, times
from edc_core.store.ledger_tables import access_log
from tests.builders import waive_all
from tests.databases import on_postgres


@pytest.fixture
def trial(trial):
    """S-001 has one complete form."""
    trial.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"}, complete=True)
    return trial


def sign(trial):
    path = ItemPath.parse("V1[1]/VS[1]")
    with trial.core.write(trial.pi) as uow:
        found = readers.subject_by_key(uow.connection, trial.study_id, "S-001")
        site = readers.sites(uow.connection, trial.study_id)[found.site_id]
        study = readers.study_by_id(uow.connection, trial.study_id)
        seen = Desk(uow, trial.pi, study, found, site).lay_out(path).manifest.sha256
        command = Sign(
            study_id=trial.study_id, op=new_id(), subject_key="S-001", path=path, sha256=seen,
            meaning=Meaning.RESPONSIBILITY, component="password", accepts=True,
        )  # fmt: skip
        return signing.sign(uow, command, trial.core.files)


def signatures(trial):
    return [one["payload"] for one in trial.entries("S-001") if one["kind"] == "sign.set"]


def look_whole(core):
    with core.read() as source:
        return clock_health.look_whole(core.clock, source)


@pytest.mark.parametrize("which", ["off", "apart"])
def test_nothing_is_signed_while_a_clock_is_off_by_more_than_a_minute(trial, core_url, which):
    if which == "apart" and core_url.startswith("sqlite"):
        trial.core.clock.apart = 61.0  # one machine, one clock: nothing to be compared
        sign(trial)
        assert signatures(trial)[0]["clock"] == "unknown"
        return
    setattr(trial.core.clock, which, 61.0)
    before = trial.entries("S-001")
    with pytest.raises(WrongState, match=r"61 seconds (off|apart).*Nothing that you entered is lost"):
        sign(trial)
    assert trial.entries("S-001") == before
    setattr(trial.core.clock, which, 60.0)
    sign(trial)
    assert signatures(trial)[0]["clock"] == "drifts"


def test_without_a_time_server_it_is_signed_and_the_entry_says_so(trial):
    sign(trial)
    assert signatures(trial)[0]["clock"] == "unknown"


def test_values_are_saved_whatever_the_clock_says(trial):
    trial.core.clock.off = 3600.0
    trial.save("S-001", {"DM.SEX": "F"})
    last = [one for one in trial.entries("S-001") if one["kind"] == "item.set"][-1]
    assert (last["path"], last["payload"]["value"]) == ("V1[1]/DM[1]/DM[1]/DM.SEX", "F")


def test_nothing_is_waived_with_a_wrong_clock(trial):
    trial.save("S-001", {"DM.SEX": "F"})
    trial.core.clock.off = 61.0
    with pytest.raises(WrongState, match="61 seconds off"):
        waive_all(trial)
    trial.core.clock.off = 0.0
    waive_all(trial)
    with trial.core.read() as source:
        picture = look_at(source, trial.dm, readers.study_by_id(source.connection, trial.study_id))
        assert not what_is_open(picture).remaining
    waivers = [one["payload"] for one in trial.entries("S-001") if one["kind"] == "waiver.set"]
    assert {one["clock"] for one in waivers} == {"good"}


def test_a_clock_that_was_set_back_is_seen_and_entries_never_go_back(trial):
    assert look_whole(trial.core).behind_s == 0
    last = trial.entries("S-001")[-1]["at"]
    trial.core.clock.advance(seconds=-7200)
    found = look_whole(trial.core)
    assert (found.behind_s, found.standing) == (7200.0, ClockStanding.DRIFTS)
    assert "set back: the newest entry lies 2 hours ahead" in found.words
    sign(trial)
    assert trial.entries("S-001")[-1]["at"] == last


def test_the_worker_notes_how_the_clock_stands_and_only_what_is_new(trial, caplog):
    def noted():
        with trial.core.read() as source:
            rows = source.connection.execute(select(access_log).order_by(access_log.c.id))
            return [(row.login, row.action) for row in rows if row.action.startswith("clock")]

    Worker(trial.core).run(once=True)
    assert noted() == [("system", "clock unknown")]
    trial.core.clock.off = 90.0
    assert clock_health.note(trial.core, ClockStanding.UNKNOWN).standing is ClockStanding.WRONG
    clock_health.note(trial.core, ClockStanding.WRONG)
    assert noted() == [("system", "clock unknown"), ("system", "clock wrong")]
    with caplog.at_level(logging.WARNING, logger="edc.worker"):
        Worker(trial.core).run(once=True)
    assert "The clock of the server is 90 seconds off its time server." in caplog.text


@on_postgres
def test_the_clock_of_the_database_is_compared_as_it_is_now(core):
    with core.read() as source:
        first = times.database_time(source.connection)
        assert times.database_time(source.connection) > first  # not when the transaction began
        found = clock_health.look(SystemClock(), source)
    assert found.apart_s is not None
    assert found.apart_s < 1


def test_one_clock_is_apart_from_another_by_what_the_way_does_not_explain():
    clock = SystemClock()
    assert clock.apart_from(lambda: datetime.now(UTC)) == 0.0
    for seconds in (90, -90):
        apart = clock.apart_from(lambda by=seconds: datetime.now(UTC) + timedelta(seconds=by))
        assert 89 < apart <= 90
