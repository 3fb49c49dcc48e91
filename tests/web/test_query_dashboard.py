"""Ages and yield of queries, and one step for many: what the pages count is what the ledger holds."""

import csv
import io
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from edc_core_dashboards.numbers import queries_by_age
from edc_core_query_dashboard.dashboard import ages, yields

from edc_core.api import AGE_BANDS, QueryFact, QuerySource, QueryState
from edc_core.domain.commands import ActOnQuery, OpenQuery
from edc_core.domain.item_path import ItemPath
from edc_core.ids import new_id
from edc_core.services import queries
from edc_core.store import readers
from tests.web.trial import CLI, STUDY, SUBJECT

PAGE = f"/s/{STUDY}/x/query-dashboard"
MANAGER, MONITOR = "dana@sponsor.example", "anna@cro.example"
SYSBP, WEIGHT = (ItemPath.parse(f"V2[1]/VS[1]/IG.VS[1]/{item}") for item in ("SYSBP", "WEIGHT"))
HX = {"HX-Request": "true"}


def fact(days=0, state=QueryState.OPEN, check="", *, changed=False, site="KR-01"):
    opened = (datetime(2026, 3, 4, tzinfo=UTC) - timedelta(days=days)).isoformat()
    return QueryFact(
        new_id(), "S-1", site, "", "VS", check, state, QuerySource.SYSTEM, "?", opened, days, "site", False, changed
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "band"), [(0, 0), (7, 0), (8, 1), (14, 1), (15, 2), (30, 2), (31, 3), (400, 3)]
)
def test_each_age_is_in_one_band(days, band):
    whole, site = ages([fact(days)])
    assert whole.numbers == site.numbers == tuple(int(n == band) for n in range(len(AGE_BANDS)))


@pytest.mark.parametrize("state", QueryState)
def test_only_unfinished_queries_have_an_age_and_only_asked_ones_a_yield(state):
    unfinished = {QueryState.CANDIDATE, QueryState.OPEN, QueryState.ANSWERED}
    assert bool(ages([fact(3, state)])) is (state in unfinished)
    assert bool(yields([fact(3, state)], {})) is (state is not QueryState.CANDIDATE)


def test_a_check_yields_what_became_of_its_queries():
    states = [
        QueryState.RESOLVED,
        QueryState.RESOLVED,
        QueryState.CLOSED,
        QueryState.CANCELLED,
        QueryState.ANSWERED,
    ]
    asked = [fact(1, state, "C1", changed=state is QueryState.RESOLVED) for state in states]
    first, persons = yields([*asked, fact()], {"C1": "It should hold."})
    assert (first.check, first.fired, first.changed, first.percent) == ("C1", 5, 2, 40)
    assert (first.resolved, first.closed, first.cancelled, first.open) == (2, 1, 1, 1)
    assert (persons.check, persons.says, persons.fired) == ("asked by persons", "", 1)
    assert first.says == "It should hold."


def test_a_check_that_the_newest_version_has_no_more_says_what_it_said_last():
    assert [one.says for one in yields([fact(check="GONE")], {})] == ["?"]


def do(core, service, command, **fields):
    with core.write(CLI) as uow:
        study_id = readers.find_study(uow.connection, STUDY).study_id
        said = {"study_id": study_id, "op": new_id(), "subject_key": SUBJECT} | fields
        return service(uow, command(**said))


@pytest.fixture
def answered(core):
    """Two queries, both answered."""
    ids = []
    for path in (SYSBP, WEIGHT):
        ids.append(do(core, queries.open_query, OpenQuery, path=path, text="Is it right?")["query_id"])
        do(core, queries.act_on_query, ActOnQuery, query_id=ids[-1], action="answer", text="It is.")
    return ids


def states(core):
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
        subject = readers.subject_by_key(source.connection, study_id, SUBJECT)
        return {query.query_id: query.state for query in readers.casebook(source, subject).queries.values()}


def rows(answer):
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))


def test_the_files_count_what_is_there(core, answered, client_as):
    manager, site = client_as(MANAGER), client_as()
    data = {"op": new_id(), "value": "140", "base": 0}
    assert site.post(f"/s/{STUDY}/subjects/{SUBJECT}/items/{SYSBP}", data=data, headers=HX).status_code == 200
    assert [(line["site"], line["all"]) for line in rows(manager.get(f"{PAGE}/query-ages.csv"))] == [
        ("all", "2"),
        ("KR-01", "2"),
    ]
    (line,) = rows(manager.get(f"{PAGE}/query-yield.csv"))
    assert (line["fired"], line["led to a change"], line["open"]) == ("2", "1", "2")
    assert "Ages and yield of queries" in manager.get(PAGE).text
    assert f'href="{PAGE}"' in manager.get(f"/s/{STUDY}/queries").text


def test_the_list_and_both_reports_have_the_same_bands(core, answered, client_as):
    manager = client_as(MANAGER)
    (_, *report, _) = rows(manager.get(f"{PAGE}/query-ages.csv"))[0]
    assert report == list(AGE_BANDS) == [row[0] for row in queries_by_age([]).rows]
    assert 'name="age" value="0 to 7 days"' in manager.get(f"/s/{STUDY}/queries").text
    for band, found in zip(AGE_BANDS, (2, 0, 0, 0), strict=True):
        page = manager.get(f"/s/{STUDY}/queries", query_string={"age": band}).text
        assert page.count(f"/s/{STUDY}/queries/") == found, band


def test_many_are_closed_with_one_reason_and_an_entry_for_each(core, answered, client_as):
    manager = client_as(MANAGER)
    given = {"op": new_id(), "step": "close", "query": answered, "reason": "Agreed in the meeting"}
    page = manager.post(f"{PAGE}/many", data=given).text
    assert "2 queries were taken further." in page
    assert Counter(states(core).values()) == {QueryState.CLOSED: 2}
    thread = manager.get(f"/s/{STUDY}/queries/{answered[0]}").text
    assert "Agreed in the meeting" in thread
    assert "2 queries were taken further." in manager.post(f"{PAGE}/many", data=given).text


def test_what_refuses_is_named_and_keeps_no_other_from_it(core, answered, client_as):
    do(core, queries.act_on_query, ActOnQuery, query_id=answered[0], action="ask again", text="Of which day?")
    manager = client_as(MANAGER)
    given = {"op": new_id(), "step": "close", "query": answered, "reason": "Agreed"}
    page = manager.post(f"{PAGE}/many", data=given).text
    assert "1 query was taken further." in page
    assert "Not these:" in page
    assert states(core) == {answered[0]: QueryState.OPEN, answered[1]: QueryState.CLOSED}


@pytest.mark.parametrize("given", [{"query": []}, {"reason": ""}, {"step": "resolve"}])
def test_half_a_request_changes_nothing(core, answered, client_as, given):
    said = {"op": new_id(), "step": "close", "query": answered, "reason": "Agreed"} | given
    answer = client_as(MANAGER).post(f"{PAGE}/many", data=said)
    assert answer.status_code in (400, 422)
    assert set(states(core).values()) == {QueryState.ANSWERED}


def test_who_may_close_only_own_queries_closes_no_other_in_bulk_either(core, answered, client_as):
    given = {"op": new_id(), "step": "close", "query": answered, "reason": "Agreed"}
    page = client_as(MONITOR).post(f"{PAGE}/many", data=given).text
    assert "asked by another group" in page
    assert set(states(core).values()) == {QueryState.ANSWERED}


def test_the_site_has_none_of_these_pages(answered, client_as):
    site = client_as()
    assert {site.get(f"{PAGE}{path}").status_code for path in ("", "/many", "/query-yield.csv")} == {403}


def test_a_proposed_query_is_asked_from_the_drawer_and_released_on_its_page(core, client_as):
    monitor, site, manager = client_as(MONITOR), client_as(), client_as(MANAGER)
    said = {"op": new_id(), "text": "Was it taken lying?", "proposed": "1"}
    done = monitor.post(f"/s/{STUDY}/subjects/{SUBJECT}/ask/{SYSBP}", data=said, headers=HX)
    assert done.status_code == 200, done.text
    (query_id,) = states(core)
    assert site.get(f"/s/{STUDY}/queries/{query_id}").status_code == 404
    assert "Was it taken lying?" not in site.get(f"/s/{STUDY}/subjects/{SUBJECT}/V2/VS").text
    thread = manager.get(f"/s/{STUDY}/queries/{query_id}").text
    assert "Ask the site" in thread
    assert "Do not ask" in thread
    given = {"op": new_id(), "action": "release", "text": "", "base": 1}
    assert manager.post(f"/s/{STUDY}/queries/{query_id}", data=given).status_code == 303
    assert "Was it taken lying?" in site.get(f"/s/{STUDY}/queries/{query_id}").text
