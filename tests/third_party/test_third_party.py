"""Plugins from elsewhere, written by following the reference pages, installed as distributions of their own (issue 5, shown by 5)."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from edc_core.core import Core
from edc_core.domain.index import MetaDataIndex
from edc_core.errors import BadRequest, EntryClosed, ValueRefused
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import publishing
from edc_core.settings import Settings
from tests.fresh_venv import FreshVenv
from tests.plugins.countries.scenes import Countries

HERE = Path(__file__).parent
STUDY = HERE / "study"
STANDARD = "CA-EXAMPLE"


class Elsewhere:
    """A machine on which both distributions are installed from their folders, and a study is filled."""

    def __init__(self, home):
        self.home = home
        self.venv = FreshVenv(home / "venv")
        for name in ("listing", "country"):
            shutil.copytree(HERE / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
            self.run("pip", "install", home / name)
        self.run("edc", "init")
        self.run("edc", "study", "publish", STUDY)
        self.run("edc", "simulate", "SEVENTH@dev", "--subjects", "4")

    def run(self, *command):
        done = self.venv.run(*command, cwd=self.home)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def export(self, form, out):
        self.run("edc", "export", "SEVENTH@dev", "--format", form, "--out", self.home / out, "--unlocked")
        return self.home / out


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    return Elsewhere(tmp_path_factory.mktemp("elsewhere"))


def test_the_exporter_writes_every_form(elsewhere):
    folder = elsewhere.export("acme-listing", "first")
    head, *lines = (folder / "listing.txt").read_text("utf-8").splitlines()
    assert head.startswith("SEVENTH (dev), cut ")
    assert len(lines) == 4
    assert all("V1[1]/DM[1]" in line and "SEX=" in line for line in lines)
    file = json.loads((folder / "manifest.json").read_text())["files"]["listing.txt"]
    assert (file["rows"], file["sha256"]) == (
        4,
        hashlib.sha256((folder / "listing.txt").read_bytes()).hexdigest(),
    )


def test_the_same_data_give_the_same_bytes(elsewhere):
    first, again = (elsewhere.export("acme-listing", name) for name in ("one", "other"))
    assert (first / "listing.txt").read_bytes() == (again / "listing.txt").read_bytes()


def test_it_is_looked_over_before_it_is_installed(elsewhere):
    for name, hook in (("listing", "edc_register_exporters"), ("country", "edc_register_country_standards")):
        said = elsewhere.run("edc", "plugins", "check", elsewhere.home / name)
        assert hook in said
        assert "no findings" in said


def test_the_published_study_holds_what_the_country_asks(elsewhere):
    """The item and its code list are in ODM, which knows nothing of countries."""
    [file] = elsewhere.export("odm-1.3.2", "odm").glob("*.xml")
    text = file.read_text("utf-8")
    for part in ('OID="CA.LANG"', 'OID="DM.CALANG"', "Langue du consentement", "More than 230 cm?"):
        assert part in text, part


def test_its_package_lies_in_its_own_folders(elsewhere):
    folder = elsewhere.export("package-other", "package")
    files = {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}
    assert {"m5/datasets/seventh/tabulations/dm.xpt", "m5/datasets/seventh/tabulations/define.xml"} <= files
    assert any(one.startswith("m5/datasets/seventh/guides/") and "sdrg" in one for one in files), files
    report = json.loads((folder / "reports/conformance.json").read_text())
    assert "CA-EXAMPLE" in json.dumps(report)


@pytest.fixture
def plugins(monkeypatch):
    monkeypatch.syspath_prepend(HERE / "country")
    return EdcPlugins([
        PluginSource("acme-country-ca", "acme_edc_country_ca.plugin", "acme-edc-country-ca", "0.3.0"),
        PluginSource("countries", "edc_core_countries.plugin", "edc-core-countries", "0.1.0"),
    ])  # fmt: skip


@pytest.fixture
def closed(core_url, clock, tmp_path, plugins):
    """The study in live, before the letter of the authority."""
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), plugins, clock)
    checked = publishing.check(plugins, STUDY)
    assert [one for one in checked.findings if one.severity == "error"] == []
    yield Countries(core, checked.version, {"CA-01": {"ca-nol": "NOL-0001"}})
    core.close()


def test_its_gate_stands_before_the_first_subject_at_its_own_sites(closed):
    closed.add_subject("DE-001", site="DE-01")
    with pytest.raises(EntryClosed, match=rf"{STANDARD} \(CA-B1\): Number of the letter"):
        closed.add_subject("CA-001", site="CA-01")
    with pytest.raises(BadRequest, match="NOL-0001 would be one"):
        closed.record("ca-nol", "1", "CA-01")
    closed.record_all("CA-01")
    closed.add_subject("CA-001", site="CA-01")


def test_its_rules_hold_at_its_own_sites(closed):
    closed.record_all("CA-01")
    for site in ("CA-01", "DE-01"):
        closed.add_subject(f"{site[:2]}-001", site=site)
    assert "DM.CALANG" not in closed.hidden("CA-001", "DM")
    assert "DM.CALANG" in closed.hidden("DE-001", "DM")
    closed.enter_in("CA-001", "DM.HEIGHT", "100", "[in_i]")
    assert closed.item("CA-001", "DM.HEIGHT").standard == "254"
    closed.enter("CA-001", {"DM.HEIGHT": "231"})
    closed.enter("DE-001", {"DM.HEIGHT": "231"})
    assert {
        key: [one for one in closed.said(key, "DM") if one.startswith("CA-")] for key in ("CA-001", "DE-001")
    } == {"CA-001": ["CA-B2.HEIGHT"], "DE-001": []}
    with pytest.raises(ValueRefused):
        closed.enter("CA-001", {"DM.BRTHDAT": "1234-567-890-EX"})


def test_its_code_list_is_that_of_the_version(closed):
    index: MetaDataIndex = closed.index
    assert [one.coded_value for one in index.code_lists["CA.LANG"].items] == ["ENG", "FRA"]
    closed.record_all("CA-01")
    closed.add_subject("CA-001", site="CA-01")
    closed.enter("CA-001", {"DM.CALANG": "FRA"})
    closed.enter("CA-001", {"DM.CALANG": "XXX"})
    assert closed.item("CA-001", "DM.CALANG").reading == "unreadable"
