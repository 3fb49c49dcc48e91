"""Conformance: a check is asked for, followed and read; what was not looked at is said before what was found."""

import csv
import io
import json
import re
import zipfile

import pytest

from edc_core.api import ConformanceEngine, ConformanceReport, ExportChoice, RuleFailure, RuleSet, hookimpl
from edc_core.clock import iso
from edc_core.domain.permission import Role
from edc_core.errors import ExportRefused
from edc_core.ids import new_id
from edc_core.jobs.worker import Worker
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource, installed_sources
from edc_core.services import exporting, users
from edc_core.store import jobs, readers
from tests.rendering.vital_signs import version
from tests.web.annotated import annotated
from tests.web.browsers import open_app, signing_in
from tests.web.trial import CLI, PASSWORD, STUDY, SUBJECT, limited, make_core

CHECKS = f"/s/{STUDY}/x/conformance"
FORM = "V2[1]/VS[1]"


def definition():
    why = "Parameters are derived after the lock."
    return annotated(limited(version()), "edc-core-country-us", "edc-core-country-jp", US_B5_EPOCH=why)


@pytest.fixture
def core(tmp_path):
    core = make_core(tmp_path, definition(), exports_dir=tmp_path / "exports")
    yield core
    core.close()


@pytest.fixture
def client_as(core):
    return signing_in(open_app(core))


@pytest.fixture
def manager(client_as):
    return client_as("dana@sponsor.example")


@pytest.fixture
def entered(client_as):
    """A subject with an event whose text is not ASCII, which PMDA's own rule names."""
    site = client_as("jiwoo@site.example")
    book = f"/s/{STUDY}/subjects/{SUBJECT}"
    for path, value in ((f"{FORM}/IG.VS[1]/SEX", "F"), (f"{FORM}/IG.AE[1]/AETERM", "두통")):
        if "AE" in path:
            assert site.post(f"{book}/rows/{FORM}/IG.AE", data={"op": new_id()}).status_code < 400
        answer = site.post(f"{book}/items/{path}", data={"op": new_id(), "value": value, "base": "0"})
        assert answer.status_code < 400, answer.text


def post(client, page="", **data):
    return client.post(f"{CHECKS}{page}", data={"op": new_id(), **data})


def checked(core, client):
    """Ask for a check of all data and have a worker make it: the address of its findings."""
    assert post(client, unlocked="1").status_code == 303
    Worker(core).run(once=True)
    found = re.search(rf'href="({re.escape(CHECKS)}/[0-9a-f]{{32}})"', client.get(CHECKS).text)
    assert found, client.get(CHECKS).text
    return found[1]


def test_a_check_in_which_no_rule_was_run_is_not_called_clean(tmp_path):
    core = make_core(tmp_path, annotated(limited(version())), exports_dir=tmp_path / "exports")
    manager = signing_in(open_app(core))("dana@sponsor.example")
    checked(core, manager)
    page = manager.get(CHECKS).text
    assert "no rule was run" in page
    assert "<b>0</b>" not in page
    core.close()


def newest(core):
    with core.read() as source:
        study = readers.find_study(source.connection, STUDY)
        return jobs.of_study(source.connection, study.study_id, "export")[0]


def test_before_the_first_check_the_page_says_so_and_offers_one(manager):
    page = manager.get(CHECKS).text
    assert "Nothing was checked in this study yet." in page
    assert "Start check" in page
    assert f'href="{CHECKS}"' in manager.get(f"/s/{STUDY}/x/exports").text


def test_what_could_not_be_run_stands_before_the_findings_with_the_remedy(core, manager, entered):
    page = manager.get(checked(core, manager)).text
    assert "CDISC CORE 0.17.1</b>: Not run: No rules are at hand" in page
    assert "EDC_CORE_CACHE" in page
    assert page.index("Not run: No rules") < page.index('<h2 id="found-t">')
    assert re.search(r'<th scope="row">JP-PMDA</th><td>[-0-9]+</td><td>\d+ run</td>', page)


def test_a_finding_has_severity_rule_agency_record_value_and_the_way_to_the_item(core, manager, entered):
    address = checked(core, manager)
    page = manager.get(f"{address}?rule=JP-B5").text
    (row,) = [one for one in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if "JP-B5" in one]
    words = " ".join(re.sub("<[^>]*>", " ", row).split())
    for said in ("error", "JP-B5", "PMDA", "AE 1", "AETERM=두통", "Not explained", SUBJECT):
        assert said in words
    href = re.search(rf'href="(/s/{STUDY}/subjects/{SUBJECT}/V2/VS[^"]*)"', row)[1]
    target = manager.get(href.partition("#")[0].replace("&amp;", "&"))
    assert (target.status_code, f'id="{href.partition("#")[2]}"' in target.text) == (200, True)


class Breaking:
    """An engine that breaks on one of its rules, and cannot look at a dataset for another."""

    @hookimpl
    def edc_register_conformance_engines(self, settings):
        yield ConformanceEngine("breaking", "Breaking rules", self.look)

    @staticmethod
    def look(folder, about, progress):
        for done in range(1, 11):
            progress(done, 10)
        failed = (
            RuleFailure(rule="B-1", why="No variable to group by.", dataset="AE"),
            RuleFailure(rule="B-2", why="KeyError: ARM", dataset="DM", is_error=True),
        )
        return ConformanceReport((RuleSet(name="Breaking rules", version="1", run=7, failed=failed),))


breaking = Breaking()


@pytest.fixture
def with_breaking_engine(core):
    source = PluginSource("breaking", f"{__name__}:breaking")
    core.plugins = EdcPlugins([*installed_sources(), source])


def test_an_execution_error_is_loud_and_what_could_not_be_looked_at_is_no_finding(
    with_breaking_engine, core, manager, entered
):
    page = manager.get(checked(core, manager)).text
    assert re.search(r'role="alert">.*The engine broke on 1 rule\..*B-2', page, re.DOTALL)
    failed = page[page.index('id="failed-t"') :]
    rows = [
        " ".join(re.sub("<[^>]*>", " ", row).split()) for row in re.findall("<tr>.*?</tr>", failed, re.DOTALL)
    ]
    assert rows[1:3] == ["B-2 DM Execution error KeyError: ARM", "B-1 AE No variable to group by."]
    assert "7 run, 2 could not be carried out" in page
    assert "B-1" not in page[: page.index('id="failed-t"')]


def test_progress_goes_on_while_engines_are_asked(with_breaking_engine, core, entered, tmp_path):
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
    told = []
    choice = ExportChoice("conformance", unlocked=True)
    asked = exporting.RequestExport(study_id=study_id, op=new_id(), choice=choice)
    exporting.export(core, CLI, asked, tmp_path / "out", progress=lambda *one: told.append(one))
    subjects = 2
    assert {total for _, total in told} == {subjects + 1000}
    assert told == sorted(told)
    assert len({done for done, _ in told if done > subjects}) >= 10
    assert told[-1] == (subjects + 1000, subjects + 1000)


def test_a_running_check_tells_its_share_on_its_page_and_on_that_of_exports(core, manager):
    assert post(manager, unlocked="1").status_code == 303
    job = newest(core)
    with core.write(CLI) as uow:
        now = iso(uow.clock.now())
        assert jobs.take_next(uow.connection, now).job_id == job.job_id
        jobs.tell(uow.connection, job.job_id, 501, 1002, now)
    for page in (CHECKS, f"/s/{STUDY}/x/exports"):
        assert "50 per cent" in manager.get(page).text


def test_filters_narrow_the_list_and_the_file_alike(core, manager, entered):
    address = checked(core, manager)
    page = manager.get(f"{address}?agency=PMDA&severity=error").text
    total = int(re.search(r"<p>(\d+) of (\d+)</p>", page)[1])
    rows = list(csv.DictReader(io.StringIO(
        manager.get(f"{address}/findings.csv?agency=PMDA&severity=error").get_data(as_text=True).lstrip("\ufeff")
    )))  # fmt: skip
    assert 0 < len(rows) == total
    assert {(one["Severity"], "PMDA" in one["Agencies"]) for one in rows} == {("error", True)}
    every = manager.get(f"{address}/findings.csv").get_data(as_text=True)
    assert len(list(csv.DictReader(io.StringIO(every.lstrip("\ufeff"))))) > total
    assert "No finding fits. Take a filter away." in manager.get(f"{address}?dataset=XX").text


def test_the_rules_with_findings_stand_before_the_findings_and_a_choice_shows_those_of_one(
    core, manager, entered
):
    address = checked(core, manager)
    page = manager.get(address).text
    table = page[page.index('id="rules-t"') : page.index('id="found-t"')]
    rows = {
        re.search(r"rule=([A-Z0-9.-]+)", row)[1]: " ".join(re.sub("<[^>]*>", " ", row).split())
        for row in re.findall("<tr>.*?</tr>", table, re.DOTALL)[1:]
    }
    every = list(csv.DictReader(io.StringIO(
        manager.get(f"{address}/findings.csv").get_data(as_text=True).lstrip("\ufeff")
    )))  # fmt: skip
    assert list(rows) == list(dict.fromkeys(one["Rule"] for one in every)), "the strictest first"
    assert re.fullmatch(r"error JP-B5 PMDA Record 1 is not ASCII.* AE 1 1", rows["JP-B5"])
    others = {one["Rule"] for one in every if one["Severity"] != "error"}
    assert "rules-t" not in manager.get(f"{address}?rule=JP-B5").text
    narrowed = manager.get(f"{address}?severity=error").text
    assert re.search(r'href="[^"]*severity=error[^"]*rule=JP-B5"', narrowed)
    table = narrowed[narrowed.index("rules-t") : narrowed.index("found-t")]
    assert others
    assert not [one for one in others if f">{one}<" in table]


def test_the_report_is_the_same_in_every_form_and_lies_beside_the_datasets(core, manager, entered):
    address = checked(core, manager)
    with manager.get(f"{address}/files") as taken:
        files = zipfile.ZipFile(io.BytesIO(taken.data))
    names = set(files.namelist())
    assert {
        "report/conformance.json",
        "report/findings.csv",
        "report/conformance.html",
        "sdtm/define.xml",
    } <= names
    assert {"sdtm/xpt/ae.xpt", "sdtm/json/ae.json", "sdtm/lineage.ndjson"} <= names
    report = json.loads(files.read("report/conformance.json"))
    rows = list(csv.reader(io.StringIO(files.read("report/findings.csv").decode().lstrip("\ufeff"))))
    assert len(rows) == len(report["findings"]) + 1
    page = files.read("report/conformance.html").decode()
    assert all(one["rule"] in page for one in report["findings"])
    assert "Not run: No rules are at hand" in page
    assert f"<b>{len(report['findings']):,}</b>" in manager.get(CHECKS).text


def test_a_check_that_waits_is_cancelled_and_run_again(core, manager):
    assert post(manager, unlocked="1").status_code == 303
    assert "Waits for its turn." in manager.get(CHECKS).text
    assert post(manager, "/cancel", job=newest(core).job_id).status_code == 303
    assert "Cancelled" in manager.get(CHECKS).text
    over = post(manager, "/cancel", job=newest(core).job_id)
    assert (over.status_code, "cannot be cancelled" in over.text) == (422, True)
    assert post(manager, "/again", job=newest(core).job_id).status_code == 303
    Worker(core).run(once=True)
    assert newest(core).is_done


def test_locked_data_of_a_study_that_is_not_locked_are_refused_in_words(core, manager):
    assert post(manager, unlocked="0").status_code == 303
    Worker(core).run(once=True)
    assert "needs a locked study" in manager.get(CHECKS).text


def test_only_checks_of_this_study_are_here_and_other_exports_are_none(core, manager, entered):
    done = manager.post(f"/s/{STUDY}/x/exports", data={"op": new_id(), "format": "csv", "unlocked": "1"})
    assert done.status_code == 303
    job = newest(core).job_id
    Worker(core).run(once=True)
    assert "Nothing was checked in this study yet." in manager.get(CHECKS).text
    assert manager.get(f"{CHECKS}/{job}").status_code == 404
    assert manager.get(f"{CHECKS}/{job}/files").status_code == 404
    assert post(manager, "/again", job=job).status_code == 404


def test_who_exports_locked_data_alone_opens_no_check_of_all_data(core, manager, client_as, entered):
    address = checked(core, manager)
    login = "soo@sponsor.example"
    with core.read() as source:
        study_id = readers.find_study(source.connection, STUDY).study_id
    with core.write(CLI) as uow:
        users.add_user(uow, users.AddUser(study_id="@system", op=new_id(), login=login, full_name="Soo Ahn"))
        users.add_grant(uow, users.grant_for_sites(uow, login, Role.SPO, study_id, ()))
        users.set_password(uow, login, PASSWORD)
    sponsor = client_as(login)
    assert "holds more than your role exports" in sponsor.get(CHECKS).text
    assert sponsor.get(address).status_code == 404


def test_a_study_whose_datasets_cannot_be_made_is_told_why(tmp_path):
    core = make_core(tmp_path)
    try:
        with core.read() as source:
            study_id = readers.find_study(source.connection, STUDY).study_id
        asked = exporting.RequestExport(
            study_id=study_id, op=new_id(), choice=ExportChoice("conformance", unlocked=True)
        )
        with pytest.raises(ExportRefused, match=r"'edc study sdtm' lists them"):
            exporting.export(core, CLI, asked, tmp_path / "out")
    finally:
        core.close()
