"""The list of the safety database beside the events of the study: what is the same, what differs, and what is asked."""

import csv
import dataclasses
import html
import io
import json
import re
from urllib.parse import unquote

import pytest
from edc_core_reconciliation.before_lock import DIFFERS, ITEM_DIFFERS, NEVER, THERE
from edc_core_reconciliation.compare import Comparison, Ours, Theirs, coded, dated, plain
from edc_core_reconciliation.events import Column, found_of, name_of, state_of

from edc_core.definitions.loader import load
from edc_core.domain.change import ItemInput
from edc_core.domain.commands import Reason
from edc_core.domain.item_path import ItemPath
from edc_core.domain.lock_blocker import Obstacle
from edc_core.domain.metadata import PluginUse, SiteDef
from edc_core.domain.permission import Action, Role
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import capture, permissions, users
from edc_core.services.study_access import CoreStudyAccess
from edc_core.store import listing_queries, readers
from tests.web.browsers import open_app
from tests.web.one_of_each import account, client_of
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


def event(client, row, term, start, serious="Y", outcome="1", base=0):
    given = {"TERM": term, "STDAT": start, "SERIOUS": serious, "OUT": outcome}
    for name, value in given.items():
        answer(client, row, name, value, base)


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
    for number in (1, 2):
        row = ItemPath.parse(f"LOG[1]/AE[1]/AE.AELOG[{number}]")
        (href,) = re.findall(rf'href="([^"]+row={re.escape(str(row))})"', unquote(page))
        assert f'id="{row.with_item("AE.TERM").dom_id}"' in manager.get(href).text


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
        f"{PAGE}/ask",
        data=choice | given | {"op": new_id(), "subject_key": "KR01-9999", "path": "", "asked": "d2-2"},
    )
    assert nobody.status_code == 422
    assert ">Please check the outcome.</textarea>" in nobody.text, "what was typed stays"


def test_a_reconciliation_is_kept_and_its_columns_are_offered_again(manager, core):
    choice = chosen(manager, HEADINGS + SAME)
    refused = manager.post(f"{PAGE}/keep", data=choice | {"op": new_id(), "words": ""})
    assert refused.status_code == 422
    assert (
        manager.post(
            f"{PAGE}/keep", data=choice | {"op": "op-keep", "words": "Stroke was reported late."}
        ).status_code
        == 303
    )
    again = manager.post(f"{PAGE}/keep", data=choice | {"op": "op-keep", "words": "Something else."})
    assert (again.status_code, ">Something else.</textarea>" in again.text) == (422, True)
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
        "of unknown subjects": 0,
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


UNKNOWN = "KR01-0O01,Sepsis,2026-03-09,1,R3\n"  # the letter O
KNOWN = SAME + f"{SUBJECT},STROKE,2026-03,1,R2\n"


def events_of_nobody(manager):
    return [text for key, text in before_lock(manager)[0] if not key]


def say(manager, choice, do, words="The letter O is a zero.", **given):
    page = html.unescape(manager.get(PAGE, query_string=choice).text)
    (event,) = set(re.findall(r'name="event" value="([a-p]+)"', page))
    given = choice | {"op": new_id(), "event": event, "do": do, "words": words} | given
    return manager.post(f"{PAGE}/say", data=given)


def test_an_event_of_a_subject_whom_the_study_does_not_know_keeps_it_from_being_locked(manager, core):
    choice = chosen(manager, HEADINGS + KNOWN + UNKNOWN)
    page = html.unescape(manager.get(PAGE, query_string=choice).text)
    assert "Events of subjects whom the study does not know (1)" in page
    assert "Both lists say the same" not in page
    keep(manager, HEADINGS + KNOWN + UNKNOWN)
    (text,) = events_of_nobody(manager)
    assert text.startswith(
        "The safety database has an event of a subject whom the study does not know: line 4 "
    )
    listed = manager.get(f"{HOME}/x/locking").text
    assert re.search(r"no subject.*?safety officer", listed, re.DOTALL | re.IGNORECASE)
    assert f'href="{PAGE}"' in listed, "there it is settled"
    assert '"KR01-0O01"' not in "".join(map(str, ledger_of(core))), "nothing of the list is in the ledger"


def test_it_is_settled_by_saying_that_it_is_none_of_this_study(manager, core):
    choice = chosen(manager, HEADINGS + KNOWN + UNKNOWN)
    keep(manager, HEADINGS + KNOWN + UNKNOWN)
    assert "write why" in say(manager, choice, "none", words=" ").text
    assert say(manager, choice, "fly").status_code == 400
    answer = say(manager, choice, "none", words="It is of study 302.")
    assert answer.status_code == 200, answer.text
    assert "Line 4 is none of this study's and is not compared." in html.unescape(answer.text)
    assert events_of_nobody(manager) == [], "no other comparison is needed"
    (said,) = [one for one in ledger_of(core) if one["topic"] == "reconciliation.said"]
    assert said["content"] == {"is": "none", "subject": "", "words": "It is of study 302."}
    assert ("said to be none of this study's", "KR01-0O01", "", "4", "", "", "Sepsis; 2026-03-09; 1") in rows(
        manager, choice
    )
    assert say(manager, choice, "open", words="It is ours.").status_code == 200
    assert len(events_of_nobody(manager)) == 1


def test_it_is_compared_with_the_subject_whose_it_is(manager, core, client_as):
    choice = chosen(manager, HEADINGS + KNOWN + UNKNOWN)
    refused = say(manager, choice, "subject", subject="KR01-9999")
    assert (refused.status_code, "write the number of a subject" in refused.text) == (422, True)
    assert ">The letter O is a zero.</textarea>" in refused.text
    assert 'value="KR01-9999"' in refused.text, "what was typed stays"
    answer = say(manager, choice, "subject", subject=SUBJECT.lower())
    assert f"Line 4 is compared as an event of {SUBJECT}." in answer.text
    assert rows(manager, choice) == [
        ("only in the safety database", SUBJECT, "", "4", "", "", "Sepsis; 2026-03-09; 1"),
        (f"said to be of subject {SUBJECT}", "KR01-0O01", "", "4", "", "", "Sepsis; 2026-03-09; 1"),
    ]
    keep(manager, HEADINGS + KNOWN + UNKNOWN)
    assert before_lock(manager)[0] == [(SUBJECT, f"{THERE}1")], "its site has no such event yet"
    event(client_as(), 3, "Sepsis", "2026-03-09", base=1)
    keep(manager, HEADINGS + KNOWN + UNKNOWN)
    assert before_lock(manager)[0] == []
    assert say(manager, choice, "open", words="It was another one.").status_code == 200
    (text,) = events_of_nobody(manager)
    assert text.startswith("What was said of line 4 ")
    assert SUBJECT not in "".join(map(str, ledger_of(core)))


def test_what_is_assigned_after_the_list_was_kept_is_compared_again(manager):
    choice = chosen(manager, HEADINGS + KNOWN + UNKNOWN)
    keep(manager, HEADINGS + KNOWN + UNKNOWN)
    say(manager, choice, "subject", subject=SUBJECT)
    (text,) = events_of_nobody(manager)
    assert text.startswith("What was said of line 4 ")


def test_an_event_that_is_not_in_the_list_gets_no_fate(manager):
    choice = chosen(manager, HEADINGS + KNOWN + UNKNOWN)
    assert say(manager, choice, "none", event="abc").status_code == 422


def test_who_sees_some_sites_compares_and_keeps_nothing(manager, core):
    with core.write(CLI) as uow:
        study_id = readers.find_study(uow.connection, STUDY).study_id
        users.add_user(
            uow, users.AddUser(study_id="@system", op=new_id(), login=f"x.{Role.PVG}", full_name="Here")
        )
        users.add_grant(uow, users.grant_for_sites(uow, f"x.{Role.PVG}", Role.PVG, study_id, ("KR-01",)))
    here = client_of(core, open_app(core), Role.PVG)
    choice = chosen(here, HEADINGS + KNOWN + "DE01-0001,Sepsis,2026-03-09,1,R3\n")
    page = here.get(PAGE, query_string=choice).text
    assert "Events of subjects who are not at your sites (1)" in page
    assert f'action="{PAGE}/keep"' not in page
    assert f'action="{PAGE}/say' not in page
    for path, given in (
        ("keep", {"words": "All."}),
        ("say", {"event": "x", "do": "none", "words": "Not ours."}),
    ):
        refused = here.post(f"{PAGE}/{path}", data=choice | {"op": new_id()} | given)
        assert (refused.status_code, "You see some of its sites" in refused.text) == (422, True)
    assert ledger_of(core) == []


ARMS = ["subject", "AE.TERM", "AE.STDAT", "AE.OUT", "AE.SECRET"]
WITH_ARM = (
    f"Subject,TERM,Start date,OUT,Arm\n{SUBJECT},pneumonia,2026-03-04,Recovered,ZQactive\n"
    f"{SUBJECT},STROKE,2026-03,1,ZQother\n{SUBJECT},Sepsis,2026-03-09,1,ZQthere\n"
)


@pytest.fixture
def officer(manager, core, client_as):
    """A safety officer whom the study lets see blinded items. Both events have an arm."""
    account(core, Role.PVG)
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
    with core.write(CLI) as uow:
        given = {
            "role": Role.PVG,
            "action": Action.VIEW_BLINDED,
            "allowed": True,
            "reason": Reason(text="Unblinded safety"),
        }
        change = permissions.ChangePermission(study_id=study_id, op=new_id(), **given)
        permissions.change_permission(uow, change)
    for row, arm in ((1, "ZQactive"), (2, "ZQactive")):
        give_arm(core, row, arm)
    return client_of(core, open_app(core), Role.PVG)


def give_arm(core, row, arm, base=0):
    form = ItemPath.parse("LOG[1]/AE[1]")
    place = form.with_group("AE.AELOG", str(row)).with_item("AE.SECRET")
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
    with core.write(CLI) as uow:
        given = {
            "subject_key": SUBJECT,
            "form": form,
            "items": (ItemInput(place, arm, base_version=base),),
        }
        capture.save_items(uow, capture.SaveItems(study_id=study_id, op=new_id(), **given))


def ledger_of(core):
    """Contents of the notes of the study."""
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        entries = listing_queries.chain_upto(source.connection, study.study_id, "@study", 10_000)
        return [json.loads(one.payload) for one in entries if one.kind == "note.add"]


def keep_arms(officer):
    given = chosen(officer, WITH_ARM, column=ARMS) | {"op": new_id(), "words": "Compared."}
    assert officer.post(f"{PAGE}/keep", data=given).status_code == 303


def test_who_may_see_a_blinded_item_compares_it_and_asks_where_nobody_else_looks(officer, manager, client_as):
    choice = chosen(officer, WITH_ARM, column=ARMS)
    assert rows(officer, choice)[0] == ("differs", SUBJECT, "KR-01", "3", "Arm", "ZQactive", "ZQother")
    page = html.unescape(officer.get(PAGE, query_string=choice).text)
    assert "not for everybody" in page
    assert page.count("Only those who may see the item read this query") == 1
    place = "LOG[1]/AE[1]/AE.AELOG[2]/AE.SECRET"
    forms = re.findall(r'name="path" value="([^"]*)">.*?<textarea[^>]*>([^<]*)', page, re.DOTALL)
    assert {path for path, text in forms if "ZQ" in text} == {place}, "no other question tells of it"
    given = {"op": new_id(), "subject_key": SUBJECT, "path": place, "text": "Arm ZQactive or ZQother?"}
    assert officer.post(f"{PAGE}/ask", data=choice | given).status_code == 200
    for who in (manager, client_as()):
        assert "ZQ" not in who.get(f"{HOME}/queries").text
    assert "ZQ" in officer.get(f"{HOME}/queries").text


def test_what_is_kept_for_everybody_is_as_if_no_blinded_item_had_been_compared(officer, manager, core):
    keep_arms(officer)
    kept = [one for one in ledger_of(core) if one["topic"].startswith("reconciliation.")]
    for_all = [one for one in kept if not one.get("items")]
    assert "SECRET" not in json.dumps(for_all)
    (first,) = [one["content"] for one in for_all if one["topic"] == "reconciliation.kept"]
    assert (first["counts"]["same"], first["counts"]["differ"], first["counts"]["only there"]) == (2, 0, 1)
    (events,) = [one["content"]["events"] for one in for_all if one["topic"] == "reconciliation.events"]
    assert all(events.values()), "both are the same in what everybody sees"
    (hidden,) = [one for one in kept if one.get("items")]
    assert (hidden["topic"], hidden["items"]) == ("reconciliation.sensitive", ["AE.SECRET"])
    assert "ZQ" not in json.dumps(kept)
    again = officer.get(send(officer, WITH_ARM).headers["Location"].partition("#")[0]).text
    assert '"AE.SECRET" selected' in again
    for address in (f"{HOME}/x/trail", f"{HOME}/x/trail?words=SECRET", PAGE, f"{HOME}/x/locking"):
        page = manager.get(address)
        assert page.status_code == 200, address
        assert "reconciliation.sensitive" not in page.text
        assert "SECRET" not in page.text.replace("words=SECRET", "").replace('value="SECRET"', "")


def test_a_blinded_item_keeps_the_study_from_being_locked_and_tells_only_who_may_see_it(
    officer, manager, core
):
    keep_arms(officer)
    keep(manager, HEADINGS + KNOWN)
    found, refused = before_lock(manager)
    assert found == []
    assert "not reconciled" not in refused
    assert [text for _, text in open_before_lock(core, officer)] == [ITEM_DIFFERS]
    give_arm(core, 2, "ZQother", base=1)
    keep_arms(officer)
    keep(manager, HEADINGS + KNOWN)
    assert open_before_lock(core, officer) == []
    give_arm(core, 1, "ZQsecond", base=1)
    assert [text for _, text in open_before_lock(core, officer)] == [ITEM_DIFFERS], "it changed since"
    assert before_lock(manager)[0] == []


def open_before_lock(core, officer):
    """What a safety officer is told of it, who has no page of locks."""
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        actor = users.actor_of(source, f"x.{Role.PVG}", users.today(core.clock))
    found = CoreStudyAccess(core, actor, study, "locking").lock_list().open.remaining
    return [(one.subject_key, one.text) for one in found if one.thing.why is Obstacle.UNRECONCILED]


def test_a_blinded_item_names_no_event_and_chooses_none(officer):
    for given in ({"key": ["TERM", "Arm"]}, {"only": "AE.SECRET", "is": "ZQ"}):
        page = officer.get(PAGE, query_string=chosen(officer, WITH_ARM, column=ARMS, **given))
        assert "Not everybody may see SECRET" in page.text


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
