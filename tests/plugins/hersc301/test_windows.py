"""Each cycle waits for the one before: of cycles to come, only the next one is due."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.visit_window import Standing
from edc_core.services.reading import look_at
from edc_core.services.subject_casebook import casebook
from edc_core.store import readers
from edc_core.testing.trial import Trial

FOLDER = Path(__file__).parents[3] / "forms/hersc-301"
AFTER_SURGERY = [f"C{cycle}D1" for cycle in range(10, 19)]
LONG_AFTER = datetime(2028, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def version():
    return replace(load(FOLDER).required(), plugins=())


@pytest.fixture
def trial(core, version):
    made = Trial(core, version, environment="dev")
    made.add_subject("US01-0001", site="US-01")
    return made


def answer(trial, event, answers):
    given = {trial.path(oid, event=event): text for oid, text in answers.items()}
    trial.save("US01-0001", given, by=trial.cli)


def dose(trial, event, day):
    answer(trial, event, {"EX-TRA.ECOCCUR": "Y", "EX-TRA.ECSTDAT": day})


def timing(trial, now=LONG_AFTER):
    with trial.core.read() as source:
        look = look_at(source, trial.dm, readers.study_by_id(source.connection, trial.study_id))
        return {event.path.event.oid: event.timing for event in casebook(look, "US01-0001", now=now).events}


@pytest.fixture
def before_cycle_9(trial):
    """Cycle 8 was dosed, the subject was operated on, cycle 9 is to come."""
    dose(trial, "C8D1", "2025-08-01")
    answer(trial, "SURG", {"SURGERY.PRPERF": "Y", "SURGERY.PRSTDAT": "2025-08-29"})
    return trial


def test_no_cycle_is_due_before_the_one_ahead_of_it_was_held(before_cycle_9):
    told = timing(before_cycle_9)
    assert told["C9D1"].due.in_words == "12 SEP 2025 to 17 OCT 2025"
    assert told["C9D1"].standing is Standing.OVERDUE
    assert {event: (told[event].due, told[event].standing) for event in AFTER_SURGERY} == dict.fromkeys(
        AFTER_SURGERY, (None, None)
    )


def test_the_next_cycle_has_its_window_once_the_one_before_was_dosed(before_cycle_9):
    dose(before_cycle_9, "C9D1", "2025-09-15")
    told = timing(before_cycle_9, datetime(2025, 9, 20, tzinfo=UTC))
    assert told["C10D1"].due.in_words == "03 OCT 2025 to 09 OCT 2025"
    assert told["C10D1"].standing is Standing.COMING
    assert [event for event in AFTER_SURGERY if told[event].due] == ["C10D1"]


def test_a_cycle_without_a_dose_is_counted_from_all_the_same(before_cycle_9):
    answer(before_cycle_9, "C9D1", {"VS.VSPERF": "Y", "VS.VSDAT": "2025-09-15"})
    answer(before_cycle_9, "C9D1", {"EX-TRA.ECOCCUR": "N"})
    assert timing(before_cycle_9)["C10D1"].due.in_words == "03 OCT 2025 to 09 OCT 2025"


def test_before_surgery_each_cycle_waits_for_the_one_before_too(trial):
    dose(trial, "C1D1", "2026-03-01")
    told = timing(trial, datetime(2026, 3, 2, tzinfo=UTC))
    assert told["C2D1"].due.in_words == "19 MAR 2026 to 25 MAR 2026"
    assert [cycle for cycle in range(3, 9) if told[f"C{cycle}D1"].due] == []
