"""SDTM of the example trial: facts and Define-XML are as the standards have them."""

import csv
import json

import pytest
from edc_core_sdtm.standard import standard
from edc_core_sdtm.terminology import read as read_terminology
from edc_core_simulate.run import Simulation, Wanted
from lxml import etree

from edc_core.core import Core
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.permission import Actor
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import exporting, publishing
from edc_core.services.plugin_session import CorePluginSession, plugin_actor
from edc_core.settings import Settings
from edc_core.store import readers
from tests.conformance.nci_evs import as_published
from tests.fresh_venv import ROOT
from tests.requirements import shared_folder  # noqa: F401 - a fixture

pytestmark = pytest.mark.conformance
CLI = Actor("cli:test", trusted=True)
NAMES = {"o": "http://www.cdisc.org/ns/odm/v1.3"}


@pytest.fixture
def standards(shared_folder):  # noqa: F811
    return shared_folder / "standards"


def read(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_variables_are_those_of_the_implementation_guide(standards):
    domains = standard().domains
    found = [
        (d.code, v.name, v.label, "Num" if v.is_number else "Char", v.role, v.core, list(v.code_lists))
        for d in domains.values()
        for v in d.variables.values()
    ]
    published = sorted(
        read(standards / "sdtm/sdtmig-3-4-variables.csv"),
        key=lambda r: (list(domains).index(r["dataset"]), int(r["order"])),
    )
    assert found == [
        (
            r["dataset"], r["variable"], r["label"], r["type"], r["role"], r["core"],
            r["codelist_codes"].replace(";", " ").split(),
        )
        for r in published
    ]  # fmt: skip


def test_datasets_are_those_of_the_implementation_guide(standards):
    published = read(standards / "sdtm/sdtmig-3-4-datasets.csv")
    assert [(d.observation_class, d.code, d.label) for d in standard().domains.values()] == [
        (r["class"], r["dataset"], r["label"]) for r in published
    ]


@pytest.fixture
def installed(standards, tmp_path):
    """A release in the layout that NCI EVS publishes."""
    return as_published(standards / "ct/sdtmct-2025-03-28.csv", tmp_path, "2025-03-28")


def test_terms_are_those_of_the_terminology(standards, installed):
    published = {(r["codelist_code"], r["term"]): (r["term_code"], r["codelist"], r["extensible"])
                 for r in read(standards / "ct/sdtmct-2025-03-28.csv")}  # fmt: skip
    found = {
        (one.code, term): (code, one.name, "Y" if one.is_extensible else "N")
        for one in read_terminology(installed, "2025-03-28").code_lists.values()
        for term, code in one.terms.items()
    }
    assert found == published


@pytest.fixture
def schema(standards):
    path = standards / "define-2.1/cdisc-define-2.1/define2-1-0.xsd"
    return etree.XMLSchema(etree.parse(path, etree.XMLParser(no_network=True)))


@pytest.fixture
def exported(edc_sqlite_template, tmp_path, installed):
    """The folder of an export of HERSC-301 with four simulated subjects."""
    file = tmp_path / "edc.db"
    file.write_bytes(edc_sqlite_template.read_bytes())
    settings = {"EDC_SDTM_TERMINOLOGY": str(installed)}
    core = Core(Settings(database_url=f"sqlite:///{file}", of_plugins=settings), EdcPlugins())
    session = CorePluginSession(core, lambda environment: plugin_actor("simulate", environment))
    study = publishing.publish_folder(core, CLI, ROOT / "forms/hersc-301", "dev").result["study"]
    Simulation(session, session.study(study), Wanted(4, 7)).run()
    with core.read() as source:
        study_id = readers.find_study(source.connection, study).study_id
    asked = exporting.RequestExport(
        study_id=study_id, op=new_id(), choice=ExportChoice("sdtm", unlocked=True)
    )
    made = exporting.export(core, CLI, asked, tmp_path / "out")
    core.close()
    return made.folder


def test_the_example_trial_as_sdtm(exported, schema):
    define = etree.parse(exported / "define.xml")
    assert schema.validate(define), schema.error_log
    groups = {g.get("Name"): g for g in define.iterfind(".//o:ItemGroupDef", NAMES)}
    assert {"DM", "AE", "VS", "LB", "EX", "EC", "DS", "TA", "TE", "TV", "TI", "TS", "SE", "SV"} <= set(groups)
    found = {path.stem.upper(): json.loads(path.read_bytes()) for path in (exported / "json").glob("*.json")}
    assert set(found) - {"DICTIONARY"} == set(groups)
    for name, group in groups.items():
        refs = [r.get("ItemOID") for r in group.iterfind("o:ItemRef", NAMES)]
        assert refs == [column["itemOID"] for column in found[name]["columns"]]
        rows = found[name]["rows"]
        assert len(rows) == found[name]["records"] > 0
        assert max(len(cell.encode()) for row in rows for cell in row if isinstance(cell, str)) <= 200
    assert found["DM"]["records"] == 4
    assert found["DM"]["studyOID"] == define.find("o:Study", NAMES).get("OID")
