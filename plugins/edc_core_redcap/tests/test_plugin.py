"""What the plugin registers, and that its pages say what it does."""

from pathlib import Path

from edc_core_redcap.importer import recognises
from edc_core_redcap.plugin import edc_register_importers
from edc_core_redcap.problems import CODES, FATAL

FILES = Path(__file__).parent / "files"
DICTIONARY, PROJECT, RECORDS = (
    FILES / name for name in ("Heart_DataDictionary_2026-03-04.csv", "heart.REDCap.xml", "heart_records.csv")
)
DOCS = Path(__file__).parents[3] / "docs"


def test_importer_is_registered_under_the_name_of_the_format():
    assert [importer.name for importer in edc_register_importers()] == ["redcap"]


def test_files_of_redcap_are_recognised():
    assert [recognises(p.name, p.read_bytes()[:65536]) for p in (DICTIONARY, PROJECT, RECORDS)] == [
        True,
        True,
        False,
    ]
    assert not recognises("x.xml", b"<ODM/>")


def test_the_reference_lists_every_problem():
    page = (DOCS / "reference/redcap-problems.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:4] for line in page.splitlines() if line.startswith("| RED")]
    assert {code.strip(): (text.strip(), fatal.strip()) for code, text, fatal in rows} == {
        code: (text, "yes" if code in FATAL else "no") for code, text in CODES.items()
    }
