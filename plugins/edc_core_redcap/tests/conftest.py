"""Dictionaries and record tables written in a test."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from edc_core_redcap.importer import read
from edc_core_redcap.project import COLUMNS

from edc_core.api import Imported


def written(*fields: dict[str, str], columns: dict[str, str] = COLUMNS) -> str:
    """A dictionary of these fields, by the words of the API; a text field of form ``main`` where nothing is said."""
    given = {"field_name": "record_id", "form_name": "main", "field_type": "text", "field_label": "Record"}
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns.values())
    for field in ({}, *fields):
        row = given | field
        writer.writerow([row.get(key, "") for key in columns])
    return out.getvalue()


@pytest.fixture
def dictionary() -> Callable[..., str]:
    return written


@pytest.fixture
def import_files(tmp_path: Path) -> Callable[..., Imported]:
    """Import files written in a test: name to content."""

    def run(**contents: str | bytes) -> Imported:
        paths = []
        for name, content in contents.items():
            stem, _, extension = name.rpartition("_")
            paths.append(tmp_path / f"{stem}.{extension}")
            paths[-1].write_bytes(content.encode() if isinstance(content, str) else content)
        return read(paths)

    return run


@pytest.fixture
def import_fields(import_files: Callable[..., Imported]) -> Callable[..., Imported]:
    def run(*fields: dict[str, str]) -> Imported:
        return import_files(study_csv=written(*fields))

    return run
