"""Values that come from outside in the unit of their country: honoured and standardised, or listed (REQ-DAT-10, REQ-EXP-05)."""

import dataclasses

import pytest
from edc_core_transfer import column_map
from edc_core_transfer.run import Transfer
from edc_core_transfer.staging import staging

from edc_core.core import Core
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import importing
from edc_core.services.plugin_session import CorePluginSession
from edc_core.settings import Settings
from tests.builders import Trial
from tests.plugins.countries.scenes import SOURCES, THREE, Countries

READERS = [
    PluginSource("odm", "edc_core_odm.plugin", "edc-core-odm", "0.1.0"),
    PluginSource("transfer", "edc_core_transfer.plugin", "edc-core-transfer", "0.1.0"),
]
MAP = """
source: CENTRAL-LAB
form: LB
subject: {column: SUBJID}
visit: {column: VISIT, codes: {Visit 1: V1}}
values:
  - {item: CREAT, column: RESULT, unit: UNIT}
"""


@pytest.fixture
def core(core_url, clock, tmp_path):
    core = Core(
        Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(SOURCES + READERS), clock
    )
    yield core
    core.close()


def odm(*values):
    """An ODM file with a creatinine of each subject. :param values: (site, value, unit or none)."""
    said = "".join(
        f'<SubjectData SubjectKey="{site[:2]}-001"><SiteRef LocationOID="{site}"/><StudyEventData StudyEventOID="V1">'
        f'<FormData FormOID="LB"><ItemGroupData ItemGroupOID="LB.LB" TransactionType="Insert"><ItemData ItemOID="LB.CREAT" '
        f'Value="{value}">{f"""<MeasurementUnitRef MeasurementUnitOID="{unit}"/>""" if unit else ""}</ItemData>'
        "</ItemGroupData></FormData></StudyEventData></SubjectData>\n"
        for site, value, unit in values
    )
    return (
        '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" ODMVersion="1.3.2" FileType="Transactional" FileOID="F" '
        f'CreationDateTime="2026-03-01T00:00:00Z">\n<ClinicalData StudyOID="THREE" MetaDataVersionOID="THREE-1">\n{said}'
        "</ClinicalData></ODM>"
    )


@pytest.fixture
def bring_in(core, definition, tmp_path):
    """Import an ODM file into the study in dev: (the trial, what is said of its values)."""

    def run(*values):
        trial = Trial(core, definition, environment="dev")
        file = tmp_path / "data.xml"
        file.write_text(odm(*values), encoding="utf-8")
        report = importing.run(core, trial.cli, importing.stage(core, [file]), environment="dev")
        return trial, [one for one in report.problems if one.code.startswith("EDC")]

    return run


def creatinine(trial, subject):
    found = next(data for path, data in trial.casebook(subject).items.items() if path.item == "LB.CREAT")
    return found.value, found.unit, found.standard, found.standard_unit


def test_each_site_is_taken_in_the_unit_of_its_country(bring_in):
    trial, problems = bring_in(("KR-01", "1.00", "mg/dL"), ("DE-01", "88.42", "umol/L"))
    assert problems == []
    assert creatinine(trial, "KR-001") == ("1.00", "mg/dL", "88.42", "umol/L")
    assert creatinine(trial, "DE-001") == ("88.42", "umol/L", "88.42", "umol/L")


def test_the_unit_of_the_file_counts_also_where_the_country_does_not_offer_it(bring_in):
    trial, problems = bring_in(("DE-01", "1.00", "mg/dL"))
    assert problems == []
    assert creatinine(trial, "DE-001") == ("1.00", "mg/dL", "88.42", "umol/L")


def test_a_unit_that_the_item_does_not_have_and_no_unit_are_listed_once_each(bring_in):
    trial, problems = bring_in(("KR-01", "1.00", "mg/L"), ("DE-01", "2.00", "mg/L"), ("US-01", "3.00", ""))
    assert [(one.code, one.line) for one in problems] == [("EDC106", 3), ("EDC106", 5)]
    unknown, none = (one.text for one in problems)
    assert unknown.startswith("A value of 'CREAT' is stated in 'mg/L', and the item takes umol/L, mg/dL.")
    assert none.startswith("A value of 'CREAT' states no unit, and the item takes umol/L, mg/dL.")
    assert creatinine(trial, "KR-001") == ("1.00", "mg/L", None, "")


@pytest.fixture
def transfer(core, definition, tmp_path):
    """Send rows of a laboratory into the live study: (the trial, what was rejected)."""
    items = tuple(
        dataclasses.replace(one, origin="transferred") if one.oid == "LB.CREAT" else one
        for one in definition.items
    )
    trial = Countries(core, dataclasses.replace(definition, items=items), THREE.gates)
    for site in trial.gates:
        trial.record_all(site)
    for site in trial.sites:
        trial.add_subject(f"{site[:2]}-001", site=site)
    session = CorePluginSession(core, lambda _: trial.dm)

    def run(*rows):
        given, data = tmp_path / "map.yaml", tmp_path / "lab.csv"
        given.write_text(MAP, encoding="utf-8")
        data.write_text("\n".join(["SUBJID,VISIT,RESULT,UNIT", *rows, ""]), encoding="utf-8")
        read = column_map.load(given)
        with staging(read.columns()) as place:
            work = Transfer(session, session.study("THREE"), read, data, place)
            work.store(work.check().transfer, "")
            return trial, [(one.line, one.code) for one in place.rejects()]

    return run


def test_a_laboratory_states_the_unit_of_each_country(transfer):
    trial, rejects = transfer("KR-001,Visit 1,1.00,mg/dL", "DE-001,Visit 1,88.42,umol/L")
    assert rejects == []
    assert creatinine(trial, "KR-001") == ("1.00", "mg/dL", "88.42", "umol/L")
    assert creatinine(trial, "DE-001") == ("88.42", "umol/L", "88.42", "umol/L")


def test_a_row_of_a_laboratory_in_an_unknown_unit_or_without_one_is_rejected(transfer):
    trial, rejects = transfer(
        "KR-001,Visit 1,1.00,mg/L", "DE-001,Visit 1,88.42,", "US-001,Visit 1,1.10,mg/dL"
    )
    assert rejects == [(2, "TRF113"), (3, "TRF113")]
    assert creatinine(trial, "US-001")[:2] == ("1.10", "mg/dL")
    assert "LB.CREAT" not in {path.item for path in trial.casebook("KR-001").items}
