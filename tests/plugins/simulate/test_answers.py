"""A simulation of a study whose plugin says what is calculated, shown and expected."""

import pytest
from edc_core_simulate.run import Simulation, Wanted

from edc_core.domain.item_path import ItemPath
from edc_core.services.plugin_session import CorePluginSession, plugin_actor
from edc_core.services.verifying import verify
from tests.builders import Trial
from tests.services.calling_study import a_core, loaded
from tests.services.test_calling_rules import STUDY

A, P, NOTE = (ItemPath.parse(f"V1[1]/VS[1]/VS.VS[1]/VS.{name}") for name in ("A", "P", "NOTE"))


@pytest.fixture
def core(core_url, clock):
    core = a_core(core_url, clock)
    yield core
    core.close()


@pytest.fixture
def simulated(core, tmp_path):
    def simulate(function="twice"):
        file = tmp_path / "calls.yaml"
        file.write_text(STUDY.replace("FUNCTION", function), encoding="utf-8")
        Trial(core, loaded(core, file), environment="dev")
        return again(core)

    return simulate


def again(core):
    session = CorePluginSession(core, lambda environment: plugin_actor("simulate", environment))
    study = session.study("CALLS@dev")
    simulation = Simulation(session, study, Wanted(6, 3))
    simulation.run()
    study = session.study("CALLS@dev")
    return simulation.tally, [session.casebook(study, key) for key in study.subject_keys]


def number(book, path):
    item = book.items.get(path)
    return None if item is None or item.value is None else int(item.value)


def test_what_a_function_asks_for_is_entered_and_nothing_else(core, simulated):
    tally, books = simulated()
    assert tally.problems == []
    assert len(books) == 6
    noted, came = set(), set()
    for book in books:
        given = number(book, A)
        assert number(book, P) == (None if given is None else given * 2 + 1)
        asks = given is not None and given * 2 > 20
        noted.add((number(book, P) or 0) > 20 and NOTE in book.items)
        came.add(any(path.event.oid == "V2" for path in book.forms))
        assert asks or not any(path.event.oid in ("V2", "V3") for path in book.forms)
        assert not any(
            query.check_oid.endswith("NOT_APPLICABLE") and query.state.value == "Open"
            for query in book.queries.values()
        )
    assert True in noted, "a form grows by what a function says of it"
    assert True in came, "a visit comes by what a function says"
    assert verify(core, rebuild=True).ok


def test_a_second_run_goes_on_where_the_first_one_ended(core, simulated):
    _, books = simulated()
    tally, same = again(core)
    assert (tally.added, tally.problems) == (0, [])
    assert [book.items for book in same] == [book.items for book in books]


def test_a_function_that_fails_costs_no_subject(core, simulated):
    tally, books = simulated("raises")
    assert tally.problems == []
    assert [number(book, P) for book in books] == [None] * 6
    assert any(number(book, A) is not None for book in books)
