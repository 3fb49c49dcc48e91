"""Files, constants and standard values through the services, on each database."""

import io

import pytest

from edc_core.definitions.loader import load
from edc_core.domain.change import ItemInput
from edc_core.domain.commands import AddFile
from edc_core.domain.file_value import FileRules
from edc_core.domain.protection import ProtectAction
from edc_core.errors import BadRequest, NotAllowed, Protected
from edc_core.ids import new_id
from edc_core.services import adding_files, protecting
from edc_core.services.verifying import verify
from edc_core.testing import SOME_REASON, Trial

STUDY = """
oid: DEMO
version: {oid: v1}
sites: [{number: KR-01, name: Seoul, country: KR, zone: Asia/Seoul}]
events: [{oid: SCR, forms: [LB]}]
units: [{oid: umol/L}, {oid: mg/dL}]
forms:
  - oid: LB
    items:
      - name: CREAT
        question: Creatinine
        type: float
        units: [umol/L, mg/dL]
        convert: [{unit: mg/dL, factor: 88.42}]
        standard_digits: 1
        checks:
          - oid: C1
            that: std(CREAT) <= 106
            message: Creatinine is above 106 µmol/L. Please check the source.
            fires: {CREAT: 1.2, unit(CREAT): mg/dL}
            passes: {CREAT: 106}
      - {name: HALF, question: Half of it, type: float, derive: std(CREAT) / 2}
      - {name: SPEC, question: Specimen, constant: SERUM}
      - {name: SCAN, question: Report, file: {types: [text]}}
"""
RULES = FileRules(("text",))


@pytest.fixture
def trial(core, tmp_path):
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    made = Trial(core, load(tmp_path / "study.yaml").required())
    made.add_subject("S-001")
    return made


def value(trial, item):
    data = trial.casebook("S-001").items.get(trial.path(item))
    return data and data.value


def enter(trial, raw, unit, **fields):
    path = trial.path("LB.CREAT")
    now = trial.casebook("S-001").items.get(path)
    given = ItemInput(path, raw, unit=unit, base_version=now.version if now else 0)
    return trial.save("S-001", {}, items=(given,), **fields)


def give(trial, text="seen", *, by=None, item="LB.SCAN", op=""):
    path = trial.path(item)
    data = text.encode()
    taken = trial.core.files.take(io.BytesIO(data), RULES, "report.txt", len(data))
    fields = {"subject_key": "S-001", "form": path.form_path, "path": path, "file": taken.file}
    trial.act(
        by or trial.crc, adding_files.add_file, AddFile, file_type=taken.kind, op=op or new_id(), **fields
    )
    return str(taken.file)


def test_a_check_and_a_calculation_use_the_standard_value_on_a_save(trial):
    enter(trial, "1.2", "mg/dL")
    assert value(trial, "LB.HALF") == "53.05"
    trial.complete("S-001", "LB")
    assert [oid for oid, _ in trial.open_queries("S-001")] == ["C1"]
    enter(trial, "1.2", "umol/L", reason=SOME_REASON)  # the unit alone changes what it means
    assert value(trial, "LB.HALF") == "0.6"
    assert trial.open_queries("S-001") == []
    enter(trial, "", "", reason=SOME_REASON)
    assert value(trial, "LB.HALF") is None
    assert verify(trial.core, rebuild=True).problems == []


def test_a_constant_is_there_with_the_first_value_of_its_form(trial):
    enter(trial, "90", "umol/L")
    assert value(trial, "LB.SPEC") == "SERUM"
    with pytest.raises(BadRequest, match="is calculated"):
        trial.save("S-001", {"LB.SPEC": "URINE"})  # no page offers it
    assert value(trial, "LB.SPEC") == "SERUM"


def test_a_file_is_given_then_it_is_a_value(trial):
    given = give(trial, op="the-same")
    assert give(trial, op="the-same") == given
    assert trial.casebook("S-001").forms == {}  # nothing was entered yet
    trial.save("S-001", {"LB.SCAN": given})
    kinds = [entry["kind"] for entry in trial.entries("S-001")]
    assert kinds.count("file.add") == 1
    assert value(trial, "LB.SCAN") == given
    payload = next(e["payload"] for e in trial.entries("S-001") if e["kind"] == "file.add")
    assert payload == {"sha256": given[:64], "bytes": "4", "name": "report.txt", "type": "text"}
    assert verify(trial.core, rebuild=True).problems == []
    (trial.core.settings.files_dir / given[:2] / given[:64]).unlink()
    assert [p.code for p in verify(trial.core).problems] == ["file missing"]


def test_a_file_is_given_only_where_a_value_could_be(trial):
    with pytest.raises(NotAllowed):
        give(trial, by=trial.cra)
    with pytest.raises(BadRequest, match="takes no file"):
        give(trial, item="LB.CREAT")
    enter(trial, "90", "umol/L")
    form = trial.form("LB")
    trial.act(trial.dm, protecting.protect, protecting.Protect, subject_key="S-001", path=form, action=ProtectAction.FREEZE, reason=SOME_REASON)  # fmt: skip
    with pytest.raises(Protected):
        give(trial)
    assert all(entry["kind"] != "file.add" for entry in trial.entries("S-001"))
