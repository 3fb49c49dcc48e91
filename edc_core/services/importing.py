"""Imports: staged and parsed whole, then committed per subject through the same cascade as the browser.

Into an empty study all or nothing. Elsewhere a killed import resumes: every write's operation id is made of the
files' digest and the place, so what is in already answers with its receipt.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from edc_core.definitions.complete import completed
from edc_core.domain.imported import Problem
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.metadata import SiteDef
from edc_core.domain.permission import Action
from edc_core.domain.plugin_access import ImportReport
from edc_core.domain.study_commands import AddSites
from edc_core.errors import EdcError, ImportRefused, NotFound
from edc_core.ledger.append import Effect
from edc_core.services import publishing, studies
from edc_core.services.checking import check_due
from edc_core.services.import_files import FilesBeside
from edc_core.services.import_subject import NO_SITE, SubjectImport
from edc_core.services.operation import Command, open_study
from edc_core.store import readers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from edc_core.core import Core
    from edc_core.domain.imported import Imported, ImportedSubject, Importer
    from edc_core.domain.metadata import MetaDataVersion
    from edc_core.domain.permission import Actor
    from edc_core.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Staged:
    """Files read whole, and the digest that names this import.

    :param folders: where they lie; the files of items may lie beside them.
    """

    imported: Imported
    sha256: str
    names: tuple[str, ...]
    folders: tuple[Path, ...] = ()


def stage(core: Core, files: Sequence[Path], *, format_name: str = "") -> Staged:
    """Read files with the importer named, or the one that recognises them.

    :raises ImportRefused: no file, no importer, or a fatal problem; ``details['problems']`` lists all of them.
    """
    digest = hashlib.sha256()
    for path in files:
        try:
            with path.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            raise ImportRefused(f"'{path}' cannot be read: {error.strerror}.", problems=[]) from error
    importer = _importer(core, files, format_name)
    imported = importer.read(files)
    fatal = [problem for problem in imported.problems if problem.fatal]
    if fatal:
        first = fatal[0]
        raise ImportRefused(
            f"{first.file}:{first.line} {first.code} {first.text}", problems=list(imported.problems)
        )
    versions = tuple(completed(version) for version in imported.versions)
    names, folders = (path.name for path in files), dict.fromkeys(path.parent for path in files)
    return Staged(replace(imported, versions=versions), digest.hexdigest(), tuple(names), tuple(folders))


def _importer(core: Core, files: Sequence[Path], format_name: str) -> Importer:
    known = {importer.name: importer for importer in core.plugins.importers()}
    if format_name:
        if format_name not in known:
            raise ImportRefused(
                f"There is no import format '{format_name}'. There are: {', '.join(sorted(known))}.",
                problems=[],
            )
        return known[format_name]
    if not files:
        raise ImportRefused("Name at least one file.", problems=[])
    with files[0].open("rb") as handle:
        head = handle.read(65536)
    for _, importer in sorted(known.items()):
        if importer.recognises(files[0].name, head):
            return importer
    raise ImportRefused(
        f"'{files[0].name}' is of no format that can be imported. There are: {', '.join(sorted(known))}.",
        problems=[],
    )


def run(
    core: Core,
    actor: Actor,
    staged: Staged,
    *,
    environment: str = "dev",
    with_data: bool = True,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ImportReport:
    """Publish the definitions, then bring in the data through the services.

    :raises ImportRefused: nothing was written: no study to import into, or, into an empty study, any subject failed.
    """
    report = ImportReport(problems=list(staged.imported.problems))
    study_ids = _define(core, actor, staged, environment, report)
    if not with_data:
        return report
    for study_oid, found in _by_study(staged.imported.subjects).items():
        study_id = study_ids.get(study_oid) or _existing(core, study_oid, environment)
        _Import(core, actor, staged, study_id, report, progress).bring_in(found)
    return report


@dataclass(slots=True)
class _Found:
    """The subjects of one study, by their position in the import: none of them stays in memory."""

    all: Sequence[ImportedSubject]
    positions: list[int] = field(default_factory=list)
    sites: dict[str, None] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.positions)

    def __iter__(self) -> Iterator[ImportedSubject]:
        return (self.all[position] for position in self.positions)


def _by_study(subjects: Sequence[ImportedSubject]) -> dict[str, _Found]:
    found: dict[str, _Found] = {}
    for position, subject in enumerate(subjects):
        mine = found.setdefault(subject.study_oid, _Found(subjects))
        mine.positions.append(position)
        mine.sites[subject.site_number or NO_SITE] = None
    return found


def _define(
    core: Core, actor: Actor, staged: Staged, environment: str, report: ImportReport
) -> dict[str, str]:
    """Publish every version of the files, in one transaction; the last one comes into force, but in live an amendment
    does at each site by its approval.
    """
    study_ids: dict[str, str] = {}
    if not staged.imported.versions:
        return study_ids
    with core.write(actor) as uow:
        in_force = {
            oid: studies.in_force_when_published(uow, oid, environment)
            for oid in {version.study.oid for version in staged.imported.versions}
        }
        for version in staged.imported.versions:
            op = (
                f"import:{staged.sha256[:16]}:publish:{hashlib.sha256(version.oid.encode()).hexdigest()[:16]}"
            )
            sites = {site.number: site for site in (*version.sites, *staged.imported.sites)}
            whole = publishing.with_plugins(core.plugins, replace(version, sites=tuple(sites.values())))
            _refuse(core, uow, whole, environment)
            command = studies.Publish(
                study_id="", op=op, environment=environment, version=whole,
                activate=in_force[version.study.oid],
            )  # fmt: skip
            done = studies.publish(uow, command)
            study_ids[version.study.oid] = done["study_id"]
            report.meta_data_version = version.oid
            report.study = f"{version.study.oid}@{environment}"
    return study_ids


def _refuse(core: Core, uow: UnitOfWork, version: MetaDataVersion, environment: str) -> None:
    """:raises ImportRefused: the version is not published yet, and what keeps a folder out keeps it out of here."""
    for study in readers.studies(uow.connection):
        is_it = (study.oid, study.environment) == (version.study.oid, environment)
        if is_it and version.oid in readers.versions(uow.connection, study.study_id):
            return
    found = publishing.imported_refusals(core.plugins, version, environment)
    if found:
        problems = [Problem(one.file, one.line, one.code, one.message, fatal=True) for one in found]
        text = "\n".join(map(str, found))
        raise ImportRefused(
            f"Nothing was imported: version {version.oid} is not published to {environment}. Import it to dev, put this "
            f"right, and publish it from there.\n{text}",
            problems=problems,
        )


def _existing(core: Core, study_oid: str, environment: str) -> str:
    with core.read() as source:
        try:
            return readers.find_study(source.connection, f"{study_oid}@{environment}").study_id
        except NotFound:
            try:
                return readers.find_study(source.connection, study_oid).study_id
            except NotFound as error:
                if not study_oid:
                    raise ImportRefused(
                        "The data do not say which study they belong to (StudyOID of ClinicalData).",
                        problems=[],
                    ) from error
                raise ImportRefused(
                    f"The data belong to study '{study_oid}', which is not here and not in the files. "
                    "Import its definition first, or together with the data.",
                    problems=[],
                ) from error


class _Import:
    """One run into one study."""

    def __init__(
        self,
        core: Core,
        actor: Actor,
        staged: Staged,
        study_id: str,
        report: ImportReport,
        progress: Callable[[int, int], None],
    ) -> None:
        self._core, self._actor, self._staged = core, actor, staged
        self._study_id, self._report, self._progress = study_id, report, progress
        self._op = f"import:{staged.sha256[:16]}"

    def bring_in(self, found: _Found) -> None:
        with self._core.read() as source:
            study = readers.study_by_id(source.connection, self._study_id)
            is_empty = readers.count_subjects(source.connection, self._study_id) == 0
        self._report.study = str(study)
        self._report.meta_data_version = self._report.meta_data_version or study.meta_data_version
        self._subjects = SubjectImport(
            self._study_id,
            self._op,
            self._sites(found),
            FilesBeside(self._staged.folders, self._core.files, self._report.problems),
            self._report.problems,
            is_live=study.environment == "live",
        )
        self._note(EntryKind.IMPORT_START, {"files": list(self._staged.names), "sha256": self._staged.sha256,
                                            "source": dict(self._staged.imported.source)}, "start")  # fmt: skip
        if is_empty:
            self._all_or_nothing(found)
        else:
            for number, subject in enumerate(found, start=1):
                self._one(subject)
                self._progress(number, len(found))
        summary = {"subjects": len(self._report.subjects), "item_values": self._report.item_values}
        self._note(EntryKind.IMPORT_END, summary | {"not_in": len(self._report.not_in)}, "end")
        while check_due(self._core, self._study_id):
            pass

    def _note(self, kind: EntryKind, payload: dict[str, Any], suffix: str) -> None:
        with self._core.write(self._actor) as uow:
            operation = open_study(uow, Command(study_id=self._study_id, op=f"{self._op}:{suffix}"))
            if operation.earlier is None:
                operation.require(Action.IMPORT_DATA)
                operation.record([Effect(kind, "", payload)])
                operation.finish({})

    def _sites(self, found: _Found) -> dict[str, str]:
        """Site ids by number, for every site the subjects name; unknown ones are added."""
        known = {site.number: site for site in self._staged.imported.sites}
        wanted = tuple(known.get(number) or SiteDef(number, number) for number in found.sites)
        with self._core.write(self._actor) as uow:
            command = AddSites(study_id=self._study_id, op=f"{self._op}:sites", sites=wanted)
            sites: dict[str, str] = studies.add_sites(uow, command)["sites"]
        return sites

    def _all_or_nothing(self, found: _Found) -> None:
        keys = []
        try:
            with self._core.write(self._actor) as uow:
                for number, subject in enumerate(found, start=1):
                    self._report.item_values += self._subjects.bring_in(uow, subject)
                    keys.append(subject.subject_key)
                    self._progress(number, len(found))
        except EdcError as error:
            self._report.subjects.clear()
            self._report.item_values = 0
            raise ImportRefused(
                f"Nothing was imported. Subject '{subject.subject_key[:80]}' (line {subject.line}): {error.message}",
                problems=self._report.problems,
            ) from error
        self._report.subjects += keys

    def _one(self, subject: ImportedSubject) -> None:
        try:
            with self._core.write(self._actor) as uow:
                values = self._subjects.bring_in(uow, subject)
        except EdcError as error:
            self._report.not_in[subject.subject_key] = error.message
            return
        self._report.item_values += values
        self._report.subjects.append(subject.subject_key)
