"""A bridge from what the importer hands over to what the exporter receives, as the core's services would make it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from edc_core_odm.exporter import write
from edc_core_odm.importer import read
from lxml import etree

from edc_core.api import (
    AuditRecord,
    ExportDataset,
    ExportForm,
    ExportItem,
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


@pytest.fixture(scope="session")
def examples() -> list[Path]:
    return sorted((standards() / "examples" / "odm-1.3.2").glob("*.xml"))


@pytest.fixture(scope="session")
def valid() -> Callable[[bytes], None]:
    """Assert that a file is valid against the official schema."""
    path = standards() / "odm-1.3.2" / "ODM1-3-2.xsd"
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
            (),
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
def export() -> Callable[..., bytes]:
    """Import files and export them again."""

    def run(imported: Imported, **changes: object) -> bytes:
        sink = MemorySink()
        write(dataset_of(imported, **changes), sink)
        return sink.files["odm.xml"]

    return run


@pytest.fixture
def import_text(tmp_path: Path) -> Callable[..., Imported]:
    """Import ODM written in a test, several texts as several files."""

    def run(*texts: str | bytes) -> Imported:
        paths = []
        for number, text in enumerate(texts):
            paths.append(tmp_path / f"odm{number}.xml")
            paths[-1].write_bytes(text.encode() if isinstance(text, str) else text)
        return read(paths)

    return run
