"""The planted scenarios of HERSC-301 (requirements 5.1): each makes the checks ask that it is about. One database for all."""

import json
import shutil

import pytest
from sqlalchemy import select

from edc_core.services import verifying
from edc_core.store.ledger_tables import ledger_entry
from tests.plugins.simulate.conftest import Playground

pytestmark = pytest.mark.timeout(300)  # the first one simulates a trial

#: Scenario to the checks that must ask of its subject.
EXPECTED = {
    "S1": {"EC41", "EC41.AE", "EC41.REPEAT", "EC42"},
    "S2": {"EC47.PRE", "EC48.AFTER"},
    "S3": {"EC30"},
    "S8": {"EC49", "EC49.TWICE"},
    "S9": {"EC08P"},
    "S10": {"LB-CHEM.CREAT.GE"},
    "S15": {"EC32", "EC32.TWICE"},
}


@pytest.fixture(scope="module")
def told(edc_sqlite_template, tmp_path_factory):
    """A study in which the first subjects tell the scenarios in their order."""
    from edc_core.testing import FakeClock

    file = tmp_path_factory.mktemp("told") / "edc.db"
    shutil.copyfile(edc_sqlite_template, file)
    there = Playground(file, FakeClock())
    there.publish()
    there.simulation = there.simulate(len(EXPECTED) + 1, scenarios=tuple(EXPECTED))
    yield there
    there.core.close()


@pytest.fixture(scope="module")
def asked(told):
    """Scenario to the checks that asked of its subject, warnings too."""
    assert told.simulation.tally.problems == []
    study = told.session.study(told.study)
    by_subject = {key: book.subject for key, book in told.casebooks().items()}
    in_order = sorted(by_subject, key=lambda key: by_subject[key].subject_id)
    return {
        scenario: {q.check_oid for q in told.session.queries(study, key)}
        | {f.check_oid for f in told.session.findings(study, key)}
        for scenario, key in zip(EXPECTED, in_order, strict=False)
    }


@pytest.mark.parametrize("scenario", EXPECTED)
def test_a_scenario_makes_its_checks_ask(asked, scenario):
    assert EXPECTED[scenario] <= asked[scenario]


def test_s1_runs_through_the_tick_that_makes_its_check_ask(told):
    """Nobody typed anything that made it ask: the day of the clock did, recorded in each zone before."""
    zones = {site.zone for site in told.session.study(told.study).sites}
    ticks, (asked,) = entries(told, "clock.tick"), entries(told, "query.open", "EC41.REPEAT")
    assert {tick["payload"]["zone"] for tick in ticks} == zones
    assert len(ticks) == len(zones)
    assert asked["actor"] == "system"
    assert asked["path"].startswith("C5D1[1]/LVEF[1]/")


def test_told_again_the_clock_does_not_tick_again(told):
    before = told.entries()
    told.simulate(len(EXPECTED) + 1, scenarios=tuple(EXPECTED))
    assert told.entries() == before


def test_without_the_story_no_day_begins(playground):
    there = playground().publish()
    there.simulate(1, scenarios=("S3",))
    assert entries(there, "clock.tick") == []


def entries(there, kind, check=""):
    with there.core.read() as source:
        found = source.connection.execute(
            select(ledger_entry).where(ledger_entry.c.kind == kind).order_by(ledger_entry.c.at)
        ).mappings()
        read = [{**one, "payload": json.loads(one["payload"])} for one in found]
    return [one for one in read if not check or one["payload"]["check_oid"] == check]


def test_what_is_planted_in_one_subject_asks_in_no_other(asked):
    for scenario, checks in EXPECTED.items():
        if scenario in ("S1", "S8", "S15"):
            assert not any(checks & found for other, found in asked.items() if other != scenario), scenario


def test_s11_a_tampered_entry_is_found_by_verify(told, tmp_path, edc_clock):
    """S11: somebody with access to the database changes a value behind the ledger's back."""
    import sqlite3

    file = tmp_path / "tampered.db"
    source = sqlite3.connect(told.core.settings.database_url.removeprefix("sqlite:///"))
    with sqlite3.connect(file) as copy:
        source.backup(copy)
        for (name,) in copy.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            copy.execute(f'drop trigger "{name}"')
        chain, n = copy.execute(
            "select chain, n from ledger_entry where path like 'SCR%LVEF.LVEF' and payload like '%\"62\"%'"
        ).fetchone()
        copy.execute(
            "update ledger_entry set payload = replace(payload, '\"62\"', '\"63\"') where chain = ? and n = ?",
            (chain, n),
        )
    copy.close()
    source.close()
    tampered = Playground(file, edc_clock)
    report = verifying.verify(tampered.core)
    tampered.core.close()
    assert not report.ok
    assert (chain, n) in {(problem.chain, problem.n) for problem in report.problems}
