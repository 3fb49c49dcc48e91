"""The list of the safety database beside the events of the study: what is the same, what differs, and what is asked."""

import csv
import dataclasses
import html
import io
import json
import re

import pytest
from edc_core_reconciliation.before_lock import DIFFERS, NEVER, THERE
from edc_core_reconciliation.compare import Comparison, Ours, Theirs, coded, dated, plain
from edc_core_reconciliation.events import Column, found_of, name_of, state_of

from edc_core.definitions.loader import load
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import PluginUse, SiteDef
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.store import listing_queries, readers
from tests.web.trial import CLI, STUDY, SUBJECT, make_core

DEFINITION = """\
oid: DEMO
version: {oid: "1"}
events: [{oid: LOG, title: Events, forms: [AE]}]
forms:
  - oid: AE
    title: Adverse events
    groups:
      - {name: AE, items: [{name: AEYN, question: Any event?, codelist: NY}]}
      - name: AELOG
        title: Log
        repeating: true
        items:
          - {name: TERM, question: Event}
          - {name: STDAT, question: Start date, type: partialDate}
          - {name: SERIOUS, question: Serious?, codelist: NY}
          - {name: OUT, question: Outcome, codelist: OUT}
          - {name: SECRET, question: Arm, sensitivity: blinded}
codelists:
  - {oid: NY, terms: {Y: "Yes", N: "No"}}
  - {oid: OUT, terms: {"1": Recovered, "2": Not recovered}}
"""
HOME = f"/s/{STUDY}"
PAGE = f"{HOME}/x/reconciliation"
MANAGER = "dana@sponsor.example"
HX = {"HX-Request": "true"}
HEADINGS = "Subject,TERM,Start date,OUT,Report\n"
SAME = f"{SUBJECT},pneumonia,2026-03-04,Recovered,R1\n"
PART = '["AE", "AE.AELOG"]'
COLUMNS = ["subject", "AE.TERM", "AE.STDAT", "AE.OUT", ""]


@pytest.fixture
def core(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(DEFINITION, encoding="utf-8")
    sites = (SiteDef("KR-01", "Seoul", "KR", "Asia/Seoul"), SiteDef("DE-01", "Berlin", "DE", "Europe/Berlin"))
    named = EdcPlugins().activate((PluginUse("edc-core-reconciliation", ">=0.1"),)).resolved
    core = make_core(tmp_path, dataclasses.replace(load(file).required(), sites=sites, plugins=named))
    yield core
    core.close()


def event(client, row, term, start, serious="Y", outcome="1"):
    given = {"TERM": term, "STDAT": start, "SERIOUS": serious, "OUT": outcome}
    for name, value in given.items():
        answer(client, row, name, value)


def answer(client, row, name, value, base=0):
    path = ItemPath.parse(f"LOG[1]/AE[1]/AE.AELOG[{row}]/AE.{name}")
    data = {"op": new_id(), "value": value, "base": base}
    saved = client.post(f"{HOME}/subjects/{SUBJECT}/items/{path}", data=data, headers=HX)
    assert saved.status_code == 200, saved.text


@pytest.fixture
def manager(client_as):
    site = client_as()
    for _ in range(3):
        added = site.post(
            f"{HOME}/subjects/{SUBJECT}/rows/LOG[1]/AE[1]/AE.AELOG",
            data={"op": new_id(), "version": "1"},
            headers=HX,
        )
        assert added.status_code == 200, added.text
    event(site, 1, "Pneumonia", "2026-03-04")
    event(site, 2, "Stroke", "2026-03")
    event(site, 3, "Headache", "2026-03-06", serious="N")
    return client_as(MANAGER)


def send(client, content, name="safety.csv"):
    content = content if isinstance(content, bytes) else content.encode()
    return client.post(PAGE, data={"op": new_id(), "file": (io.BytesIO(content), name)})


def chosen(client, content, **given):
    answer = send(client, content)
    assert answer.status_code == 303, answer.text
    file = re.search(r"file=([^&#]+)", answer.headers["Location"])[1].replace("%2F", "/")
    choice = {"part": PART, "only": "AE.SERIOUS", "is": "Y", "column": COLUMNS, "key": ["TERM", "Start date"]}
    return {"file": file, "compare": "1"} | choice | given


def rows(client, choice):
    text = client.get(f"{PAGE}/differences.csv", query_string=choice)
    assert text.status_code == 200, text.text
    return [tuple(row.values()) for row in csv.DictReader(io.StringIO(text.data.decode("utf-8-sig")))]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("04 MAR 2026", "2026-03-04"),
        ("04 MAR 2026", "4-Mar-2026"),
        ("04 MAR 2026 14:02", "2026-03-04T14:02"),
        ("UN MAR 2026", "UN MAR 2026"),
    ],
)
def test_dates_are_the_same_however_they_are_written(ours, theirs):
    assert dated(ours) == dated(theirs)
    assert dated(ours) != dated("2026-03-05")


def test_a_code_and_its_words_are_the_same_and_case_and_spaces_are_no_difference():
    read = coded({"1": ["Recovered", "회복"], "2": ["Not recovered"]})
    assert read("1") == read("recovered ") == read("회복") != read("2")
    assert read("unknown") == read("UNKNOWN")
    assert plain(" Acute  pneumonia") == plain("acute PNEUMONIA")


def test_only_what_differs_is_listed_and_what_only_one_has(manager):
    choice = chosen(
        manager,
        HEADINGS + f"{SUBJECT},pneumonia,04-Mar-2026,Not recovered,R1\n{SUBJECT},Sepsis,2026-03-09,1,R2\n",
    )
    assert rows(manager, choice) == [
        ("differs", SUBJECT, "KR-01", "2", "Outcome", "Recovered", "Not recovered"),
        ("only here", SUBJECT, "KR-01", "", "", "Stroke; UN MAR 2026; Recovered", ""),
        ("only in the safety database", SUBJECT, "", "3", "", "", "Sepsis; 2026-03-09; 1"),
    ]
    page = html.unescape(manager.get(PAGE, query_string=choice).text)
    assert "2 events here, 2 in the safety database, 0 the same" in page
    assert "Headache" not in page, "it is not serious"


def test_lists_that_say_the_same_have_no_difference(manager):
    choice = chosen(manager, HEADINGS + SAME + f"{SUBJECT},STROKE,2026-03,1,R2\n")
    assert rows(manager, choice) == []
    assert "Both lists say the same." in manager.get(PAGE, query_string=choice).text


def test_columns_with_the_name_of_an_item_are_found(manager):
    choice = chosen(manager, HEADINGS + SAME)
    page = manager.get(PAGE, query_string={"file": choice["file"], "part": PART}).text
    assert [html.unescape(found) for found in re.findall(r'<option value="([^"]+)" selected>', page)] == [
        PART, "subject", "AE.TERM", "AE.STDAT", "AE.OUT",
    ]  # fmt: skip
    assert "SECRET" not in page, "it is blinded"


def test_a_difference_becomes_a_query_of_the_site(manager, client_as):
    choice = chosen(manager, HEADINGS + f"{SUBJECT},pneumonia,2026-03-04,Not recovered,R1\n")
    place = "LOG[1]/AE[1]/AE.AELOG[1]"
    given = {"op": new_id(), "subject_key": SUBJECT, "path": place, "text": "Please check the outcome."}
    answer = manager.post(f"{PAGE}/ask", data=choice | given)
    assert answer.status_code == 200, answer.text
    assert f"The site of {SUBJECT} was asked." in answer.text
    assert "Not recovered" in answer.text, "the differences stay on the page"
    assert "Please check the outcome." in client_as().get(f"{HOME}/queries").text
    empty = manager.post(f"{PAGE}/ask", data=choice | given | {"op": new_id(), "text": ""})
    assert empty.status_code == 422
    nobody = manager.post(
        f"{PAGE}/ask", data=choice | given | {"op": new_id(), "subject_key": "KR01-9999", "path": ""}
    )
    assert nobody.status_code == 422


def test_a_reconciliation_is_kept_and_its_columns_are_offered_again(manager, core):
    choice = chosen(manager, HEADINGS + SAME)
    refused = manager.post(f"{PAGE}/keep", data=choice | {"op": new_id(), "words": ""})
    assert refused.status_code == 422
    assert (
        manager.post(
            f"{PAGE}/keep", data=choice | {"op": new_id(), "words": "Stroke was reported late."}
        ).status_code
        == 303
    )
    page = manager.get(PAGE).text
    assert "Stroke was reported late." in page
    assert "only here 1" in page
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        entries = listing_queries.chain_upto(source.connection, study.study_id, "@study", 10_000)
        (kept,) = [json.loads(one.payload) for one in entries if "reconciliation.kept" in one.payload]
    assert kept["content"]["counts"] == {
        "here": 2,
        "there": 1,
        "same": 1,
        "differ": 0,
        "only here": 1,
        "only there": 0,
    }
    assert SUBJECT not in json.dumps(kept)
    again = manager.get(send(manager, HEADINGS + SAME).headers["Location"].partition("#")[0]).text
    assert 'name="key" value="TERM" checked' in again


def before_lock(manager):
    """Subject, place and words of what is not reconciled, and how the lock is refused for it."""
    answer = manager.get(f"{HOME}/x/locking/open-before-lock.csv?why=serious+event+not+reconciled")
    found = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    given = {"op": new_id(), "action": "lock", "reason": "Database lock"}
    refused = manager.post(f"{HOME}/x/locking/console", data=given)
    assert refused.status_code == 422
    return [(row["subject"], row["text"]) for row in found], refused.text


def keep(manager, content):
    given = chosen(manager, content) | {"op": new_id(), "words": "Compared."}
    assert manager.post(f"{PAGE}/keep", data=given).status_code == 303


def test_an_event_keeps_the_study_from_being_locked_until_it_is_reconciled_as_it_stands(manager, client_as):
    found, refused = before_lock(manager)
    assert found == [("DE01-0001", NEVER), (SUBJECT, NEVER)]
    assert "serious event not reconciled: 2" in refused
    keep(manager, HEADINGS + SAME)
    assert before_lock(manager)[0] == [(SUBJECT, DIFFERS)], "the stroke is in no list"
    keep(manager, HEADINGS + f"{SUBJECT},STROKE,2026-03,1,R2\n{SUBJECT},Sepsis,2026-03-09,1,R3\n")
    found, _ = before_lock(manager)
    assert found == [(SUBJECT, DIFFERS), (SUBJECT, f"{THERE}1")], "the newest comparison counts"
    keep(manager, HEADINGS + SAME + f"{SUBJECT},STROKE,2026-03,1,R2\n")
    found, refused = before_lock(manager)
    assert found == []
    assert "not reconciled" not in refused
    answer(client_as(), 3, "SERIOUS", "Y", base=1)
    assert before_lock(manager)[0] == [(SUBJECT, DIFFERS)], "it became serious after the comparison"


def test_a_change_of_what_was_compared_undoes_it_and_of_nothing_else(manager, client_as):
    keep(manager, HEADINGS + SAME + f"{SUBJECT},STROKE,2026-03,1,R2\n")
    answer(client_as(), 1, "TERM", "PNEUMONIA", base=1)
    assert before_lock(manager)[0] == [], "it says the same"
    answer(client_as(), 1, "OUT", "2", base=1)
    assert before_lock(manager)[0] == [(SUBJECT, DIFFERS)]


def test_of_many_events_each_is_kept_and_no_digest_looks_like_a_number():
    event = Ours("S-1", "KR-01", ItemPath.parse("V1[1]/AE[1]"), ("Fall",), "id")
    ours = [dataclasses.replace(event, subject_id=str(n)) for n in range(450)]
    column = Column("AE.TERM", "Event", plain, "")
    blinded = Column("AE.ARM", "Arm", plain, "blinded")
    ours = [dataclasses.replace(one, cells=("Fall", "A")) for one in ours]
    only = tuple(Theirs(n, f"S-{n}", ("Fall", "A")) for n in range(250))
    parts = list(found_of("now", ours, Comparison((), (ours[0],), only, 449), (column, blinded)))
    kept = {name: state for part in parts for name, state in part["events"].items()}
    assert [len(part["events"]) for part in parts] == [200, 200, 50]
    assert (len(kept), kept[name_of(ours[0])]) == (450, "")
    assert sum(sum(part["there"].values()) for part in parts) == 250
    assert {part["oids"][0] for part in parts} == {"AE.TERM"}
    assert max(len(json.dumps(part)) for part in parts) < 20_000
    assert not re.search("[0-9]", "".join([*kept, *kept.values()]))
    other = dataclasses.replace(ours[1], cells=("Fall", "B"))
    assert state_of(other, (column, blinded), ["AE.TERM"]) == kept[name_of(ours[1])]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"Subject\n\xff\n", "Line 2 is not in UTF-8"),
        ("Subject,TERM\n", "no line of an event"),
        ("Subject,Subject\na,b\n", "a heading of its own"),
        ("Subject,TERM\na\n", "Event 1 has 1 cells where there are 2 headings"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_place(manager, content, says):
    answer = send(manager, content)
    assert answer.status_code == 422
    assert says in answer.text


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"column": ["", "AE.TERM", "AE.STDAT", "AE.OUT", ""]}, "the number of the subject"),
        ({"key": []}, "Tick at least one column"),
        ({"column": ["subject", "AE.TERM", "AE.TERM", "", ""]}, "compared with the same item"),
    ],
)
def test_what_was_not_chosen_is_asked_for(manager, given, says):
    page = manager.get(PAGE, query_string=chosen(manager, HEADINGS + SAME, **given))
    assert page.status_code == 200
    assert says in page.text


def test_a_file_of_somebody_else_and_an_unknown_form_are_not_there(manager, client_as):
    choice = chosen(manager, HEADINGS + SAME)
    other = choice["file"].replace(choice["file"][:8], "0" * 8)
    assert manager.get(PAGE, query_string=choice | {"file": other}).status_code == 404
    assert manager.get(PAGE, query_string=choice | {"part": '["NO", ""]'}).status_code == 400
    assert client_as().get(PAGE).status_code == 403
    assert CLI.trusted
