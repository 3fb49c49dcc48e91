"""ClinicalData from ODM: one FormData is parsed and one SubjectData held at a time, so memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Mapping

from edc_core.api import ItemPath, MetaDataVersion, Step
from edc_core_odm.gathered import Form, Subject, beside
from edc_core_odm.nesting import Nesting
from edc_core_odm.read_definitions import Source
from edc_core_odm.read_marks import Marks
from edc_core_odm.read_records import Records
from edc_core_odm.read_rows import RowReader, report_twice
from edc_core_odm.safe_xml import Element, line_of
from edc_core_odm.stage import SubjectStage
from edc_core_odm.vocabulary import NOBODY, original


class ClinicalReader:
    """Reads the clinical elements of one file as they end."""

    def __init__(
        self,
        source: Source,
        nesting: Mapping[tuple[str, str], Nesting],
        stage: SubjectStage,
        found: dict[tuple[str, str], dict[tuple[str, str, str, str], None]],
        records: Records,
        *,
        is_snapshot: bool = False,
    ) -> None:
        self.source = source
        self.nesting = nesting
        self.stage = stage
        self.is_snapshot = is_snapshot
        self.sites: dict[str, int] = {}  #: numbers of sites with the first line that names them
        self.rows = RowReader(source, nesting, found, records)
        self._current: tuple[Element, Subject] | None = None
        self._group = source.tag("ItemGroupData")

    def subject_of(self, element: Element) -> Subject | None:
        """The subject that a SubjectData is about; ``None`` when it cannot be told."""
        if self._current is not None and self._current[0] is element:
            return self._current[1]
        given = {str(key): str(value) for key, value in element.items()}
        parent = element.getparent()
        if parent is None or self.source.name(parent) != "ClinicalData" or not given.get("SubjectKey"):
            return None
        key = (
            str(parent.get("StudyOID") or ""),
            str(parent.get("MetaDataVersionOID") or ""),
            given["SubjectKey"],
        )
        subject = Subject(*key, line_of(element))
        self._current = (element, subject)
        return subject

    def event_of(self, element: Element) -> tuple[Subject, ItemPath] | None:
        parent = element.getparent()
        if parent is None or self.source.name(parent) != "SubjectData":
            return None
        subject = self.subject_of(parent)
        oid = original(str(element.get("StudyEventOID") or ""))
        if subject is None or not oid:
            return None
        version = self.nesting.get((subject.study_oid, subject.version))
        repeats = version is not None and version.repeats("event", oid)
        return subject, ItemPath(Step(oid, self.rows.key(element, "StudyEventRepeatKey", repeats=repeats)))

    def subject_ended(self, element: Element) -> None:
        source = self.source
        subject = self.subject_of(element)
        if subject is None:
            source.log.add(
                "ODM014", line_of(element), "SubjectKey of SubjectData, or a ClinicalData around it."
            )
            return
        given = source.attributes(element, "SubjectKey", "TransactionType")
        marks = Marks()
        last = False
        for child in element:
            name = source.name(child)
            if name == "StudyEventData":
                last = True
            elif name in ("SiteRef", "InvestigatorRef"):
                key = "LocationOID" if name == "SiteRef" else "UserOID"
                value = source.attributes(child, key).get(key, "")
                if name == "SiteRef":
                    subject.site = value
                else:
                    subject.source["investigator"] = value
            else:
                self.rows.mark(marks, child, element, misplaced=last)
        subject.source |= marks.source()
        if given.get("TransactionType"):
            subject.source["transaction"] = given["TransactionType"]
        if status := marks.flag("STATUS"):
            subject.source["status"] = status
        self.rows.queries(subject, marks, "")
        if subject.site and subject.site != NOBODY:
            self.sites.setdefault(subject.site, subject.line)
        if self.is_snapshot:
            report_twice(self.source, subject)
        self.stage.add(subject.frozen())
        self._current = None

    def event_ended(self, element: Element) -> None:
        source = self.source
        found = self.event_of(element)
        if found is None:
            source.log.add(
                "ODM014", line_of(element), "StudyEventOID of StudyEventData, or a SubjectData around it."
            )
            return
        subject, path = found
        given = source.attributes(element, "StudyEventOID", "StudyEventRepeatKey", "TransactionType")
        subject.events[path] = None
        marks = Marks()
        last = False
        for child in element:
            if source.name(child) == "FormData":
                last = True
            else:
                self.rows.mark(marks, child, element, misplaced=last)
        kept = marks.source()
        if given.get("TransactionType"):
            kept["transaction"] = given["TransactionType"]
        if kept:
            beside(subject.source, "events", str(path), kept)
        if marks.flag("ENTRY") == "not_done":
            subject.not_done[path] = marks.flag("REASON")
        self.rows.queries(subject, marks, str(path))
        version = self.nesting.get((subject.study_oid, subject.version))
        if version is not None and path.event is not None and not version.knows(path.event.oid):
            self.rows.unknown(subject, element, "event", path.event.oid, (path.event.oid, "", "", ""))

    def form_ended(self, element: Element) -> None:
        source = self.source
        parent = element.getparent()
        found = (
            self.event_of(parent) if parent is not None and source.name(parent) == "StudyEventData" else None
        )
        given = source.attributes(element, "FormOID", "FormRepeatKey", "TransactionType")
        if found is None or not given.get("FormOID"):
            source.log.add("ODM014", line_of(element), "FormOID of FormData, or a StudyEventData around it.")
            return
        subject, event = found
        version = self.nesting.get((subject.study_oid, subject.version))
        oid = given["FormOID"]
        repeats = version is not None and version.repeats("form", oid)
        path = ItemPath(event.event, Step(oid, self.rows.key(element, "FormRepeatKey", repeats=repeats)))
        form = subject.forms.get(path)
        if form is None:
            form = subject.forms[path] = Form(path, line_of(element))
        form.transaction = self.rows.transaction(given, element) or form.transaction
        marks = Marks()
        last = False
        for child in element:
            if child.tag == self._group:
                last = True
                self.rows.read_group(child, form, subject, version)
            elif source.name(child) == "ArchiveLayoutRef":
                source.log.add("ODM018", line_of(child), "ArchiveLayoutRef.")
            else:
                self.rows.mark(marks, child, element, misplaced=last)
        form.source |= marks.source()
        for key, kind in (("status", "ENTRY"), ("protection", "PROTECTION")):
            if value := marks.flag(kind):
                form.source[key] = value
        self.rows.queries(subject, marks, str(path))
        if version is not None and event.event is not None and not version.knows(event.event.oid, oid):
            self.rows.unknown(subject, element, "form", oid, (event.event.oid, oid, "", ""))


def version_index(versions: list[MetaDataVersion]) -> dict[tuple[str, str], Nesting]:
    return {(version.study.oid, version.oid): Nesting(version) for version in versions}
