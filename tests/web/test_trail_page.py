"""The page of the whole trail: what each person finds there, how it is narrowed, and that its numbers are the ledger's."""

import csv
import html
import io
import json
import re
from weakref import WeakKeyDictionary

import pytest
from edc_core_trail.pages import too_large_for
from pypdf import PdfReader
from sqlalchemy import func, select

from edc_core.domain import commands as c
from edc_core.domain import study_commands
from edc_core.domain.item_path import ItemPath
from edc_core.domain.protection import ProtectAction
from edc_core.domain.trail import TrailWanted
from edc_core.ids import new_id
from edc_core.services import dispatch, users
from edc_core.services.reading import StudyPicture, look_at
from edc_core.services.trail import found
from edc_core.store import readers
from edc_core.store.ledger_tables import ledger_entry
from edc_core.store.listing_queries import full_names
from tests.web.trial import CLI, STUDY, SUBJECT

TRAIL = f"/s/{STUDY}/x/trail"
HX = {"HX-Request": "true"}
MANAGER = "dana@sponsor.example"


@pytest.fixture
def site(client_as):
    """A coordinator who has entered three values, one with a quotation mark in it."""
    client = client_as()
    for item, value in (("SYSBP", "120"), ("SYSBP", "140"), ("WEIGHT", 'about "70" kg')):
        save(client, item, value)
    return client


BASES = WeakKeyDictionary()  #: what each client has saved so often; an id would be another's after it is gone


def save(client, item, value):
    path = ItemPath.parse(f"V2[1]/VS[1]/IG.VS[1]/{item}")
    saved = BASES.setdefault(client, {})
    base = saved.get(item, 0)
    data = {"op": new_id(), "value": value, "base": base}
    response = client.post(f"/s/{STUDY}/subjects/{SUBJECT}/items/{path}", data=data, headers=HX)
    assert response.status_code == 200, response.text
    saved[item] = base + 1


def total_of(client, **filters):
    page = client.get(TRAIL, query_string=filters)
    assert page.status_code == 200, page.text
    return int(re.search(r"<p>([\d,]+) entr", page.text)[1].replace(",", ""))


def in_ledger(core, *conditions):
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
        statement = select(func.count()).where(ledger_entry.c.study_id == study_id, *conditions)
        return source.connection.execute(statement).scalar_one()


def test_a_file_is_offered_where_it_holds_what_was_found(site, client_as):
    """A trial of 24 subjects has more entries than a file takes: that is said before somebody waits for one."""
    page = client_as(MANAGER).get(TRAIL).text
    assert re.findall(r'href="[^"]+/x/trail/trail\.(csv|json|pdf)', page) == ["csv", "json", "pdf"]
    assert too_large_for(5_000) == ()
    assert too_large_for(5_001) == (("PDF", 5_000),)
    assert too_large_for(20_001) == (("CSV", 20_000), ("JSON", 20_000), ("PDF", 5_000))


def test_the_manager_finds_every_entry_and_the_files_hold_as_many(core, site, client_as):
    manager = client_as(MANAGER)
    total = in_ledger(core)
    assert total_of(manager) == total
    rows = list(csv.DictReader(io.StringIO(manager.get(f"{TRAIL}/trail.csv").text.removeprefix("\ufeff"))))
    assert len(rows) == total
    entries = json.loads(manager.get(f"{TRAIL}/trail.json").text)
    assert len(entries) == total
    assert len({(entry["chain"], entry["n"]) for entry in entries}) == total
    assert "changed Systolic blood pressure from 120" in " ".join(row["what"] for row in rows)


def test_the_site_finds_its_own_subjects_and_the_study(core, site):
    entries = json.loads(site.get(f"{TRAIL}/trail.json").text)
    assert {entry["subject"] for entry in entries} == {SUBJECT, ""}
    assert total_of(site) == len(entries) < in_ledger(core)
    assert total_of(site, subject="DE01-0001") == 0
    assert site.get(TRAIL, query_string={"site": "DE-01"}).status_code == 404


@pytest.mark.parametrize(
    ("filters", "least"),
    [
        ({"subject": SUBJECT}, 4),
        ({"site": "KR-01", "kind": "values"}, 3),
        ({"who": "jiwoo@site.example"}, 4),
        ({"words": 'ABOUT "70"'}, 1),
        ({"kind": "study"}, 3),
        ({"since": "2020-01-01"}, 5),
    ],
)
def test_it_is_narrowed(core, site, client_as, filters, least):
    manager = client_as(MANAGER)
    assert least <= total_of(manager, **filters) <= in_ledger(core)


@pytest.mark.parametrize(
    "filters",
    [{"until": "2020-01-01"}, {"since": "2999-01-01"}, {"words": "nobody wrote this"}, {"who": "x"}],
)
def test_it_is_narrowed_to_nothing(site, client_as, filters):
    manager = client_as(MANAGER)
    assert total_of(manager, **filters) == 0
    assert "Nothing in the trail fits" in manager.get(TRAIL, query_string=filters).text


def test_words_of_an_item_that_is_hidden_are_not_found(site, client_as, monkeypatch):
    """Were WEIGHT blinded, its entry would neither be listed nor counted nor found by its words."""
    manager = client_as(MANAGER)
    before = total_of(manager)
    assert total_of(manager, words='about "70" kg') == 1
    monkeypatch.setattr(StudyPicture, "hidden_at", lambda *_: frozenset({"WEIGHT"}))
    assert total_of(manager) == before - 1
    assert total_of(manager, words='about "70" kg') == 0
    rows = manager.get(TRAIL, query_string={"kind": "values"}).text.partition("<tbody>")[2]
    assert 'about "70"' not in html.unescape(rows)


def test_pages_meet_without_gap_or_overlap_in_a_fixed_number_of_statements(core, site, count_statements):
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        manager = users.actor_of(source, MANAGER, users.today(core.clock))
        picture = look_at(source, manager, study)
        seen, before, counts = [], "", set()
        assert full_names(source.connection, [MANAGER])
        picture.hidden_at(picture.all_sites)
        while True:
            with count_statements() as counted:
                page = found(picture, TrailWanted(before=before, limit=3))
            counts.add(len(counted))
            seen += [(entry.columns["chain"], entry.columns["n"]) for entry in page.entries]
            before = page.older
            if not before:
                break
    assert len(seen) == len(set(seen)) == page.total == in_ledger(core)
    assert max(counts) <= 5


@pytest.mark.parametrize("before", ["x", "a b c", "a b -1", "a b 99999999999999999999"])
def test_a_place_that_is_none_is_refused(client_as, before):
    assert client_as(MANAGER).get(TRAIL, query_string={"before": before}).status_code == 400


def test_a_day_that_is_none_is_refused(client_as):
    for field in ("since", "until"):
        assert client_as(MANAGER).get(TRAIL, query_string={field: "soon"}).status_code == 400


def test_it_needs_a_session(app):
    for path in ("", "/trail.csv", "/trail.json"):
        assert app.test_client().get(TRAIL + path).status_code == 303


def test_what_is_taken_from_the_page_stands_in_the_access_log(site, client_as):
    manager = client_as(MANAGER)
    manager.get(f"{TRAIL}/trail.csv", query_string={"subject": SUBJECT})
    page = manager.get(f"{TRAIL}/access").text
    assert "Kim Jiwoo" in page
    assert "signed in" in page
    assert re.search(r"KR01-0001 trail/trail\.csv sha256:[0-9a-f]{64} \?<", page)
    rows = list(csv.DictReader(io.StringIO(manager.get(f"{TRAIL}/access.csv").text.removeprefix("\ufeff"))))
    assert {"signed in", "file taken"} <= {row["action"] for row in rows}
    assert all("120" not in row["detail"] for row in rows if row["action"] != "file taken")
    assert manager.get(f"{TRAIL}/access", query_string={"until": "2020-01-01"}).text.count("<tr>") == 0


def test_a_site_reads_of_the_study_what_concerns_it(core, site, client_as):
    """Of another site of the study neither its steps nor its number, in no file; of the whole study what everybody reads."""
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        sites = {one.number: one.site_id for one in readers.sites(source.connection, study.study_id).values()}
    for number, site_id in sites.items():
        command = study_commands.CloseSite(
            study_id=study.study_id, op=new_id(), number=number, reason=c.Reason(text="Ended.")
        )
        freeze = study_commands.ProtectStudy(
            study_id=study.study_id, op=new_id(), action=ProtectAction.FREEZE, site_id=site_id,
            reason=c.Reason(text="Ended."),
        )  # fmt: skip
        dispatch.submit(core, CLI, [command, freeze])
    manager = client_as(MANAGER)
    for address in (TRAIL, f"{TRAIL}/trail.csv", f"{TRAIL}/trail.json", f"/s/{STUDY}/history"):
        own, whole = site.get(address).text, manager.get(address).text
        assert "closed site KR-01" in own.replace("Closed", "closed")
        assert "Published version v1" in own.replace("published", "Published")
        assert "DE-01" in whole
        assert "DE-01" not in own
        assert sites["DE-01"] not in own
    assert site.get(f"{TRAIL}/trail.json").text.count('"withheld": true') == 1, (
        "a definition names every site"
    )
    assert total_of(site, kind="study") < total_of(manager, kind="study")


def test_what_was_searched_for_stays_out_of_the_access_log(site, client_as):
    manager = client_as(MANAGER)
    asked = {"subject": SUBJECT, "words": "Gildong Hong", "kind": "", "Gildong Hong": "x"}
    manager.get(f"{TRAIL}/trail.csv", query_string=asked)
    text = manager.get(f"{TRAIL}/access.csv").data.decode("utf-8-sig")
    (row,) = [row for row in csv.DictReader(io.StringIO(text)) if row["action"] == "file taken"]
    assert re.fullmatch(rf"{SUBJECT} trail/trail\.csv sha256:[0-9a-f]{{64}} \?words", row["detail"])


def test_the_trail_of_a_site_is_taken_as_one_pdf(core, site, client_as):
    manager = client_as(MANAGER)
    page = manager.get(TRAIL, query_string={"site": "KR-01"})
    (link,) = re.findall(r'href="([^"]+/trail\.pdf[^"]*)"', page.text)
    taken = manager.get(html.unescape(link))
    assert taken.mimetype == "application/pdf"
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(taken.data)).pages)
    assert "Audit trail of the study, site KR-01" in text
    assert f"{total_of(manager, site='KR-01')} entries, oldest first" in text
    assert "DE01-0001" not in text
    assert site.get(f"{TRAIL}/trail.pdf", query_string={"site": "DE-01"}).status_code == 404


def test_the_history_of_the_study_is_found_from_the_trail(site, client_as):
    for client in (site, client_as(MANAGER)):
        (link,) = re.findall(r'href="([^"]+)">History of the study<', client.get(TRAIL).text)
        assert "Published version" in client.get(link).text


def test_the_study_as_of_a_day_is_a_page_and_a_file(site, client_as):
    manager = client_as(MANAGER)
    (link,) = re.findall(r'href="([^"]+)">The study as of a day<', manager.get(TRAIL).text)
    page = manager.get(link).text
    assert all(words in page for words in ("KR-01", "Europe/Berlin", "Anna Weber", "SHA-256"))
    (file,) = re.findall(r'href="([^"]+/as-of\.json[^"]*)"', page)
    assert [site["number"] for site in json.loads(manager.get(file).text)["sites"]] == ["DE-01", "KR-01"]
    assert "Nothing was published by then." in manager.get(link, query_string={"day": "2020-01-01"}).text
    assert manager.get(link, query_string={"day": "2999-01-01"}).status_code == 400
    assert "as of a day" not in site.get(TRAIL).text


def test_the_access_log_is_for_those_who_read_the_trail_of_every_site(site, client_as):
    for path in ("access", "access.csv"):
        assert site.get(f"{TRAIL}/{path}").status_code == 403
        assert client_as("anna@cro.example").get(f"{TRAIL}/{path}").status_code == 200
    assert "Access log" not in site.get(TRAIL).text
    assert "Access log" in client_as(MANAGER).get(TRAIL).text
