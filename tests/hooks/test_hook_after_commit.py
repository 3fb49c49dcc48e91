import pytest

from edc_core.check_host import CheckHost
from edc_core.domain.fact import (
    FACTS,
    FormStatusChanged,
    ItemValueChanged,
    QueryStateChanged,
    dump_fact,
    load_fact,
)
from edc_core.errors import BadRequest
from edc_core.plugin_source import PluginSource
from tests.hooks import plugins_at_hand

WHERE = {"study_oid": "S-1", "environment": "dev", "at": "2026-03-04T10:00:00.000000Z", "actor": "crc"}
FACT = ItemValueChanged(**WHERE, path="SCR[1]/VS[1]/G[1]/VS.SYSBP", op="op-1")


def test_plugins_are_told_and_a_failing_one_does_not_keep_it_from_the_others(plugins, active):
    manager = plugins("listening", "listening_badly")
    plugins_at_hand.TOLD.clear()
    failures = manager.after_commit((FACT,), active(manager, "listening", "listening_badly"))
    assert plugins_at_hand.TOLD == [(FACT,)]
    assert [(failure.name, failure.text) for failure in failures] == [
        ("listening_badly", "RuntimeError when notified.")
    ]


def test_plugins_of_other_studies_are_not_told(plugins, active):
    manager = plugins("listening")
    plugins_at_hand.TOLD.clear()
    assert manager.after_commit((FACT,), active(manager)) == ()
    assert plugins_at_hand.TOLD == []


def test_notification_runs_in_the_check_host(study):
    source = PluginSource("listening_badly", "tests.hooks.plugins_at_hand:listening_badly")
    with CheckHost() as host:
        (failure,) = host.notify(study, (source,), (FACT,))
    assert failure.plugin.startswith("listening_badly 0 ")
    assert failure.text == "RuntimeError when notified."


@pytest.mark.parametrize(
    "fact",
    [
        FACT,
        FormStatusChanged(**WHERE, status="complete"),
        QueryStateChanged(**WHERE, query_id="q", state="Open", check_oid="EC05"),
    ],
)
def test_a_fact_travels_as_plain_values(fact):
    assert load_fact(dump_fact(fact)) == fact


def test_an_unknown_fact_is_refused():
    with pytest.raises(BadRequest):
        load_fact({"fact": "SomethingElse"})


def test_no_fact_has_room_for_a_collected_value():
    for kind in FACTS.values():
        assert not {"value", "raw", "old", "text"} & set(kind.__dataclass_fields__)


def test_a_fact_knows_its_place():
    assert FACT.place.item == "VS.SYSBP"


def test_without_facts_nobody_is_told(study):
    source = PluginSource("listening_badly", "tests.hooks.plugins_at_hand:listening_badly")
    with CheckHost() as host:
        assert host.notify(study, (source,), ()) == ()
