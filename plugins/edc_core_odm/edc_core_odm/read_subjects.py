"""What both versions of ODM read around the forms: whose they are, in which event, and what stands beside them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Generic, TypeVar

from edc_core.api import ItemPath, Step
from edc_core_odm.gathered import Subject, beside
from edc_core_odm.nesting import Nesting
from edc_core_odm.read_definitions import Source
from edc_core_odm.read_marks import Marks
from edc_core_odm.read_rows import RowReader, report_twice
from edc_core_odm.safe_xml import Element, line_of
from edc_core_odm.stage import SubjectStage
from edc_core_odm.vocabulary import NOBODY, original

M = TypeVar("M", bound=Marks)


class SubjectReader(ABC, Generic[M]):
    """Reads the clinical elements of one file as they end; one subject is held at a time.

    :param stage: takes each subject that has ended.
    """

    def __init__(
        self,
        source: Source,
        nesting: Mapping[tuple[str, str], Nesting],
        stage: SubjectStage,
        rows: RowReader,
        *,
        is_snapshot: bool,
    ) -> None:
        self.source = source
        self.nesting = nesting
        self.stage = stage
        self.rows = rows
        self.is_snapshot = is_snapshot
        self.sites: dict[str, int] = {}  #: numbers of sites with the first line that names them
        self._current: tuple[Element, Subject] | None = None
        self._event, self._subject = source.tag("StudyEventData"), source.tag("SubjectData")

    @abstractmethod
    def _beside_subject(self, element: Element, subject: Subject) -> M:
        """What stands in a SubjectData beside its events; site and investigator are noted in the subject."""

    @abstractmethod
    def _beside_event(self, element: Element) -> M:
        """What stands in a StudyEventData beside its forms."""

    @abstractmethod
    def _queries(self, subject: Subject, marks: M, place: str) -> None:
        """Keep the queries among the marks of a place."""

    def subject_of(self, element: Element) -> Subject | None:
        """The subject that a SubjectData is about; ``None`` when it cannot be told."""
        if self._current is not None and self._current[0] is element:
            return self._current[1]
        parent = element.getparent()
        key = str(element.get("SubjectKey") or "")
        if parent is None or self.source.name(parent) != "ClinicalData" or not key:
            return None
        study, version = (str(parent.get(name) or "") for name in ("StudyOID", "MetaDataVersionOID"))
        subject = Subject(study, version, key, line_of(element))
        self._current = (element, subject)
        return subject

    def nesting_of(self, subject: Subject) -> Nesting | None:
        return self.nesting.get((subject.study_oid, subject.version))

    def event_of(self, element: Element) -> tuple[Subject, ItemPath] | None:
        """The subject and the place of a StudyEventData; ``None`` when it cannot be told."""
        parent = element.getparent()
        subject = self.subject_of(parent) if parent is not None and parent.tag == self._subject else None
        oid = original(str(element.get("StudyEventOID") or ""))
        if subject is None or not oid:
            return None
        version = self.nesting_of(subject)
        repeats = version is not None and version.repeats("event", oid)
        return subject, ItemPath(Step(oid, self.rows.key(element, "StudyEventRepeatKey", repeats=repeats)))

    def event_ended(self, element: Element) -> None:
        found = self.event_of(element)
        if found is None:
            what = "StudyEventOID of StudyEventData, or a SubjectData around it."
            self.source.log.add("ODM014", line_of(element), what)
            return
        subject, path = found
        given = self.source.attributes(element, "StudyEventOID", "StudyEventRepeatKey", "TransactionType")
        subject.events[path] = None
        marks = self._beside_event(element)
        kept = marks.source()
        if given.get("TransactionType"):
            kept["transaction"] = given["TransactionType"]
        if kept:
            beside(subject.source, "events", str(path), kept)
        if marks.flag("ENTRY") == "not_done":
            subject.not_done[path] = marks.flag("REASON")
        self._queries(subject, marks, str(path))
        version = self.nesting_of(subject)
        if version is not None and path.event is not None and not version.knows(path.event.oid):
            self.rows.unknown(subject, element, "event", path.event.oid, (path.event.oid, "", "", ""))

    def subject_ended(self, element: Element) -> None:
        subject = self.subject_of(element)
        if subject is None:
            what = "SubjectKey of SubjectData, or a ClinicalData around it."
            self.source.log.add("ODM014", line_of(element), what)
            return
        given = self.source.attributes(element, "SubjectKey", "TransactionType")
        marks = self._beside_subject(element, subject)
        subject.source |= marks.source()
        if given.get("TransactionType"):
            subject.source["transaction"] = given["TransactionType"]
        if status := marks.flag("STATUS"):
            subject.source["status"] = status
        self._queries(subject, marks, "")
        if subject.site and subject.site != NOBODY:
            self.sites.setdefault(subject.site, subject.line)
        if self.is_snapshot:
            report_twice(self.source, subject)
        self.stage.add(subject.frozen())
        self._current = None

    def _reference(self, child: Element, subject: Subject) -> bool:
        """Note who investigates the subject, or where. :return: whether the element says either."""
        name = self.source.name(child)
        if name == "SiteRef":
            subject.site = self.source.attributes(child, "LocationOID").get("LocationOID", "")
        elif name == "InvestigatorRef":
            subject.source["investigator"] = self.source.attributes(child, "UserOID").get("UserOID", "")
        else:
            return False
        return True
