"""A study with every kind of item, a log with rows in rows, a form in three visits, and data to read in it."""

from __future__ import annotations

from edc_core.domain.casebook import FormData, GroupData, ItemData
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import DataType
from edc_core.expressions.compiler import compile_expression
from edc_core.expressions.frame import SubjectData
from edc_core.expressions.names import StudyNames
from edc_core.expressions.references import Home
from edc_core.testing.study_builder import a_study

STUDY = (
    a_study()
    .with_event("SCR", "DM", "VS")
    .with_event("V1", "VS")
    .with_event("V2", "VS")
    .with_event("LOGS", "AE")
    .with_item("DM.BRTH", DataType.PARTIAL_DATE)
    .with_item("DM.SEX", codes=["F", "M"])
    .with_item("DM.RACE", codes=["ASIAN", "WHITE"], multiple=True)
    .with_item("DM.CONSENT", DataType.DATE)
    .with_item("DM.NOTE")
    .with_item("DM.SURE", DataType.BOOLEAN)
    .with_item("VS.VSDAT", DataType.DATE)
    .with_item("VS.VSTIM", DataType.TIME)
    .with_item("VS.SYSBP", DataType.INTEGER)
    .with_item("VS.DIABP", DataType.INTEGER)
    .with_item("VS.WEIGHT", DataType.FLOAT)
    .with_item("VS.AT", DataType.DATETIME)
    .with_item("VS.BEGUN", DataType.PARTIAL_TIME)
    .with_item("VS.SEEN", DataType.PARTIAL_DATETIME)
    .with_item("AE.AEYN", codes=["Y", "N"])
    .with_group("AELOG", form="AE")
    .with_item("AE.TERM", group="AELOG")
    .with_item("AE.START", DataType.PARTIAL_DATE, group="AELOG")
    .with_item("AE.END", DataType.PARTIAL_DATE, group="AELOG")
    .with_item("AE.GRADE", DataType.INTEGER, group="AELOG")
    .with_group("DOSES", form="AE", inside="AELOG")
    .with_item("AE.DOSE", DataType.FLOAT, group="DOSES")
    .with_site("KR-01")
    .build()
)
INDEX = MetaDataIndex(STUDY)
NAMES = StudyNames(INDEX)
GROUPS = {"VS": (("VS", "VS"),), "DM": (("DM", "DM"),), "AE": (("AE", "AE"),)}


def data(values=None, **known):
    """Data of a subject: ``{"SCR/VS.SYSBP": "120", "LOGS/AE.AELOG[2].TERM": "Nausea"}``; ``~ND`` is a missing reason."""
    items, groups, forms = {}, {}, {}
    for name, text in (values or {}).items():
        path = place(name)
        missing = text[1:] if text.startswith("~") else ""
        reading = "unreadable" if text.startswith("?") else "ok"
        value = None if missing or reading == "unreadable" else text
        items[path] = ItemData(path, "" if missing else text, value, missing, "", reading, 1)
        forms[path.form_path] = FormData(path.form_path, "1", EntryStatus.COMPLETE)
        for row in path.parent.ancestors():
            if row.groups and INDEX.groups[row.groups[-1].oid].repeating:
                groups[row] = GroupData(row)
    return SubjectData(INDEX, forms, items, groups, site="KR-01", country="KR", zone="Asia/Seoul", **known)


def place(name: str) -> ItemPath:
    """``SCR/VS.SYSBP``, ``LOGS/AE.AELOG[2].TERM``, ``LOGS/AE.AELOG[2].DOSES[1].DOSE``, or a form or row of them."""
    event, _, rest = name.partition("/")
    form, *steps = rest.split(".")
    path = ItemPath.parse(f"{event}[1]/{form}[1]")
    if steps and "[" not in steps[0]:
        path = path.with_group(form, "1")
    for step in steps:
        group, bracket, key = step.partition("[")
        path = path.with_group(group, key.rstrip("]")) if bracket else path.with_item(f"{form}.{step}")
    return path


def compiled(text, home="VS", groups=None, functions=None):
    return compile_expression(
        text, NAMES, Home(home, (home,) if groups is None else groups), functions=functions
    )


def answer(text, values=None, at="SCR/VS", functions=None, **known):
    """What an expression answers at a form or row."""
    path = place(at)
    home = Home(path.form.oid, path.group_oids or (path.form.oid,))
    return data(values, **known).evaluate(compile_expression(text, NAMES, home, functions=functions), path)
