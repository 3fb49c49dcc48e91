"""A small table with every kind of variable, and a study that it comes from."""

import os
from pathlib import Path

import pytest

from edc_core.api import (
    CodeList,
    CodeListItem,
    DataType,
    ExportDataset,
    MetaDataIndex,
    MetaDataVersion,
    StudyInfo,
    TabularDataset,
    TranslatedText,
    Variable,
)
from tests.requirements import not_run

ROOT = Path(__file__).resolve().parents[3]
SEX = CodeList(
    "CL.SEX", "Sex", items=(
        CodeListItem("F", TranslatedText((("en", "Female"), ("ko", "여성")))),
        CodeListItem("M", TranslatedText.of("Male", "en"), retired=True),
    ),
)  # fmt: skip
VARIABLES = (
    Variable("SUBJID", "Subject <key>", DataType.TEXT, length=20, key_sequence=1),
    Variable("SEX", "Sex", DataType.TEXT, code_list=SEX, oid="I.SEX"),
    Variable("AGE", "Age", DataType.INTEGER),
    Variable("WEIGHT", "Weight", DataType.FLOAT, significant_digits=1),
    Variable("ALIVE", "Alive", DataType.BOOLEAN),
    Variable("BRTHDAT", "Birth date", DataType.DATE),
    Variable("ONSET", "Onset", DataType.PARTIAL_DATE, display_format="E8601DA."),
    Variable("SEEN", "Seen at", DataType.DATETIME),
)
RECORDS = (
    ("S-1", "F", "41", "72.40", "true", "1985-02-03", "2026-03", "2026-03-04T09:15"),
    ("S-2", None, "-7", "0.5", "false", None, "2026", "2026-03-04T09:15:30+09:00"),
    ('=1+1, "<b>"\n👍', "M", None, None, None, "2024-02-29", None, None),
)  # fmt: skip


@pytest.fixture
def records():
    return RECORDS


@pytest.fixture
def table():
    """Makes a table of the variables above; ``table(records)``, or of other variables."""

    def make(rows=RECORDS, variables=VARIABLES, name="DM"):
        return TabularDataset(name, "Demographics", tuple(variables), lambda: iter(rows), name, domain="DM")

    return make


@pytest.fixture
def one_column():
    """Makes a table of one variable: ``one_column(DataType.INTEGER, ["1", None])``."""

    def make(data_type, cells, **more):
        variable = Variable("X", "X", data_type, **more)
        return TabularDataset("T", "T", (variable,), lambda: iter([(cell,) for cell in cells]))

    return make


@pytest.fixture
def study():
    version = MetaDataVersion("MDV.1", "1", StudyInfo("S", "Study <one>"))
    return ExportDataset(
        "S", "Study <one>", "live", {"MDV.1": MetaDataIndex(version)}, "cafe", "2026-01-02T00:00:00.000001Z", {}, {},
        lambda: iter(()),
    )  # fmt: skip


@pytest.fixture
def standards():
    folder = Path(os.environ.get("EDC_STANDARDS") or ROOT.parent / "shared" / "standards")
    if not folder.is_dir():
        not_run("the standards are not beside the repository")
    return folder
