"""The draft of the analysis data reviewer's guide: what of it can be read from the files, and the plain word that there is none."""

import polars as pl
import pyreadstat
import pytest

DEFINE = """<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.1"><Study OID="S">
<MetaDataVersion OID="M" def:DefineVersion="2.1.0">
<def:Standards><def:Standard OID="STD" Name="ADaMIG" Type="IG" Version="1.3"/></def:Standards>
<ItemGroupDef OID="IG" Name="ADSL" def:Structure="One record per subject">
<ItemRef ItemOID="1"/><ItemRef ItemOID="2"/><ItemRef ItemOID="3"/><ItemRef ItemOID="4"/>
<def:Class Name="SUBJECT LEVEL ANALYSIS DATASET"/></ItemGroupDef>
<ItemDef OID="1" Name="USUBJID"><def:Origin Type="Predecessor"><Description><TranslatedText>DM.USUBJID</TranslatedText>
</Description></def:Origin></ItemDef>
<ItemDef OID="2" Name="TRT01P"><def:Origin Type="Predecessor"><Description><TranslatedText>DM.ARMNAME</TranslatedText>
</Description></def:Origin></ItemDef>
<ItemDef OID="3" Name="AGEGR1"><def:Origin Type="Derived"/></ItemDef><ItemDef OID="4" Name="SITEGR1"/>
</MetaDataVersion></Study></ODM>"""


@pytest.fixture
def brought(tmp_path):
    """Two subjects, one of whom the tabulations do not have."""
    folder = tmp_path / "adam"
    (folder / "programs").mkdir(parents=True)
    columns = {
        "USUBJID": ["PACK-1-US-01-US-001", "PACK-1-US-01-US-009"], "TRT01P": ["A", "B"], "AGEGR1": ["<65", "<65"], "SITEGR1": ["1", "1"],
    }  # fmt: skip
    pyreadstat.write_xport(
        pl.DataFrame(columns), folder / "adsl.xpt", file_label="Subject-Level Analysis Dataset",
        column_labels=list(columns), table_name="ADSL", file_format_version=5,
    )  # fmt: skip
    (folder / "define.xml").write_text(DEFINE)
    (folder / "programs/adsl.sas").write_text("data adsl; run;\n")
    return folder


@pytest.mark.parametrize(
    ("authority", "place"),
    [("fda", "analysis/adam/datasets/adrg.pdf"), ("pmda", "analysis/adam/datasets/adrg.pdf")],
)
def test_the_draft_says_what_the_files_say(small, brought, words_of, authority, place):
    made = small.package(authority, analysis=brought)
    text = words_of(made.folder / "m5/datasets/pack-1" / place)
    assert "Analysis Data Reviewer's Guide" in text
    assert "ADaMIG 1.3" in text
    assert "SUBJECT LEVEL ANALYSIS DATASET One record per subject 2" in text
    assert "ADSL 1 1 0 2 1" in text, "subjects not in DM; derived, assigned, predecessor, without origin"
    assert "ADSL TRT01P DM.ARMNAME" in text, "the tabulations have no such variable"
    assert "DM.USUBJID" not in text
    assert "programs/adsl.sas 16" in text
    assert "What the sponsor writes" in text


def test_one_guide_tells_of_both_where_the_authority_has_one(small, brought, words_of):
    made = small.package("nmpa", analysis=brought)
    text = words_of(made.folder / "m5/datasets/pack-1/tabulations/sdtm/guide.pdf")
    assert "对原始数据库的可追溯性" in text
    assert "programs/adsl.sas" in text
    assert not list(made.folder.rglob("adrg.pdf"))


def test_ema_gets_a_list_of_programs(small, brought, words_of):
    made = small.package("ema", analysis=brought)
    text = words_of(made.folder / "m5/datasets/pack-1/analysis/adam/datasets/programs-list.pdf")
    assert "programs/adsl.sas" in text


def test_without_analysis_datasets_that_is_said_and_no_guide_of_them_is_there(small, words_of):
    made = small.package("fda")
    text = words_of(made.folder / "m5/datasets/pack-1/tabulations/sdtm/csdrg.pdf")
    assert "This package holds no analysis datasets" in text
    assert "So there is no Analysis Data Reviewer's Guide either." in text
    assert not list(made.folder.rglob("adrg.pdf"))
