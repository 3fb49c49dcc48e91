"""EC62, EC65 to EC68 and the planted scenarios S5, S13 and S14 by name, in one study with sites in all six countries.

The demo trial HERSC-301, which names the six standards: once simulated in dev, where the first subjects tell the stories, and once live.
"""

import json
import re
import shutil
from collections import Counter

import pypdf
import pyreadstat
import pytest
from edc_core_country_cn.standard import chinese_standard
from edc_core_simulate.run import Simulation, Wanted, stories_of
from lxml import etree
from sqlalchemy import select

from edc_core.core import Core
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.permission import Actor
from edc_core.domain.plugin_study import PluginStudy
from edc_core.errors import EntryClosed, ValueRefused
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import exporting, publishing
from edc_core.services.plugin_session import CorePluginSession, plugin_actor
from edc_core.settings import Settings
from edc_core.store import readers
from edc_core.store.ledger_tables import ledger_entry
from edc_core.testing import FakeClock
from tests.plugins.countries.scenes import ASIA, EUROPE, THREE, Countries
from tests.plugins.countries.tables import held, table
from tests.plugins.countries.test_all_at_once import HERSC

pytestmark = pytest.mark.timeout(600)  # the first one simulates a trial
CLI = Actor("cli:test", trusted=True)
STORIES = ("S5", "S14", "EC66", "EC67", "EC68")
#: Every check that asks of a report which is due or late: by the clock of each authority.
CLOCKS = {"KR-B8.EC62", "US-B8.EC62", "EU-B6.EC62", "GB-B4.EC62", "JP-B12.EC62", "CN-B10.EC62"}


class Told:
    """The study in which subjects have told their stories."""

    def __init__(self, core, study):
        self.core = core
        self.session = CorePluginSession(core, lambda environment: plugin_actor("simulate", environment))
        self.study = self.session.study(study)
        self.simulation = Simulation(self.session, self.study, Wanted(len(STORIES), 7, STORIES))
        self.simulation.run()
        keys = {key: book.subject.subject_id for key, book in self.casebooks().items()}
        self.keys = dict(zip(STORIES, sorted(keys, key=keys.get), strict=False))

    def casebooks(self):
        with self.core.read() as source:
            study = readers.find_study(source.connection, self.study.name)
            return {
                one.subject_key: readers.casebook(source, one)
                for one in readers.all_subjects(source.connection, study.study_id)
            }

    def asked(self, story):
        """Checks that asked of the story's subject, and how often."""
        key = self.keys[story]
        queries, findings = (
            found(self.study, key) for found in (self.session.queries, self.session.findings)
        )
        return Counter(one.check_oid for one in (*queries, *findings))

    def export(self, folder, name="csv", **options):
        choice = ExportChoice(name, unlocked=True, **options)
        command = exporting.RequestExport(study_id=self.study.study_id, op=new_id(), choice=choice)
        return exporting.export(self.core, CLI, command, folder).manifest


@pytest.fixture(scope="module")
def told(edc_sqlite_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("told")
    shutil.copyfile(edc_sqlite_template, folder / "edc.db")
    core = Core(
        Settings(database_url=f"sqlite:///{folder / 'edc.db'}", files_dir=folder / "files"),
        EdcPlugins(),
        FakeClock(),
    )
    done = publishing.publish_folder(core, CLI, HERSC, "dev")
    assert done.result is not None, done.findings
    yield Told(core, done.result["study"])
    core.close()


@pytest.fixture(scope="module")
def definition():
    return publishing.check(EdcPlugins(), HERSC).version


@pytest.fixture
def live(edc_sqlite_template, tmp_path, definition):
    """The study in live, with every number of an authority on record, before the first subject."""
    shutil.copyfile(edc_sqlite_template, tmp_path / "edc.db")
    core = Core(
        Settings(database_url=f"sqlite:///{tmp_path / 'edc.db'}", files_dir=tmp_path / "files"),
        EdcPlugins(),
        FakeClock(),
    )
    trial = Countries(core, definition, THREE.gates | EUROPE.gates | ASIA.gates)
    for site in trial.gates:
        if site in trial.sites:
            trial.record_all(site)
    yield trial
    core.close()


def test_every_story_is_offered_where_the_study_can_tell_it(told):
    assert told.simulation.tally.problems == []
    assert set(STORIES) <= set(stories_of(told.study))
    sites = {story: told.keys[story][:2] for story in ("EC66", "EC67", "EC68")}
    assert sites == {"EC66": "KR", "EC67": "CN", "EC68": "JP"}


def test_s5_and_ec62_a_death_is_asked_about_by_the_clock_of_each_authority(told):
    """The report of an unexpected death is late by all six clocks, whatever the country of the site."""
    asked = told.asked("S5")
    assert {"EC61", "EC16"} <= set(asked)
    assert {name for name in asked if name.endswith("EC62")} == CLOCKS
    for other in STORIES[1:]:
        assert not CLOCKS & set(told.asked(other)), other


def test_the_standards_ask_of_made_up_subjects_only_what_the_stories_are_about(told):
    of_a_standard = {
        oid for story in STORIES for oid in told.asked(story) if re.match(r"[A-Z]{2}-B\d+\.", oid)
    }
    assert of_a_standard == {*CLOCKS, "CN-B5.AETERMZH"}


def test_s5_the_number_of_the_report_settles_every_clock(told):
    """Each is a query of the system about one item, and resolves by itself."""
    with told.core.read() as source:
        rows = source.connection.execute(
            select(ledger_entry.c.path, ledger_entry.c.payload).where(ledger_entry.c.kind == "query.open")
        ).all()
    places = {path for path, payload in rows if json.loads(payload)["check_oid"] in CLOCKS}
    assert len(places) == 1
    assert places.pop().endswith("SAE.SAEE2B")


def test_ec62_it_is_asked_from_two_days_before_the_last_one(definition):
    """The examples of the checks are run whenever a definition is read; here by their days."""
    [item] = [one for one in definition.items if one.oid == "SAE.SAEE2B"]
    checks = {one.oid: one for one in item.range_checks if one.oid.endswith("EC62")}
    assert set(checks) == CLOCKS
    for check in checks.values():
        days = {
            (dict(one.values)["SAEDTH"], one.fires): int(dict(one.values)["clock.tick"][8:10]) - 2
            for one in check.examples
        }
        assert (days["Y", True], days["Y", False], days["N", True]) == (5, 4, 13), check.oid


def test_ec65_race_at_a_french_site_is_refused_without_a_justification(live):
    live.add_subject("FR01-0001", site="FR-01")
    with pytest.raises(ValueRefused, match="only with a scientific justification"):
        live.enter("FR01-0001", {"DM.RACE": "WHITE"})
    assert "DM.RACE" in live.hidden("FR01-0001", "DM")
    live.add_subject("KR01-0001", site="KR-01")
    live.enter("KR01-0001", {"DM.RACE": "ASIAN"})


def test_ec66_no_sample_in_china_before_the_number_of_hgr(live):
    live.add_subject("CN01-0001", site="CN-01")
    with pytest.raises(EntryClosed, match="CN-B2"):
        live.enter("CN01-0001", {"PC.PCREFID": "PC1"})
    live.record("cn-hgr", "HGR-2026-0001", "CN-01")
    live.enter("CN01-0001", {"PC.PCREFID": "PC1"})


def test_ec66_without_consent_to_the_transfer_a_subject_in_korea_is_in_no_export_elsewhere(told, tmp_path):
    key = told.keys["EC66"]
    made = told.export(tmp_path / "fda", destination="US")
    assert made["left_out"]["subjects whose data stay in KR (KR-B3)"] >= 1
    assert key not in held_in(tmp_path / "fda")
    told.export(tmp_path / "mfds", destination="KR")
    assert key in held_in(tmp_path / "mfds")


def rows_of(folder, name):
    """Records of a dataset in Dataset-JSON, by variable."""
    read = json.loads((folder / "json" / f"{name}.json").read_bytes())
    names = [one["name"] for one in read["columns"]]
    return [dict(zip(names, row, strict=True)) for row in read["rows"]]


def held_in(folder):
    return "".join(file.read_text(encoding="utf-8") for file in folder.glob("*.csv"))


def test_ec67_an_event_in_china_has_chinese_text(told):
    assert told.asked("EC67")["CN-B5.AETERMZH"] == 1
    assert "CN-B5.AETERMZH" not in told.asked("EC66")


def test_ec68_a_day_after_the_end_of_its_era_is_asked_about_and_kept_as_typed(told):
    book = told.casebooks()[told.keys["EC68"]]
    [born] = [data for path, data in book.items.items() if path.item == "DM.BRTHDAT"]
    assert (born.raw, born.value, born.reading) == ("H31.5.1", None, "unreadable")
    assert told.asked("EC68")["EDC.UNREADABLE"] == 1


@pytest.mark.parametrize(
    ("encoding", "longest"),
    [("gb18030", 20), ("utf-8", 13)],
)
def test_s13_a_chinese_label_over_forty_bytes_stops_at_its_variable(definition, encoding, longest):
    """By the standard as the study chooses it: a label as a package would have it, one character too long."""
    study = PluginStudy.of(MetaDataIndex(definition), "dev", configuration={"encoding": encoding})
    rule = {one.value.rule: one.value for one in chinese_standard(study).conformance_rules}["CN-B6"]
    fits, long = (table("AE", "AETERMZH", ["头痛"]) for _ in range(2))
    object.__setattr__(fits.variables[0], "label", "不" * longest)
    object.__setattr__(long.variables[0], "label", "不" * (longest + 1))
    assert list(rule.look(held(fits))) == []
    [finding] = rule.look(held(long))
    assert (finding.rule, finding.severity, finding.variable) == ("CN-B5", "error", "AETERMZH")
    assert "40 are the most" in finding.text


def test_s14_a_long_term_is_split_and_nothing_of_it_is_lost(told, tmp_path):
    """230 characters in MHTERM: 200 bytes there, the rest in the supplemental qualifiers."""
    told.export(tmp_path / "sdtm", "sdtm", destination="KR")
    [entered] = [
        data.value
        for path, data in told.casebooks()[told.keys["S14"]].items.items()
        if path.item == "MH.MHTERM" and len(data.value or "") == 230
    ]
    terms = [row for row in rows_of(tmp_path / "sdtm", "mh") if entered.startswith(row["MHTERM"])]
    assert len(terms) == 1
    assert len(terms[0]["MHTERM"].encode()) <= 200
    rest = [
        row["QVAL"]
        for row in rows_of(tmp_path / "sdtm", "suppmh")
        if row["USUBJID"] == terms[0]["USUBJID"] and row["QNAM"].startswith("MHTERM")
    ]
    assert " ".join([terms[0]["MHTERM"], *rest]) == entered


def chinese_of(books):
    """What somebody wrote in the items for Chinese, by the qualifier that it gives."""
    found = {}
    for book in books:
        for path, data in book.items.items():
            if path.item in {"AE.AETERMZH", "CM.CMTRTZH", "SAE.CNNARR"} and data.value:
                found.setdefault(path.item.partition(".")[2], []).append(data.value)
    return {name: sorted(values) for name, values in found.items()}


def qualifiers(folder, encoding):
    """Texts of SUPPAE and SUPPCM of a package by QNAM, and the names of variables and qualifiers that its define.xml knows."""
    found = {}
    for name in ("suppae", "suppcm"):
        file = next(folder.rglob(f"{name}.xpt"), None)
        if file is not None:
            columns, _ = pyreadstat.read_xport(file, output_format="dict", encoding=encoding)
            for qualifier, text in zip(columns["QNAM"], columns["QVAL"], strict=True):
                found.setdefault(qualifier, []).append(text)
    define = etree.parse(next(folder.rglob("define.xml")))
    names = {one.get("Name") for one in define.iterfind(".//{*}ItemDef")}
    return {name: sorted(values) for name, values in found.items()}, names


def test_chinese_words_of_a_chinese_site_are_in_the_package_for_china_and_counted_in_another(told, tmp_path):
    entered = chinese_of(told.casebooks().values())
    assert entered
    assert all(re.fullmatch("[\u4e00-\u9fff]+\u3002?", text) for texts in entered.values() for text in texts)

    told.export(tmp_path / "nmpa", "package-nmpa")
    held, defined = qualifiers(tmp_path / "nmpa", "gb18030")
    assert {name: held[name] for name in entered} == entered
    assert set(entered) <= defined
    assert not (tmp_path / "nmpa/reports/left-out.json").exists()

    told.export(tmp_path / "fda", "package-fda")
    held, defined = qualifiers(tmp_path / "fda", "ascii")
    assert {"AETERMZH", "CMTRTZH", "CNNARR"}.isdisjoint({*held, *defined})
    counted = json.loads((tmp_path / "fda/reports/left-out.json").read_text())
    assert {one["annotation"].partition(".")[2]: one["values"] for one in counted} == {
        name: len(texts) for name, texts in entered.items()
    }
    guide = " ".join(
        page.extract_text() for page in pypdf.PdfReader(next((tmp_path / "fda").rglob("csdrg.pdf"))).pages
    )
    for one in counted:
        assert one["annotation"] in guide.replace("\u200b", "").replace("\n", "")
