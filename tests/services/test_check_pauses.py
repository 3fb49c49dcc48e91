"""A check that is switched off for a while: by two persons, silent in that time, on again by itself (REQ-DAT-07)."""

from dataclasses import replace

import pytest

from edc_core.core import Core
from edc_core.domain import study_commands
from edc_core.domain.check_pause import PauseStep
from edc_core.domain.commands import Reason
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.ledger_entry import STUDY_CHAIN
from edc_core.domain.metadata import DataType, PluginUse
from edc_core.domain.query import QueryState
from edc_core.errors import (
    BadRequest,
    NotAllowed,
    NotFound,
    ReasonRequired,
    SecondPersonRequired,
    ValueRefused,
    WrongState,
)
from edc_core.jobs.worker import Worker
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import check_pauses, exporting
from edc_core.services.history import TrailFilter, history
from edc_core.services.reading import look_at
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import readers
from edc_core.testing.trial import SOME_REASON
from tests.builders import Trial, a_study, vital_signs

SOFT, HARD = "VS.SYSBP.RC2", "VS.SYSBP.RC4"  #: at most 250, at most 999
WHY = Reason(text="The limit is wrong for this device.")


@pytest.fixture
def trial(core):
    trial = Trial(core, vital_signs("PAUSES").build())
    trial.add_subject("S-001", site="KR-01")
    trial.add_subject("S-002", site="US-01")
    return trial


def ask(trial, check=SOFT, since="2026-03-04", until="2026-03-05", by=None, **more):
    fields = {"check": check, "since": since, "until": until, "reason": WHY} | more
    return trial.act(by or trial.dm, check_pauses.pause_check, study_commands.PauseCheck, **fields)


def decide(trial, n, step=PauseStep.APPROVE, by=None, reason=WHY):
    fields = {"n": n, "step": step, "reason": reason}
    return trial.act(by or trial.spo, check_pauses.decide_pause, study_commands.DecidePause, **fields)


def off(trial, check=SOFT, **more):
    asked = ask(trial, check, **more)
    return decide(trial, asked["n"])["n"]


def work(trial, clock, **later):
    clock.advance(**later)
    Worker(trial.core).run(once=True)


def states(trial):
    return [e["payload"]["state"] for e in trial.entries() if e["kind"] == "study.check"]


def told(trial):
    with trial.core.read() as source:
        picture = look_at(source, trial.dm, readers.study_by_id(source.connection, trial.study_id))
        kinds = TrailFilter(kinds=("study.check",))
        return [(h.text, h.reason) for h in reversed(history(picture, STUDY_CHAIN, kinds).happenings)]


def high(trial, subject="S-001", value="300"):
    by = None if subject == "S-001" else trial.cli
    trial.save(subject, {"VS.SYSBP": value, "VS.DIABP": "80"}, by=by)
    trial.complete(subject, "VS", by=by)


def test_in_live_another_person_approves_and_the_trail_says_all_of_it(trial, clock):
    asked = ask(trial)
    assert asked["state"] == "asked"
    high(trial)
    assert trial.open_queries("S-001") == [(SOFT, str(trial.path("VS.SYSBP")))], "nothing is off yet"
    with pytest.raises(SecondPersonRequired):
        decide(trial, asked["n"], by=trial.dm)
    assert decide(trial, asked["n"], by=trial.dm2) == {"n": asked["n"], "state": "off"}
    with pytest.raises(WrongState):
        decide(trial, asked["n"])
    work(trial, clock, days=2)
    days = f"check {SOFT} in the whole study from 04 MAR 2026 to 05 MAR 2026"
    assert told(trial) == [
        (f"asked to switch off {days}; another person has to approve it.", WHY.text),
        (f"switched off {days}, as dm.choi had asked.", WHY.text),
        (f"ended that check {SOFT} in the whole study is switched off.", ""),
    ]
    assert verify(trial.core, rebuild=True).problems == []


def test_it_is_silent_in_its_time_and_then_asks_what_it_would_have_asked(trial, clock):
    off(trial)
    high(trial)
    assert trial.open_queries("S-001") == []
    work(trial, clock, days=1)  # the last day
    assert (states(trial)[-1], trial.open_queries("S-001")) == ("off", [])
    work(trial, clock, days=1)
    assert (states(trial)[-1], trial.open_queries("S-001")) == (
        "ended",
        [(SOFT, str(trial.path("VS.SYSBP")))],
    )
    high(trial, "S-002")
    assert trial.open_queries("S-002") == [(SOFT, str(trial.path("VS.SYSBP")))]


def test_what_it_asked_before_stays_as_it_is(trial, clock):
    high(trial)
    off(trial)
    trial.save("S-001", {"VS.SYSBP": "120"}, reason=SOME_REASON)
    (query,) = trial.casebook("S-001").queries.values()
    assert query.state is QueryState.OPEN, "nobody looked whether the value is right now"
    work(trial, clock, days=2)
    (query,) = trial.casebook("S-001").queries.values()
    assert query.state is QueryState.RESOLVED


def test_only_the_sites_that_are_named(trial, clock):
    off(trial, sites=("US-01",))
    high(trial, "S-001")
    high(trial, "S-002")
    assert (trial.open_queries("S-001") != [], trial.open_queries("S-002")) == (True, [])
    work(trial, clock, days=2)
    assert trial.open_queries("S-002") == [(SOFT, str(trial.path("VS.SYSBP")))]
    assert "at site US-01" in told(trial)[0][0]


def test_a_check_that_refuses_takes_the_value_and_asks_afterwards(trial, clock):
    with pytest.raises(ValueRefused):
        trial.save("S-001", {"VS.SYSBP": "1200"})
    off(trial, HARD)
    high(trial, value="1200")
    assert [check for check, _ in trial.open_queries("S-001")] == [SOFT], "the other limit is on"
    work(trial, clock, days=2)
    assert [check for check, _ in trial.open_queries("S-001")] == [SOFT, HARD]


def test_it_begins_on_its_first_day(trial, clock):
    asked = ask(trial, since="2026-03-05", until="2026-03-05")
    assert decide(trial, asked["n"])["state"] == "planned"
    high(trial)
    assert len(trial.open_queries("S-001")) == 1
    work(trial, clock, days=1)
    high(trial, "S-002")
    assert (states(trial), trial.open_queries("S-002")) == (["asked", "planned", "off"], [])


def test_it_is_switched_on_before_its_time_with_a_reason(trial):
    n = off(trial, until="2026-12-31")
    high(trial)
    with pytest.raises(ReasonRequired):
        decide(trial, n, PauseStep.END, by=trial.dm, reason=Reason())
    with pytest.raises(NotAllowed):
        decide(trial, n, PauseStep.END, by=trial.spo)
    decide(trial, n, PauseStep.END, by=trial.dm)
    trial.run_checks("S-001")
    assert trial.open_queries("S-001") == [(SOFT, str(trial.path("VS.SYSBP")))]
    with pytest.raises(NotFound):
        decide(trial, n, PauseStep.END, by=trial.dm)


def test_what_is_refused_or_nobody_answers_is_never_off(trial, clock):
    decide(trial, ask(trial)["n"], PauseStep.REFUSE)
    waiting = ask(trial)["n"]
    work(trial, clock, days=2)
    assert states(trial) == ["asked", "refused", "asked", "ended"]
    with pytest.raises(NotFound):
        decide(trial, waiting)
    high(trial)
    assert len(trial.open_queries("S-001")) == 1


def test_two_workers_end_it_once(trial, clock):
    off(trial)
    with trial.core.read() as source:
        seen = readers.study_by_id(source.connection, trial.study_id)
    clock.advance(days=2)
    assert [check_pauses.turn_due(trial.core, seen) for _ in range(2)] == [1, 0]
    assert states(trial) == ["asked", "off", "ended"]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"reason": Reason(text=" ")}, ReasonRequired),
        ({"since": "2026-03-03"}, BadRequest),
        ({"until": "2026-03-03"}, BadRequest),
        ({"until": "soon"}, BadRequest),
        ({"until": "20260305"}, BadRequest),
        ({"check": "EDC.REQUIRED"}, BadRequest),
        ({"check": " "}, BadRequest),
        ({"check": "NOTHING"}, NotFound),
        ({"sites": ("KR-99",)}, NotFound),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(trial, fields, error):
    with pytest.raises(error):
        ask(trial, **fields)
    assert states(trial) == []


def test_nobody_asks_twice_for_the_same_days(trial):
    ask(trial, sites=("KR-01",))
    with pytest.raises(WrongState):
        ask(trial)
    with pytest.raises(WrongState):
        ask(trial, sites=("KR-01", "US-01"), since="2026-03-05", until="2026-03-09")
    ask(trial, sites=("US-01",))
    ask(trial, sites=("KR-01",), since="2026-03-06", until="2026-03-09")
    ask(trial, HARD)


def test_outside_live_one_person_is_enough(core):
    trial = Trial(core, vital_signs("PAUSES").build(), environment="uat")
    trial.add_subject()
    assert ask(trial)["state"] == "off"
    high(trial)
    assert trial.open_queries("S-001") == []


def test_the_manifest_of_an_export_says_when_which_check_was_off(core_url, clock, tmp_path):
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(), clock)
    trial = Trial(core, vital_signs("PAUSES").build())

    def manifest(name):
        command = exporting.RequestExport(
            study_id=trial.study_id, op=f"export:{name}", choice=ExportChoice("csv", unlocked=True)
        )
        return exporting.export(trial.core, trial.dm, command, tmp_path / name).manifest

    assert "checks_switched_off" not in manifest("before")
    off(trial, sites=("US-01",))
    said = {"check": SOFT, "sites": ["US-01"], "since": "2026-03-04", "until": "2026-03-05"}
    assert manifest("during")["checks_switched_off"] == [said]
    work(trial, clock, days=2)
    assert manifest("after")["checks_switched_off"] == [said | {"ended": "2026-03-06"}]
    core.close()


SOURCE = PluginSource("by_version", "tests.plugins.by_version", version="1.0")


@pytest.fixture
def coded(core_url, clock, tmp_path):
    """A live study whose check HIGH is one of a plugin."""
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins([SOURCE]), clock)
    study = a_study("CODED").with_event("V1", "VS", "DM").with_item("VS.SYSBP", DataType.INTEGER)
    uses = core.plugins.activate((PluginUse("by_version", ""),)).resolved
    trial = Trial(core, replace(study.with_item("DM.SEX").with_site("KR-01").build(), plugins=uses))
    trial.add_subject()
    yield trial
    core.close()


def test_a_check_of_a_plugin_is_switched_off_alike(coded, clock):
    place = str(coded.path("VS.SYSBP"))
    off(coded, "HIGH")
    coded.save("S-001", {"VS.SYSBP": "150"}, complete=True)
    coded.run_checks("S-001")
    assert coded.open_queries("S-001") == [("OLD", place)]
    work(coded, clock, days=2)
    assert coded.open_queries("S-001") == [("HIGH", place), ("OLD", place)]
    assert verify(coded.core, rebuild=True).problems == []
