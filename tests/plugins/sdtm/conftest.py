"""A study with annotated forms, subjects made of a few answers, and what an export of them holds."""

from fractions import Fraction
from pathlib import Path

import pytest
from edc_core_sdtm.exporter import write
from edc_core_sdtm.terminology import HEADER

from edc_core.api import (
    ExportDataset,
    ExportForm,
    ExportItem,
    ExportSubject,
    ItemPath,
    MetaDataIndex,
    Step,
)
from edc_core.definitions.loader import load
from edc_core.testing import MemorySink

ROOT = Path(__file__).parents[3]
CREATED = "2026-06-01T00:00:00.000000Z"


@pytest.fixture(scope="session")
def index():
    """HERSC-301."""
    return MetaDataIndex(load(ROOT / "forms" / "hersc-301").required())


@pytest.fixture(scope="session")
def library():
    return MetaDataIndex(load(ROOT / "forms" / "library").required())


@pytest.fixture(scope="session")
def a_subject():
    """Makes a subject of answers: (event, form, item[, row]) to text, ``~ND`` being a missing reason, ``!x`` unreadable and
    ``10@mg`` a number with its unit. An event may have its key: ``UNS#2``.
    """
    return _subject


def _subject(index, answers, key="KR01-0001", site="KR-01", **more):
    forms = {}
    for address, text in answers.items():
        event, form, name, *row = address
        oid, _, occurrence = event.partition("#")
        form_oid, _, form_key = form.partition("#")
        path = ItemPath(Step(oid, occurrence or "1"), Step(form_oid, form_key or "1"))
        placed = next(p for p in index.placed_items(form_oid) if p.item.name == name)
        groups = tuple(Step(g.oid, str(row[0]) if g.repeating and row else "1") for g in placed.groups)
        forms.setdefault(path, []).append(_item(index, placed.item, groups, text))
    made = tuple(
        ExportForm(path, index.version.oid, "complete", "locked", (), tuple(items), {})
        for path, items in forms.items()
    )
    return ExportSubject(key, site, "active", made, (), (), {}, **more)


def _item(index, item, groups, text):
    missing, raw, reading = "", text, "ok"
    if text.startswith("~"):
        missing, value = text[1:], None
    elif text.startswith("!"):
        raw, value, reading = text[1:], None, "unreadable"
    else:
        value = text
    unit = next(iter(item.measurement_unit_oids), "") if value else ""
    standard = {}
    if value and "@" in value:
        value, unit = value.split("@")
        rule = next((c for c in item.conversions if c.unit_oid == unit), None)
        if rule is not None:
            number = float(Fraction(value) * Fraction(rule.factor) + Fraction(rule.offset))
            standard = {"value": f"{number:g}", "unit": item.measurement_unit_oids[0], "factor": rule.factor}
    return ExportItem(groups, item.oid, raw, value, missing, unit, reading, False, (), standard)


class Exported:
    """What came of an export: rows of datasets as {variable: text} without what is empty, and files."""

    def __init__(self, sink, tables, dataset=None):
        self.files = sink.files if hasattr(sink, "files") else sink
        self.sources = getattr(sink, "sources", {})
        self.tables, self.dataset = tables, dataset

    def rows(self, name):
        table = self.tables.get(name)
        if table is None:
            return []
        variables, records = table
        return [
            {v.name: cell for v, cell in zip(variables, record, strict=True) if cell} for record in records
        ]


@pytest.fixture
def settings():
    """Those of the installation for the plugin."""
    return {}


@pytest.fixture
def export(settings):
    """Exports subjects of a study in a format of the test's own, which keeps the tables; ``more`` is said of the dataset."""

    def run(index, *subjects, **more):
        tables = {}

        def keep(dataset, given, profile, sink):
            for table in given:
                tables[table.name] = (table.variables, list(table.records()))

        sink = MemorySink()
        dataset = ExportDataset(
            study_oid=index.version.study.oid,
            study_name=index.version.study.name,
            environment="live",
            versions={index.version.oid: index},
            cut="c" * 64,
            created_at=CREATED,
            sites={site.number: site for site in index.version.sites},
            users={},
            subjects=lambda: iter(subjects),
            formats={"dataset-json-1.1": keep},
            **more,
        )
        write(settings, dataset, sink)
        return Exported(sink, tables, dataset)

    return run


@pytest.fixture
def installed(tmp_path, settings):
    """Writes rows as a terminology and names it in the setting."""

    def write(*rows, name="SDTM Terminology 2026-03-27.txt", header=HEADER):
        file = tmp_path / name
        file.write_text("".join("\t".join(row) + "\n" for row in (header, *rows)), "utf-8")
        settings["TERMINOLOGY"] = str(file)
        return file

    return write
