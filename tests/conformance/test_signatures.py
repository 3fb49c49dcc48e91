"""A signature leaves the system with the data it is on, in every format, and comes in again as history, never as valid."""

import csv
import io
import os
from pathlib import Path

import pytest
from lxml import etree

from edc_core.core import Core
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.permission import Actor
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import exporting, importing
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import readers, schema, signature_readers
from edc_core.testing.trial import SOME_REASON, Trial
from tests.builders import vital_signs
from tests.requirements import not_run
from tests.services.test_signing import CASEBOOK, DM, V1, VS, sign, standing, withdraw

pytestmark = pytest.mark.conformance

CLI = Actor("cli:test", trusted=True)
STANDARDS = Path(os.environ.get("EDC_STANDARDS") or Path(__file__).parents[3] / "shared" / "standards")


@pytest.fixture
def core(core_url, clock, tmp_path):
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(), clock)
    yield core
    core.close()


@pytest.fixture
def trial(core):
    """VS is signed, DM was signed and is broken, the visit was signed and withdrawn, the casebook is signed."""
    made = Trial(core, vital_signs().build(), environment="dev")
    made.add_subject("S-001")
    made.save("S-001", {"VS.SYSBP": "120", "VS.DIABP": "80"}, complete=True)
    made.save("S-001", {"DM.SEX": "F"}, complete=True)
    made.save("S-001", {made.path("AE.TERM", rows=("1",)): "Rash"}, complete=True)
    for path in (VS, DM, V1):
        sign(made, path)
    withdraw(made, V1)
    made.save("S-001", {"DM.SEX": "M"}, reason=SOME_REASON)
    sign(made, CASEBOOK)
    return made


def exported(core, study_id, out, name):
    command = exporting.RequestExport(
        study_id=study_id, op=new_id(), choice=ExportChoice(name, unlocked=True)
    )
    return exporting.export(core, CLI, command, out).folder


def test_csv_has_a_column_for_each_form_and_a_file_of_signatures(trial, tmp_path):
    folder = exported(trial.core, trial.study_id, tmp_path / "out", "csv")
    rows = list(csv.DictReader(io.StringIO((folder / "signatures.csv").read_text(encoding="utf-8"))))
    assert [(row["PATH"], row["STATE"], row["SIGNED_BY"], row["MEANING"]) for row in rows] == [
        ("", "signed", "pi.lee", "responsibility"),
        ("V1[1]", "withdrawn", "pi.lee", "responsibility"),
        ("V1[1]/DM[1]", "broken", "pi.lee", "responsibility"),
        ("V1[1]/VS[1]", "signed", "pi.lee", "responsibility"),
    ]
    assert rows[0]["SHA256"] == standing(trial)[CASEBOOK].sha256
    assert (rows[0]["ZONE"], rows[0]["SIGNED_SITEID"]) == ("Asia/Seoul", "KR-01")
    [form] = csv.DictReader(io.StringIO((folder / "DM.csv").read_text(encoding="utf-8")))
    assert form["SIGNATURE"] == "signed"  # by the casebook's


def found(folder):
    """Of each element that has a Signature or a flag of one: its name, what it refers to, and the flag."""
    tree = etree.parse(folder / "odm.xml")
    for element in tree.iter("{*}SubjectData", "{*}StudyEventData", "{*}FormData", "{*}ItemGroupData"):
        signature = element.find("{*}Signature")
        flags = [value.text for value in element.findall("{*}Annotation/{*}Flag/{*}FlagValue")]
        states = [text for text in flags if text in ("broken", "withdrawn")]
        if signature is not None or states:
            by = signature.find("{*}SignatureRef").get("SignatureOID") if signature is not None else ""
            keys = [element.get(name) for name in ("SubjectKey", "StudyEventOID", "FormOID", "ItemGroupOID")]
            yield next(filter(None, keys)).rpartition(":")[2], by, states


SCHEMAS = {"odm-1.3.2": "odm-1.3.2/ODM1-3-2.xsd", "odm-2.0": "odm-2.0/ODM.xsd"}


@pytest.mark.parametrize("name", SCHEMAS)
def test_odm_holds_what_is_valid_as_signatures_and_says_of_the_others_what_became_of_them(
    trial, tmp_path, name
):
    folder = exported(trial.core, trial.study_id, tmp_path / "out", name)
    if not STANDARDS.is_dir():
        not_run("the standards are not beside the repository")
    parser = etree.XMLParser(no_network=True)
    etree.XMLSchema(etree.parse(str(STANDARDS / SCHEMAS[name]), parser)).assertValid(
        etree.parse(folder / "odm.xml")
    )
    assert list(found(folder)) == [
        ("S-001", "EDC.RESPONSIBILITY", []),
        ("V1", "", ["withdrawn"]),
        ("VS", "EDC.RESPONSIBILITY", []),
        ("DM", "", ["broken"]),
    ]
    text = (folder / "odm.xml").read_text(encoding="utf-8")
    assert standing(trial)[CASEBOOK].sha256 in text
    tree = etree.parse(folder / "odm.xml")
    [definition] = tree.iter("{*}SignatureDef")
    assert definition.get("OID") == "EDC.RESPONSIBILITY"
    assert definition.get("Methodology") == "Electronic"


@pytest.mark.parametrize("name", ["odm-1.3.2", "odm-2.0"])
def test_an_imported_signature_is_history_and_is_written_back(trial, tmp_path, name):
    folder = exported(trial.core, trial.study_id, tmp_path / "out", name)
    fresh = Core(
        Settings(database_url=f"sqlite:///{tmp_path}/other.db", files_dir=tmp_path / "more"), EdcPlugins()
    )
    try:
        schema.upgrade(fresh.engine)
        report = importing.run(fresh, CLI, importing.stage(fresh, [folder / "odm.xml"]), with_data=True)
        with fresh.read() as source:
            study = readers.find_study(source.connection, report.study)
            subject = readers.subject_by_key(source.connection, study.study_id, "S-001")
            assert signature_readers.signatures(source.connection, study.study_id, subject.subject_id) == ()
        assert verify(fresh).ok
        again = exported(fresh, study.study_id, tmp_path / "again", name)
        assert [(place, by) for place, by, _ in found(again) if by] == [
            ("S-001", "EDC.RESPONSIBILITY"),
            ("VS", "EDC.RESPONSIBILITY"),
        ]
    finally:
        fresh.close()
