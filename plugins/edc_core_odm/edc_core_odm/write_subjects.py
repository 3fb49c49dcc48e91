"""What both versions of ODM write around the forms of a subject: ClinicalData for each version, and transactions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from edc_core.api import AuditRecord, ExportDataset, ExportForm, ExportSubject, ItemPath, Query, Step
from edc_core_odm.oid_space import OidSpace
from edc_core_odm.since import Part, parts_of
from edc_core_odm.vocabulary import TRANSACTIONS
from edc_core_odm.write_marks import MarkWriter
from edc_core_odm.write_xml import attribute

NOTHING: Mapping[str, object] = {}


class NeedsTransactions(Exception):
    """An item was changed, so the file must be Transactional to hold its history: the writer begins again."""


class WrittenVersion:
    """The names that the data of one version are written with."""

    def __init__(self, oids: OidSpace | None) -> None:
        self.oids = oids

    def spelled(self, kind: str, oid: str) -> str:
        names: Mapping[str, str] = getattr(self.oids, kind) if self.oids else {}
        return attribute(names.get(oid, oid))


V = TypeVar("V", bound=WrittenVersion)
M = TypeVar("M", bound=MarkWriter)


class SubjectWriter(ABC, Generic[V, M]):
    """Writes subjects in order; a ClinicalData is begun whenever the version changes."""

    def __init__(
        self,
        dataset: ExportDataset,
        spaces: Mapping[str, OidSpace],
        out: Callable[[str], object],
        *,
        transactional: bool,
    ) -> None:
        self.dataset = dataset
        self.out = out
        self.transactional = transactional
        self._versions = {oid: self._version(oid, spaces[oid]) for oid in dataset.versions}
        self._order = {oid: position for position, oid in enumerate(dataset.versions)}
        self.marks = self._marks()
        self._open: str | None = None
        self._part: Part
        self._begun: set[Step] = set()  #: events of the subject

    @abstractmethod
    def _marks(self) -> M:
        """What writes the marks of this file."""

    @abstractmethod
    def _version(self, oid: str, oids: OidSpace | None) -> V:
        """What the data of a version are written with; ``None`` when the study has no such version."""

    @abstractmethod
    def _subject(self, subject: ExportSubject, forms: list[ExportForm], version: V, *, is_first: bool) -> str:
        """A SubjectData with forms of one version; the first one holds what stands beside the forms."""

    def is_whole(self, form: ExportForm) -> bool:
        """Whether a form has no element of its own."""
        return False

    def subject(self, subject: ExportSubject) -> None:
        for part in parts_of(subject, self.is_whole):
            self._part, self._begun = part, set()
            self._write(part.subject)

    def _write(self, subject: ExportSubject) -> None:
        newest = next(reversed(self._versions), "1")
        used = sorted(
            {form.meta_data_version for form in subject.forms}, key=lambda oid: self._order.get(oid, -1)
        )
        for position, oid in enumerate(used or [newest]):
            self._begin(oid)
            forms = [form for form in subject.forms if form.meta_data_version == oid]
            version = self._versions.get(oid) or self._version(oid, None)
            self.out(self._subject(subject, forms, version, is_first=position == 0))

    def end(self) -> None:
        if self._open is not None:
            self.out("</ClinicalData>\n")
            self._open = None

    def _begin(self, version: str) -> None:
        if self._open != version:
            self.end()
            study = attribute(self.dataset.study_oid)
            self.out(f'<ClinicalData StudyOID="{study}" MetaDataVersionOID="{attribute(version or "1")}">\n')
            self._open = version

    def demand(self) -> None:
        """:raises NeedsTransactions: the file is a snapshot, and cannot hold what comes."""
        if not self.transactional:
            raise NeedsTransactions

    def begins(self, event: Step) -> bool:
        """Whether an event of the subject comes by for the first time: what stands beside it is written then."""
        known = len(self._begun)
        self._begun.add(event)
        return len(self._begun) > known

    def is_gone(self, place: ItemPath) -> bool:
        """Whether a subject or an event is removed from the earlier file."""
        return self._part.kinds.get(place) == "Remove"

    def homeless(self, subject: ExportSubject) -> list[Query]:
        """Queries whose form is neither in the file nor in the earlier one."""
        homes = {form.path for form in subject.forms} | self._part.elsewhere
        return [
            query for query in subject.queries if query.path.form is None or query.path.form_path not in homes
        ]

    def parent(
        self, source: Mapping[str, object], place: ItemPath, *, removed: bool = False, again: bool = False
    ) -> str:
        """TransactionType of an element that holds others. :param again: it was written before, with what is beside it."""
        if removed:
            self.demand()
            return ' TransactionType="Remove"'
        if not self.transactional:
            return ""
        if self._part.kinds:
            kind = "Context" if again else self._part.kinds.get(place, "Upsert")
            return f' TransactionType="{kind}"'
        stated = source.get("transaction")
        return f' TransactionType="{stated if stated in TRANSACTIONS else "Upsert"}"'

    def kind_of(self, record: AuditRecord) -> str:
        """TransactionType of an ItemData."""
        if self.transactional:
            stated = record.transaction if record.transaction in TRANSACTIONS else "Upsert"
            return f' TransactionType="{stated}"'
        if record.transaction == "Remove":
            self.demand()
        return ""


def by_event(
    subject: ExportSubject, forms: list[ExportForm], *, is_first: bool
) -> dict[Step, list[ExportForm]]:
    """Forms by their event; the first part of a subject also has the events that hold none."""
    events: dict[Step, list[ExportForm]] = {}
    for form in forms:
        assert form.path.event is not None
        events.setdefault(form.path.event, []).append(form)
    for path in (*subject.events, *subject.not_done) if is_first else ():
        if path.event is not None:
            events.setdefault(path.event, [])
    return events


def queries_by_form(subject: ExportSubject) -> dict[ItemPath, list[Query]]:
    found: dict[ItemPath, list[Query]] = {}
    for query in subject.queries:
        if query.path.form is not None:
            found.setdefault(query.path.form_path, []).append(query)
    return found


def references(subject: ExportSubject, source: Mapping[str, object]) -> str:
    """Who investigates the subject, and where."""
    text = ""
    if source.get("investigator"):
        text += f'<InvestigatorRef UserOID="{attribute(str(source["investigator"]))}"/>'
    if subject.site_number:
        text += f'<SiteRef LocationOID="{attribute(subject.site_number)}"/>'
    return text
