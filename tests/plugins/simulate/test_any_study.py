"""Studies of which only the definition is known: every type, nested groups, visits that repeat."""

from datetime import date

import pytest
from edc_core_simulate.chance import Chance
from edc_core_simulate.forms import Filling
from edc_core_simulate.profile import NoProfile
from edc_core_simulate.run import Simulation, Wanted
from edc_core_simulate.values import Rates

from edc_core.domain.change import FormPicture, ItemInput, decide_change
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import Comparator, DataType, Policy, RangeCheck
from edc_core.testing import Trial, a_study

CAREFUL = Rates(blank=0, forgotten=0, missing=0, unreadable=0, odd=0)


def every_type():
    study = a_study("ANY-1").with_event("V1", "F", "LOG").with_event("UNS", "F", repeating=True)
    for data_type in DataType:
        study.with_item(f"F.{data_type.value}", data_type, required=True)
    return (
        study.with_item("F.NARROW", DataType.FLOAT, soft=("0.5", "0.7"), hard=("0.4", "0.8"), digits=1)
        .with_item("F.BELOW", DataType.INTEGER, hard=(None, "-3"))
        .with_item("F.ABOVE", DataType.INTEGER, checks=[RangeCheck(Comparator.GT, ("100000",), hard=True)])
        .with_item("F.ONE", DataType.INTEGER, checks=[RangeCheck(Comparator.IN, ("3", "5"), hard=True)])
        .with_item("F.NOT", codes=("A", "B"), checks=[RangeCheck(Comparator.NOTIN, ("A",), hard=True)])
        .with_item("F.MANY", codes=("a;b", "c%d", "e"), multiple=True)
        .with_group("OUTER", form="LOG")
        .with_group("INNER", form="LOG", inside="OUTER")
        .with_item("LOG.TERM", group="OUTER", required=True)
        .with_item("LOG.PART", group="INNER", required=True)
        .with_item("LOG.LOGYN", codes=("Y", "N"), required=True)
        .with_site("1")
        .with_site("2", "DE", "Europe/Berlin")
    )


def filled(version, rates, subjects=40):
    from edc_core_simulate.case import make_case

    index = MetaDataIndex(version)
    filling = Filling(index, NoProfile(), rates)
    for number in range(subjects):
        case = make_case(Chance("s"), number, version.sites[0], ("V1", "UNS"), date(2026, 1, 12), frozenset())
        for event in filling.casebook(case):
            yield from ((index, form) for form in event.forms)


def decided(index, form):
    inputs = tuple(
        ItemInput(path, given.raw, given.missing, given.unit) for path, given in form.items.items()
    )
    picture = FormPicture(index, form.path, None, {}, {}, {})
    return decide_change(picture, inputs, has_reason=False).changes


def test_careful_people_enter_only_what_can_be_read_and_no_limit_asks_about():
    for index, form in filled(every_type().build(), CAREFUL):
        changes = decided(index, form)
        assert [change.after.path for change in changes if change.after.reading != "ok"] == []
        assert len(changes) == len(form.items)


@pytest.mark.parametrize("rate", ["blank", "missing", "unreadable", "odd"])
def test_no_mishap_is_ever_refused(rate):
    rates = Rates(**{"blank": 0, "forgotten": 0, "missing": 0, "unreadable": 0, "odd": 0, rate: 1})
    for index, form in filled(every_type().build(), rates, subjects=5):
        decided(index, form)


def test_the_gate_of_a_log_says_whether_it_has_rows():
    answers = set()
    for _, form in filled(every_type().build(), CAREFUL):
        if form.name == "LOG" and form.complete:
            gate = next(given.raw for path, given in form.items.items() if path.item == "LOG.LOGYN")
            has_rows = any(path.item == "LOG.TERM" for path in form.items)
            assert gate == ("Y" if has_rows else "N")
            answers.add(gate)
    assert answers == {"Y", "N"}


def test_a_study_with_every_type_goes_through_the_services(playground):
    there = playground()
    trial = Trial(there.core, every_type().build(), environment="uat")
    there.study = "ANY-1@uat"
    simulation = Simulation(there.session, there.session.study("ANY-1"), Wanted(6, 1))
    simulation.run()
    assert simulation.tally.problems == []
    assert simulation.tally.subjects == 6
    assert trial.casebook("1-0001").items
    assert there.entries() > 100


def test_subject_numbers_follow_a_pattern_that_knows_no_sites(playground):
    there = playground()
    policy = Policy(subject_key_pattern="P[A-C]{2}-\\d{3}(x|y)")
    Trial(there.core, every_type().with_policy(policy).build(), environment="dev")
    there.study = "ANY-1@dev"
    simulation = there.simulate(3)
    assert simulation.tally.problems == []
    assert len(there.values()) == 3
