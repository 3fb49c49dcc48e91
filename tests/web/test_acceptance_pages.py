"""Acceptance testing on its pages: scripts of the version, what the data show, results with who and when."""

import csv
import dataclasses
import hashlib
import html
import io
import json
import re

import pypdf
import pytest

from edc_core.domain.commands import AddNote
from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Role
from edc_core.ids import new_id
from edc_core.services import noting, studies, users
from edc_core.services.verifying import verify
from edc_core.store import listing_queries, readers
from tests.rendering.vital_signs import version
from tests.web.trial import CLI, STUDY, SUBJECT, limited

HOME = f"/s/{STUDY}"
UAT = f"{HOME}/x/uat"
MANAGER = "dana@sponsor.example"
HX = {"HX-Request": "true"}
SOFT, HARD = "check:VS:SYSBP.RC1", "check:VS:SYSBP.RC2"


@pytest.fixture
def manager(client_as):
    return client_as(MANAGER)


def script(client, oid):
    page = client.get(f"{UAT}/script", query_string={"script": oid})
    assert page.status_code == 200, page.text
    return words(page.text)


def words(page):
    """The text of a page, its tags gone."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def record(client, oid=SOFT, status="passed", note="", **fields):
    data = {"op": new_id(), "script": oid, "version": "v1", "status": status, "note": note}
    return client.post(f"{UAT}/script", data=data | fields)


def row(client, oid):
    found = re.search(rf'value="{re.escape(oid)}".*?</tr>', client.get(UAT).text, re.DOTALL)
    return words(f"<x {found[0]}")


def notes_of(core):
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        rows = listing_queries.chain_upto(source.connection, study.study_id, "@study", 10_000)
        return [json.loads(row.payload)["content"] for row in rows if row.kind == "note.add"]


def enter(client, value, base=0, reason=""):
    path = ItemPath.parse("V2[1]/VS[1]/IG.VS[1]/SYSBP")
    data = {"op": new_id(), "value": value, "base": base, "reason_text": reason}
    return client.post(f"{HOME}/subjects/{SUBJECT}/items/{path}", data=data, headers=HX)


def publish_another(core):
    amended = dataclasses.replace(limited(version()), oid="v2")
    with core.write(CLI) as uow:
        study = readers.find_study(uow.connection, STUDY)
        studies.publish(
            uow,
            studies.Publish(study_id=study.study_id, op=new_id(), environment="uat", version=amended),
        )


def taken(client, kind="json", **query):
    """A file of the report: text, or the bytes of a PDF."""
    answer = client.get(f"{UAT}/report.{kind}", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.data if kind == "pdf" else answer.text


def read_back(pdf):
    """Every text of a PDF without white space: a line may break anywhere."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"[\s\u200b]+", "", "".join(page.extract_text() for page in pages))


def record_report(client, **fields):
    seen = re.search(r'name="sha256" value="([0-9a-f]{64})"', client.get(f"{UAT}/report").text)
    return client.post(
        f"{UAT}/report", data={"op": new_id(), "sha256": seen[1] if seen else "0" * 64} | fields
    )


def test_the_list_has_a_script_for_each_form_and_each_check_and_says_what_is_expected(manager):
    page = words(manager.get(UAT).text)
    assert "Not tried 3" in page
    soft = script(manager, SOFT)
    assert "Enter SYSBP = 251. A query: This is above 250." in soft
    assert "Enter SYSBP = 250. Nothing is said." in soft
    assert "The value is not stored: no pressure above 400" in script(manager, HARD)
    assert "Open it at Visit 2, answer every question" in script(manager, "form:VS")


def test_a_result_is_kept_in_the_ledger_with_who_when_and_the_version(core, manager):
    assert record(manager, note="Tried with KR01-0001").status_code == 303
    [content] = notes_of(core)
    assert content == {
        "script": SOFT, "version": "v1", "status": "passed", "note": "Tried with KR01-0001",
        "seen": {"fired": 0, "let a value pass": 0},
    }  # fmt: skip
    page = script(manager, SOFT)
    assert "Dana Ortiz" in page
    assert "Tried with KR01-0001" in page
    assert "passed Dana Ortiz" in row(manager, SOFT)
    assert "Passed 1" in words(manager.get(UAT).text)
    assert verify(core, rebuild=True).ok


def test_the_last_result_counts_and_those_before_stay(manager):
    record(manager, status="failed", note="No query came")
    assert "failed" in row(manager, SOFT)
    record(manager, note="Mended")
    page = script(manager, SOFT)
    assert page.index("Mended") < page.index("No query came")
    assert "passed" in row(manager, SOFT)


def test_a_failure_without_words_is_not_kept_and_says_why(core, manager):
    answer = record(manager, status="failed")
    assert answer.status_code == 422
    assert "Write what happened instead" in answer.text
    assert record(manager, status="perhaps").status_code == 400
    assert notes_of(core) == []


def test_what_the_data_show_is_told_and_kept_with_the_result(core, manager, client_as):
    site = client_as()
    assert "completed 0" in script(manager, "form:VS")
    enter(site, "450")  # refused by the hard limit
    enter(site, "300")
    site.post(f"{HOME}/subjects/{SUBJECT}/forms/V2[1]/VS[1]/complete", data={"op": new_id()})
    assert "fired 1" in script(manager, HARD)
    assert "fired 1 , let a value pass 0" in script(manager, SOFT)
    assert "completed 1" in script(manager, "form:VS")
    record(manager)
    assert notes_of(core)[-1]["seen"] == {"fired": 1, "let a value pass": 0}


def test_several_scripts_pass_at_once_all_or_none(core, manager):
    chosen = {"op": new_id(), "version": "v1", "chosen": [SOFT, HARD], "note": "Both tried"}
    assert manager.post(UAT, data=chosen).status_code == 303
    assert [note["script"] for note in notes_of(core)] == [SOFT, HARD]
    refused = manager.post(UAT, data=chosen | {"op": new_id(), "chosen": []})
    assert (refused.status_code, "Choose at least one script" in refused.text) == (422, True)
    assert manager.post(UAT, data=chosen | {"op": new_id(), "chosen": [SOFT, "none"]}).status_code == 404
    assert len(notes_of(core)) == 2


def test_a_result_of_another_version_does_not_count_and_what_was_tried_in_the_old_one_is_not_kept(
    core, manager
):
    record(manager)
    publish_another(core)
    assert "not tried passed in version v1" in row(manager, SOFT)
    assert "In version v1 it passed; that does not count here." in script(manager, SOFT)
    refused = record(manager, note="What I saw")
    assert refused.status_code == 422
    assert "You tried version v1; meanwhile version v2 is the newest" in refused.text
    assert "What I saw" in refused.text
    assert len(notes_of(core)) == 1


def test_who_sees_one_site_records_and_is_told_why_the_data_are_not_shown(client_as):
    site = client_as()
    assert "for people who view the data of every site" in site.get(UAT).text
    assert record(site, note="From the site").status_code == 303
    assert "From the site" in script(client_as(MANAGER), SOFT)


def test_a_live_study_has_no_entry_and_says_where_testing_is_done(core, client_as):
    with core.write(CLI) as uow:
        made = studies.publish(
            uow, studies.Publish(study_id="", op=new_id(), environment="live", version=limited(version()))
        )
        command = users.AddGrant(
            study_id="@system", op=new_id(), login=MANAGER, role=Role.DM, granted_study_id=made["study_id"], scope="all",
            site_ids=frozenset(),
        )  # fmt: skip
        users.add_grant(uow, command)
    manager = client_as(MANAGER)
    assert f'href="{UAT}"' in manager.get(f"{HOME}/subjects").text
    assert "/s/DEMO@live/x/uat" not in manager.get("/s/DEMO@live/subjects").text
    refused = manager.get("/s/DEMO@live/x/uat")
    assert refused.status_code == 409
    assert "Acceptance testing is done in its uat environment" in refused.text


def test_filters_leave_what_was_asked_for(manager):
    record(manager)
    assert "SYSBP.RC1" in manager.get(f"{UAT}?status=passed").text
    assert "form:VS" not in manager.get(f"{UAT}?status=passed").text
    assert "form:VS" in manager.get(f"{UAT}?kind=form&where=Vital+signs").text
    assert "No script is left" in manager.get(f"{UAT}?words=nothing+of+that").text
    assert manager.get(f"{UAT}?start=x").status_code == 400
    assert manager.get(f"{UAT}/script?script=none").status_code == 404


def test_the_report_has_every_script_with_who_when_and_result_and_names_the_definition(manager, client_as):
    record(client_as(), HARD, note="Typed 450, it stayed red")
    record(manager, status="failed", note="No query came")
    report = json.loads(taken(manager))
    assert (report["study"], report["environment"], report["meta_data_version"]) == (STUDY, "uat", "v1")
    assert len(report["definition_sha256"]) == 64
    assert report["software"].keys() == {"edc-core", "edc-core-uat"}
    assert report["counts"] == {"passed": 1, "failed": 1, "untested": 1}
    scripts = {one["script"]: one for one in report["scripts"]}
    assert scripts.keys() == {"form:VS", SOFT, HARD}
    [tried] = scripts[HARD]["results"]
    assert (tried["who"], tried["role"], tried["status"]) == ("jiwoo@site.example", "CRC", "passed")
    assert scripts["form:VS"]["results"] == []
    rows = list(csv.DictReader(io.StringIO(taken(manager, "csv").lstrip("\ufeff"))))
    assert [(row["script"], row["status"], row["note"]) for row in rows] == [
        ("form:VS", "not tried", ""),
        (SOFT, "failed", "No query came"),
        (HARD, "passed", "Typed 450, it stayed red"),
    ]
    page = taken(manager, "html")
    assert "<h2>Failed: 1</h2>" in page
    digest = hashlib.sha256(taken(manager).encode()).hexdigest()
    assert digest in page
    pdf = read_back(taken(manager, "pdf"))
    for words in ("Failed:1", "Nottried:1", "Passed:1", digest, report["definition_sha256"]):
        assert words in pdf
    for script in report["scripts"]:
        steps = [words for step in script["steps"] for words in step.values()]
        told = [
            words
            for result in script["results"]
            for words in (result["note"], result["at"], result["entry_sha256"])
        ]
        for words in (script["title"], script["script"], *steps, *told):
            assert re.sub(r"\s+", "", words) in pdf


def test_the_same_results_give_the_same_bytes_whatever_else_happens_in_the_study(manager, client_as):
    record(manager)
    before = {kind: taken(manager, kind) for kind in ("json", "csv", "html", "pdf")}
    enter(client_as(), "300")
    assert {kind: taken(manager, kind) for kind in before} == before
    record(manager)
    assert taken(manager) != before["json"]


def test_a_report_is_recorded_by_its_digest_and_made_again_after_more_results_and_another_version(
    core, manager
):
    record(manager, note="Good")
    kept = taken(manager)
    assert record_report(manager).status_code == 303
    content = notes_of(core)[-1]
    assert content["report_sha256"] == hashlib.sha256(kept.encode()).hexdigest()
    assert (content["passed"], content["failed"], content["untested"]) == (1, 0, 2)
    assert content["definition_sha256"] == json.loads(kept)["definition_sha256"]
    assert "This report is recorded." in manager.get(f"{UAT}/report").text
    record(manager, HARD, "failed", "Stored all the same")
    publish_another(core)
    page = manager.get(f"{UAT}/report").text
    assert "This report is recorded." not in page
    [n] = re.findall(r"report\.json\?n=(\d+)", page)
    assert taken(manager, n=n) == kept
    assert json.loads(taken(manager))["meta_data_version"] == "v2"
    assert manager.get(f"{UAT}/report.json?n=1").status_code == 404
    assert verify(core, rebuild=True).ok


def test_a_report_without_any_result_is_made_again_too(core, manager):
    kept = taken(manager)
    record_report(manager)
    record(manager)
    [n] = re.findall(r"report\.json\?n=(\d+)", manager.get(f"{UAT}/report").text)
    assert taken(manager, n=n) == kept
    assert notes_of(core)[0]["untested"] == 3


def test_what_is_recorded_is_the_report_that_was_seen(core, manager):
    record(manager)
    refused = record_report(manager, sha256="0" * 64)
    assert refused.status_code == 422
    assert "A result came in since you opened this page" in refused.text
    assert len(notes_of(core)) == 1


def test_a_report_that_cannot_be_made_again_is_not_passed_off_as_this_one(core, manager):
    """As other software would have left it: with another digest than comes out now."""
    record_report(manager)
    [content] = notes_of(core)
    older = content | {"report_sha256": "ab" * 32, "software": {"edc-core": "0.0.9"}}
    with core.write(CLI) as uow:
        study_id = readers.find_study(uow.connection, STUDY).study_id
        noting.add_note(
            uow,
            AddNote(
                study_id=study_id, op=new_id(), topic="uat.report", name="older", content=older, shared=True
            ),
        )  # fmt: skip
    n, _ = re.findall(r"report\.json\?n=(\d+)", manager.get(f"{UAT}/report").text)
    refused = manager.get(f"{UAT}/report.json?n={n}")
    assert refused.status_code == 409
    assert "This report was made with edc-core 0.0.9" in refused.text
    assert f"its SHA-256 is {'ab' * 32}" in refused.text


def traced(client):
    answer = client.get(f"{UAT}/traceability.csv")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def test_each_section_of_the_protocol_leads_to_what_it_asks_for_and_to_its_result(core, manager):
    before = limited(version())
    sections = iter(("P-1 7.10 Safety", "P-1 7.9 Vital signs"))
    items = tuple(
        dataclasses.replace(
            item,
            range_checks=tuple(
                dataclasses.replace(one, protocol=next(sections)) for one in item.range_checks
            ),
        )
        for item in before.items
    )
    amended = dataclasses.replace(before, oid="v2", items=items)
    with core.write(CLI) as uow:
        study = readers.find_study(uow.connection, STUDY)
        command = studies.Publish(study_id=study.study_id, op=new_id(), environment="uat", version=amended)
        studies.publish(uow, command)
    record(manager, oid=HARD, version="v2", note="Tried")
    rows = traced(manager)
    assert [(row["protocol section"], row["script"], row["status"]) for row in rows] == [
        ("P-1 7.9 Vital signs", HARD, "passed"),
        ("P-1 7.10 Safety", SOFT, "not tried"),
        ("", "form:VS", "not tried"),
    ]
    assert (rows[0]["items"], rows[0]["who"], rows[0]["kind"]) == ("SYSBP", MANAGER, "check")
    assert rows[0]["entry"]
    page = words(manager.get(f"{UAT}/traceability").text)
    assert "P-1 7.9 Vital signs 0 0 1 P-1 7.10 Safety 0 1 0 No section named 0 1 0" in page
    chosen = words(manager.get(f"{UAT}/traceability", query_string={"section": "P-1 7.9 Vital signs"}).text)
    assert "no pressure above 400" in chosen or "SYSBP.RC2" in chosen
    assert "Dana Ortiz" in chosen
    rest = words(manager.get(f"{UAT}/traceability", query_string={"section": "-"}).text)
    assert "Vital signs form" in rest
    none = words(manager.get(f"{UAT}/traceability", query_string={"section": "P-2"}).text)
    assert "This version names no such section." in none
