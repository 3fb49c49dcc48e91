"""A made-up subject of HERSC-301 lives as patients do: nobody is seen after death, nothing is due to a drug not given yet."""

from datetime import date

import pytest
from edc_core_simulate import hersc301_logs as logs
from edc_core_simulate.case import BASE_DATE, Place, make_case
from edc_core_simulate.chance import Chance
from edc_core_simulate.hersc301 import Hersc301
from edc_core_simulate.hersc301_arms import death, serious
from edc_core_simulate.run import scheduled

from edc_core.definitions.loader import load
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.plugin_access import StudySite
from tests.plugins.simulate.conftest import HERSC_301

SITE = StudySite("s", "FR-01", "FR", "Europe/Paris")


@pytest.fixture(scope="module")
def cases():
    profile, schedule = Hersc301(), scheduled(MetaDataIndex(load(HERSC_301).required()))
    stories = {0: "S5", 1: "S9"}
    return [
        make_case(
            Chance("of the test"), number, SITE, schedule, BASE_DATE,
            frozenset({stories[number]} if number in stories else ()), profile.days_to,
        )
        for number in range(400)
    ]  # fmt: skip


def whole(text):
    return len(text) == logs.WHOLE_DATE


def died(case):
    """The fatal events of a subject."""
    return [one for one in logs.events(case) if one["AEOUT"] == "FATAL"]


def test_somebody_dies_and_most_live(cases):
    assert 3 <= sum(bool(died(case)) for case in cases) <= 60


def test_nobody_dies_twice_or_before_the_last_visit(cases):
    profile = Hersc301()
    for case in cases:
        for event in died(case):
            assert len(died(case)) == 1
            assert date.fromisoformat(event["AESTDAT"]) > case.day(profile.last_visit(case))
            assert event["AESTDAT"] <= event["AEENDAT"]
            assert death(case, Place("EVENTS", "DD", "DD"))["DTHDAT"] == event["AEENDAT"]
            assert serious(case, Place("EVENTS", "SAE", "SAE"))["SAEDTH"] == "Y"


def test_nothing_is_entered_of_a_day_after_death(cases):
    for case in (one for one in cases if died(one)):
        end = died(case)[0]["AEENDAT"]
        medicines = [logs.medicine(case, Place("LOGS", "CM", "CMLOG", row, 3)) for row in (1, 2, 3)]
        days = [one[name] for one in logs.events(case) for name in ("AESTDAT", "AEENDAT")]
        days += [one[name] for one in medicines for name in ("CMSTDAT", "CMENDAT")]
        assert [day for day in days if whole(day) and day > end] == []


def test_what_comes_before_the_first_dose_is_due_to_no_drug(cases):
    profile, seen = Hersc301(), 0
    for case in cases:
        for event in logs.events(case):
            untreated = profile.last_visit(case) == "SCR" or (
                whole(event["AESTDAT"]) and date.fromisoformat(event["AESTDAT"]) < case.day("C1D1")
            )
            late_slip = (
                event["AESTDAT"] < case.day("SCR").isoformat()
            )  # typed wrongly, so it says nothing of when it was
            if untreated and not late_slip:
                seen += 1
                assert (event["AEREL"], event["AERELCH"]) == ("NOT RELATED", "NOT RELATED"), event
                assert event["AEACN"] == "NOT APPLICABLE", event
                assert not event["AETERM"].startswith("Injection")
    assert seen > 50
