"""A transport file of the forms leaves out what is meant for a language without letters in ASCII, and refuses those letters elsewhere."""

import json

import pyreadstat
import pytest

from edc_core.core import Core
from edc_core.definitions.loader import load
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.permission import Actor, Role
from edc_core.errors import ExportRefused
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import exporting
from edc_core.settings import Settings
from tests.builders import Trial

STUDY = """\
oid: WORDS
name: Words
version: {oid: WORDS.1, name: "1"}
languages: [en]
sites: [{number: CN-01, name: Beijing, country: CN, zone: Asia/Shanghai, languages: [en]}]
events: [{oid: V1, name: Visit, forms: [AE]}]
forms:
  - oid: AE
    title: Adverse events
    groups:
      - name: AE
        items:
          - {name: AETERM, question: Event, length: 200}
          - {name: AETERMZH, question: Event in Chinese, length: 200, alias: {"edc:language": zh}}
"""


@pytest.fixture
def trial(core_url, clock, tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(STUDY, encoding="utf-8")
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), EdcPlugins(), clock)
    made = Trial(core, load(file).required(), environment="dev")
    made.crc = made.person(Role.CRC, "crc", site="CN-01")
    made.add_subject("S-1", site="CN-01")
    made.folder = tmp_path
    yield made
    core.close()


def enter(trial, **values):
    trial.save("S-1", {f"AE.{name}": raw for name, raw in values.items()}, by=trial.crc)


def exported(trial, name, **part):
    asked = exporting.RequestExport(
        study_id=trial.study_id, op=new_id(), choice=ExportChoice(name, unlocked=True, **part)
    )
    return exporting.export(
        trial.core, Actor("cli:test", trusted=True), asked, trial.folder / new_id()
    ).folder


def read(folder, name, encoding="ascii"):
    return pyreadstat.read_xport(folder / f"{name}.xpt", output_format="dict", encoding=encoding)[0]


def test_ascii_has_no_item_of_another_language_nor_its_history_and_says_so(trial):
    enter(trial, AETERM="Headache", AETERMZH="头痛")
    folder = exported(trial, "xpt-v5")
    assert read(folder, "ae")["AETERM"] == ["Headache"]
    assert "AETERMZH" not in read(folder, "ae")
    assert set(read(folder, "audit")["ITEM"]) == {"AE.AETERM"}
    assert left_out(folder) == {"texts in languages whose letters the encoding lacks": 1}
    page = (folder / "dictionary.html").read_text(encoding="utf-8")
    assert "Left out with their history: 1 texts in languages whose letters" in page
    assert "of the items AETERMZH." in page


def left_out(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["left_out"]


@pytest.mark.parametrize("name", ["xpt-v5-utf-8", "csv", "dataset-json-1.1"])
def test_other_formats_of_tables_hold_it(trial, name):
    enter(trial, AETERM="Headache", AETERMZH="头痛")
    folder = exported(trial, name)
    if name == "xpt-v5-utf-8":
        assert read(folder, "ae", "utf-8")["AETERMZH"] == ["头痛"]
    else:
        assert left_out(folder) == {}
        assert any("头痛" in one.read_text(encoding="utf-8") for one in folder.glob("[Aa][Ee].*"))
    if (page := folder / "dictionary.html").exists():
        assert "with their history" not in page.read_text(encoding="utf-8")


def test_chinese_in_the_english_item_is_refused(trial):
    enter(trial, AETERM="头痛", AETERMZH="头痛")
    with pytest.raises(ExportRefused, match="AE AETERM, record 1: has characters that ascii lacks"):
        exported(trial, "xpt-v5")
    assert read(exported(trial, "xpt-v5-utf-8"), "ae", "utf-8")["AETERM"] == ["头痛"]
