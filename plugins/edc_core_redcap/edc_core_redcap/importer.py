"""Reading the files of one import: the definition first, then the records of all files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from edc_core.api import Imported, MetaDataVersion
from edc_core_redcap.build import build_version
from edc_core_redcap.cells import Subjects
from edc_core_redcap.dictionary import is_dictionary, read_dictionary
from edc_core_redcap.problems import ProblemLog
from edc_core_redcap.project import CLASSIC_EVENT, COLUMNS, Event, Project, title_of
from edc_core_redcap.record_reader import Gathering
from edc_core_redcap.records_table import is_records, read_records, with_events_of
from edc_core_redcap.tables import Table, table_of
from edc_core_redcap.xml_definition import DefinitionReader
from edc_core_redcap.xml_records import RecordReader
from edc_core_redcap.xml_stream import REDCAP, Element, walk

_DOWNLOADED = re.compile(r"_DataDictionary(_\d{4}-\d\d-\d\d)?$", re.IGNORECASE)


def recognises(name: str, head: bytes) -> bool:
    """Say whether a file is a data dictionary or a project XML, from its first 64 KiB."""
    del name
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return REDCAP.encode() in head
    first = head.replace(b"\0", b"")
    return COLUMNS["field_name"].encode() in first or b"field_name,form_name" in first.replace(b'"', b"")


@dataclass(slots=True)
class _File:
    path: Path
    log: ProblemLog
    table: Table | None = None
    definition: DefinitionReader | None = None
    records: RecordReader = field(default_factory=RecordReader)


def read(paths: Sequence[Path]) -> Imported:
    """Parse the files of one import: a dictionary or a project XML, and tables of records.

    A fatal problem in any of them leaves definitions and data empty; all problems are listed.
    """
    files = [_opened(path) for path in paths]
    found = _project(files)
    if found is None:
        return _nothing(files)
    project, defined_in = found
    gathering = Gathering(project, defined_in.log)
    for file in files:
        gathering.log = file.log
        if file.definition is not None:
            file.records.take(gathering, file.definition.event_names())
        elif file.table is not None and file is not defined_in:
            read_records(file.table, gathering)
    if any(file.log.is_fatal for file in files):
        build_version(project, defined_in.log)  # for the problems that it finds
        return _nothing(files)
    project = gathering.project_with_found()
    version = build_version(project, defined_in.log)
    if defined_in.log.is_fatal:
        return _nothing(files)
    return Imported(
        versions=(version,),
        sites=version.sites,
        subjects=Subjects(project, gathering.records, _groups(version)),
        problems=tuple(problem for file in files for problem in file.log.problems()),
        source={"redcap": dict(project.settings)} if project.settings else {},
    )


def _nothing(files: list[_File]) -> Imported:
    return Imported(problems=tuple(problem for file in files for problem in file.log.problems()))


def _groups(version: MetaDataVersion) -> dict[str, str]:
    return {ref.item_oid: group.oid for group in version.item_groups for ref in group.item_refs}


def _opened(path: Path) -> _File:
    file = _File(path, ProblemLog(path.name))
    if _is_xml(path, file.log):
        file.definition = DefinitionReader(file.log)
        _read_xml(file, file.definition)
    elif not file.log.is_fatal:
        file.table = table_of(path, file.log)
    return file


def _is_xml(path: Path, log: ProblemLog) -> bool:
    try:
        with path.open("rb") as stream:
            head = stream.read(64)
    except OSError as failure:
        log.add("RED005", 0, failure.strerror or str(failure))
        return False
    return head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").startswith(b"<")


def _read_xml(file: _File, definition: DefinitionReader) -> None:
    roots: list[str] = []

    def started(stack: list[Element]) -> None:
        if len(stack) == 1:
            roots.append(stack[0].name)
        definition.started(stack)

    def ended(stack: list[Element]) -> None:
        if len(stack) > 1 and stack[1].name == "ClinicalData":
            file.records.ended(stack)
        else:
            definition.ended(stack)

    walk(file.path, file.log, started, ended)
    if roots and roots[0] != "ODM":
        file.log.add("RED008", 1, f"Its root is '{roots[0]}'.")


def _project(files: list[_File]) -> tuple[Project, _File] | None:
    """The one project of the files, with its events; ``None`` after fatal problems."""
    definitions = [
        file
        for file in files
        if (file.definition is not None and file.definition.studies)
        or (file.table is not None and is_dictionary(file.table.header))
    ]
    for file in definitions[1:]:
        file.log.add("RED010", 1)
    if not definitions:
        if files and not any(file.log.is_fatal for file in files):
            files[0].log.add("RED009", 0)
        return None
    file = definitions[0]
    project = _of_dictionary(file) if file.table is not None else None
    if file.definition is not None and not file.log.is_fatal:
        project = file.definition.project()
    if project is None:
        return None
    for other in files:
        if other is not file and other.table is not None and not is_records(other.table.header, project):
            other.log.add("RED008", 1, f"A table of records begins with '{project.record_id}'.")
    if any(other.log.is_fatal for other in files if other is not file):
        build_version(project, file.log)  # for the problems that it finds
        return None
    for other in files:
        if file.table is not None and other is not file and other.table is not None:
            project = with_events_of(project, other.table, other.log)
    return project, file


def _of_dictionary(file: _File) -> Project | None:
    assert file.table is not None
    fields = read_dictionary(file.table, file.log)
    if not fields:
        return None
    forms = tuple(dict.fromkeys(one.form for one in fields))
    stem = _DOWNLOADED.sub("", file.path.stem)
    digest = hashlib.sha256(file.table.text.encode("utf-8", "surrogatepass")).hexdigest()
    project = Project(
        oid=stem,
        version=f"dictionary-{digest[:12]}",
        name=stem,
        fields=fields,
        titles={form: title_of(form) for form in forms},
    )
    return replace(project, events=(Event(CLASSIC_EVENT, "Event 1", forms),))
