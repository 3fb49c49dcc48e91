"""A folder of the server with analysis datasets: chosen by its name, and no way out of the folder that the setting names."""

import os
from dataclasses import replace

import polars as pl
import pyreadstat
import pytest
from edc_core_packages.kept_folders import SETTING, KeptFolders

from edc_core.domain.export_choice import ExportChoice
from edc_core.errors import ExportRefused

STUDY = "PACK-1"
DEFINE = """<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"><Study OID="S"><MetaDataVersion OID="M" Name="M">
<ItemGroupDef OID="IG.ADSL" Name="ADSL" Repeating="No"><ItemRef ItemOID="IT.U" Mandatory="Yes"/></ItemGroupDef>
<ItemDef OID="IT.U" Name="USUBJID" DataType="text"/></MetaDataVersion></Study></ODM>"""


@pytest.fixture
def root(tmp_path):
    """What the setting names, with a folder of the study."""
    found = tmp_path / "kept"
    a_folder(found / STUDY / "adam-1")
    return found


def a_folder(folder):
    (folder / "programs").mkdir(parents=True)
    pyreadstat.write_xport(
        pl.DataFrame({"USUBJID": ["PACK-1-US-001"]}),
        folder / "adsl.xpt",
        table_name="ADSL",
        file_format_version=5,
    )
    (folder / "define.xml").write_text(DEFINE, encoding="utf-8")
    (folder / "programs/adsl.sas").write_text("data adsl; run;\n", encoding="utf-8")
    return folder


def test_folders_of_the_study_are_offered_by_name(root):
    a_folder(root / STUDY / "adam-2")
    (root / STUDY / ".hidden").mkdir()
    (root / STUDY / "readme.txt").write_text("x", encoding="utf-8")
    a_folder(root / "OTHER" / "adam-9")
    kept = KeptFolders(root)
    assert kept.names(STUDY) == ("adam-1", "adam-2")
    assert kept.names("NONE") == ()
    assert kept.names("시험" * 50) == (), "percent-encoded it is longer than a name may be"
    assert KeptFolders(root / "gone").names(STUDY) == ()


@pytest.mark.parametrize("study", ["..", ".", "../OTHER", f"{STUDY}/adam-1", "/", "%2E%2E"])
def test_no_study_oid_leads_out_of_its_folder(root, study):
    a_folder(root.parent / "adam-0")
    a_folder(root / "OTHER" / "adam-9")
    assert KeptFolders(root).names(study) == ()


@pytest.mark.parametrize(
    "name",
    ["..", "../adam-0", "adam-1/..", "adam-1/programs", "adam-2", "", ".", "/etc", f"../{STUDY}/adam-1"],
)
def test_what_is_no_name_of_a_folder_is_refused_with_those_that_there_are(root, name):
    a_folder(root / "OTHER" / "adam-2")
    with (
        pytest.raises(ExportRefused, match="no folder .* There are: adam-1\\..*" + SETTING),
        KeptFolders(root).copied(STUDY, name),
    ):
        pass


def test_links_are_followed_nowhere(root, tmp_path):
    secret = tmp_path / "secret.sas"
    secret.write_text("not theirs", encoding="utf-8")
    elsewhere = a_folder(tmp_path / "elsewhere")
    kept = KeptFolders(root)
    (root / STUDY / "adam-3").symlink_to(elsewhere)
    (root / "LINKED").symlink_to(root / STUDY)
    assert kept.names(STUDY) == ("adam-1",)
    assert kept.names("LINKED") == ()
    for make in (
        lambda place: place.symlink_to(secret),
        lambda place: place.symlink_to(elsewhere),
        lambda place: place.symlink_to(tmp_path / "nowhere"),
        os.mkfifo,
    ):
        place = root / STUDY / "adam-1/programs/more.sas"
        make(place)
        with (
            pytest.raises(ExportRefused, match=r"programs/more.sas: It is a link or a device"),
            kept.copied(STUDY, "adam-1"),
        ):
            pass
        place.unlink()
    with kept.copied(STUDY, "adam-1") as copy:
        assert (copy / "programs/adsl.sas").read_text("utf-8") == "data adsl; run;\n"
        (root / STUDY / "adam-1/programs/adsl.sas").write_text("data later; run;\n", encoding="utf-8")
        assert (copy / "programs/adsl.sas").read_text("utf-8") == "data adsl; run;\n", "as it was"
    assert not copy.exists()


def test_a_package_is_made_of_a_folder_and_says_which(small, root):
    small.core.settings = replace(small.core.settings, of_plugins={SETTING: str(root)})
    made = small.package("fda", analysis_folder="adam-1")
    names = {path.relative_to(made.folder).as_posix() for path in made.folder.rglob("*") if path.is_file()}
    adam = "m5/datasets/pack-1/analysis/adam"
    assert {f"{adam}/datasets/adsl.xpt", f"{adam}/programs/adsl.sas", f"{adam}/datasets/adrg.pdf"} <= names
    assert made.manifest["analysis_folder"] == "adam-1"
    with pytest.raises(ExportRefused, match="not both"):
        small.package("fda", analysis=root / STUDY / "adam-1", analysis_folder="adam-1")
    with pytest.raises(ExportRefused, match="no folder 'adam-7'"):
        small.package("fda", analysis_folder="adam-7")


def test_a_server_that_keeps_none_says_so(small):
    with pytest.raises(ExportRefused, match=SETTING):
        small.package("fda", analysis_folder="adam-1")


def test_a_format_that_takes_none_is_refused():
    choice = ExportChoice("csv", analysis_folder="adam-1")
    assert ExportChoice.of(choice.said()) == choice
    assert choice.narrowed == {"analysis_folder": "adam-1"}
