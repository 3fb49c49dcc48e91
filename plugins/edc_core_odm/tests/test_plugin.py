"""What the plugin registers, and that the guide knows every flag."""

from pathlib import Path

from edc_core_odm.plugin import edc_register_exporters, edc_register_importers
from edc_core_odm.vocabulary import CLOSED, FREE


def test_importer_and_exporter_are_registered_under_the_name_of_the_format():
    assert [importer.name for importer in edc_register_importers()] == ["odm-1.3.2", "odm-2.0"]
    assert [exporter.name for exporter in edc_register_exporters()] == ["odm-1.3.2", "odm-2.0"]


def test_the_guide_names_every_flag():
    text = (Path(__file__).parents[3] / "docs" / "how-to" / "odm.md").read_text()
    assert not [kind for kind in (*CLOSED, *FREE, "MISSING", "UNIT") if f"`{kind}`" not in text]
