"""The tier of risk of a site: said with a reason, and what is to be verified there is counted anew; marks stay."""

from dataclasses import replace

import pytest

from edc_core.domain import commands as c
from edc_core.domain import study_commands
from edc_core.domain.metadata import ReviewRule
from edc_core.domain.review import ReviewState
from edc_core.domain.review_plan import ReviewGroup
from edc_core.errors import BadRequest, NotAllowed, NotFound, ReasonRequired, WrongState
from edc_core.services import closing_sites, review_coverage, reviewing
from edc_core.services.reading import look_at
from edc_core.services.verifying import verify
from edc_core.store import readers
from edc_core.testing.trial import NO_REASON, SOME_REASON
from tests.builders import Trial, vital_signs

SDV = ReviewGroup.SDV
PLAN = (
    ReviewRule(SDV, items=("VS.SYSBP",)),
    ReviewRule(SDV, items=("VS.DIABP",), risks=("medium", "high")),
    ReviewRule(SDV, forms=("DM",), risks=("high",)),
)


@pytest.fixture
def trial(core):
    made = Trial(core, vital_signs().with_review(*PLAN).build(), environment="dev")
    made.add_subject("S-001")
    made.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"}, complete=True)
    made.save("S-001", {"DM.SEX": "F", "DM.AGE": "40"}, complete=True)
    return made


def judge(trial, risk, by=None, **more):
    named = {"number": "KR-01", "risk": risk, "reason": SOME_REASON} | more
    return trial.act(by or trial.dm, closing_sites.set_risk, study_commands.SetSiteRisk, **named)


def counted(trial):
    """(planned, done) at the subject's site."""
    with trial.core.read() as source:
        picture = look_at(source, trial.cra, readers.study_by_id(source.connection, trial.study_id))
        total = review_coverage.study_coverage(picture, SDV, picture.sites).total
    return total.planned, total.done


def check(trial, *items):
    paths = [trial.path(item) for item in items]
    book = trial.casebook("S-001")
    seen = tuple(c.Seen(path, book.items[path].version) for path in paths)
    trial.act(trial.cra, reviewing.review, c.Review, subject_key="S-001", group=SDV, values=seen)


def test_a_site_that_nobody_has_judged_counts_as_high(trial):
    assert counted(trial) == (4, 0)


@pytest.mark.parametrize(("risk", "planned"), [("low", 1), ("medium", 2), ("high", 4)])
def test_the_plan_asks_for_what_it_says_of_the_tier(trial, risk, planned):
    assert judge(trial, risk) == {"number": "KR-01", "risk": risk}
    assert counted(trial) == (planned, 0)
    assert verify(trial.core, rebuild=True).ok


def test_marks_stay_when_less_is_asked_for_and_count_when_it_is_asked_for_again(trial):
    check(trial, "VS.SYSBP", "VS.DIABP")
    assert counted(trial) == (4, 2)
    judge(trial, "low")
    assert counted(trial) == (1, 1)
    marks = trial.casebook("S-001").marks
    assert marks[trial.path("VS.DIABP"), SDV].state is ReviewState.VERIFIED
    judge(trial, "medium")
    assert counted(trial) == (2, 2)


def test_the_entry_holds_both_tiers_and_the_reason(trial):
    judge(trial, "high")
    judge(trial, "low")
    entries = [entry for entry in trial.entries() if entry["kind"] == "site.risk"]
    assert [(one["payload"]["old"], one["payload"]["new"]) for one in entries] == [
        ("", "high"),
        ("high", "low"),
    ]
    assert {one["reason_text"] for one in entries} == {SOME_REASON.text}


def test_another_version_of_the_study_leaves_the_tier(trial):
    judge(trial, "low")
    again = vital_signs().with_review(*PLAN).build("2")
    trial.publish(replace(again, sites=tuple(replace(site, name="Renamed") for site in again.sites)))
    assert any(entry["kind"] == "site.change" for entry in trial.entries())
    assert counted(trial) == (1, 0)
    assert verify(trial.core, rebuild=True).ok


def test_what_cannot_be_said_is_refused(trial):
    judge(trial, "low")
    for risk, more, refused in (
        ("grave", {}, BadRequest),
        ("low", {}, WrongState),
        ("high", {"reason": NO_REASON}, ReasonRequired),
        ("high", {"number": "XX-9"}, NotFound),
        ("high", {"by": trial.crc}, NotAllowed),
        ("high", {"by": trial.cra}, NotAllowed),
    ):
        with pytest.raises(refused):
            judge(trial, risk, **more)
    assert counted(trial) == (1, 0)
