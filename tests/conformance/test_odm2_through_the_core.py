"""ODM 2.0 imported, stored in the ledger and exported again, and a simulated trial through the command line.

What is compared is read from both files by this test alone, with nothing of the importer.
"""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from edc_core_study_import import writer
from lxml import etree

from edc_core.core import Core
from edc_core.domain import metadata_json
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.export_commands import RecordLegalBasis
from edc_core.domain.permission import Actor
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import dispatch, exporting, importing, publishing
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import readers
from tests.requirements import not_run

pytestmark = pytest.mark.conformance

ROOT = Path(__file__).parents[2]
RICH = ROOT / "plugins/edc_core_odm/tests/files_2/rich.xml"
STANDARDS = Path(os.environ.get("EDC_STANDARDS") or ROOT.parent / "shared" / "standards")
EXAMPLES = sorted((STANDARDS / "examples/odm-2.0").glob("*.xml"))
NS = "{http://www.cdisc.org/ns/odm/v2.0}"
CLI = Actor("cli:test", trusted=True)


@pytest.fixture(scope="module")
def schema():
    if not STANDARDS.is_dir():
        not_run("the standards are not beside the repository")
    return etree.XMLSchema(etree.parse(str(STANDARDS / "odm-2.0/ODM.xsd"), etree.XMLParser(no_network=True)))


@pytest.fixture
def installation(core_url, clock, tmp_path):
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(), clock)
    yield core
    core.close()


def exported(core, study, out):
    with core.read() as source:
        found = readers.find_study(source.connection, study)
    command = exporting.RequestExport(
        study_id=found.study_id, op=new_id(), choice=ExportChoice("odm-2.0", unlocked=True)
    )
    done = exporting.export(core, CLI, command, out)
    return (done.folder / "odm.xml").read_bytes()


def place(element):
    """What an element stands in, by identity, without the containers that a fragment has not."""
    names = ("OID", "ItemOID", "ItemGroupOID", "StudyEventOID", "SubjectKey", "CodedValue")
    return tuple(
        (etree.QName(a).localname, *(a.get(name) for name in names if a.get(name)), a.get("ItemGroupRepeatKey") or "1")
        for a in element.iterancestors()
        if etree.QName(a).localname not in ("ODM", "Study", "MetaDataVersion")
    )  # fmt: skip


def elements(root, *without):
    """Every element with its text and attributes. A query's id is the importer's where it was not one of ours."""
    found = Counter()
    for element in root.iter(NS + "*"):
        name = etree.QName(element).localname
        if (
            name == "ODM"
            or name in without
            or any(etree.QName(a).localname in without for a in element.iterancestors())
        ):
            continue
        attributes = {
            (key, value)
            for key, value in element.items()
            if key not in ("ItemGroupRepeatKey", "StudyEventRepeatKey", "TransactionType")
            or value not in ("1", "Insert", "Upsert")
        }
        words = element.text or ""
        found[place(element), name, words if words.strip() else ""] += 1
        for attribute in attributes:
            found[place(element), name, words if words.strip() else "", attribute] += 1
    return found  # fmt: skip


@pytest.mark.parametrize("path", [*EXAMPLES, RICH], ids=lambda path: path.name)
def test_a_file_survives_the_ledger_element_by_element(path, installation, schema, tmp_path):
    staged = importing.stage(installation, [path])
    report = importing.run(installation, CLI, staged, with_data=True)
    data = exported(installation, report.study, tmp_path / "out")
    after = etree.fromstring(data)
    assert schema.validate(after), [f"{e.line}: {e.message}" for e in schema.error_log][:5]
    before = etree.parse(str(path)).getroot()
    # A query of another system gets an id of ours, and its messages stand in the ledger with the importer as actor.
    lost = elements(before, "Query") - elements(after, "Query")
    assert not lost, "\n".join(sorted(map(str, lost)))
    assert {q.findtext(NS + "Value") for q in before.iter(NS + "Query")} <= {
        q.findtext(NS + "Value") for q in after.iter(NS + "Query")
    }
    assert verify(installation, rebuild=True).problems == []
    assert exported(installation, report.study, tmp_path / "again") == data


def test_there_are_examples_to_show():
    if not STANDARDS.is_dir():
        not_run("the standards are not beside the repository")
    assert len(EXAMPLES) == 5


@pytest.mark.parametrize("path", [*EXAMPLES, RICH], ids=lambda path: path.name)
def test_the_yaml_that_an_import_writes_is_the_version_it_published(path, tmp_path):
    plugins = EdcPlugins()
    core = Core(
        Settings(database_url=f"sqlite:///{tmp_path / 'unused.db'}", files_dir=tmp_path / "files"), plugins
    )
    [version] = importing.stage(core, [path]).imported.versions
    core.close()
    writer.write(version, tmp_path / "forms")
    checked = publishing.check(plugins, tmp_path / "forms")
    assert checked.is_publishable, [str(finding) for finding in checked.findings]
    assert metadata_json.sha256(checked.version) == metadata_json.sha256(version)


def edc(url, folder, *arguments):
    environment = {**os.environ, "EDC_DATABASE_URL": url}
    command = [sys.executable, "-m", "edc_core", *arguments]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def let_out(url, folder, countries):
    """Put on record why data may leave countries, as the simulation did in the first installation: no ODM file tells it."""
    core = Core(Settings(database_url=url, files_dir=folder / "files"), EdcPlugins())
    with core.read() as source:
        study = readers.find_study(source.connection, "HERSC-301")
    for country in countries:
        based = RecordLegalBasis(
            study_id=study.study_id, op=new_id(), country=country, basis="Contracts with the sites"
        )
        dispatch.submit(core, CLI, [based])
    core.close()


def collected(root):
    """Place, values and audit record of every ItemData."""
    return Counter(
        (
            place(item),
            item.get("ItemOID"),
            tuple(value.text or "" for value in item.findall(NS + "Value")),
            item.get("IsNull"),
            etree.tostring(record, with_tail=False) if (record := item.find(NS + "AuditRecord")) is not None else b"",
        )
        for item in root.iter(NS + "ItemData")
    )  # fmt: skip


def asked(root):
    names = ("OID", "Source", "Type", "State", "Name", "LastUpdateDatetime")
    return Counter((place(q), *map(q.get, names), q.findtext(NS + "Value")) for q in root.iter(NS + "Query"))


def defined(root):
    metadata = root.find(f"{NS}Study")
    return Counter(
        etree.tostring(element, with_tail=False, method="c14n") for element in metadata.iter(NS + "*")
    )


@pytest.mark.timeout(360)  # a whole trial twice: minutes where a machine has more to do
def test_a_simulated_trial_comes_back_from_an_empty_installation(schema, tmp_path):
    first, second = (f"sqlite:///{tmp_path / name}" for name in ("first.db", "second.db"))
    edc(first, tmp_path, "init")
    edc(first, tmp_path, "study", "publish", str(ROOT / "forms/hersc-301"))
    edc(first, tmp_path, "simulate", "HERSC-301", "--subjects", "12", "--scenario", "all", "--brief")
    for out in ("one", "two"):
        edc(first, tmp_path, "export", "HERSC-301", "--format", "odm-2.0", "--unlocked", "--out", out)
    data = (tmp_path / "one/odm.xml").read_bytes()
    assert (tmp_path / "two/odm.xml").read_bytes() == data
    before = etree.fromstring(data)
    assert schema.validate(before), [f"{e.line}: {e.message}" for e in schema.error_log][:5]
    edc(second, tmp_path, "init")
    edc(second, tmp_path, "study", "import", "one/odm.xml", "--with-data")
    let_out(second, tmp_path, ("DE", "FR", "GB"))
    edc(second, tmp_path, "export", "HERSC-301", "--format", "odm-2.0", "--unlocked", "--out", "three")
    after = etree.parse(str(tmp_path / "three/odm.xml")).getroot()
    assert schema.validate(after), [f"{e.line}: {e.message}" for e in schema.error_log][:5]
    assert defined(after) == defined(before)
    assert len(collected(before)) > 1000
    assert collected(after) == collected(before)
    assert asked(before)
    # Imported forms arrive Complete, so that a form that was in progress may be asked about more.
    assert not asked(before) - asked(after)
    edc(second, tmp_path, "verify")
