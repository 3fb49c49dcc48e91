"""Reading files of ODM 2.0: definitions of all files first, then their data, each file streamed, its subjects put aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from edc_core.api import Imported, MetaDataVersion, Problem, StudyInfo, collector_resting
from edc_core_odm.assembly import imported, version_of_data, whole
from edc_core_odm.nesting import Nesting
from edc_core_odm.odm2.read_admin import AdminReader2
from edc_core_odm.odm2.read_clinical import ClinicalReader2
from edc_core_odm.odm2.read_metadata import study, version_of
from edc_core_odm.odm2.roots import Root, root_of
from edc_core_odm.odm2.vocabulary import NAMESPACE
from edc_core_odm.problems import ProblemLog
from edc_core_odm.read_clinical import version_index
from edc_core_odm.read_definitions import Source
from edc_core_odm.safe_xml import elements, forget, line_of, mentions
from edc_core_odm.stage import SubjectStage
from edc_core_odm.strays import Strays

TOP = ("Description", "Study", "AdminData", "ReferenceData", "ClinicalData", "Association")
_LEFT_OUT = ("ReferenceData", "Association")


@dataclass(slots=True)
class _File:
    path: Path
    log: ProblemLog
    root: Root
    source: Source
    strays: Strays
    has_data: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    sites: dict[str, int] = field(
        default_factory=dict
    )  #: that its subjects name, with the first line of each

    @property
    def top(self) -> tuple[str, ...]:
        return (self.root.name,) if self.root.is_fragment else TOP


def read(paths: Sequence[Path]) -> Imported:
    """Parse files of one import. A fatal problem in any of them leaves definitions and data empty."""
    with collector_resting():
        return _read(paths)


def _read(paths: Sequence[Path]) -> Imported:
    logs = [ProblemLog(path.name) for path in paths]
    files = [file for path, log in zip(paths, logs, strict=True) if (file := _opened(path, log)) is not None]
    admin = AdminReader2()
    raw = [(version, file.source) for file in files for version in _definitions(file, admin)]
    versions = whole(raw)
    if any(log.is_fatal for log in logs):
        return Imported(problems=_problems(logs))
    index = version_index(versions)
    stage = SubjectStage()
    found: dict[tuple[str, str], dict[tuple[str, str, str, str], None]] = {}
    studies = {version.study.oid: version.study for version in versions}
    for file in files:
        if file.has_data:
            file.log.add_prior(file.attributes)
            is_snapshot = file.attributes.get("FileType") == "Snapshot"
            reader = ClinicalReader2(file.source, index, stage, found, is_snapshot=is_snapshot)
            _clinical(file, reader, studies, index)
            file.sites = reader.sites
    if any(log.is_fatal for log in logs):
        return Imported(problems=_problems(logs))
    return imported(admin, index, found, stage, files, lambda: _problems(logs))


def _opened(path: Path, log: ProblemLog) -> _File | None:
    root = root_of(path, log)
    if root is None:
        return None
    source = Source(NAMESPACE, log)
    attributes = {} if root.is_fragment else dict(root.attributes)
    return _File(path, log, root, source, Strays(source, TOP), attributes=attributes)


def _problems(logs: list[ProblemLog]) -> tuple[Problem, ...]:
    return tuple(problem for log in logs for problem in log.problems())


def _definitions(file: _File, admin: AdminReader2) -> list[MetaDataVersion]:
    """Everything before the data, or everything of a file whose data come first."""
    source = file.source
    versions: list[MetaDataVersion] = []
    study_seen = anything = False
    root = None
    for event, element in elements(file.path, file.log, [source.tag(name) for name in file.top], start=True):
        if not file.root.is_fragment and (parent := element.getparent()) is not None:
            if parent.getparent() is not None:
                continue  # a Description of something else
            root = parent
        name = source.name(element)
        anything = anything or name != "Description"
        if event == "start":
            if not file.root.is_fragment:
                file.strays.look(element)
            if name == "ClinicalData":
                file.has_data = True
                if study_seen or not mentions(file.path, "Study"):
                    break
            continue
        if name == "Study":
            study_seen = True
            versions += study(source, element)
        elif name == "MetaDataVersion":
            made = version_of(source, element, StudyInfo(file.path.stem, file.path.stem))
            versions += [made] if made is not None else []
        elif name == "AdminData":
            admin.read(source, element)
        elif name == "Description":
            file.attributes["Description"] = source.texts(element).in_language("en")
        elif name in _LEFT_OUT:
            source.log.add("ODM018", line_of(element), f"{name}.")
        forget(element)
    if root is not None:
        file.strays.look(root)
    if not anything and not file.log.is_fatal:
        file.log.add("ODM009", 1)
    return versions


def _clinical(
    file: _File,
    reader: ClinicalReader2,
    studies: dict[str, StudyInfo],
    index: dict[tuple[str, str], Nesting],
) -> None:
    source = file.source
    group, event_data, subject, clinical = (
        source.tag(name) for name in ("ItemGroupData", "StudyEventData", "SubjectData", "ClinicalData")
    )
    skipped = [source.tag(name) for name in ("Study", "AdminData", *_LEFT_OUT)]
    root = None
    for event, element in elements(
        file.path, file.log, [group, event_data, subject, clinical, *skipped], start=True
    ):
        if event == "start":
            if element.tag == clinical:
                version_of_data(element, source, studies, index)
                root = element.getparent()
                if root is not None:
                    file.strays.look(element)
            continue
        if element.tag == group:
            if reader.group_ended(element):
                element.clear()
        elif element.tag == event_data:
            reader.event_ended(element)
            element.clear()
        elif element.tag == subject:
            reader.subject_ended(element)
            forget(element)
        elif element.tag == clinical:
            for child in element:
                if child.tag not in (group, subject):
                    file.log.add("ODM018", line_of(child), f"{source.name(child)} in ClinicalData.")
            forget(element)
        else:
            forget(element)
    if root is not None:
        file.strays.look(root)
