"""A small study that follows all six authorities, and packages of it."""

from pathlib import Path

import pypdf
import pytest

from edc_core.core import Core
from edc_core.domain.commands import AddRow
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.permission import Actor, Role
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import dispatch, exporting, publishing
from edc_core.settings import Settings
from tests.builders import Trial

STUDY_FILE = Path(__file__).parent / "study.yaml"
CLI = Actor("cli:test", trusted=True)
PLUGINS = EdcPlugins()


@pytest.fixture(scope="session")
def text():
    return STUDY_FILE.read_text(encoding="utf-8")


@pytest.fixture
def made_of(sqlite_core_url, clock, tmp_path):
    """The study of a text, with nobody in it."""
    cores = []

    def make(text):
        file = tmp_path / "study.yaml"
        file.write_text(text, encoding="utf-8")
        checked = publishing.check(PLUGINS, file)
        assert [one for one in checked.findings if one.severity == "error"] == []
        core = Core(Settings(database_url=sqlite_core_url, files_dir=tmp_path / "files"), PLUGINS, clock)
        cores.append(core)
        return Small(core, checked.version, tmp_path)

    yield make
    for core in cores:
        core.close()


@pytest.fixture
def small(made_of, text):
    """The study with three subjects: one who died, one who completed, and one in Korea whose data may not leave."""
    trial = made_of(text)
    for key in ("US-001", "US-002", "KR-001"):
        trial.enrol(key)
    trial.enter(
        "US-001", {"DD.DTHDAT": "2026-02-20", "EOS.EOSDECOD": "ADVERSE EVENT", "EOS.EOSDAT": "2026-02-20"}
    )
    trial.enter("US-002", {"EOS.EOSDECOD": "COMPLETED", "EOS.EOSDAT": "2026-02-27"})
    return trial


class Small(Trial):
    """The study and what its people do."""

    def __init__(self, core, version, folder):
        super().__init__(core, version, environment="dev")
        self.folder = folder
        self.crcs = {site: self.person(Role.CRC, f"crc.{site[:2].lower()}", site=site) for site in self.sites}

    def enrol(self, key):
        self.add_subject(key, site=f"{key[:2]}-01")
        self.enter(key, {"CONSENT.RFICDAT": "2026-02-02", "DM.SEX": "F"})

    def enter(self, key, values):
        by = self.crcs[f"{key[:2]}-01"]
        forms = {}
        for name, raw in values.items():
            form, _, item = name.partition(".")
            forms.setdefault(form, {})[self.oid(form, item)] = raw
        for found in forms.values():
            self.save(key, found, by=by)

    def oid(self, form, name):
        return next(one.item.oid for one in self.index.placed_items(form) if one.item.name == name)

    def event(self, key, **values):
        """A row in the log of adverse events."""
        by, where = self.crcs[f"{key[:2]}-01"], self.form("AE")
        group = next(one.groups[-1].oid for one in self.index.placed_items("AE") if one.item.name == "AETERM")
        command = AddRow(
            study_id=self.study_id, op=new_id(), subject_key=key, form=where, parent=where, group_oid=group
        )
        row = dispatch.submit(self.core, by, [command])[0]["key"]
        items = {self.path(self.oid("AE", name), rows=(row,)): raw for name, raw in values.items()}
        self.save(key, items, by=by)

    def package(
        self, authority, *, by=CLI, analysis=None, unlocked=True, progress=lambda done, total: None, **part
    ):
        """Make one. :returns: the export, whose ``folder`` holds it."""
        choice = ExportChoice(f"package-{authority}", unlocked=unlocked, **part)
        asked = exporting.RequestExport(study_id=self.study_id, op=new_id(), choice=choice)
        folder = self.folder / new_id()
        return exporting.export(self.core, by, asked, folder, progress=progress, analysis=analysis)


@pytest.fixture(scope="session")
def words_of():
    """The words of a PDF, without breaks of lines."""

    def read(file):
        pages = pypdf.PdfReader(file).pages
        return " ".join("".join(page.extract_text() for page in pages).replace("\u200b", "").split())

    return read
