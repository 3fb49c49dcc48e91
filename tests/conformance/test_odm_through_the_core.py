"""ODM files imported, stored in the ledger and exported again: the same OIDs, texts, values and audit records.

What is compared is read from both files by this test alone, with nothing of the importer.
"""

import os
import re
from pathlib import Path

import pytest
from edc_core_study_import import writer
from lxml import etree

from edc_core.core import Core
from edc_core.domain import metadata_json
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.permission import Actor
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import exporting, importing, publishing
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import readers
from tests.requirements import not_run

pytestmark = pytest.mark.conformance

ROOT = Path(__file__).parents[2]
OWN = sorted((ROOT / "plugins/edc_core_odm/tests/files").glob("*.xml"))
STANDARDS = Path(os.environ.get("EDC_STANDARDS") or ROOT.parent / "shared" / "standards")
EXAMPLES = sorted((STANDARDS / "examples/odm-1.3.2").glob("*.xml"))
NS = "{http://www.cdisc.org/ns/odm/v1.3}"
CLI = Actor("cli:test", trusted=True)
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture(scope="module")
def schema():
    if not STANDARDS.is_dir():
        not_run("the standards are not beside the repository")
    path = STANDARDS / "odm-1.3.2/ODM1-3-2.xsd"
    return etree.XMLSchema(etree.parse(str(path), etree.XMLParser(no_network=True)))


@pytest.fixture
def installation(core_url, clock, tmp_path):
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(), clock)
    yield core
    core.close()


def through(core, path, out):
    """Import a file with its data and export everything; the report and the bytes."""
    staged = importing.stage(core, [path])
    report = importing.run(core, CLI, staged, with_data=True)
    with core.read() as source:
        study = readers.find_study(source.connection, report.study)
    command = exporting.RequestExport(
        study_id=study.study_id, op=new_id(), choice=ExportChoice("odm-1.3.2", unlocked=True)
    )
    done = exporting.export(core, CLI, command, out)
    return report, (done.folder / "odm.xml").read_bytes()


def local(element):
    return etree.QName(element).localname


def original(oid):
    """ODM 1.3.2 lets no two definitions share an OID; one that came second is spelled ``EDC.<kind>:<OID>``."""
    return re.sub(r"^EDC\.[A-Za-z]+:", "", oid or "")


def definitions(root):
    """(element, OID) of everything defined, without what the export documents of its own."""
    return {
        (local(e), original(e.get("OID")))
        for e in root.iter(NS + "*")
        if e.get("OID")
        and local(e) not in ("Study", "MetaDataVersion")
        and not e.get("OID").startswith("CL.EDC.")
    }


def texts(root):
    found = set()
    for text in root.iter(NS + "TranslatedText"):
        place = [
            (local(e), original(e.get("OID")) or e.get("CodedValue") or "")
            for e in text.iterancestors(NS + "*")
        ]
        owner = [(name, oid) for name, oid in place if oid and name != "MetaDataVersion"][:2]
        if not any(oid.startswith("CL.EDC.") for _, oid in owner):
            found.add(
                (local(text.getparent()), tuple(owner), text.get(LANG) or "", (text.text or "").strip())
            )
    return found


def places(root):
    """Subject, event, form and group with their keys, item and value, of every ItemData whatever its spelling."""
    found = set()
    for item in root.iter(NS + "*"):
        name = local(item)
        if not name.startswith("ItemData") or not item.get("ItemOID"):
            continue
        group, form, event, subject = list(item.iterancestors(
            NS + "ItemGroupData", NS + "FormData", NS + "StudyEventData", NS + "SubjectData"))  # fmt: skip
        value = (
            None
            if item.get("IsNull") == "Yes"
            else item.get("Value", item.text if name != "ItemData" else "")
        )
        found.add((
            subject.get("SubjectKey"),
            original(event.get("StudyEventOID")), event.get("StudyEventRepeatKey") or "1",
            original(form.get("FormOID")), form.get("FormRepeatKey") or "1",
            original(group.get("ItemGroupOID")), group.get("ItemGroupRepeatKey") or "1",
            original(item.get("ItemOID")), value or "",
        ))  # fmt: skip
    return found


def audit_records(root):
    """The content of every audit record that ODM 1.3.2 can hold: whole, below an element of ODM, one to each.

    Others (without a user, a place or a readable time; a second one) stand in annotations: the plugin's tests.
    """
    found = set()
    for record in root.iter(NS + "AuditRecord"):
        parts = {local(e): e.get("UserOID") or e.get("LocationOID") or (e.text or "").strip() for e in record}
        is_first = record.getparent().find(NS + "AuditRecord") is record
        is_whole = {"UserRef", "LocationRef", "DateTimeStamp"} <= parts.keys() and parts["DateTimeStamp"][
            :1
        ].isdigit()
        if is_first and is_whole and record.getparent().tag.startswith(NS):
            found.add((record.get("EditPoint") or "", tuple(sorted(parts.items()))))
    return found


@pytest.mark.parametrize("path", [*EXAMPLES, *OWN], ids=lambda path: path.name)
def test_a_file_survives_the_ledger(path, installation, schema, tmp_path):
    report, data = through(installation, path, tmp_path / "out")
    before = etree.parse(str(path), etree.XMLParser(recover=False, resolve_entities=False)).getroot()
    after = etree.fromstring(data)
    assert schema.validate(after), [f"{e.line}: {e.message}" for e in schema.error_log][:5]
    lost = {problem.text for problem in report.problems}
    assert definitions(before) <= definitions(after), (definitions(before) - definitions(after), lost)
    assert texts(before) <= texts(after), (sorted(texts(before) - texts(after))[:5], lost)
    assert places(after) == places(before)
    assert audit_records(before) <= audit_records(after)
    assert verify(installation, rebuild=True).problems == []


def test_there_are_examples_to_show():
    if not STANDARDS.is_dir():
        not_run("the standards are not beside the repository")
    assert len(EXAMPLES) == 3
    assert len(OWN) >= 3


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
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
