"""How the page lists formats, and which options count for which of them."""

import pytest
from edc_core_exports.formats import fitted, grouped

from edc_core.domain.dataset import Exporter, ExportGroup
from edc_core.domain.export_choice import ExportChoice
from edc_core.plugin_manager import EdcPlugins

EVERYTHING = ExportChoice(
    "x", forms=("VS",), sites=("KR-01",), countries=("KR",), subjects=("S-001",), blinding="blinded",
    terms="codes", since="0" * 64,
)  # fmt: skip


def an_exporter(name, title, **more):
    return Exporter(name, title, lambda data, sink: None, **more)


def test_formats_stand_by_what_they_are_for_and_by_title():
    groups = grouped(
        [
            an_exporter("z", "Zip"),
            an_exporter("package-xx", "Package", destination="XX"),
            an_exporter("parquet", "Parquet", group=ExportGroup.TABLES),
            an_exporter("csv", "CSV", group=ExportGroup.TABLES),
        ]
    )
    assert [(one.title, [exporter.name for exporter in one.formats]) for one in groups] == [
        ("Tables for statistics", ["csv", "parquet"]),
        ("Packages for authorities", ["package-xx"]),
        ("Other formats", ["z"]),
    ]
    assert groups[0].holds("csv")
    assert not groups[0].holds("z")


def test_every_bundled_format_says_what_it_is_for_and_csv_is_first():
    bundled = [one for one in EdcPlugins().exporters() if not (one.of_site or one.whole)]
    groups = grouped(bundled)
    assert groups[0].formats[0].name == "csv"
    assert {one.name for one in bundled if not one.about or one.listed is ExportGroup.OTHER} == set()
    assert {one.name for one in bundled if len(one.title) > 32} == set(), "a title is a few words"


@pytest.mark.parametrize(
    ("takes", "left_out"),
    [
        ({"terms": True, "increments": True}, set()),
        ({"terms": True}, {"since"}),
        ({"increments": True}, {"terms"}),
        ({"trail": True}, {"terms", "since", "forms", "sites", "countries", "subjects", "blinding"}),
    ],
)
def test_an_option_counts_where_the_format_takes_it(takes, left_out):
    found = fitted(EVERYTHING, an_exporter("x", "X", **takes))
    assert set(EVERYTHING.said()) - set(found.said()) == left_out
