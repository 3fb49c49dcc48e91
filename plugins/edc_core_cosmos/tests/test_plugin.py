"""What the plugin registers, and that the guide knows every problem."""

from pathlib import Path

from edc_core_cosmos.plugin import edc_register_importers
from edc_core_cosmos.problems import CODES

GUIDE = Path(__file__).parents[3] / "docs/how-to/use-the-library.md"


def test_importer_is_registered_under_the_name_of_the_format():
    assert [importer.name for importer in edc_register_importers()] == ["cosmos"]


def test_specializations_are_recognised_and_other_json_is_not():
    (importer,) = edc_register_importers()
    assert importer.recognises("any.json", b' [{"id": "AE", "domain": "AE", "items": []}]')
    assert not importer.recognises("any.json", b'{"domain": "AE", "items": []}')
    assert not importer.recognises("any.xml", b"<ODM/>")


def test_the_guide_explains_every_problem():
    text = GUIDE.read_text(encoding="utf-8")
    assert not [code for code, meaning in CODES.items() if f"| {code} | {meaning.rstrip('.')}" not in text]
