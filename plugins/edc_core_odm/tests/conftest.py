"""A bridge from what the importer hands over to what the exporter receives, as the core's services would make it."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from edc_core_odm.exporter import write
from edc_core_odm.importer import read
from edc_core_odm.odm2.exporter import write as write_2
from edc_core_odm.odm2.importer import read as read_2
from lxml import etree

from edc_core.api import (
    AuditRecord,
    ExportDataset,
    ExportForm,
    ExportItem,
    ExportSink,
    ExportSubject,
    Imported,
    ImportedForm,
    ImportedItem,
    ItemPath,
    MetaDataIndex,
)
from edc_core.testing import MemorySink

CREATED_AT = "2026-03-04T05:06:07.000008Z"


def standards() -> Path:
    """The folder with schemas and examples; without it the test says so, except where it must be there."""
    folder = Path(os.environ.get("EDC_STANDARDS") or Path(__file__).parents[4] / "shared" / "standards")
    if not folder.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"The standards are not in {folder}.")
        pytest.skip(f"not run: the standards are not in {folder}")
    return folder


@dataclass(frozen=True)
class Odm:
    """A version of ODM as the tests need it."""

    name: str
    read: Callable[[Sequence[Path]], Imported]
    write: Callable[[ExportDataset, ExportSink], None]
    schema: str

    def written(self, dataset: ExportDataset) -> bytes:
        sink = MemorySink()
        self.write(dataset, sink)
        return sink.files["odm.xml"]


VERSIONS = {
    "odm-1.3.2": Odm("odm-1.3.2", read, write, "odm-1.3.2/ODM1-3-2.xsd"),
    "odm-2.0": Odm("odm-2.0", read_2, write_2, "odm-2.0/ODM.xsd"),
}


@pytest.fixture(scope="session")
def odm(request: pytest.FixtureRequest) -> Odm:
    """ODM 1.3.2, or what the test is parametrized with (indirectly)."""
    return VERSIONS[getattr(request, "param", "odm-1.3.2")]


@pytest.fixture(scope="session")
def examples(odm: Odm) -> list[Path]:
    return sorted((standards() / "examples" / odm.name).glob("*.xml"))


@pytest.fixture(scope="session")
def valid(odm: Odm) -> Callable[[bytes], None]:
    """Assert that a file is valid against the official schema."""
    path = standards() / odm.schema
    schema = etree.XMLSchema(etree.parse(str(path), etree.XMLParser(no_network=True)))

    def check(data: bytes) -> None:
        document = etree.fromstring(data)
        assert schema.validate(document), [f"{e.line}: {e.message}" for e in schema.error_log][:5]

    return check


def dataset_of(imported: Imported, **changes: object) -> ExportDataset:
    """What the core would make of an import, were each value stored as it stands."""
    first = imported.versions[0].study
    facts = {
        "study_oid": first.oid,
        "study_name": first.name,
        "environment": "live",
        "versions": {version.oid: MetaDataIndex(version) for version in imported.versions},
        "cut": "c0ffee",
        "created_at": CREATED_AT,
        "sites": {site.number: site for site in imported.sites},
        "users": {},
        "subjects": lambda: iter(subjects_of(imported)),
        "imported": (imported.source,),
    }
    return ExportDataset(**(facts | changes))


def subjects_of(imported: Imported) -> list[ExportSubject]:
    return [
        ExportSubject(
            subject.subject_key,
            subject.site_number,
            "",
            tuple(_form(form, subject.meta_data_version) for form in subject.forms),
            tuple(one.query for one in subject.queries),
            subject.events,
            subject.source,
        )
        for subject in imported.subjects
    ]


def _form(form: ImportedForm, version: str) -> ExportForm:
    history: dict[ItemPath, list[ImportedItem]] = {}
    for item in form.items:
        history.setdefault(item.path, []).append(item)
    rows = dict.fromkeys(form.rows, False)
    return ExportForm(
        form.path,
        version,
        "complete",
        "open",
        tuple(rows.items()),
        tuple(map(_item, history.values())),
        form.source,
    )


def _item(found: list[ImportedItem]) -> ExportItem:
    records = tuple(
        AuditRecord(
            item.transaction or ("Update" if n else "Insert"),
            item.raw or "",
            item.raw or None,
            item.missing,
            item.unit,
            "ok",
            "",
            "",
            "",
            "",
            "",
            "",
            item.source,
        )
        for n, item in enumerate(found)
    )
    last = found[-1]
    return ExportItem(
        last.path.groups,
        last.path.item,
        last.raw or "",
        last.raw or None,
        last.missing,
        last.unit,
        "ok",
        False,
        records,
    )


@pytest.fixture
def as_dataset() -> Callable[..., ExportDataset]:
    return dataset_of


@pytest.fixture
def export(odm: Odm) -> Callable[..., bytes]:
    """Export what was imported."""

    def run(imported: Imported, **changes: object) -> bytes:
        return odm.written(dataset_of(imported, **changes))

    return run


@pytest.fixture
def import_text(odm: Odm, tmp_path: Path) -> Callable[..., Imported]:
    """Import ODM written in a test, several texts as several files."""

    def run(*texts: str | bytes) -> Imported:
        paths = []
        for number, text in enumerate(texts):
            paths.append(tmp_path / f"odm{number}.xml")
            paths[-1].write_bytes(text.encode() if isinstance(text, str) else text)
        return odm.read(paths)

    return run
