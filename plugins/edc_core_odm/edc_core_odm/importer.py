"""Reading ODM files: definitions of all files first, then their data, each file streamed and its subjects put aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from edc_core.api import Imported, MetaDataVersion, Problem, StudyInfo, collector_resting
from edc_core_odm.assembly import imported, version_of_data, whole
from edc_core_odm.nesting import Nesting
from edc_core_odm.problems import ProblemLog
from edc_core_odm.read_admin import AdminReader
from edc_core_odm.read_clinical import ClinicalReader, version_index
from edc_core_odm.read_definitions import Source
from edc_core_odm.read_metadata import study
from edc_core_odm.read_records import CONTAINERS, records_of
from edc_core_odm.safe_xml import elements, forget, line_of, mentions, root_of
from edc_core_odm.stage import SubjectStage
from edc_core_odm.strays import Strays

TOP = ("Study", "AdminData", "ReferenceData", "Association", "ClinicalData")


@dataclass(slots=True)
class _File:
    path: Path
    log: ProblemLog
    attributes: dict[str, str] = field(default_factory=dict)
    source: Source | None = None
    strays: Strays | None = None
    has_data: bool = False
    sites: dict[str, int] = field(
        default_factory=dict
    )  #: that its subjects name, with the first line of each


def read(paths: Sequence[Path]) -> Imported:
    """Parse ODM files of one import. A fatal problem in any of them leaves definitions and data empty."""
    with collector_resting():
        return _read(paths)


def _read(paths: Sequence[Path]) -> Imported:
    files = [_opened(path) for path in paths]
    admin = AdminReader()
    versions = _definitions(files, admin)
    if any(file.log.is_fatal for file in files):
        return Imported(problems=_problems(files))
    index = version_index(versions)
    stage = SubjectStage()
    found: dict[tuple[str, str], dict[tuple[str, str, str, str], None]] = {}
    studies = {version.study.oid: version.study for version in versions}
    for file in files:
        if file.has_data and file.source is not None and file.strays is not None:
            file.log.add_prior(file.attributes)
            records = records_of(file.path, file.source)
            if file.log.is_fatal:
                continue
            reader = ClinicalReader(
                file.source,
                index,
                stage,
                found,
                records,
                is_snapshot=file.attributes.get("FileType") == "Snapshot",
            )
            _clinical(file, file.strays, reader, studies, index)
            file.sites = reader.sites
    if any(file.log.is_fatal for file in files):
        return Imported(problems=_problems(files))
    return imported(admin, index, found, stage, files, lambda: _problems(files))


def _opened(path: Path) -> _File:
    log = ProblemLog(path.name)
    root = root_of(path, log)
    if root is None:
        return _File(path, log)
    source = Source(root[0], log)
    return _File(path, log, root[1], source, Strays(source, TOP))


def _problems(files: list[_File]) -> tuple[Problem, ...]:
    return tuple(problem for file in files for problem in file.log.problems())


def _definitions(files: list[_File], admin: AdminReader) -> list[MetaDataVersion]:
    """The versions of all files, each whole and named."""
    raw: list[tuple[MetaDataVersion, Source]] = []
    for file in files:
        if file.source is not None and file.strays is not None:
            raw += [
                (version, file.source) for version in _read_definitions(file, file.source, file.strays, admin)
            ]
    return whole(raw)


def _read_definitions(
    file: _File, source: Source, strays: Strays, admin: AdminReader
) -> list[MetaDataVersion]:
    """Everything before the data, or everything of a file whose data come first."""
    versions: list[MetaDataVersion] = []
    study_seen = anything = False
    root = None
    for event, element in elements(file.path, file.log, [source.tag(name) for name in TOP], start=True):
        name = source.name(element)
        anything = True
        if event == "start":
            strays.look(element)
            root = element.getparent()
            if name == "ClinicalData":
                file.has_data = True
                if study_seen or not mentions(file.path, "Study"):
                    break
            continue
        if name == "Study":
            study_seen = True
            versions += study(source, element)
        elif name == "AdminData":
            admin.read(source, element)
        elif name in ("ReferenceData", "Association"):
            source.log.add("ODM018", line_of(element), f"{name}.")
        forget(element)
    if root is not None:
        strays.look(root)
    if not anything and not file.log.is_fatal:
        file.log.add("ODM009", 1)
    return versions


def _clinical(
    file: _File,
    strays: Strays,
    reader: ClinicalReader,
    studies: dict[str, StudyInfo],
    index: dict[tuple[str, str], Nesting],
) -> None:
    source = reader.source
    root = None
    ended = {
        source.tag("FormData"): reader.form_ended,
        source.tag("StudyEventData"): reader.event_ended,
        source.tag("SubjectData"): reader.subject_ended,
    }
    clinical, subject_data = source.tag("ClinicalData"), source.tag("SubjectData")
    skipped = {source.tag(name) for name in ("Study", "AdminData", "ReferenceData", *CONTAINERS.values())}
    for event, element in elements(file.path, file.log, [*ended, *skipped, clinical], start=True):
        if event == "start":
            if element.tag == clinical:
                version_of_data(element, source, studies, index)
                root = element.getparent()
                strays.look(element)
            continue
        if element.tag in ended:
            ended[element.tag](element)
        if element.tag not in ended or element.tag == subject_data:
            forget(element)
        else:
            element.clear()
    if root is not None:
        strays.look(root)
