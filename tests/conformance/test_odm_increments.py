"""ODM files of what changed: valid by the schema, and with the earlier file they are the whole one of the later state."""

import os
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

from edc_core.core import Core
from edc_core.domain.change import ItemInput
from edc_core.domain.commands import AddEvent, RemoveForm, SaveItems
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Actor
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import capture, exporting, importing, migrating, removing
from edc_core.settings import Settings
from edc_core.store import readers
from tests.builders import SOME_REASON, Trial, vital_signs
from tests.requirements import not_run
from tests.services.odm_transactions import applied
from tests.services.test_increments import sign_place

pytestmark = pytest.mark.conformance

ROOT = Path(__file__).parents[2]
RICH = ROOT / "plugins/edc_core_odm/tests/files_2/rich.xml"
STANDARDS = Path(os.environ.get("EDC_STANDARDS") or ROOT.parent / "shared" / "standards")
SCHEMAS = {"odm-1.3.2": "odm-1.3.2/ODM1-3-2.xsd", "odm-2.0": "odm-2.0/ODM.xsd"}
CLI = Actor("cli:test", trusted=True)
VERSIONS = pytest.mark.parametrize("name", SCHEMAS)


@pytest.fixture
def core(core_url, clock, tmp_path):
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(), clock)
    yield core
    core.close()


@pytest.fixture
def law(core, tmp_path, name):
    """Exports before and after each step. :returns: the documents of what changed."""
    if not STANDARDS.is_dir():
        not_run("the standards are not beside the repository")
    schema = etree.XMLSchema(etree.parse(str(STANDARDS / SCHEMAS[name]), etree.XMLParser(no_network=True)))

    def export(study_id, **more):
        choice = ExportChoice(name, unlocked=True, **more)
        asked = exporting.RequestExport(study_id=study_id, op=new_id(), choice=choice)
        done = exporting.export(core, CLI, asked, tmp_path / new_id())
        return done.folder / "odm.xml", done.manifest["cut"]

    def hold(study_id, *steps):
        first, cut = export(study_id)
        files = [first]
        for step in steps:
            step()
            file, cut = export(study_id, since=cut)
            files.append(file)
        whole, _ = export(study_id, snapshot=cut)
        assert applied(*files) == applied(whole)
        documents = [etree.parse(str(file)).getroot() for file in files]
        for earlier, document in pairwise(documents):
            assert schema.validate(document), [f"{e.line}: {e.message}" for e in schema.error_log][:5]
            assert document.get("FileType") == "Transactional"
            assert document.get("PriorFileOID") == earlier.get("FileOID")
        return documents[1:]

    return hold


def kinds(document, element, **attributes):
    """TransactionTypes of elements in their order."""
    return [
        one.get("TransactionType")
        for one in document.iter(f"{{*}}{element}")
        if all(one.get(name) == value for name, value in attributes.items())
    ]


@VERSIONS
def test_forms_of_several_versions(core, law, name):
    """A visit that holds forms of the later version alone, one of both, and a form that goes from one to the other."""
    trial = Trial(core, vital_signs().build())
    trial.add_subject("S-001")
    trial.save("S-001", {"VS.SYSBP": "120"})
    trial.publish(replace(trial.index.version, oid="V2"))
    trial.save("S-001", {"DM.SEX": "F"})
    at_visit = trial.path("VS.SYSBP", event="UNS")

    def go():
        trial.act(trial.crc, capture.add_event, AddEvent, subject_key="S-001", event_oid="UNS")
        trial.save("S-001", {at_visit: "100"})
        trial.save("S-001", {"VS.SYSBP": "130"}, reason=SOME_REASON)

    def leave():
        trial.act(
            trial.crc, removing.remove_form, RemoveForm, subject_key="S-001", form=at_visit.form_path,
            reason=SOME_REASON,
        )  # fmt: skip

    def sign():
        trial.save("S-001", {trial.path("VS.DIABP", event="UNS"): "80"}, complete=True)
        sign_place(trial, "S-001", ItemPath(at_visit.event))

    def migrate():
        command = migrating.MigrateSubject(
            study_id=trial.study_id,
            op=new_id(),
            subject_key="S-001",
            meta_data_version="V2",
            reason=SOME_REASON,
        )
        with core.write(trial.dm) as uow:
            migrating.migrate_subject(uow, command, core.plugins)

    went, signed, left, migrated = law(trial.study_id, go, sign, leave, migrate)
    assert kinds(went, "SubjectData") == ["Update", "Context"]
    assert kinds(went, "ItemData", ItemOID="VS.SYSBP") == ["Update", "Insert"]
    assert [one.getparent().get("StudyEventOID") for one in signed.iter("{*}Signature")] == ["UNS"]
    assert kinds(left, "StudyEventData", StudyEventOID="UNS") == ["Remove"]
    assert kinds(migrated, "SubjectData") == ["Update", "Context"]


@VERSIONS
def test_imported_data_groups_in_groups_and_a_form_that_the_file_does_not_have(core, law, name):
    report = importing.run(core, CLI, importing.stage(core, [RICH]), with_data=True)
    with core.read() as source:
        study = readers.find_study(source.connection, report.study)
        subject = readers.subject_by_key(source.connection, study.study_id, "001")

    def save(oid, form, value):
        with core.read() as source:
            book = readers.casebook(source, subject)
        path = next(path for path in book.items if path.item == oid and path.form.oid == form)
        item = ItemInput(path, value, base_version=book.items[path].version)
        command = SaveItems(
            study_id=study.study_id, op=new_id(), subject_key="001", form=path.form_path, items=(item,),
            reason=SOME_REASON,
        )  # fmt: skip
        with core.write(CLI) as uow:
            capture.save_items(uow, command)

    inside, outside = law(
        study.study_id, lambda: save("IT.RACE", "FO.VS", "LIE"), lambda: save("IT.TEXT", "IG.LAB", "three")
    )
    assert kinds(inside, "ItemData", ItemOID="IT.RACE") == ["Update"]
    assert kinds(inside, "ItemData", ItemOID="IT.SYS") == []
    rows = kinds(outside, "ItemGroupData", ItemGroupOID="IG.LAB")
    assert rows[:2] == (["Remove", "Remove"] if name == "odm-2.0" else rows[:2])
