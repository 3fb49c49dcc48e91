"""Writing ODM: one file, streamed, the same bytes for the same data."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Protocol

from edc_core.api import ExportDataset, ExportSink, ExportSubject
from edc_core_odm.oid_space import OidSpace
from edc_core_odm.vocabulary import NAMESPACE
from edc_core_odm.write_admin import admin_data
from edc_core_odm.write_clinical import ClinicalWriter
from edc_core_odm.write_marks import is_date_time
from edc_core_odm.write_metadata import study
from edc_core_odm.write_subjects import NeedsTransactions
from edc_core_odm.write_xml import element

FILE = "odm.xml"
SYSTEM = "edc-core"


@dataclass(frozen=True, slots=True)
class Format:
    """What differs between the formats of this package.

    :param head: the root's start tag and what stands before the Study. :param study: the Study, and its OIDs' spelling.
    :param clinical: writes the subjects.
    """

    head: Callable[[ExportDataset, str], str]
    study: Callable[[ExportDataset], tuple[str, dict[str, OidSpace]]]
    admin_data: Callable[[ExportDataset], str]
    clinical: Callable[..., SubjectWriter]


class SubjectWriter(Protocol):
    def subject(self, subject: ExportSubject) -> None: ...

    def end(self) -> None: ...


def write(dataset: ExportDataset, sink: ExportSink) -> None:
    """Write ODM 1.3.2 as ``odm.xml``."""
    write_as(Format(_head, study, admin_data, ClinicalWriter), dataset, sink)


def write_as(format_: Format, dataset: ExportDataset, sink: ExportSink) -> None:
    """Write ``odm.xml``.

    The file is a Snapshot unless a value was changed, which is known only when its subject comes by: the data are
    written aside until then, so that the study is read once. An increment is Transactional and names the earlier file.
    """
    definitions, spaces = format_.study(dataset)
    before = definitions + format_.admin_data(dataset)

    def clinical(out: Callable[[str], object], *, transactional: bool) -> int:
        writer = format_.clinical(dataset, spaces, out, transactional=transactional)
        subjects = 0
        for subject in dataset.subjects():
            writer.subject(subject)
            subjects += 1
            sink.progress(subjects)
        writer.end()
        return subjects

    with tempfile.TemporaryFile() as aside, sink.open(FILE) as stream:
        try:
            count = clinical(_encoded(aside), transactional=bool(dataset.since))
        except NeedsTransactions:
            stream.write((format_.head(dataset, "Transactional") + before).encode())
            count = clinical(_encoded(stream), transactional=True)
        else:
            kind = "Transactional" if dataset.since else "Snapshot"
            stream.write((format_.head(dataset, kind) + before).encode())
            aside.seek(0)
            shutil.copyfileobj(aside, stream, 1 << 20)
        stream.write(b"</ODM>\n")
    sink.rows(FILE, count)


def _encoded(stream: IO[bytes]) -> Callable[[str], object]:
    return lambda text: stream.write(text.encode())


def _head(dataset: ExportDataset, file_type: str) -> str:
    attributes = {
        "xmlns": NAMESPACE,
        "ODMVersion": "1.3.2",
        **facts(dataset, file_type),
        "Description": environment(dataset),
        "SourceSystem": SYSTEM,
    }
    return start(attributes)


def facts(dataset: ExportDataset, file_type: str) -> dict[str, object]:
    """The attributes of the root that all formats have."""
    return {
        "FileType": file_type,
        "Granularity": "All",
        "FileOID": f"{dataset.study_oid}.{dataset.cut}" if dataset.cut else dataset.study_oid,
        "PriorFileOID": f"{dataset.study_oid}.{dataset.since}" if dataset.since else None,
        "CreationDateTime": dataset.created_at
        if is_date_time(dataset.created_at)
        else "1970-01-01T00:00:00Z",
    }


def environment(dataset: ExportDataset) -> str:
    """A word on data that are not of the live study."""
    return f"Environment {dataset.environment}" if dataset.environment not in ("", "live") else ""


def start(attributes: Mapping[str, object]) -> str:
    root = element("ODM", attributes).replace("/>\n", ">\n")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root}'
