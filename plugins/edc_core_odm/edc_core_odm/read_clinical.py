"""ClinicalData from ODM: one FormData is parsed and one SubjectData held at a time, so memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Mapping

from edc_core.api import ItemPath, MetaDataVersion, Step
from edc_core_odm.gathered import Form, Subject
from edc_core_odm.nesting import Nesting
from edc_core_odm.read_definitions import Source
from edc_core_odm.read_marks import Marks
from edc_core_odm.read_records import Records
from edc_core_odm.read_rows import RowReader
from edc_core_odm.read_subjects import SubjectReader
from edc_core_odm.safe_xml import Element, line_of
from edc_core_odm.stage import SubjectStage


class ClinicalReader(SubjectReader[Marks]):
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
        rows = RowReader(source, nesting, found, records)
        super().__init__(source, nesting, stage, rows, is_snapshot=is_snapshot)
        self._group, self._form = source.tag("ItemGroupData"), source.tag("FormData")

    def _beside_subject(self, element: Element, subject: Subject) -> Marks:
        marks = Marks()
        last = False
        for child in element:
            if child.tag == self._event:
                last = True
            elif not self._reference(child, subject):
                self.rows.mark(marks, child, element, misplaced=last)
        return marks

    def _beside_event(self, element: Element) -> Marks:
        marks = Marks()
        last = False
        for child in element:
            if child.tag == self._form:
                last = True
            else:
                self.rows.mark(marks, child, element, misplaced=last)
        return marks

    def _queries(self, subject: Subject, marks: Marks, place: str) -> None:
        self.rows.queries(subject, marks, place)

    def form_ended(self, element: Element) -> None:
        source = self.source
        parent = element.getparent()
        found = self.event_of(parent) if parent is not None and parent.tag == self._event else None
        given = source.attributes(element, "FormOID", "FormRepeatKey", "TransactionType")
        if found is None or not given.get("FormOID"):
            source.log.add("ODM014", line_of(element), "FormOID of FormData, or a StudyEventData around it.")
            return
        subject, event = found
        version = self.nesting_of(subject)
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
