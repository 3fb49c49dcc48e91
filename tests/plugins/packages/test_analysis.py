"""What the sponsor brings is looked through before anything is written: each problem with its place and the remedy."""

import polars as pl
import pyreadstat
import pytest
from edc_core_packages.analysis import read_analysis

from edc_core.api import ExportProfile, ExportRefused, TransportProfile
from edc_core.testing import MemorySink

ASCII = ExportProfile("US-B4", "XPT version 5", TransportProfile("m5/datasets/"))
CHINESE = ExportProfile("CN-B6", "XPT version 5 in gb18030", TransportProfile("m5/datasets/", "gb18030"))
ITEM = '<ItemDef OID="IT.{0}.{1}" Name="{1}"/>'
REF = '<ItemRef ItemOID="IT.{0}.{1}"/>'


def write(folder, name="ADSL", columns=None, labels=(), version=5, label="Subject level"):
    columns = columns or {"USUBJID": ["S-001", "S-002"], "AGE": [40.0, None]}
    pyreadstat.write_xport(
        pl.DataFrame(columns), folder / f"{name.lower()}.xpt", file_label=label,
        column_labels=list(labels) or [f"Label of {one}" for one in columns], table_name=name,
        file_format_version=version,
    )  # fmt: skip
    return columns


def define(folder, **datasets):
    groups = "".join(
        f'<ItemGroupDef Name="{name}">'
        + "".join(REF.format(name, one) for one in variables)
        + "</ItemGroupDef>"
        for name, variables in datasets.items()
    )
    items = "".join(ITEM.format(name, one) for name, variables in datasets.items() for one in variables)
    (folder / "define.xml").write_text(
        f'<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"><Study><MetaDataVersion>{groups}{items}</MetaDataVersion></Study></ODM>'
    )


@pytest.fixture
def folder(tmp_path):
    write(tmp_path)
    define(tmp_path, ADSL=["USUBJID", "AGE"])
    return tmp_path


def problems(folder, profile=ASCII):
    with pytest.raises(ExportRefused, match="cannot be handed in") as refused:
        read_analysis(folder, profile)
    return refused.value.details["findings"]


def test_what_is_sound_is_placed_and_read(folder):
    (folder / "programs").mkdir()
    (folder / "programs/adsl.sas").write_text("data adsl; run;\n")
    brought = read_analysis(folder, ASCII)
    table = brought.tables["ADSL"]
    assert [list(row) for row in table.records()] == [["S-001", "40"], ["S-002", None]]
    assert (table.label, [one.label for one in table.variables]) == (
        "Subject level", ["Label of USUBJID", "Label of AGE"],
    )  # fmt: skip
    sink = MemorySink()
    brought.write(sink, "m5/analysis/", "m5/programs/")
    assert set(sink.files) == {"m5/analysis/adsl.xpt", "m5/analysis/define.xml", "m5/programs/adsl.sas"}
    assert sink.files["m5/analysis/adsl.xpt"] == (folder / "adsl.xpt").read_bytes()


def test_a_folder_without_datasets_or_their_description_is_refused(tmp_path):
    (tmp_path / "notes.docx").write_bytes(b"")
    said = problems(tmp_path)
    assert "There is no dataset (*.xpt)." in said
    assert any(one.startswith("define.xml is missing") for one in said)
    assert any(one.startswith("notes.docx: It has no place in a package.") for one in said)


@pytest.mark.parametrize(
    ("change", "said"),
    [(lambda f: write(f, columns={"USUBJID": ["Ä"], "AGE": [1.0]}), "adsl.xpt, record 1, USUBJID: It holds characters that are not ASCII."),
     (lambda f: write(f, columns={"USUBJID": ["x" * 201], "AGE": [1.0]}), "adsl.xpt, record 1, USUBJID: It is longer than 200 bytes."),
     (lambda f: write(f, labels=["Größe", "Age"]), "adsl.xpt, USUBJID: Its label is not ASCII."),
     (lambda f: write(f, version=8), "adsl.xpt: It is no SAS transport file of version 5."),
     (lambda f: (f / "adsl.xpt").rename(f / "other.xpt"), "other.xpt: The dataset in it is called ADSL. Name the file adsl.xpt."),
     (lambda f: (f / "adsl.xpt").write_bytes(b"no dataset"), "adsl.xpt: It is no SAS transport file of version 5."),
     (lambda f: define(f, ADSL=["USUBJID", "AGE", "SEX"]), "define.xml, ADSL: It describes SEX, which the dataset does not have."),
     (lambda f: define(f, ADSL=["USUBJID"]), "define.xml, ADSL: Variable AGE is not described."),
     (lambda f: define(f, ADSL=["AGE", "USUBJID"]), "define.xml, ADSL: Its variables are in another order"),
     (lambda f: define(f, ADAE=["USUBJID"]), "define.xml: It does not describe ADSL."),
     (lambda f: define(f, ADSL=["USUBJID", "AGE"], ADAE=["USUBJID"]), "define.xml: It describes ADAE, and there is no adae.xpt."),
     (lambda f: (f / "define.xml").write_text("<ODM>"), "define.xml, line 1: It is not well formed")],
)  # fmt: skip
def test_each_problem_is_named_with_its_place_and_the_remedy(folder, change, said):
    change(folder)
    assert any(one.startswith(said) for one in problems(folder)), problems(folder)


def test_a_program_is_text(folder):
    (folder / "programs").mkdir()
    (folder / "programs/adsl.sas").write_bytes(b"\xff\x00")
    assert problems(folder) == [
        "programs/adsl.sas: It is no text in UTF-8. Hand in the source of the program."
    ]


def test_entities_and_other_files_of_the_machine_are_not_read(folder, tmp_path):
    secret = tmp_path / "secret.txt"
    (folder / "define.xml").write_text(
        f'<!DOCTYPE x [<!ENTITY s SYSTEM "file://{secret}">]><ODM><ItemDef Name="&s;"/></ODM>'
    )
    assert any(one.startswith("define.xml") for one in problems(folder))
