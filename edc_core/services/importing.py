"""Imports: staged and parsed whole, then committed per subject through the same cascade as the browser.

Into an empty study all or nothing. Elsewhere a killed import resumes: every write's operation id is made of the
files' digest and the place, so what is in already answers with its receipt.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from edc_core.definitions.complete import completed
from edc_core.domain.change import ItemInput, decide_change
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.imported import Problem
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.metadata import SiteDef
from edc_core.domain.permission import Action
from edc_core.errors import EdcError, ImportRefused, NotFound
from edc_core.ledger.append import Effect, Reason
from edc_core.services import capture, studies, subjects
from edc_core.services.checking import check_due
from edc_core.services.operation import Command, SubjectCommand, open_study, open_subject
from edc_core.store import readers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from edc_core.core import Core
    from edc_core.domain.imported import Imported, ImportedForm, ImportedItem, ImportedSubject, Importer
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.permission import Actor
    from edc_core.store.unit_of_work import UnitOfWork

IMPORTED = Reason("import", "")
NO_SITE = "IMPORT"  #: number of the site that takes subjects whose file names none


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportForm(capture.FormCommand):
    """One form of an import: its values as found, and rows that hold none."""

    items: tuple[ItemInput, ...]
    rows: tuple[ItemPath, ...] = ()
    source: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class ImportReport:
    """What an import did.

    :param subjects: subject keys that are in. :param not_in: subject keys that are not, with the reason.
    """

    study: str = ""
    meta_data_version: str = ""
    subjects: list[str] = field(default_factory=list)
    not_in: dict[str, str] = field(default_factory=dict)
    item_values: int = 0
    problems: list[Problem] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "study": self.study,
            "meta_data_version": self.meta_data_version,
            "subjects": len(self.subjects),
            "item_values": self.item_values,
            "not_in": dict(self.not_in),
            "problems": [
                {"file": p.file, "line": p.line, "code": p.code, "text": p.text} for p in self.problems
            ],
        }


@dataclass(frozen=True, slots=True)
class Staged:
    """Files read whole, and the digest that names this import."""

    imported: Imported
    sha256: str
    names: tuple[str, ...]


def stage(core: Core, files: Sequence[Path], *, format_name: str = "") -> Staged:
    """Read files with the importer named, or the one that recognises them.

    :raises ImportRefused: no file, no importer, or a fatal problem; ``details['problems']`` lists all of them.
    """
    digest = hashlib.sha256()
    for path in files:
        try:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
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
    return Staged(
        replace(imported, versions=versions), digest.hexdigest(), tuple(path.name for path in files)
    )


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
    imported = staged.imported
    report = ImportReport(problems=list(imported.problems))
    study_ids = _define(core, actor, staged, environment, report)
    if not with_data or not imported.subjects:
        return report
    for study_oid in dict.fromkeys(subject.study_oid for subject in imported.subjects):
        study_id = study_ids.get(study_oid) or _existing(core, study_oid, environment)
        mine = [subject for subject in imported.subjects if subject.study_oid == study_oid]
        _Import(core, actor, staged, study_id, report, progress).bring_in(mine)
    return report


def _define(
    core: Core, actor: Actor, staged: Staged, environment: str, report: ImportReport
) -> dict[str, str]:
    """Publish every version of the files, in one transaction; sites come with the study's last version."""
    study_ids: dict[str, str] = {}
    if not staged.imported.versions:
        return study_ids
    with core.write(actor) as uow:
        for version in staged.imported.versions:
            op = (
                f"import:{staged.sha256[:16]}:publish:{hashlib.sha256(version.oid.encode()).hexdigest()[:16]}"
            )
            sites = {site.number: site for site in (*version.sites, *staged.imported.sites)}
            whole = replace(version, sites=tuple(sites.values()))
            command = studies.Publish(study_id="", op=op, environment=environment, version=whole)
            done = studies.publish(uow, command)
            study_ids[version.study.oid] = done["study_id"]
            report.meta_data_version = version.oid
            report.study = f"{version.study.oid}@{environment}"
    return study_ids


def _existing(core: Core, study_oid: str, environment: str) -> str:
    with core.read() as source:
        try:
            return readers.find_study(source.connection, f"{study_oid}@{environment}").study_id
        except NotFound:
            try:
                return readers.find_study(source.connection, study_oid).study_id
            except NotFound as error:
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

    def bring_in(self, found: Sequence[ImportedSubject]) -> None:
        with self._core.read() as source:
            study = readers.study_by_id(source.connection, self._study_id)
            is_empty = readers.count_subjects(source.connection, self._study_id) == 0
            self._live = study.environment == "live"
        self._report.study = str(study)
        self._report.meta_data_version = self._report.meta_data_version or study.meta_data_version
        sites = self._sites(found)
        self._note(EntryKind.IMPORT_START, {"files": list(self._staged.names), "sha256": self._staged.sha256,
                                            "source": dict(self._staged.imported.source)}, "start")  # fmt: skip
        if is_empty:
            self._all_or_nothing(found, sites)
        else:
            for number, subject in enumerate(found, start=1):
                self._one(subject, sites)
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

    def _sites(self, found: Sequence[ImportedSubject]) -> dict[str, str]:
        """Site ids by number, for every site the subjects name; unknown ones are added."""
        known = {site.number: site for site in self._staged.imported.sites}
        numbers = dict.fromkeys(subject.site_number or NO_SITE for subject in found)
        wanted = tuple(known.get(number) or SiteDef(number, number) for number in numbers)
        with self._core.write(self._actor) as uow:
            command = studies.AddSites(study_id=self._study_id, op=f"{self._op}:sites", sites=wanted)
            sites: dict[str, str] = studies.add_sites(uow, command)["sites"]
        return sites

    def _all_or_nothing(self, found: Sequence[ImportedSubject], sites: Mapping[str, str]) -> None:
        try:
            with self._core.write(self._actor) as uow:
                for number, subject in enumerate(found, start=1):
                    self._subject(uow, subject, sites)
                    self._progress(number, len(found))
        except EdcError as error:
            self._report.subjects.clear()
            self._report.item_values = 0
            raise ImportRefused(
                f"Nothing was imported. Subject '{subject.subject_key}' (line {subject.line}): {error.message}",
                problems=self._report.problems,
            ) from error
        self._report.subjects += [subject.subject_key for subject in found]

    def _one(self, subject: ImportedSubject, sites: Mapping[str, str]) -> None:
        before = self._report.item_values
        try:
            with self._core.write(self._actor) as uow:
                self._subject(uow, subject, sites)
        except EdcError as error:
            self._report.item_values = before
            self._report.not_in[subject.subject_key] = error.message
            return
        self._report.subjects.append(subject.subject_key)

    def _subject(self, uow: UnitOfWork, subject: ImportedSubject, sites: Mapping[str, str]) -> None:
        if not readers.subject_exists(uow.connection, self._study_id, subject.subject_key):
            command = subjects.AddSubject(
                study_id=self._study_id,
                op=self._op_for(subject, "subject"),
                subject_key=subject.subject_key,
                site_id=sites[subject.site_number or NO_SITE],
                source=dict(subject.source),
            )
            subjects.add_subject(uow, command, any_key=True)
        for path in subject.events:
            self._event(uow, subject, path)
        for number, form in enumerate(subject.forms):
            self._form(uow, subject, form, number)

    def _op_for(self, subject: ImportedSubject, place: str) -> str:
        text = f"{subject.subject_key}\x1f{place}"
        return f"{self._op}:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"

    def _event(self, uow: UnitOfWork, subject: ImportedSubject, path: ItemPath) -> None:
        command = SubjectCommand(
            study_id=self._study_id, op=self._op_for(subject, str(path)), subject_key=subject.subject_key
        )
        operation = open_subject(uow, command)
        if operation.earlier is None:
            operation.require(Action.IMPORT_DATA)
            operation.record([Effect(EntryKind.EVENT_ADD, str(path), {}, reason=IMPORTED, origin="import")])
            operation.finish({})

    def _form(self, uow: UnitOfWork, subject: ImportedSubject, form: ImportedForm, number: int) -> None:
        index = uow.versions.get(uow.connection, self._study_id, self._version_of(uow, subject))
        taken = [
            item for item in form.items if item.transaction != "Context" and self._is_defined(index, item)
        ]
        command = ImportForm(
            study_id=self._study_id,
            op=self._op_for(subject, f"{form.path}#{number}"),
            subject_key=subject.subject_key,
            form=form.path,
            items=tuple(
                ItemInput(item.path, "" if item.raw is None or item.transaction == "Remove" else item.raw,
                          item.missing, item.unit, None, dict(item.source))
                for item in taken
            ),
            rows=form.rows,
            source=dict(form.source),
            meta_data_version="",
        )  # fmt: skip
        import_form(uow, command, version=index.version.oid, live=self._live)
        self._report.item_values += len(taken)

    def _version_of(self, uow: UnitOfWork, subject: ImportedSubject) -> str:
        published = readers.versions(uow.connection, self._study_id)
        if subject.meta_data_version in published:
            return subject.meta_data_version
        newest = list(published)[-1]
        problem = Problem("", subject.line, "EDC101",
                          f"MetaDataVersion '{subject.meta_data_version}' is not in the study; '{newest}' was taken.")  # fmt: skip
        if subject.meta_data_version and problem.text not in {p.text for p in self._report.problems}:
            self._report.problems.append(problem)
        return newest

    def _is_defined(self, index: MetaDataIndex, item: ImportedItem) -> bool:
        try:
            index.place(item.path)
        except NotFound as error:
            self._report.problems.append(
                Problem("", item.line, "EDC102", f"{error.message} The value was not taken.")
            )
            return False
        return True


def import_form(uow: UnitOfWork, command: ImportForm, *, version: str, live: bool) -> capture.SaveResult:
    """Bring in one form: what cannot be read or breaks a hard limit is kept, marked and queried; it arrives Complete.

    :raises ImportRefused: in live, for items that are not of origin ``transferred``.
    """
    operation = open_subject(uow, command)
    if operation.earlier is not None:
        return capture.SaveResult.from_json(operation.earlier)
    operation.require(Action.IMPORT_DATA)
    form = capture.open_form(operation, command, version=version)
    if live:
        entered = {
            form.index.place(i.path).item.name
            for i in command.items
            if form.index.place(i.path).item.origin != "transferred"
        }
        if entered:
            raise ImportRefused(
                f"In a live study only transferred items are imported; these are entered by the site: "
                f"{', '.join(sorted(entered))}.",
                problems=[],
            )
    decision = decide_change(form.picture, command.items, has_reason=True, keeps_all=True)
    effects = [
        Effect(EntryKind.GROUP_ADD, str(row), {}, reason=IMPORTED, origin="import")
        for row in command.rows
        if row not in form.picture.groups and form.index.groups[row.groups[-1].oid].repeating
    ]
    known = {effect.path for effect in effects}
    effects += [
        e for e in capture.changes_to_effects(form, decision.changes, IMPORTED) if e.path not in known
    ]
    items = {**form.picture.items, **{change.after.path: change.after for change in decision.changes}}
    status = EntryStatus.COMPLETE
    if form.picture.status is not status or command.source:
        arrived = form.status_effect(status, was_complete=True)
        effects.append(replace(arrived, payload=arrived.payload | {"source": dict(command.source)}))
    effects += capture.follow(form, items, dict(form.picture.groups), status, decision.changes)
    return form.finish(effects, status, changed=len(decision.changes))
