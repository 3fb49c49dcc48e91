"""Writing ODM: one file, streamed, the same bytes for the same data."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from typing import IO

from edc_core.api import ExportDataset, ExportSink
from edc_core_odm.vocabulary import NAMESPACE
from edc_core_odm.write_admin import admin_data
from edc_core_odm.write_clinical import ClinicalWriter, NeedsTransactions
from edc_core_odm.write_marks import is_date_time
from edc_core_odm.write_metadata import study
from edc_core_odm.write_xml import element

FILE = "odm.xml"


def write(dataset: ExportDataset, sink: ExportSink) -> None:
    """Write ``odm.xml``.

    The file is a Snapshot unless a value was changed, which is known only when its subject comes by: the data are
    written aside until then, so that the study is read once.
    """
    definitions, spaces = study(dataset)
    before = definitions + admin_data(dataset)

    def clinical(out: Callable[[str], object], *, transactional: bool) -> int:
        writer = ClinicalWriter(dataset, spaces, out, transactional=transactional)
        subjects = 0
        for subject in dataset.subjects():
            writer.subject(subject)
            subjects += 1
            sink.progress(subjects)
        writer.end()
        return subjects

    with tempfile.TemporaryFile() as aside, sink.open(FILE) as stream:
        try:
            count = clinical(_encoded(aside), transactional=False)
        except NeedsTransactions:
            stream.write(_head(dataset, "Transactional", before))
            count = clinical(_encoded(stream), transactional=True)
        else:
            stream.write(_head(dataset, "Snapshot", before))
            aside.seek(0)
            shutil.copyfileobj(aside, stream, 1 << 20)
        stream.write(b"</ODM>\n")
    sink.rows(FILE, count)


def _encoded(stream: IO[bytes]) -> Callable[[str], object]:
    return lambda text: stream.write(text.encode())


def _head(dataset: ExportDataset, file_type: str, before: str) -> bytes:
    attributes = {
        "xmlns": NAMESPACE,
        "ODMVersion": "1.3.2",
        "FileType": file_type,
        "Granularity": "All",
        "FileOID": f"{dataset.study_oid}.{dataset.cut}" if dataset.cut else dataset.study_oid,
        "CreationDateTime": dataset.created_at
        if is_date_time(dataset.created_at)
        else "1970-01-01T00:00:00Z",
        "Description": f"Environment {dataset.environment}"
        if dataset.environment not in ("", "live")
        else "",
        "SourceSystem": "edc-core",
    }
    root = element("ODM", attributes).replace("/>\n", ">\n")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root}{before}'.encode()
