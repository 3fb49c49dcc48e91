"""A study that takes drug levels and laboratory values from outside, and files written in a test."""

from dataclasses import replace

import pytest
from edc_core_transfer import column_map
from edc_core_transfer.run import Transfer
from edc_core_transfer.staging import staging

from edc_core.domain.metadata import DataType
from edc_core.services.plugin_session import CorePluginSession
from tests.builders import Trial, a_study

TRANSFERRED = {"PC.RES", "PC.METH", "LB.HGB", "LB.GLUC", "IRT.KIT", "IRT.ARM"}

PK_MAP = """
source: PK-LAB
form: PC
subject: {column: SUBJID}
visit: {column: VISIT, codes: {Visit 1: V1, Visit 2: V2}}
reference: {column: REFID, item: REFID}
agrees:
  - {item: PERF, is: Y}
  - {item: DAT, column: SAMPDT, dates: "%d.%m.%Y"}
values:
  - {item: RES, column: RESULT, unit: UNIT, units: {microg/mL: ug/mL}, missing: {NR: ND}}
"""

LB_MAP = """
source: CENTRAL-LAB
form: LB
subject: {column: SUBJID}
visit: {column: VISIT}
tests:
  column: TEST
  value: RESULT
  items: {HGB: HGB, GLUC: LB.GLUC}
user: {column: TECH}
"""

IRT_MAP = """
source: IRT
form: IRT
subject: {column: SUBJID}
visit: {column: VISIT}
reference: {column: KIT, item: KIT, new: add}
values:
  - {item: ARM, column: ARM, codes: {"1": A, "2": B}}
"""


def lab_study():
    version = (
        a_study()
        .with_event("V1", "PC", "LB", "IRT")
        .with_event("V2", "PC", "LB", "IRT")
        .with_form("PC", repeating=True)
        .with_item("PC.PERF", codes=("Y", "N"))
        .with_item("PC.DAT", DataType.DATE)
        .with_item("PC.REFID")
        .with_item("PC.RES", DataType.FLOAT, digits=2, soft=(0, 100), hard=(0, 1000),
                   units={"ug/mL": "1", "ng/mL": "0.001"})
        .with_item("LB.HGB", DataType.FLOAT, digits=1, soft=(8, 18))
        .with_item("LB.GLUC", DataType.FLOAT, digits=1)
        .with_group("IRT.ROW", form="IRT")
        .with_item("IRT.KIT", group="IRT.ROW")
        .with_item("IRT.ARM", group="IRT.ROW", codes=("A", "B"))
        .with_site("KR-01")
        .build()
    )  # fmt: skip
    items = tuple(replace(i, origin="transferred") if i.oid in TRANSFERRED else i for i in version.items)
    return replace(version, items=items)


class Laboratory:
    """A live study with three subjects and the sites' samples, and the data manager who takes files in."""

    def __init__(self, core, folder):
        self.trial = Trial(core, lab_study())
        self.folder = folder
        self.session = CorePluginSession(core, lambda environment: self.trial.dm)
        for key in ("S-001", "S-002", "S-003"):
            self.trial.add_subject(key)

    def sample(self, subject, refid, *, event="V1", key="1", day="2026-03-01", taken="Y", complete=True):
        place = {"event": event, "form_key": key}
        values = {"PC.PERF": taken, "PC.DAT": day, "PC.REFID": refid}
        self.trial.save(subject, {self.trial.path(item, **place): raw for item, raw in values.items()})
        if complete:
            self.trial.complete(subject, "PC", **place)

    def file(self, *rows, name="pk.csv", header="SUBJID;VISIT;REFID;SAMPDT;RESULT;UNIT", encoding="utf-8"):
        path = self.folder / name
        path.write_text("\n".join([header, *rows, ""]), encoding=encoding)
        return path

    def begin(self, path, text=PK_MAP):
        """(Transfer, Staging) of a file, looked at; the staging place is open while the block runs."""
        given = self.folder / "map.yaml"
        given.write_text(text, encoding="utf-8")
        read = column_map.load(given)
        study = self.session.study("TRIAL-1")
        return _Begun(self.session, study, read, path)

    def check(self, path, text=PK_MAP):
        with self.begin(path, text) as (transfer, staged):
            report = transfer.check()
            return report, [(r.line, r.code) for r in staged.rejects()], list(staged.changes())

    def run(self, path, text=PK_MAP, *, approve="", reason=""):
        with self.begin(path, text) as (transfer, _):
            looked = transfer.check()
            return transfer.store(approve or looked.transfer, reason)

    def value(self, subject, item, **place):
        return self.trial.casebook(subject).items.get(self.trial.path(item, **place))


class _Begun:
    def __init__(self, session, study, read, path):
        self._place = staging(read.columns())
        self._parts = (session, study, read, path)

    def __enter__(self):
        staged = self._place.__enter__()
        return Transfer(*self._parts, staged), staged

    def __exit__(self, *error):
        return self._place.__exit__(*error)


@pytest.fixture
def lab(core, tmp_path):
    return Laboratory(core, tmp_path)
