"""What the plugin registers, and that the guide knows every flag."""

from pathlib import Path

import pytest
from edc_core_odm.odm2.roots import recognises
from edc_core_odm.plugin import edc_register_exporters, edc_register_importers
from edc_core_odm.safe_xml import recognises as recognises_1
from edc_core_odm.vocabulary import CLOSED, FREE


def test_importer_and_exporter_are_registered_under_the_name_of_the_format():
    assert [importer.name for importer in edc_register_importers()] == ["odm-1.3.2", "odm-2.0"]
    assert [exporter.name for exporter in edc_register_exporters()] == ["odm-1.3.2", "odm-2.0"]


def test_the_guide_names_every_flag():
    text = (Path(__file__).parents[3] / "docs" / "how-to" / "odm.md").read_text()
    assert not [kind for kind in (*CLOSED, *FREE, "MISSING", "UNIT") if f"`{kind}`" not in text]


TWO = 'xmlns="http://www.cdisc.org/ns/odm/v2.0" ODMVersion="2.0"'


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (f"<ODM {TWO}>".encode(), True),
        (f"<ODM {TWO}>".encode("utf-16"), True),
        (b'<x:MetaDataVersion xmlns:x="http://www.cdisc.org/ns/odm/v2.0"', True),
        (b'<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3">', False),
        (b"SUBJ,AGE\n1,2\n", False),
    ],
)
def test_a_file_is_of_one_format_by_its_beginning(head, expected):
    assert recognises("a.xml", head) is expected
    assert not (recognises("a.xml", head) and recognises_1("a.xml", head))
