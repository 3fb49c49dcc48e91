"""A German and a Korean site in one study: each sees its own rules alone, whatever the door (issue 5, shown by 3)."""

import csv
import io
import re

import pypdf
import pytest
from edc_core_simulate.run import Simulation, Wanted

from edc_core.core import Core
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.imported import Imported, ImportedForm, ImportedItem, ImportedSubject
from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Actor, Role
from edc_core.errors import EntryClosed, ValueRefused, WrongState
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import exporting, importing, publishing, users
from edc_core.services.importing import Staged
from edc_core.services.plugin_session import CorePluginSession, plugin_actor
from edc_core.settings import Settings
from edc_core.store import readers
from tests.plugins.countries.scenes import EUROPE, FOLDER, THREE, Scene
from tests.web.browsers import open_app, signing_in
from tests.web.trial import PASSWORD

TWO = Scene(FOLDER / "two.yaml", {site: {**EUROPE.gates, **THREE.gates}[site] for site in ("DE-01", "KR-01")})
CLI = Actor("cli:test", trusted=True)
PEOPLE = {
    "de@site.example": (Role.CRC, "DE-01"), "kr@site.example": (Role.CRC, "KR-01"), "dm@sponsor.example": (Role.DM, ""),
    "pi@site.example": (Role.PI, "KR-01"),
}  # fmt: skip
GERMAN, KOREAN = ("EU-EMA", "EU-DE", "EU-B", "EudraVigilance"), ("KR-MFDS", "KR-B", "MFDS")
CONSENTS = "Consent to transfer overseas: date"


@pytest.fixture(scope="module")
def bundled():
    """Every plugin, as an installation has them."""
    return EdcPlugins()


@pytest.fixture(scope="module")
def definition(bundled):
    checked = publishing.check(bundled, TWO.file)
    assert [one for one in checked.findings if one.severity == "error"] == []
    return checked.version


@pytest.fixture(scope="module")
def scene():
    return TWO


@pytest.fixture
def core(core_url, clock, tmp_path, bundled):
    settings = Settings(database_url=core_url, files_dir=tmp_path / "files", exports_dir=tmp_path / "exports")
    core = Core(settings, bundled, clock)
    yield core
    core.close()


@pytest.fixture
def browser_of(trial):
    """Signs in: a coordinator of each site, an investigator, or the data manager of both."""
    core = trial.core
    for login, (role, site) in PEOPLE.items():
        with core.write(trial.cli) as uow:
            users.add_user(uow, users.AddUser(study_id="@system", op=new_id(), login=login, full_name=login))
        only = frozenset({trial.sites[site]}) if site else frozenset()
        with core.write(trial.cli) as uow:
            users.add_grant(
                uow,
                users.AddGrant(
                    study_id="@system", op=new_id(), login=login, role=role, granted_study_id=trial.study_id,
                    scope="sites" if only else "all", site_ids=only,
                ),
            )  # fmt: skip
        with core.write(trial.cli) as uow:
            users.set_password(uow, login, PASSWORD)
    return signing_in(open_app(core))


def read(client, path):
    answer = client.get(f"/s/TWO@live/{path}")
    assert answer.status_code == 200, answer.text
    return answer.text


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<template>.*?</template>|<[^>]+>", " ", html, flags=re.DOTALL))


def asked(html):
    """Questions of a form page that are shown."""
    rows = re.findall(r'<div class="it"[^>]*data-label="([^"]*)"([^>]*)>', html)
    return {label for label, rest in rows if "hidden" not in rest}


def names(text, marks):
    return [one for one in marks if one in text]


def test_form_page(browser_of):
    german, korean = browser_of("de@site.example"), browser_of("kr@site.example")
    there = "subjects/{}-001/V1/{}"
    assert asked(read(german, there.format("DE", "DM"))) == {"Date of birth", "Remark"}
    assert asked(read(korean, there.format("KR", "DM"))) == {"Date of birth", "Race", "Remark"}
    assert asked(read(german, there.format("DE", "CONSENT"))) == {"Date of consent", "Are samples kept?"}
    assert CONSENTS in asked(read(korean, there.format("KR", "CONSENT")))


def test_form_page_units(browser_of):
    """The unit of Korean laboratories is offered where they are."""
    german, korean = browser_of("de@site.example"), browser_of("kr@site.example")
    assert "mg/dL" not in words(read(german, "subjects/DE-001/V1/LB"))
    assert "mg/dL" in words(read(korean, "subjects/KR-001/V1/LB"))


def test_a_unit_that_came_with_a_moved_subject_stays_readable(trial, browser_of):
    trial.enter_in("KR-001", "LB.CREAT", "1.00", "mg/dL")
    trial.move("KR-001", "DE-01")
    assert re.search(
        r'<option value="mg/dL" selected', read(browser_of("de@site.example"), "subjects/KR-001/V1/LB")
    )


def test_casebook_page(browser_of):
    for login, subject, other in (
        ("de@site.example", "DE-001", KOREAN),
        ("kr@site.example", "KR-001", GERMAN),
    ):
        assert names(words(read(browser_of(login), f"subjects/{subject}")), other) == []


def test_values_as_they_are_typed(trial):
    """A decimal comma is read in Germany; 1.234 is asked about there, and only there."""
    for subject, says in (("DE-001", True), ("KR-001", False)):
        trial.enter(subject, {"LB.WEIGHT": "1.234"})
        assert ("EU-B4.DE.WEIGHT" in trial.said(subject, "LB")) is says
    trial.enter("DE-001", {"LB.CREAT": "70,5"})
    assert trial.value("DE-001", "LB.CREAT") == "70.50"


def test_what_is_refused(trial):
    with pytest.raises(ValueRefused) as refused:
        trial.enter("DE-001", {"DM.NOTE": "A123456780"})  # the form of a German health insurance number
    assert refused.value.details["check"] == "scanner:de-kvnr"
    trial.enter("KR-001", {"DM.NOTE": "A123456780"})
    with pytest.raises(ValueRefused):
        trial.add_subject("KR-800101", site="KR-01")  # a subject number is no date of birth in Korea
    trial.add_subject("DE-800101", site="DE-01")


def test_messages_and_queries(trial):
    """The same value: too exact in Germany, exact enough in Korea."""
    for subject in ("DE-001", "KR-001"):
        trial.enter(subject, {"DM.BRTHDAT": "1980-01"})
        trial.finish(subject, "DM")
        trial.row(subject, "AE", "AE.AELOG", {"AE.AETERM": "두통"})
        trial.finish(subject, "AE")
    german, korean = ({check for check, _ in trial.open_queries(f"{one}-001")} for one in ("DE", "KR"))
    assert "EU-B2.DE.BIRTH" in german
    assert names(" ".join(german), KOREAN) == []
    assert names(" ".join(korean), GERMAN) == []


def test_what_is_asked_in_one_country_is_not_missing_in_the_other(trial):
    """Required items of the Korean consents open queries in Korea alone."""
    for subject in ("DE-001", "KR-001"):
        trial.enter(subject, {"CONSENT.RFICDAT": "2026-03-02"})
        trial.finish(subject, "CONSENT")
    assert trial.open_queries("DE-001") == []
    assert all("CONSENT.KR" in path for _, path in trial.open_queries("KR-001"))
    assert trial.open_queries("KR-001")


def test_gates_before_a_subject_and_before_the_lock(closed):
    for site, own, other in (("DE-01", "EU-EMA", KOREAN), ("KR-01", "KR-MFDS", GERMAN)):
        with pytest.raises(EntryClosed, match=own) as refused:
            closed.add_subject(f"{site[:2]}-001", site=site)
        assert names(refused.value.message, other) == []
        closed.record_all(site)
        closed.add_subject(f"{site[:2]}-001", site=site)
    with pytest.raises(WrongState, match=r"EU-EMA \(EU-B7\)"):
        closed.lock("DE-01")
    closed.lock("KR-01")


def test_list_of_rules(browser_of):
    for login, own, other in (
        ("de@site.example", GERMAN[0], KOREAN),
        ("kr@site.example", KOREAN[0], GERMAN),
    ):
        page = words(read(browser_of(login), "x/countries"))
        assert own in page
        assert names(page, other) == []
        assert "The first subject of the site" in page
        assert ("The lock of the site" in page) is (own == GERMAN[0])  # EU-B7; Korea has no such gate
    manager = browser_of("dm@sponsor.example")
    for site, other in (("DE-01", KOREAN), ("KR-01", GERMAN)):
        assert names(words(read(manager, f"x/countries?site={site}")), other) == []


@pytest.mark.parametrize("page", ["deadlines?event=fatal&day=2026-12-24", "roadmap"])
def test_deadlines_and_roadmap(browser_of, page):
    """Each site those of its country; who works for the whole study sees all."""
    german, korean, both = (
        words(read(browser_of(login), f"x/countries/{page}"))
        for login in ("de@site.example", "kr@site.example", "dm@sponsor.example")
    )
    assert (bool(names(german, GERMAN)), names(german, KOREAN)) == (True, [])
    assert (bool(names(korean, KOREAN)), names(korean, GERMAN)) == (True, [])
    assert names(both, GERMAN)
    assert names(both, KOREAN)


def test_the_roadmap_of_another_country_is_not_written(browser_of):
    client = browser_of("pi@site.example")
    for standard, status in (("EU-EMA", 422), ("KR-MFDS", 303)):
        said = {"op": new_id(), "standard": standard, "step": "start", "day": "2026-01-02"}
        assert client.post("/s/TWO@live/x/countries/roadmap", data=said).status_code == status


def exported(trial, form, out, **choice):
    command = exporting.RequestExport(
        study_id=trial.study_id, op=new_id(), choice=ExportChoice(form, unlocked=True, **choice)
    )
    return exporting.export(trial.core, trial.dm, command, out).folder


def filled(trial):
    for subject in ("DE-001", "KR-001"):
        trial.enter(subject, {"CONSENT.RFICDAT": "2026-03-02", "CONSENT.ICSAMP": "Y"})
        trial.row(subject, "AE", "AE.AELOG", {"AE.AETERM": "Headache"})
    trial.enter("KR-001", {"CONSENT.KROVSVER": "1.0", "CONSENT.KROVSDAT": "2026-03-02"})


def test_contents_of_an_export(trial, tmp_path):
    """Each subject leaves its country by its own rule alone; cells of Korean items are empty for the German one."""
    trial.enter("DE-001", {"CONSENT.RFICDAT": "2026-03-02"})
    trial.enter("KR-001", {"CONSENT.RFICDAT": "2026-03-02"})
    korean, german = (f"subjects whose data stay in {one}" for one in ("KR (KR-B3)", "DE (PRV-05)"))
    assert trial.exported(destination="DE") == (["DE-001"], {korean: 1})
    assert trial.exported(destination="KR") == (
        ["DE-001", "KR-001"],
        {},
    )  # the Commission takes Korea as adequate
    assert trial.exported() == ([], {korean: 1, german: 1})
    filled(trial)
    folder = exported(trial, "csv", tmp_path / "csv", destination="KR")
    [file] = folder.rglob("CONSENT.csv")
    rows = {row["SUBJID"]: row for row in csv.DictReader(io.StringIO(file.read_text("utf-8-sig")))}
    assert {name: bool(row["KROVSDAT"]) for name, row in rows.items()} == {"DE-001": False, "KR-001": True}
    assert all(not value for name, value in rows["DE-001"].items() if name.startswith("KR"))


def test_casebook_as_pdf(trial, tmp_path):
    filled(trial)
    folder = exported(trial, "casebook-pdf", tmp_path / "pdf", destination="KR")
    for subject, there in (("DE-001", False), ("KR-001", True)):
        pages = pypdf.PdfReader(folder / f"casebooks/{subject}.pdf").pages
        text = re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))
        assert "Dateofconsent" in text
        assert ("overseas" in text) is there


@pytest.fixture
def uat(core):
    """The study before its release, with nobody in it."""
    done = publishing.publish_folder(core, CLI, TWO.file, "uat")
    assert done.result is not None, done.findings
    return done.result["study"]


def casebooks(core, study):
    """By the site of the subject."""
    found = {}
    with core.read() as source:
        study_id = readers.find_study(source.connection, study).study_id
        sites = readers.sites(source.connection, study_id)
        for key in readers.subject_keys(source.connection, study_id, sites):
            row = readers.subject_by_key(source.connection, study_id, key)
            found.setdefault(sites[row.site_id].number, []).append(readers.casebook(source, row))
    return found


def test_simulated_entry(core, uat):
    """Nobody answers what their country does not ask, and no query is one of another country."""
    session = CorePluginSession(core, lambda environment: plugin_actor("simulate", environment))
    Simulation(session, session.study(uat), Wanted(12, seed=7)).run()
    found = casebooks(core, uat)
    assert found.keys() == {"DE-01", "KR-01"}
    for site, own, other in (("DE-01", "EU-", "KR"), ("KR-01", "KR-", "EU")):
        items = {path.item for book in found[site] for path in book.items}
        checks = {one.check_oid for book in found[site] for one in book.queries.values()}
        assert len(items) > 5
        assert not any(one.split(".")[1].startswith(other) for one in items)
        assert not any(one.startswith(other) for one in checks), (own, checks)
    assert "CONSENT.KROVSDAT" in {path.item for book in found["KR-01"] for path in book.items}


def test_import(core, uat):
    """What a file gives to an item that is not asked there is kept and asked about, by the rules of the subject's site."""
    consent, dm = ItemPath.parse("V1[1]/CONSENT[1]"), ItemPath.parse("V1[1]/DM[1]")
    overseas = consent.with_group("CONSENT.KR-B3", "1").with_item("CONSENT.KROVSDAT")
    born = dm.with_group("DM.DM", "1").with_item("DM.BRTHDAT")
    subjects = tuple(
        ImportedSubject(
            "TWO", "TWO-1", f"{site}-001", f"{site}-01",
            (
                ImportedForm(dm, (ImportedItem(born, "1980-01"),)),
                ImportedForm(consent, (ImportedItem(overseas, "2026-03-02"),)),
            ),
        )
        for site in ("DE", "KR")
    )  # fmt: skip
    importing.run(core, CLI, Staged(Imported((), (), subjects), "a" * 64, ("file.xml",)), environment="uat")
    found = casebooks(core, uat)
    [german], [korean] = found["DE-01"], found["KR-01"]
    assert (german.items[overseas].value, korean.items[overseas].value) == ("2026-03-02", "2026-03-02")
    asked = {
        site: {(one.check_oid, one.path.item) for one in book.queries.values()}
        for site, book in (("DE", german), ("KR", korean))
    }
    assert ("EU-B2.DE.BIRTH", "DM.BRTHDAT") in asked["DE"]
    assert ("EDC.NOT_APPLICABLE", "CONSENT.KROVSDAT") in asked["DE"]
    assert not any(check.startswith(("EU-", "EDC.NOT_APPLICABLE")) for check, _ in asked["KR"])
