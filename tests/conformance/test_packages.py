"""Packages of the example trial for all six authorities, with eight simulated subjects.

``EDC_SUBJECTS`` asks for another number; a release is tried with 56 in all eight sites. What came of it is kept in
``artifacts/packages/``.
"""

import hashlib
import json
import os
import re
import shutil
from collections import Counter
from copy import copy

import polars as pl
import pypdf
import pyreadstat
import pytest
from edc_core_simulate.run import Simulation, Wanted
from lxml import etree

from edc_core.api import ConformanceReport
from edc_core.core import Core
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.permission import Actor
from edc_core.errors import ExportRefused
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import exporting, publishing
from edc_core.services.cuts import TakeCut, take_cut
from edc_core.services.plugin_session import CorePluginSession, plugin_actor
from edc_core.settings import Settings
from edc_core.store import readers
from tests.conformance.core_environment import core_python  # noqa: F401 - a fixture
from tests.conformance.nci_evs import as_published
from tests.conformance.package_log import PackageLog
from tests.fresh_venv import ROOT
from tests.requirements import shared_folder  # noqa: F401 - a fixture

# the first that asks for it makes the trial, the environment of the engine and a package
SUBJECTS = int(os.environ.get("EDC_SUBJECTS", "8"))
pytestmark = [pytest.mark.conformance, pytest.mark.timeout(max(600, 60 * SUBJECTS))]
CLI = Actor("cli:test", trusted=True)
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NAMES = {"o": "http://www.cdisc.org/ns/odm/v1.3", "d": "http://www.cdisc.org/ns/def/v2.1"}
DATASETS = "m5/datasets/hersc-301/tabulations/sdtm"
OWN = '  edc-core-trial-hersc301: ">=0.1,<1"\n'
NAMED = OWN + "".join(
    f'  edc-core-country-{one}: ">=0.1,<0.2"\n' for one in ("kr", "us", "eu", "gb", "jp", "cn")
)
WHY = "The laboratory of pharmacokinetics derives parameters after the lock."
#: What a sponsor would say of the findings in simulated data, of which some are wrong on purpose.
EXPLANATIONS = {
    "JP-B10": WHY,
    "US-B5.LBLOINC": "Local laboratories of this trial do not report LOINC codes.",
    "US-B7 AE": "Adverse events are coded before the lock, and the version of MedDRA is declared then.",
    "US-B7 CM": "Medicines are coded before the lock; the simulated ones are not.",
    "CORE-000093": "The unit of some doses was not recorded at the site.",
    "CORE-000137": "A dose of zero was prepared and not given.",
    "CORE-000266": "A criterion is ticked beside an event called not serious; a query stands open on it.",
    "CORE-000356 AE": "Adverse events are coded before the lock; the simulated ones are not.",
    "CORE-000356 DM": "The sex of one subject was not given.",
    "CORE-000659": "The day on which the event ended was not given by the site.",
    "CORE-000679": "A fatal event is recorded and the subject's end of study is not entered yet.",
    "CORE-000701": "The record has no date or is older than the consent, so that no epoch holds it.",
    "CORE-000705": "The outcome of the fatal event is not entered yet, so the date of death was not asked for.",
    "CORE-000708": "The end of the event was typed before its beginning; a query stands open on it.",
    "CORE-000717": "The event began after the subject's last disposition event.",
    "CORE-000718": "The end of the event was typed before its beginning; a query stands open on it.",
    "CORE-000766": "RELREC relates the event to a medicine and to no finding about it (FA), with which the rule compares.",
    "CORE-000841": "The day on which the fatal event ended was not given by the site.",
    "CORE-000892": "The beginning is not known.",
    "CORE-001043": "The date of birth of some subjects was not given.",
}
EXPLAINED = '  edc-core-packages:\n    range: ">=0.1,<0.2"\n    settings:\n' + "".join(
    f'      {rule}: "{text}"\n' for rule, text in EXPLANATIONS.items()
)
GUIDES = {
    "package-fda": {"csdrg.pdf", "sdsp.pdf"}, "package-ema": {"sdrg.pdf"}, "package-mhra": {"sdrg.pdf"},
    "package-mfds": {"csdrg.pdf"}, "package-pmda": {"sdrg.pdf"}, "package-nmpa": {"guide.pdf"},
}  # fmt: skip


class Filled:
    """The trial in a database, and its packages of one state."""

    def __init__(self, core, study, out, log=None):
        self.core, self.out, self.log = core, out, log
        with core.read() as source:
            self.study_id = readers.find_study(source.connection, study).study_id
        with core.write(CLI) as uow:
            self.root = take_cut(uow, TakeCut(study_id=self.study_id, op=new_id())).root
        self.made = {}

    def export(self, name, *, unlocked=True, analysis=None, progress=lambda done, total: None):
        folder = self.out / new_id()
        choice = ExportChoice(name, self.root, unlocked=unlocked)
        asked = exporting.RequestExport(study_id=self.study_id, op=new_id(), choice=choice)
        return exporting.export(self.core, CLI, asked, folder, progress=progress, analysis=analysis)

    def package(self, name):
        if name not in self.made:
            with self.log.timed(name):
                self.made[name] = self.export(name)
            self.log.package(self.made[name])
        return self.made[name]


def publish(core, folder, plugins):
    shutil.copytree(ROOT / "forms/hersc-301", folder)
    file = folder / "study.yaml"
    text = file.read_text(encoding="utf-8")
    assert NAMED in text
    file.write_text(text.replace(NAMED, plugins), encoding="utf-8")
    return publishing.publish_folder(core, CLI, folder, "dev").result["study"]


def opened(template, folder):
    (folder / "edc.db").write_bytes(template.read_bytes())
    return core_on(folder)


def core_on(folder, **settings):
    file = folder / "edc.db"
    return Core(
        Settings(database_url=f"sqlite:///{file}", files_dir=folder / "files", of_plugins=settings),
        EdcPlugins(),
    )


@pytest.fixture(scope="session")
def filled(edc_sqlite_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages")
    core, log = opened(edc_sqlite_template, folder), PackageLog(SUBJECTS)
    study = publish(core, folder / "forms", NAMED + EXPLAINED)
    session = CorePluginSession(core, lambda environment: plugin_actor("simulate", environment))
    at_hand = session.study(study)
    with log.timed(f"{SUBJECTS} subjects simulated"):
        Simulation(session, at_hand, Wanted(SUBJECTS, 7, scenarios=("EC66",))).run()
    yield Filled(core, study, folder, log)
    core.close()


def read(file, encoding=None):
    """Columns by name as lists, and what the file says of itself."""
    return pyreadstat.read_xport(file, output_format="dict", encoding=encoding)


def files_of(export):
    return {path.relative_to(export.folder).as_posix() for path in export.folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", GUIDES)
def test_a_package_has_its_datasets_their_definition_and_its_guides(filled, name):
    made = filled.package(name)
    inside = {file.removeprefix(f"{DATASETS}/") for file in files_of(made) if file.startswith(DATASETS)}
    assert {"define.xml", "acrf.pdf", "dm.xpt", "ae.xpt", "ts.xpt", "suppdm.xpt"} <= inside
    assert {file for file in inside if file.endswith(".pdf")} - {"acrf.pdf"} == GUIDES[name]
    assert all((made.folder / DATASETS / guide).read_bytes().startswith(b"%PDF") for guide in GUIDES[name])
    assert all(file.startswith(("m5/", "reports/")) or file == "manifest.json" for file in files_of(made))
    for file, facts in made.manifest["files"].items():
        assert hashlib.sha256((made.folder / file).read_bytes()).hexdigest() == facts["sha256"]
    define = etree.parse(made.folder / DATASETS / "define.xml")
    for group in define.iterfind(".//o:ItemGroupDef", NAMES):
        columns, meta = read(
            made.folder / DATASETS / group.find("d:leaf", NAMES).get("{http://www.w3.org/1999/xlink}href"),
            "gb18030" if name == "package-nmpa" else None,
        )
        names = {item.get("OID"): item.get("Name") for item in define.iterfind(".//o:ItemDef", NAMES)}
        refs = [names[ref.get("ItemOID")] for ref in group.iterfind("o:ItemRef", NAMES)]
        assert list(columns) == refs, group.get("Name")
        assert meta.table_name == group.get("Name")
    assert {file.removesuffix(".xpt").upper() for file in inside if file.endswith(".xpt")} == {
        group.get("Name") for group in define.iterfind(".//o:ItemGroupDef", NAMES)
    }


def test_the_definition_for_nmpa_says_in_chinese_beside_english_what_is_ours(filled, shared_folder):  # noqa: F811
    made = filled.package("package-nmpa")
    xsd = shared_folder / "standards/define-2.1/cdisc-define-2.1/define2-1-0.xsd"
    define = etree.parse(made.folder / DATASETS / "define.xml")
    etree.XMLSchema(etree.parse(xsd, etree.XMLParser(no_network=True))).assertValid(define)
    in_chinese = {}
    for kind in ("MethodDef", "CommentDef", "CodeListItem"):
        texts = [
            {text.get(LANG) for text in one.iterfind(".//o:TranslatedText", NAMES)}
            for one in define.iter(f"{{*}}{kind}")
        ]
        assert all("en" in languages for languages in texts), kind
        in_chinese[kind] = sum("zh" in languages for languages in texts) / len(texts)
    assert in_chinese["CommentDef"] == 1
    assert in_chinese["MethodDef"] == 1, "what the trial's own plugin derives, too"
    assert in_chinese["CodeListItem"] > 0.3, (
        "HERSC-301 is not translated into Chinese: tests and frequent answers are"
    )
    guide = pypdf.PdfReader(made.folder / DATASETS / "guide.pdf")
    said = "".join("".join(page.extract_text() for page in guide.pages).split())
    assert "define.xml中的文字" in said
    assert "代码表的解码" in said


@pytest.mark.parametrize("name", GUIDES)
def test_the_same_state_is_the_same_package(filled, name):
    first, again = filled.package(name), filled.export(name)
    assert again.manifest == first.manifest


@pytest.mark.parametrize("name", GUIDES)
def test_the_report_says_what_was_run_and_what_it_found(filled, name):
    made = filled.package(name)
    report = json.loads((made.folder / "reports/conformance.json").read_text())
    sets = {one["name"]: one for one in report["rule_sets"]}
    assert any(one["state"] == "run" and "-" in own for own, one in sets.items()), (
        "the rules of the authority"
    )
    assert all(one["why"] for one in sets.values() if one["state"] != "run")
    assert {f["rule_set"] for f in report["findings"]} <= set(sets)


def test_fda_is_told_of_each_site_and_arm(filled):
    made = filled.package("package-fda")
    sites, meta = read(made.folder / "m5/datasets/hersc-301/misc/clinsite.xpt")
    subjects, _ = read(made.folder / DATASETS / "dm.xpt")
    events, _ = read(made.folder / DATASETS / "ae.xpt")
    screened = Counter()
    for site, number in zip(sites["SITEID"], sites["SCREEN"], strict=True):
        screened[site] += number
    assert screened == Counter(subjects["SITEID"])
    assert set(sites["DOMAIN"]) == {"DE"}
    assert sum(sites["NSAE"]) + sum(sites["SAE"]) == len(events["AESER"])
    assert sum(sites["SAE"]) == events["AESER"].count("Y")
    in_an_arm = [arm for arm in subjects["ARMCD"] if arm not in {"", "SCRNFAIL", "NOTASSGN", "NOTTRT"}]
    assert sum(sites["ENROLL"]) == len(in_an_arm)
    assert meta.column_names_to_labels["PROTVIOL"] == "Number of Protocol Violations"
    assert "clinsite" not in " ".join(files_of(filled.package("package-pmda")))


def test_data_that_stay_in_korea_are_in_the_package_for_korea_alone(filled):
    def of_korea(name):
        return read(filled.package(name).folder / DATASETS / "dm.xpt")[0]["COUNTRY"].count("KOR")

    assert of_korea("package-mfds") > 0
    assert of_korea("package-fda") < of_korea("package-mfds")
    left_out = filled.package("package-fda").manifest["left_out"]
    assert any("stay in KR" in why for why in left_out)
    assert not any("stay in KR" in why for why in filled.package("package-mfds").manifest["left_out"])


@pytest.mark.parametrize(
    ("name", "own", "why"),
    [("package-fda", NAMED + EXPLAINED, "needs a locked study"),
     ("package-pmda", NAMED, "JP-B10"),
     ("package-pmda", NAMED + EXPLAINED, r"JP-PMDA does not take this package:\nJP-B6 reject DM: DM is missing\."),
     ("package-nmpa", OWN, "Name the plugin that brings it \\(edc-core-country-cn\\)")],
)  # fmt: skip
def test_what_is_missing_is_named_and_nothing_is_written(
    edc_sqlite_template, tmp_path, filled, name, own, why
):
    if "locked" in why:
        with pytest.raises(ExportRefused, match=why):
            filled.export(name, unlocked=False)
        return
    core = opened(edc_sqlite_template, tmp_path)
    study = publish(core, tmp_path / "forms", own)
    if why == "JP-B10":
        session = CorePluginSession(core, lambda environment: plugin_actor("simulate", environment))
        Simulation(session, session.study(study), Wanted(2, 7)).run()
    try:
        with pytest.raises(ExportRefused, match=why):
            Filled(core, study, tmp_path).export(name)
    finally:
        core.close()
    assert not list(tmp_path.rglob("*.xpt"))


@pytest.fixture(scope="session")
def looked_through(filled, core_python, shared_folder):  # noqa: F811
    """The package for FDA and its report, made where CDISC CORE, a terminology and the schema of Define-XML are at hand."""
    standards = shared_folder / "standards"
    core = core_on(
        filled.out,
        EDC_CORE_PYTHON=core_python,
        EDC_CORE_CACHE=str(standards / "core-cache"),
        EDC_SDTM_TERMINOLOGY=str(
            as_published(standards / "ct/sdtmct-2025-03-28.csv", filled.out, "2025-03-28")
        ),
        EDC_CONFORMANCE_DEFINE_XSD=str(standards / "define-2.1/cdisc-define-2.1/define2-1-0.xsd"),
    )
    filled_here = copy(filled)
    filled_here.core = core
    told = []
    with filled.log.timed("package-fda, with CDISC CORE"):
        made = filled_here.export("package-fda", progress=lambda done, total: told.append((done, total)))
    core.close()
    report = ConformanceReport.of_json((made.folder / "reports/conformance.json").read_bytes())
    filled.log.report(report)
    assert len({done for done, total in told if total - 1000 < done < total}) > 30, (
        "whoever cancels it ends the engine too"
    )
    return made, report


def test_cdisc_core_finds_nothing_that_the_guide_does_not_explain(looked_through):
    made, report = looked_through
    sets = {one.name: one for one in report.rule_sets}
    assert set(sets) == {"CDISC CORE", "Define-XML 2.1 schema", "US-FDA"}
    assert not report.not_run
    rules = sets["CDISC CORE"]
    assert report.errors == (), "no execution error"
    assert rules.version == "0.17.1, SDTMIG 3.4, sdtmct-2025-03-28"
    not_looked = {one.rule for one in rules.failed}
    assert 430 - len(not_looked) <= rules.run + len(rules.skipped) <= 430
    assert rules.run > 300
    assert f"CDISC CORE {rules.version}" in made.manifest["made_with"]
    assert report.unexplained == ()
    assert not [one for one in report.findings if one.rule_set == "Define-XML 2.1 schema"]
    guide = pypdf.PdfReader(made.folder / DATASETS / "csdrg.pdf")
    text = "".join(page.extract_text() for page in guide.pages)
    assert "Not explained." not in text
    assert "sdtmct-2025-03-28" in text
    for rule in report.counts:
        assert rule in text.replace("\n", "").replace("\u200b", ""), rule


def test_a_finding_leads_to_the_subject_and_the_form(looked_through):
    _, report = looked_through
    found = [one for one in report.findings if one.dataset == "AE" and one.record]
    assert found
    for one in found:
        assert re.fullmatch(r"[A-Z]{2}\d\d-\d{4}", one.subject)
        assert "/AE[" in f"/{one.item}"
    assert {"FDA"} == set(next(one for one in report.findings if one.rule == "CORE-000717").agencies)


def test_what_the_sponsor_made_lies_in_its_place_and_the_guide_lists_it(filled, tmp_path):
    brought = tmp_path / "brought"
    (brought / "programs").mkdir(parents=True)
    pyreadstat.write_xport(
        pl.DataFrame({"USUBJID": ["X"], "AVAL": [1.5]}), brought / "adpc.xpt", file_label="Concentrations",
        column_labels=["Unique Subject Identifier", "Analysis Value"], table_name="ADPC", file_format_version=5,
    )  # fmt: skip
    (brought / "programs/adpc.sas").write_text("data adpc; run;\n")
    (brought / "define.xml").write_text(
        '<ODM><ItemGroupDef Name="ADPC"><ItemRef ItemOID="A"/><ItemRef ItemOID="B"/></ItemGroupDef>'
        '<ItemDef OID="A" Name="USUBJID"/><ItemDef OID="B" Name="AVAL"/></ODM>'
    )
    made = filled.export("package-pmda", analysis=brought)
    analysis = "m5/datasets/hersc-301/analysis/adam"
    assert {
        f"{analysis}/datasets/adpc.xpt", f"{analysis}/datasets/define.xml", f"{analysis}/programs/adpc.sas",
    } <= files_of(made)  # fmt: skip
    report = ConformanceReport.of_json((made.folder / "reports/conformance.json").read_bytes())
    assert not [one for one in report.findings if "no ADPC" in one.text], "the rules saw it"
    assert [one for one in report.findings if "no ADPP" in one.text]
    for guide, said in (
        (f"{DATASETS}/sdrg.pdf", ["ADPC"]),
        (f"{analysis}/datasets/adrg.pdf", ["ADPC", "programs/adpc.sas"]),
    ):
        text = "".join(page.extract_text() for page in pypdf.PdfReader(made.folder / guide).pages)
        assert all(one in text.replace("\u200b", "") for one in said), guide
    without = pypdf.PdfReader(filled.package("package-pmda").folder / DATASETS / "sdrg.pdf")
    assert "no analysis datasets" in " ".join("".join(p.extract_text() for p in without.pages).split())


def test_a_format_that_takes_none_says_so(filled, tmp_path):
    with pytest.raises(ExportRefused, match="'csv' takes no analysis datasets"):
        filled.export("csv", analysis=tmp_path)
