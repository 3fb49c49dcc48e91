"""Reading ODM files: definitions of all files first, then their data, each file streamed and its subjects put aside."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from edc_core.api import Imported, MetaDataVersion, Problem, SiteDef, StudyInfo
from edc_core_odm import completion, item_names
from edc_core_odm.nesting import Nesting
from edc_core_odm.problems import ProblemLog
from edc_core_odm.read_admin import AdminReader
from edc_core_odm.read_clinical import ClinicalReader, version_index
from edc_core_odm.read_definitions import Source
from edc_core_odm.read_metadata import study
from edc_core_odm.read_records import CONTAINERS, records_of
from edc_core_odm.safe_xml import Element, elements, forget, line_of, mentions, root_of
from edc_core_odm.stage import SubjectStage

TOP = ("Study", "AdminData", "ReferenceData", "Association", "ClinicalData")


@dataclass(slots=True)
class _File:
    path: Path
    log: ProblemLog
    attributes: dict[str, str] = field(default_factory=dict)
    source: Source | None = None
    strays: _Strays | None = None
    has_data: bool = False
    sites: dict[str, int] = field(
        default_factory=dict
    )  #: that its subjects name, with the first line of each


def read(paths: Sequence[Path]) -> Imported:
    """Parse ODM files of one import. A fatal problem in any of them leaves definitions and data empty."""
    with _without_collector():
        return _read(paths)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Spare the cycle collector the walk over millions of new objects, none of which is in a cycle (a fifth of the time)."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


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
    whole = [_with_data(nesting.version, found.get(key)) for key, nesting in index.items()]
    return Imported(
        versions=tuple(whole),
        sites=_sites(admin, whole, files),
        subjects=stage,
        problems=_problems(files),
        source={"files": [file.attributes for file in files], **admin.kept()},
    )


def _opened(path: Path) -> _File:
    log = ProblemLog(path.name)
    root = root_of(path, log)
    if root is None:
        return _File(path, log)
    source = Source(root[0], log)
    return _File(path, log, root[1], source, _Strays(source))


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
    known: dict[tuple[str, str], tuple[MetaDataVersion, Source]] = {}
    for version, source in raw:
        key = (version.study.oid, version.oid)
        if key in known:
            source.log.add("ODM016", source.lines.get(version.oid, 0), f"MetaDataVersion '{version.oid}'.")
        known.setdefault(key, (version, source))
    everything = [version for version, _ in known.values()]
    done = []
    for version, source in known.values():
        whole = completion.with_includes(version, everything, source.log, source.lines)
        done.append(item_names.named(completion.without_dangling(whole, source.log, source.lines)))
    return done


class _Strays:
    """Children of the root that mean nothing there: looked for before they are freed, told once for both passes."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known = {source.tag(name) for name in TOP}
        self._told: set[int] = set()

    def look(self, element: Element) -> None:
        """Look at what came before a child of the root, or, given the root itself, at all that is left in it."""
        root = element.getparent()
        if root is None:
            self._tell(element, element)
        elif root.getparent() is None:
            self._tell(element.itersiblings(preceding=True), root)

    def _tell(self, found: Iterable[Element], root: Element) -> None:
        for child in found:
            if child.tag not in self._known and (line := line_of(child)) not in self._told:
                self._told.add(line)
                self._source.unexpected(child, root)


def _read_definitions(
    file: _File, source: Source, strays: _Strays, admin: AdminReader
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
    strays: _Strays,
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
                _begin(element, source, studies, index)
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


def _begin(
    element: Element, source: Source, studies: dict[str, StudyInfo], index: dict[tuple[str, str], Nesting]
) -> None:
    """Data of a study in the files under an unknown version get an empty version, so that none is lost."""
    given = source.attributes(element, "StudyOID", "MetaDataVersionOID")
    key = (given.get("StudyOID", ""), given.get("MetaDataVersionOID", ""))
    if key[0] in studies and key not in index:
        source.log.add("ODM023", line_of(element), f"It is '{key[1]}'.")
        index[key] = Nesting(MetaDataVersion(key[1] or "1", key[1] or "1", studies[key[0]]))


def _with_data(
    version: MetaDataVersion, places: dict[tuple[str, str, str, str], None] | None
) -> MetaDataVersion:
    return item_names.named(completion.with_found(version, places)) if places else version


def _sites(admin: AdminReader, versions: list[MetaDataVersion], files: list[_File]) -> tuple[SiteDef, ...]:
    """Sites from the locations, with the facts ODM has no place for from our own aliases."""
    facts = {site.number: site for version in versions for site in version.sites}
    found = {number: facts.get(number, site) for number, site in admin.sites.items()}
    for file in files:
        for number, line in file.sites.items():
            if number not in found:
                file.log.add("ODM024", line, f"It is '{number}'.")
                found[number] = facts.get(number, SiteDef(number, number))
    return tuple(found.values())
