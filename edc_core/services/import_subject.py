"""One subject of an import, written in the caller's transaction: one command per form."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from edc_core.domain.change import ItemInput
from edc_core.domain.commands import Reason
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.imported import Problem
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action
from edc_core.domain.values import MAX_RAW_LENGTH
from edc_core.errors import BadRequest, NotFound
from edc_core.ledger.append import Effect
from edc_core.services import import_scanning, scanning, subjects
from edc_core.services.import_form import IMPORTED, ImportForm, import_form
from edc_core.services.import_queries import ImportQueries, import_queries
from edc_core.services.operation import SubjectCommand, open_subject
from edc_core.store import readers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.imported import ImportedForm, ImportedItem, ImportedQuery, ImportedSubject
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.metadata import ItemDef
    from edc_core.services.import_files import FilesBeside
    from edc_core.services.import_scanning import LeftOut
    from edc_core.store.unit_of_work import UnitOfWork

NO_SITE = "IMPORT"  #: number of the site that takes subjects whose file names none


class SubjectImport:
    """Brings the subjects of one import into one study.

    :param op: beginning of the operation ids; with a place it names one write of this import, so that it can resume.
    :param sites: site ids by number. :param problems: what cannot be taken is added here.
    """

    def __init__(
        self,
        study_id: str,
        op: str,
        sites: Mapping[str, str],
        files: FilesBeside,
        problems: list[Problem],
        *,
        is_live: bool,
    ) -> None:
        self._study_id, self._op, self._sites, self._files = study_id, op, sites, files
        self._problems, self._is_live = problems, is_live
        self._countries: dict[str, str] = {}  # of sites by id, once they are asked for
        self._units_told: set[tuple[str, str]] = set()  # OIDs of items with the units that are listed

    def bring_in(self, uow: UnitOfWork, subject: ImportedSubject) -> int:
        """Write everything of a subject; says how many values that was.

        :raises EdcError: something of it cannot be taken; the caller gives the transaction up.
        """
        subject, left_out = self._without_identifiers(uow, subject)
        if not readers.subject_exists(uow.connection, self._study_id, subject.subject_key):
            command = subjects.AddSubject(
                study_id=self._study_id,
                op=self._op_for(subject, "subject"),
                subject_key=subject.subject_key,
                site_id=self._sites[subject.site_number or NO_SITE],
                source=dict(subject.source),
            )
            subjects.add_subject(uow, command, any_key=True)
        self._note_left_out(uow, subject, left_out)
        for path in subject.events:
            self._event(uow, subject, path)
        version = self._version_of(uow, subject)
        index = uow.versions.get(uow.connection, self._study_id, version)
        queries = self._queries_by_form(subject, index)
        values = 0
        for number, form in enumerate(subject.forms):
            values += self._form(uow, subject, form, number, index, queries.pop(form.path, ()))
        if queries:
            rest = tuple(query for some in queries.values() for query in some)
            asked = ImportQueries(
                study_id=self._study_id,
                op=self._op_for(subject, "queries"),
                subject_key=subject.subject_key,
                queries=rest,
            )
            import_queries(uow, asked, version=version)
        for path, reason in subject.not_done:
            self._not_done(uow, subject, path, reason)
        return values

    def _without_identifiers(
        self, uow: UnitOfWork, subject: ImportedSubject
    ) -> tuple[ImportedSubject, tuple[LeftOut, ...]]:
        """What is left of a subject, and what is not taken, which is listed."""
        newest = list(readers.versions(uow.connection, self._study_id))[-1]
        index = uow.versions.get(uow.connection, self._study_id, newest)
        if not self._countries:
            sites = readers.sites(uow.connection, self._study_id)
            self._countries = {site_id: site.country for site_id, site in sites.items()}
        country = self._countries.get(self._sites[subject.site_number or NO_SITE], "")
        kept, left_out = import_scanning.sift(subject, index, scanning.scanners_of(uow, index, country))
        for one in left_out:
            where = f"{subject.subject_key} {one.path}".strip()
            text = f"{one.what} at {where} was not taken. {one.scanner.message.in_language('en')}"
            self._problems.append(Problem("", one.line, "EDC105", text))
        return kept, left_out

    def _note_left_out(
        self, uow: UnitOfWork, subject: ImportedSubject, left_out: tuple[LeftOut, ...]
    ) -> None:
        """Leave entries that texts held identifiers, without the texts."""
        if not left_out:
            return
        command = SubjectCommand(
            study_id=self._study_id, op=self._op_for(subject, "scanned"), subject_key=subject.subject_key
        )
        operation = open_subject(uow, command)
        if operation.earlier is None:
            operation.require(Action.IMPORT_DATA)
            operation.record([
                Effect(EntryKind.NOTE_ADD, one.path, {"note": "value refused", "check": f"scanner:{one.scanner.name}"},
                       reason=IMPORTED, origin="import", actor=scanning.SYSTEM, role="")
                for one in left_out
            ])  # fmt: skip
            operation.finish({})

    def _queries_by_form(
        self, subject: ImportedSubject, index: MetaDataIndex
    ) -> dict[ItemPath, tuple[ImportedQuery, ...]]:
        """The queries whose place the version defines, by form or shorter path; the others are listed."""
        found: dict[ItemPath, tuple[ImportedQuery, ...]] = {}
        for one in subject.queries:
            path = one.query.path
            try:
                if path.item is not None:
                    index.place(path)
                else:
                    index.check(path, keys_as_found=True)
            except (NotFound, BadRequest) as error:
                text = f"{error.message} Query '{one.query.query_id}' about it was not taken."
                self._problems.append(Problem("", one.line, "EDC103", text))
                continue
            form = path.form_path if path.form is not None else path
            found[form] = (*found.get(form, ()), one)
        return found

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

    def _not_done(self, uow: UnitOfWork, subject: ImportedSubject, path: ItemPath, reason: str) -> None:
        """Mark a visit as the file has it, unless something in it was begun."""
        command = SubjectCommand(
            study_id=self._study_id, op=self._op_for(subject, f"{path}!"), subject_key=subject.subject_key
        )
        operation = open_subject(uow, command)
        if operation.earlier is not None:
            return
        operation.require(Action.IMPORT_DATA)
        book = readers.casebook(uow, operation.subject)
        known = book.events.get(path)
        begun = [form for form in book.forms.values() if form.path.event == path.event]
        if (known is not None and (known.not_done or known.removed)) or any(
            form.status in (EntryStatus.IN_PROGRESS, EntryStatus.COMPLETE) for form in begun
        ):
            return
        effect = Effect(
            EntryKind.EVENT_STATUS,
            str(path),
            {"status": EntryStatus.NOT_DONE.value},
            reason=Reason(IMPORTED.code, reason) if reason else IMPORTED,
            origin="import",
        )
        operation.record([effect], meta_data_version=operation.site.meta_data_version)
        operation.finish({})

    def _form(
        self,
        uow: UnitOfWork,
        subject: ImportedSubject,
        form: ImportedForm,
        number: int,
        index: MetaDataIndex,
        queries: tuple[ImportedQuery, ...],
    ) -> int:
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
            files=self._files.of(taken, index),
            queries=queries,
            complete=form.complete,
            meta_data_version="",
        )  # fmt: skip
        try:
            import_form(uow, command, version=index.version.oid, live=self._is_live)
        except BadRequest as error:
            line = next((item.line for item in taken if not _can_be_stored(item.raw or "")), 0)
            if not line:
                raise
            raise BadRequest(f"{error.message} It stands in line {line}.") from error
        return len(taken)

    def _version_of(self, uow: UnitOfWork, subject: ImportedSubject) -> str:
        """The version that forms begin with: the one stated where the study has it; in live that in force at the site."""
        published = readers.versions(uow.connection, self._study_id)
        taken, why = list(published)[-1], "in the study"
        if self._is_live:
            here = readers.subject_by_key(uow.connection, self._study_id, subject.subject_key)
            site = readers.sites(uow.connection, self._study_id)[here.site_id]
            taken, why = site.meta_data_version, f"in force at site {site.number}"
        stated = subject.meta_data_version
        if stated == taken or (stated in published and not self._is_live):
            return stated
        problem = Problem("", subject.line, "EDC101",
                          f"MetaDataVersion '{stated}' is not {why}; '{taken}' was taken.")  # fmt: skip
        if subject.meta_data_version and problem.text not in {p.text for p in self._problems}:
            self._problems.append(problem)
        return taken

    def _is_defined(self, index: MetaDataIndex, item: ImportedItem) -> bool:
        try:
            index.place(item.path)
        except NotFound as error:
            self._problems.append(
                Problem("", item.line, "EDC102", f"{error.message} The value was not taken.")
            )
            return False
        self._tell_unit(index.place(item.path).item, item)
        return True

    def _tell_unit(self, item: ItemDef, given: ImportedItem) -> None:
        """List a number that has no standard value, for its unit is missing or unknown: once for each item and unit."""
        known = item.measurement_unit_oids
        is_plain = not given.raw or not known or given.unit in known or (len(known) == 1 and not given.unit)
        if is_plain or (item.oid, given.unit) in self._units_told:
            return
        self._units_told.add((item.oid, given.unit))
        states = f"is stated in '{given.unit}'" if given.unit else "states no unit"
        text = (
            f"A value of '{item.name}' {states}, and the item takes {', '.join(known)}. Such values are kept as they stand; "
            "they have no standard value and no limit judges them. State one of these units in the file, or give the item "
            "this unit with its factor, and import again."
        )
        self._problems.append(Problem("", given.line, "EDC106", text))


def _can_be_stored(raw: str) -> bool:
    """Whether it is a text that both databases hold, and no longer than a value may be."""
    is_text = "\0" not in raw and not any("\ud800" <= character <= "\udfff" for character in raw)
    return is_text and len(raw) <= MAX_RAW_LENGTH
