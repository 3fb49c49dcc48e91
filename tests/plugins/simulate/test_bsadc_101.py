"""Made-up subjects of BSADC-101: cohorts in turn, and the stories of its cohort rules. One database for all."""

import shutil

import pytest

from edc_core.domain.casebook import RECORD_KEY
from tests.plugins.simulate.conftest import HERSC_301, Playground

STORIES = ("", "B03", "B04", "B05", "", "", "")


@pytest.fixture(scope="module")
def told(edc_sqlite_template, tmp_path_factory):
    from edc_core.testing import FakeClock

    file = tmp_path_factory.mktemp("told") / "edc.db"
    shutil.copyfile(edc_sqlite_template, file)
    there = Playground(file, FakeClock())
    there.publish(HERSC_301.parent / "bsadc-101")
    there.simulation = there.simulate(len(STORIES), scenarios=STORIES)
    yield there
    there.core.close()


@pytest.fixture(scope="module")
def asked(told):
    assert told.simulation.tally.problems == []
    books = sorted(told.casebooks().values(), key=lambda book: book.subject.subject_id)
    return [{query.check_oid for query in book.queries.values()} for book in books]


def test_cohorts_stand_in_the_record_of_the_study(told):
    study = told.session.study(told.study)
    assert RECORD_KEY not in study.subject_keys
    assert told.session.queries(study, RECORD_KEY) == ()


def test_a_subject_without_a_story_breaks_no_rule_of_the_cohorts(asked):
    rules = {"BSADC-B03", "BSADC-B04", "BSADC-B04.SLOT", "BSADC-B05", "BSADC-B06", "BSADC-B16"}
    assert [sorted(rules & asked[number]) for number, story in enumerate(STORIES) if not story] == [[]] * 4


def test_stories_make_the_checks_ask_that_they_are_about(asked):
    assert "BSADC-B03" in asked[1]
    assert "BSADC-B04.SLOT" in asked[2]
    assert "BSADC-B05" in asked[3]


def test_data_are_plausible(told):
    fired = told.simulation.tally.fired
    often = {
        "BSADC-B08",
        "BSADC-B08.THREE",
        "BSADC-B09",
        "BSADC-B11",
        "BSADC-B12",
        "BSADC-B12.GAP",
        "BSADC-B13",
    }
    assert {oid: len(fired.get(oid, ())) for oid in often if len(fired.get(oid, ())) > 2} == {}
    assert told.entries() > 1000


def test_a_repeated_run_adds_nothing(told):
    entries = told.entries()
    assert told.simulate(len(STORIES), scenarios=STORIES).tally.added == 0
    assert told.entries() == entries
