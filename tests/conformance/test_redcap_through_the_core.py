"""A REDCap project imported with its records, stored in the ledger and read back: every cell compared.

The cells are read from the files by this test alone, with nothing of the importer.
"""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from edc_core_study_import import writer

from edc_core.core import Core
from edc_core.definitions.loader import load
from edc_core.domain.permission import Actor, Role
from edc_core.errors import ImportRefused
from edc_core.ids import new_id
from edc_core.ledger.dataset_reader import Counts
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import export_dataset, importing, publishing, users
from edc_core.services.cuts import TakeCut, take_cut
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import readers
from edc_core.web.app import create_app

pytestmark = pytest.mark.conformance

FILES = Path(__file__).parents[2] / "plugins/edc_core_redcap/tests/files"
DICTIONARY, PROJECT, RECORDS = (
    FILES / name for name in ("Heart_DataDictionary_2026-03-04.csv", "heart.REDCap.xml", "heart_records.csv")
)
CLI = Actor("cli:test", trusted=True)
NS, REDCAP = "{http://www.cdisc.org/ns/odm/v1.3}", "{https://projectredcap.org}"
CHECKBOXES = {
    "race___a": "A", "race___b": "B", "race____1": "-1", "race___98": "98", "ae_why___1": "1", "ae_why___2": "2",
}  # fmt: skip
DECIMALS = {"weight": 1, "glucose": 2}
CALCULATED = {"age", "bmi", "mood_sum", "label_txt", "change", "before"}


@pytest.fixture
def installation(core_url, clock, tmp_path):
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(), clock)
    yield core
    core.close()


def bring_in(core, *paths):
    staged = importing.stage(core, list(paths), format_name="redcap")
    return staged, importing.run(core, CLI, staged, with_data=True)


def cells_of_file():
    """(record, event, key, instrument, key, field) to the value as written, of every ItemData; sites by record."""
    cells, sites = {}, {}
    for subject in ET.parse(PROJECT).iter(f"{NS}SubjectData"):
        for event in subject.iter(f"{NS}StudyEventData"):
            for form in event.iter(f"{NS}FormData"):
                where = (
                    subject.get("SubjectKey"),
                    event.get(f"{REDCAP}UniqueEventName"),
                    event.get("StudyEventRepeatKey"),
                    form.get("FormOID").removeprefix("Form."),
                    form.get("FormRepeatKey"),
                )
                for item in form.iter():
                    name, value = item.get("ItemOID"), item.get("Value") or item.get(f"{REDCAP}DocName")
                    if not item.tag.startswith(f"{NS}ItemData") or value is None:
                        continue
                    if name == "redcap_data_access_group":
                        sites[where[0]] = value
                    elif name in CHECKBOXES:
                        key = (*where, name.partition("___")[0])
                        ticked = [cells[key]] if key in cells else []
                        if value == "1":
                            cells[key] = ";".join([*ticked, CHECKBOXES[name]])
                    else:
                        cells[*where, name] = value
    return cells, sites


def stored_subjects(core, study_name):
    """Everything stored, read from the ledger at a cut as exports read it."""
    with core.read() as source:
        study = readers.find_study(source.connection, study_name)
    with core.write(CLI) as uow:
        taken = take_cut(uow, TakeCut(study_id=study.study_id, op=new_id()))
    with core.read() as source:
        data, _ = export_dataset.dataset(source, taken, Counts(), unlocked=True)
        return list(data.subjects())


def cells_of(subjects):
    """The cells of what is stored: place to item; and place of each form to its status here and at the source."""
    items, forms = {}, {}
    for subject in subjects:
        for form in subject.forms:
            where = (subject.subject_key, *form.path.event, *form.path.form)
            kept = form.source["redcap"] if form.source else {}
            forms[where] = (form.status, kept.get(f"{form.path.form.oid}_complete"))
            items |= {(*where, item.oid): item for item in form.items}
    return items, forms


def canonical(name, text):
    """A value as the ledger writes it: a decimal point, the stated places, a T in date-times."""
    if name in DECIMALS and not text.startswith("NASK"):
        return format(round(Decimal(text.replace(",", ".")), DECIMALS[name]), "f")
    if name == "med_dose":
        return text.replace(",", ".")
    return text.replace(" ", "T") if name.startswith("visit_dt") else text


def alike(name, stored, written):
    return Decimal(stored) == Decimal(written) if name in CALCULATED - {"label_txt"} else stored == canonical(name, written)  # fmt: skip


@pytest.mark.parametrize("files", [(PROJECT,), (DICTIONARY, RECORDS)], ids=["project", "dictionary"])
def test_every_cell_of_a_project_is_stored(installation, files):
    _, report = bring_in(installation, *files)
    assert (report.subjects, report.not_in, report.item_values) == (["H-001", "H 002"], {}, 69)
    written, sites = cells_of_file()
    status = {key[:5]: value for key, value in written.items() if key[5].endswith("_complete")}
    values = {key: value for key, value in written.items() if not key[5].endswith("_complete")}
    subjects = stored_subjects(installation, report.study)
    stored, forms = cells_of(subjects)
    assert {subject.subject_key: subject.site_number for subject in subjects} == sites
    assert forms == {
        key: ("in_progress" if code == "0" else "complete", code) for key, code in status.items()
    }
    assert len(values) == 69
    for key, value in values.items():
        item, name = stored[key], key[5]
        if value in ("NASK", "-99") and len(files) == 1:
            assert (item.value, item.missing) == (None, value)
        elif (
            value in ("NASK", "-99") and name != "last_name"
        ):  # a dictionary has no missing data codes: it is queried
            assert (item.value, item.raw, item.reading) == (None, value, "unreadable")
        elif name in CALCULATED:
            assert alike(name, item.value, value), key
        else:
            assert (item.value, item.reading) == (canonical(name, value), "ok"), key
    added = {key for key in stored.keys() - values.keys() if stored[key].value is not None}
    assert {key[5] for key in added} <= CALCULATED
    assert verify(installation, rebuild=True).problems == []


def test_definition_is_the_same_after_it_was_written_as_yaml(installation, tmp_path):
    staged, report = bring_in(installation, PROJECT)
    (version,) = staged.imported.versions
    writer.write(version, tmp_path / "heart")
    loaded = load(tmp_path / "heart")
    assert [finding for finding in loaded.findings if finding.severity == "error"] == []
    assert loaded.version == replace(version, sites=loaded.version.sites)
    checked = publishing.check(installation.plugins, tmp_path / "heart")
    assert {finding.code for finding in checked.findings} == {
        "W311",  # a text that is shown heads no question
        "W316",  # it asks for mail addresses and telephone numbers
    }
    assert checked.is_publishable
    assert report.meta_data_version == version.oid


def test_what_is_imported_twice_is_there_once(installation):
    _, first = bring_in(installation, PROJECT)
    before = cells_of(stored_subjects(installation, first.study))
    _, second = bring_in(installation, PROJECT)
    assert second.subjects == first.subjects
    assert cells_of(stored_subjects(installation, first.study)) == before
    assert verify(installation, rebuild=True).problems == []


def test_calculated_value_of_the_file_stays_in_the_history(installation, tmp_path):
    """REDCap stores what it once calculated; here it is calculated again, and the file's value is the first entry."""
    stale = tmp_path / "stale.xml"
    stale.write_text(PROJECT.read_text(encoding="utf-8").replace('"bmi" Value="23.8"', '"bmi" Value="99"'), encoding="utf-8")  # fmt: skip
    _, report = bring_in(installation, stale)
    items, _ = cells_of(stored_subjects(installation, report.study))
    bmi = items["H-001", "baseline_arm_1", "1", "vital_signs", "1", "bmi"]
    assert (bmi.value, [record.value for record in bmi.history]) == ("23.8", ["99", "23.8"])


def test_nothing_of_a_damaged_project_is_imported(installation, tmp_path):
    damaged = tmp_path / "damaged.xml"
    text = PROJECT.read_text(encoding="utf-8").replace('redcap:FieldType="slider"', 'redcap:FieldType="dial"')
    damaged.write_text(text.replace("round([weight]", "round(([weight]"), encoding="utf-8")
    with pytest.raises(ImportRefused) as refused:
        bring_in(installation, damaged)
    lines = text.splitlines()
    told = {p.code: p.line for p in refused.value.details["problems"] if p.fatal}
    assert told.keys() == {"RED022", "RED027"}
    assert 'OID="pain"' in lines[told["RED022"] - 1]
    assert 'OID="bmi"' in lines[told["RED027"] - 1]
    with installation.read() as source:
        assert readers.studies(source.connection) == []


def test_every_imported_form_is_shown(installation):
    """Also the parts that hold no question, and a person's own work on it goes on from there."""
    _, report = bring_in(installation, PROJECT)
    with installation.read() as source:
        study_id = readers.find_study(source.connection, report.study).study_id
    with installation.write(CLI) as uow:
        users.add_user(uow, users.AddUser(study_id="@system", op=new_id(), login="crc", full_name="Kim"))
    with installation.write(CLI) as uow:
        users.add_grant(
            uow,
            users.AddGrant(
                study_id="@system", op=new_id(), login="crc", role=Role.CRC, granted_study_id=study_id,
                scope="all", site_ids=frozenset(),
            ),
        )  # fmt: skip
    with installation.write(CLI) as uow:
        users.set_password(uow, "crc", "correct horse battery")
    app = create_app(installation)
    app.config.update(WTF_CSRF_ENABLED=False)
    client = app.test_client()
    client.post("/login", data={"login": "crc", "password": "correct horse battery"})
    casebook = client.get(f"/s/{report.study}/subjects/H-001").text
    links = set(re.findall(rf'href="(/s/{re.escape(report.study)}/subjects/H-001/[^"#?]+)"', casebook))
    pages = {link: client.get(link) for link in links}
    assert {page.status_code for page in pages.values()} == {200}
    text = "".join(page.text for page in pages.values())
    for shown in (
        "Öztürk &amp; Söhne",
        "Please read this.",
        "Race",
        "Vital Signs &amp; Mood",
        "Headache",
        "Fall",
    ):
        assert shown in text


def test_project_is_recognised_without_its_format_named(installation):
    staged = importing.stage(installation, [PROJECT])
    assert staged.imported.versions[0].forms[0].name == "demographics"
    assert {problem.code[:3] for problem in staged.imported.problems} == {"RED"}
