"""The log of deviations: what is found, who judges, what stays, and that nobody reads more than the own sites."""

import csv
import dataclasses
import io
import re

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import SiteDef
from edc_core.ids import new_id
from edc_core.store import listing_queries, readers
from tests.services.test_visit_windows import STUDY as WINDOWS
from tests.web.trial import STUDY, SUBJECT, make_core

HOME = f"/s/{STUDY}"
PAGE = f"{HOME}/x/deviations"
MANAGER, MONITOR = "dana@sponsor.example", "anna@cro.example"
HX = {"HX-Request": "true"}


DV = """\
forms:
  - oid: DV
    title: Protocol deviations
    groups:
      - name: DVLOG
        repeating: true
        items:
          - {name: DVTERM, question: What happened?, alias: {SDTM: DV.DVTERM}}
          - {name: DVCAT, question: Kind, codelist: DVCAT, alias: {SDTM: DV.DVCAT}}
          - {name: DVSTDAT, question: "Since when?", type: date, alias: {SDTM: DV.DVSTDTC}}
"""
KINDS = "codelists:\n  - {oid: DVCAT, terms: {DRUG: Study drug, VISIT: Visit}}\n"


def study():
    """The study of windows, with a log in which the site enters deviations."""
    text = WINDOWS.replace("oid: WINDOWS", "oid: DEMO").replace("forms:\n", DV, 1)
    text = text.replace("codelists:\n", KINDS)
    return text.replace("events:\n", "events:\n  - {oid: LOGS, title: Logs, type: Common, forms: [DV]}\n")


@pytest.fixture
def core(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(study(), encoding="utf-8")
    sites = (SiteDef("KR-01", "Seoul", "KR", "Asia/Seoul"), SiteDef("DE-01", "Berlin", "DE", "Europe/Berlin"))
    core = make_core(tmp_path, dataclasses.replace(load(file).required(), sites=sites))
    yield core
    core.close()


def dose(client, event, value, base=0, reason=""):
    path = ItemPath.parse(f"{event}[1]/EX[1]/EX.EX[1]/EX.EXDAT")
    given = {"op": new_id(), "value": value, "base": base, "reason_text": reason}
    answer = client.post(f"{HOME}/subjects/{SUBJECT}/items/{path}", data=given, headers=HX)
    assert answer.status_code == 200, answer.text


@pytest.fixture
def late(client_as):
    """The second cycle took place five days after its window; screening and follow-up were missed."""
    site = client_as()
    for event, on in (("C1", "2020-03-01"), ("C2", "2020-03-30")):
        dose(site, event, on)
        done = site.post(
            f"{HOME}/subjects/{SUBJECT}/forms/{event}[1]/EX[1]/complete",
            data={"op": new_id(), "version": "1", "go": "stay"},
            headers=HX,
        )
        assert done.status_code == 200, done.text
    return site


TERM = "LOGS[1]/DV[1]/DV.DVLOG[1]"


def enter(site, item, value, base=0, subject=SUBJECT):
    given = {"op": new_id(), "value": value, "base": base, "reason_text": ""}
    answer = site.post(f"{HOME}/subjects/{subject}/items/{TERM}/DV.{item}", data=given, headers=HX)
    assert answer.status_code == 200, answer.text


def correct(manager, new_key, subject=SUBJECT):
    given = {"op": new_id(), "subject": subject, "new_key": new_key, "reason": "Mistyped"}
    assert manager.post(f"{HOME}/x/corrections/number", data=given).status_code == 303


def keys(client, **given):
    return re.findall(r"finding\?key=([a-z]+-[0-9a-f]+)", client.get(PAGE, query_string=given).text)


def key_of_query(client):
    (key,) = [key for key in keys(client) if key.startswith("query-")]
    return key


def judge(client, key, **given):
    data = {"op": new_id(), "key": key, "seen": "0", "category": "important", "words": "Public holidays."}
    return client.post(f"{PAGE}/finding", data=data | given)


def rows(client, **given):
    text = client.get(f"{PAGE}/deviations.csv", query_string=given).data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_dates_outside_windows_and_missed_visits_are_found(late, client_as):
    found = {row["Check"]: row for row in rows(client_as(MANAGER))}
    assert (
        min(row["Where"] for row in rows(client_as(MANAGER)) if row["Check"] == "missed visit") == "Follow-up"
    )
    assert "ended on" in found["missed visit"]["What was found"]
    window = found["EDC.WINDOW"]
    assert (window["Subject"], window["Site"], window["Judged"], window["Still so"]) == (
        SUBJECT, "KR-01", "to judge", "yes",
    )  # fmt: skip
    assert "outside the window of Cycle 2" in window["What was found"]


def test_a_judgement_is_kept_in_the_ledger_and_leads_to_the_check(late, client_as, core):
    manager = client_as(MANAGER)
    key = key_of_query(manager)
    assert judge(manager, key, report="1").status_code == 303
    assert key not in keys(manager, state="to judge")
    (row,) = rows(manager, state="important")
    assert (row["Check"], row["To be reported"], row["Words"], row["By"]) == (
        "EDC.WINDOW", "yes", "Public holidays.", "Dana Ortiz",
    )  # fmt: skip
    page = manager.get(f"{PAGE}/finding", query_string={"key": key}).text
    assert f"/queries/{key.removeprefix('query-')}" in page
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        entries = listing_queries.chain_upto(source.connection, study.study_id, "@study", 10_000)
        (entry,) = [one for one in entries if "deviations.judgement" in one.payload]
    assert SUBJECT not in entry.payload


def test_another_person_judges_again_and_the_first_judgement_stays(late, client_as):
    manager, monitor = client_as(MANAGER), client_as(MONITOR)
    key = key_of_query(manager)
    judge(manager, key)
    stale = judge(monitor, key, category="other")
    assert stale.status_code == 422
    assert "Somebody judged it while you read" in stale.text
    seen = re.search(r'name="seen" value="(\d+)"', stale.text)[1]
    again = {"seen": seen, "category": "no deviation", "words": "Allowed by the amendment."}
    assert judge(monitor, key, **again).status_code == 303
    (row,) = rows(manager, state="no deviation")
    assert (row["By"], row["Words"]) == ("Anna Weber", "Allowed by the amendment.")
    page = manager.get(f"{PAGE}/finding", query_string={"key": key}).text
    assert page.index("Allowed by the amendment.") < page.index("Public holidays.")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"words": ""}, "Write what happened"),
        ({"category": ""}, "Choose whether it is important"),
        ({"category": "grave"}, "Choose whether it is important"),
        ({"category": "no deviation", "report": "1"}, "is not reported"),
    ],
)
def test_what_is_not_said_is_asked_for_and_nothing_typed_is_lost(late, client_as, given, says):
    manager = client_as(MANAGER)
    answer = judge(manager, key_of_query(manager), **({"words": "Snow on the roads."} | given))
    assert answer.status_code == 422
    assert says in answer.text
    assert given.get("words", "Snow on the roads.") in answer.text
    assert rows(manager, state="important") == []


def test_what_was_put_right_needs_no_judgement_and_a_judged_one_stays(late, client_as):
    manager = client_as(MANAGER)
    key = key_of_query(manager)
    dose(late, "C2", "2020-03-20", base=1, reason="Read wrongly")
    assert key not in keys(manager)
    assert manager.get(f"{PAGE}/finding", query_string={"key": key}).status_code == 404
    dose(late, "C2", "2020-03-30", base=2, reason="It was right")
    judge(manager, key)
    dose(late, "C2", "2020-03-20", base=3, reason="Read wrongly")
    (row,) = rows(manager, state="important")
    assert row["Still so"] == "no"


def test_the_site_reads_its_findings_and_no_judgement(late, client_as):
    manager = client_as(MANAGER)
    key = key_of_query(manager)
    judge(manager, key)
    page = late.get(PAGE).text
    assert "outside the window of Cycle 2" in page
    assert "Public holidays." not in page + late.get(f"{PAGE}/finding", query_string={"key": key}).text
    assert {row["Judged"] for row in rows(late)} == {"to judge"}
    assert judge(late, key).status_code == 403
    assert {row["Site"] for row in rows(late)} == {"KR-01"}


def test_the_checks_that_count_are_chosen(late, client_as):
    manager = client_as(MANAGER)
    key = key_of_query(manager)
    assert 'value="EDC.WINDOW" checked' in manager.get(PAGE).text
    assert manager.post(f"{PAGE}/checks", data={"op": new_id()}).status_code == 303
    assert key not in keys(manager)
    assert keys(manager), "missed visits always count"
    assert manager.post(f"{PAGE}/checks", data={"op": new_id(), "check": "EDC.WINDOW"}).status_code == 303
    assert key in keys(manager)


def test_an_unknown_state_or_page_is_refused_in_words(late, client_as):
    manager = client_as(MANAGER)
    for given, says in (({"state": "grave"}, "is no state of a deviation"), ({"page": "0"}, "is no page")):
        answer = manager.get(PAGE, query_string=given)
        assert answer.status_code == 400
        assert says in answer.text


def test_what_the_site_enters_as_a_deviation_stands_in_the_one_log_and_leads_to_its_form(client_as, core):
    site, manager = client_as(), client_as(MANAGER)
    enter(site, "DVTERM", "Dose given a day late")
    enter(site, "DVCAT", "DRUG")
    (row,) = [one for one in rows(manager) if one["Check"] == "entered by the site"]
    assert (row["What was found"], row["Answers beside it"], row["Where"]) == (
        "Dose given a day late", "Kind Study drug", "Logs, Protocol deviations, row 1",
    )  # fmt: skip
    (key,) = [key for key in keys(manager) if key.startswith("entry-")]
    page = manager.get(f"{PAGE}/finding", query_string={"key": key}).text
    assert f"{HOME}/subjects/{SUBJECT}/LOGS/DV" in page
    assert "Entered by the site" in page
    assert judge(manager, key, report="1").status_code == 303
    (row,) = [one for one in rows(manager) if one["Check"] == "entered by the site"]
    assert (row["Judged"], row["To be reported"]) == ("important", "yes")
    assert key in keys(site), "the site reads what it entered"


def test_a_row_that_was_struck_leaves_the_log(client_as):
    site, manager = client_as(), client_as(MANAGER)
    enter(site, "DVTERM", "Entered by mistake")
    said = {"op": new_id(), "reason_text": "Of another trial"}
    struck = site.post(f"{HOME}/subjects/{SUBJECT}/strike/{TERM}", data=said, headers=HX)
    assert struck.status_code == 200, struck.text
    assert not [key for key in keys(manager) if key.startswith("entry-")]


def test_a_visit_that_was_marked_as_not_done_stands_there_once_with_its_reason(client_as):
    site, manager = client_as(), client_as(MANAGER)
    said = {"op": new_id(), "reason": "Snow on the roads"}
    marked = site.post(f"{HOME}/subjects/{SUBJECT}/events/FU/not-done", data=said)
    assert marked.status_code in (200, 302, 303), marked.text
    (row,) = [one for one in rows(manager) if one["Subject"] == SUBJECT and one["Where"] == "Follow-up"]
    assert row["What was found"] == "The visit was marked as not done: Snow on the roads"
    assert row["Check"] == "missed visit"


def test_judgements_stay_when_the_number_of_the_subject_is_corrected(client_as):
    site, manager = client_as(), client_as(MANAGER)
    enter(site, "DVTERM", "Dose given a day late")
    site.post(
        f"{HOME}/subjects/{SUBJECT}/events/FU/not-done", data={"op": new_id(), "reason": "Snow on the roads"}
    )
    told = {row["What was found"] for row in rows(manager)}
    mine = [key for key in keys(manager) if not key.startswith("query-")]
    for key in mine:
        assert judge(manager, key).status_code == 303
    correct(manager, "KR01-0077")
    judged = rows(manager, state="important")
    assert len(judged) == len(mine)
    assert {row["What was found"] for row in judged} == told
    assert "KR01-0077" in {row["Subject"] for row in judged}
