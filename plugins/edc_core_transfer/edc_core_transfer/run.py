"""A transfer from file to study: staged, matched, rehearsed; and, once approved, stored subject by subject."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from edc_core.api import (
    BadRequest,
    BeginTransfer,
    EdcError,
    EndTransfer,
    NotAllowed,
    Reason,
    TransferItems,
    ValueRefused,
)
from edc_core_transfer import csv_file, targets
from edc_core_transfer.cells import word
from edc_core_transfer.planning import Planner, SubjectPlan, inputs
from edc_core_transfer.problems import Rejected
from edc_core_transfer.staging import Change, Reject, Staging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from edc_core.api import Casebook, ItemPath, PluginSession, StudyAtHand
    from edc_core_transfer.cells import Stated
    from edc_core_transfer.column_map import ColumnMap

REHEARSED = Reason(text="Rehearsed.")
Said = dict["ItemPath", tuple["Stated", int]]


@dataclass(slots=True)
class Report:
    """What a transfer does, or did.

    :param transfer: digest of what would be written and what is rejected; naming it approves just that.
    :param rows: rows of the file. :param empty: rows that hold no value. :param unchanged: values that stand there.
    :param subjects: how many are written to. :param not_in: subjects that could not be stored after all, with the reason.
    """

    study: str
    source: str
    file: str
    sha256: str
    transfer: str = ""
    rows: int = 0
    rejected: int = 0
    empty: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    subjects: int = 0
    queries: int = 0
    stored: bool = False
    not_in: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


class Transfer:
    """One file against one study.

    :raises ImportRefused: the map or the file as a whole cannot be used.
    """

    def __init__(
        self, session: PluginSession, study: StudyAtHand, column_map: ColumnMap, path: Path, staged: Staging
    ) -> None:
        self._session, self._study, self._map, self._staged = session, study, column_map, staged
        self._file = csv_file.look_at(path, column_map)
        found = targets.find(column_map, study.index)
        self._references = found.reference
        self._planner = Planner(column_map, found, study.index, staged.holders_of)
        self.report = Report(study.name, column_map.source, path.name, self._file.sha256)

    # Before

    def check(self, tell: Callable[[int, int], None] = lambda done, total: None) -> Report:
        """Stage, match and rehearse everything; nothing is stored.

        :param tell: told (done, all) subjects.
        """
        self._stage()
        if self._references is not None:
            found = self._session.values_of(self._study, self._references.placed.item.oid)
            self._staged.add_references((value, subject, str(path)) for subject, path, value in found)
        known = set(self._study.subject_keys)
        subjects = list(self._staged.subjects())
        for number, key in enumerate(subjects, start=1):
            if key in known:
                self._check_subject(key)
            else:
                why = Rejected(
                    "TRF103", "The study has no such subject. Correct the file, or add the subject first."
                )
                self._reject(key, dict.fromkeys(list(self._staged.lines_of(key)), why))
            tell(number, len(subjects))
        report = self.report
        report.rejected, report.subjects = self._staged.count_rejects(), self._staged.count_planned()
        report.transfer = self._digest()
        return report

    def _stage(self) -> None:
        for row in self._file.rows():
            self.report.rows += 1
            if row.cells is None:
                text = "Its number of cells is not that of the header: a delimiter in a text, or a cell left out."
                self._staged.reject(Reject(row.line, "TRF101", "", text))
                continue
            named = row.cells[self._file.columns.index(self._map.subject.column)]
            try:
                key = self._subject(named)
            except Rejected as why:
                self._staged.reject(Reject(row.line, why.code, named, why.text))
                continue
            self._staged.add(row.line, key, row.cells)

    def _subject(self, named: str) -> str:
        if not named:
            raise Rejected("TRF102", f"Column '{self._map.subject.column}' is empty.")
        return word(self._map.subject, named, "TRF103", "subject")

    def _check_subject(self, key: str) -> None:
        book = self._session.casebook(self._study, key)
        plan = self._planner.plan(book, self._staged.rows_of(key))
        versions = {str(path): item.version for path, item in book.items.items() if path in plan.said}
        answers = self._rehearse(key, plan, versions)
        self._reject(key, plan.rejected)
        self.report.empty += plan.empty
        self.report.unchanged += len(plan.said)
        written = {path for answer in answers for path in (*answer["added"], *answer["changed"])}
        changes = [
            _change(key, path, one, book, self._study.hidden)
            for path, one in plan.said.items()
            if str(path) in written
        ]
        if changes:
            self._staged.add_changes(changes)
            self._staged.plan(key, versions)
        for answer in answers:
            self.report.added += len(answer["added"])
            self.report.changed += len(answer["changed"])
            self.report.queries += len(answer["queries"])
        self.report.unchanged -= len(changes)

    def _rehearse(self, key: str, plan: SubjectPlan, versions: dict[str, int]) -> list[dict[str, Any]]:
        """What the services answer; rows that they refuse are taken out until the rest passes."""
        while True:
            forms = plan.forms()
            commands = self._commands("rehearsal", key, plan, versions, REHEARSED)
            answers = self._session.rehearse(self._study, *commands)
            refused = [
                (said, answer)
                for said, answer in zip(forms.values(), answers, strict=True)
                if isinstance(answer, EdcError)
            ]
            for said, error in refused:
                if isinstance(error, NotAllowed) and "paths" not in error.details:
                    raise error
                lines, why = _refused(said, error)
                plan.without(lines, why)
            if not refused:
                return [answer for answer in answers if not isinstance(answer, EdcError)]

    def _reject(self, key: str, rejected: dict[int, Rejected]) -> None:
        for line, why in rejected.items():
            self._staged.reject(Reject(line, why.code, key, why.text))

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for part in (self._study.name, self._study.index.version.oid, self._file.sha256, self._map.sha256):
            digest.update(f"{part}\n".encode())
        for change in self._staged.changes():
            digest.update(f"{change}\n".encode("utf-8", "surrogatepass"))
        for reject in self._staged.rejects():
            digest.update(f"{reject}\n".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()[:16]

    # After the approval

    def store(
        self, approved: str, reason: str, tell: Callable[[int, int], None] = lambda done, total: None
    ) -> Report:
        """Store what ``check`` found, each subject in a transaction of its own; a killed run is taken up again.

        :param approved: the transfer somebody looked at. :param reason: why values that are there change.
        :raises BadRequest: it is no longer what would be written, or a reason is missing.
        """
        report = self.report
        again = self._is_under_way(approved)
        if approved != report.transfer and not again:
            raise BadRequest(
                f"What would be written now is not what was approved as {approved}: the file, the map or the study "
                f"is another. Look at it again; it is now {report.transfer}."
            )
        if report.changed and not reason.strip():
            raise BadRequest(f"{report.changed} values that are there change. Say why (--reason).")
        report.transfer = approved
        if not report.subjects and not again:
            return report
        self._session.submit(self._study, self._begin(approved))
        for number, (key, versions) in enumerate(self._staged.planned(), start=1):
            try:
                self._store_subject(approved, key, versions, Reason(text=reason.strip()))
            except EdcError as error:
                report.not_in[key] = error.message
            tell(number, report.subjects)
        report.stored = True
        counts = ("rows", "rejected", "added", "changed", "unchanged", "subjects")
        facts = {name: getattr(report, name) for name in counts} | {"not_in": len(report.not_in)}
        if not report.not_in:
            end = EndTransfer(
                study_id=self._study.study_id, op=f"transfer:{approved}:end", transfer=approved, facts=facts
            )
            self._session.submit(self._study, end)
        self._session.check_due(self._study)
        return report

    def _is_under_way(self, approved: str) -> bool:
        """Whether this transfer, of the same file by the same user, began and did not come to its end."""
        (answer,) = self._session.rehearse(self._study, self._begin(approved))
        return isinstance(answer, dict) and answer["again"] and not answer["ended"]

    def _begin(self, approved: str) -> BeginTransfer:
        facts = {
            "source": self._map.source,
            "files": [self._file.path.name],
            "sha256": self._file.sha256,
            "map": self._map.name,
            "map_sha256": self._map.sha256,
            "map_text": self._map.text,
        }
        return BeginTransfer(
            study_id=self._study.study_id, op=f"transfer:{approved}:start", transfer=approved, facts=facts
        )

    def _store_subject(self, transfer: str, key: str, versions: dict[str, int], reason: Reason) -> None:
        book = self._session.casebook(self._study, key)
        plan = self._planner.plan(book, self._staged.rows_of(key))
        self._session.submit(self._study, *self._commands(transfer, key, plan, versions, reason))

    def _commands(
        self, transfer: str, key: str, plan: SubjectPlan, versions: dict[str, int], reason: Reason
    ) -> list[TransferItems]:
        def source(line: int) -> dict[str, object]:
            whole = {
                "transfer": transfer,
                "system": self._map.source,
                "file": self._file.path.name,
                "sha256": self._file.sha256,
                "line": line,
            }
            return whole | ({"user": plan.users[line]} if plan.users.get(line) else {})

        return [
            TransferItems(
                study_id=self._study.study_id,
                op=f"transfer:{transfer}:{hashlib.sha256(f'{key}|{form}'.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}",
                subject_key=key,
                form=form,
                items=inputs(said, source, versions),
                reason=reason,
                complete=self._map.complete,
            )
            for form, said in plan.forms().items()
        ]


def _refused(said: Said, error: EdcError) -> tuple[Iterable[int], Rejected]:
    """The lines that a refusal concerns: those of the items it names, else all of the form."""
    one = error.details.get("path")
    named = error.details.get("paths") or ([one] if one else [])
    lines = {line for path, (_, line) in said.items() if str(path) in named}  # type: ignore[operator]
    code = "TRF118" if isinstance(error, ValueRefused) else "TRF117"
    return lines or {line for _, line in said.values()}, Rejected(code, error.message)


def _change(
    key: str, path: ItemPath, said: tuple[Stated, int], book: Casebook, hidden: frozenset[str]
) -> Change:
    """:param hidden: items whose present values the person may not see; their version stands for them."""
    after, line = said
    before = book.items.get(path)
    if before is None or before.is_blank:
        shown = None
    elif path.item in hidden:
        shown = f"(withheld, version {before.version})"
    else:
        shown = _with_unit(before.missing or before.shown, before.unit)
    return Change(line, key, str(path), shown, _with_unit(after.missing or after.text, after.unit))


def _with_unit(text: str, unit: str) -> str:
    return f"{text} {unit}".rstrip()
