"""ClinicalData from ODM 2.0: one form is parsed and one subject held at a time, so memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Mapping

from edc_core.api import ItemPath, Step
from edc_core_odm.gathered import Form, Subject, beside
from edc_core_odm.nesting import Nesting
from edc_core_odm.odm2.read_groups import GroupReader, Layout, Places
from edc_core_odm.odm2.read_marks import Marks2
from edc_core_odm.read_definitions import Source
from edc_core_odm.read_rows import report_twice
from edc_core_odm.safe_xml import Element, line_of
from edc_core_odm.stage import SubjectStage
from edc_core_odm.vocabulary import NOBODY, original


class ClinicalReader2:
    """Reads the clinical elements of one file as they end."""

    def __init__(
        self,
        source: Source,
        nesting: Mapping[tuple[str, str], Nesting],
        stage: SubjectStage,
        found: dict[tuple[str, str], dict[tuple[str, str, str, str], None]],
        *,
        is_snapshot: bool = False,
    ) -> None:
        self.source = source
        self.places = Places(nesting)
        self.stage = stage
        self.is_snapshot = is_snapshot
        self.sites: dict[str, int] = {}  #: numbers of sites with the first line that names them
        self.groups = GroupReader(source, nesting, found)
        self._current: tuple[Element, Subject] | None = None
        self._event, self._subject = source.tag("StudyEventData"), source.tag("SubjectData")

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

    def event_of(self, element: Element) -> tuple[Subject, ItemPath] | None:
        parent = element.getparent()
        subject = self.subject_of(parent) if parent is not None and parent.tag == self._subject else None
        oid = original(str(element.get("StudyEventOID") or ""))
        if subject is None or not oid:
            return None
        version = self.places.of(subject)
        repeats = version is not None and version.nesting.repeats("event", oid)
        return subject, ItemPath(Step(oid, self.groups.key(element, "StudyEventRepeatKey", repeats=repeats)))

    def group_ended(self, element: Element) -> bool:
        """Read an ItemGroupData that stands in an event: a form, or a row of one. ``False``: it stands in another."""
        parent = element.getparent()
        if parent is not None and parent.tag == element.tag:
            return False
        source = self.source
        if parent is not None and source.name(parent) == "ReferenceData":
            return True  # reported as a whole
        found = self.event_of(parent) if parent is not None and parent.tag == self._event else None
        oid = original(str(element.get("ItemGroupOID") or ""))
        if found is None or not oid:
            if parent is not None and source.name(parent) == "ClinicalData":
                source.log.add("ODM018", line_of(element), "ItemGroupData without a subject.")
            else:
                source.log.add(
                    "ODM014",
                    line_of(element),
                    "ItemGroupOID of ItemGroupData, or a StudyEventData around it.",
                )
            return True
        subject, event = found
        version = self.places.of(subject)
        if version is not None and oid in version.shells:
            self._row_of_shell(element, oid, subject, event)
        else:
            self._form(element, oid, subject, event)
        if version is not None and event.event is not None:
            self._check_form(element, subject, version, event.event.oid, oid)
        return True

    def _check_form(
        self, element: Element, subject: Subject, layout: Layout, event_oid: str, oid: str
    ) -> None:
        if layout.nesting.knows(event_oid, oid):
            return
        place = (event_oid, oid, "", "")
        if layout.nesting.knows(event_oid) and oid in layout.nesting.chains:
            self.source.log.add("ODM055", line_of(element), f"The form '{oid}' in the event '{event_oid}'.")
            self.groups.rows.found.setdefault((subject.study_oid, subject.version), {})[place] = None
        else:
            self.groups.rows.unknown(subject, element, "form", oid, place)

    def _form(self, element: Element, oid: str, subject: Subject, event: ItemPath) -> None:
        version = self.places.of(subject)
        repeats = version is not None and version.nesting.repeats("form", oid)
        key = self.groups.key(element, "ItemGroupRepeatKey", repeats=repeats)
        form = _form_at(subject, ItemPath(event.event, Step(oid, key)), element)
        given = self.source.attributes(
            element, "ItemGroupOID", "ItemGroupRepeatKey", "TransactionType", "ItemGroupDataSeq"
        )
        if "ItemGroupDataSeq" in given:
            self.source.log.add("ODM018", line_of(element), "ItemGroupDataSeq of a form.")
        form.transaction = self.groups.rows.transaction(given, element) or form.transaction
        marks = Marks2()
        self.groups.read_form(element, form, subject, version, marks)
        self._about_form(form, marks)
        self.groups.queries(subject, marks, str(form.path))

    def _row_of_shell(self, element: Element, oid: str, subject: Subject, event: ItemPath) -> None:
        form = _form_at(subject, ItemPath(event.event, Step(oid, "1")), element)
        marks = self.groups.read_row(element, form, (), subject, self.places.of(subject))
        if marks is not None:
            self._about_form(form, marks, only_flags=True)

    def _about_form(self, form: Form, marks: Marks2, *, only_flags: bool = False) -> None:
        if not only_flags:
            form.source |= marks.source()
        for key, kind in (("status", "ENTRY"), ("protection", "PROTECTION")):
            if value := marks.flag(kind):
                form.source[key] = value

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
        marks = Marks2()
        for child in element:
            if source.name(child) != "ItemGroupData" and not marks.take(source, child):
                source.unexpected(child, element)
        kept = marks.source()
        if given.get("TransactionType"):
            kept["transaction"] = given["TransactionType"]
        if kept:
            beside(subject.source, "events", str(path), kept)
        if marks.flag("ENTRY") == "not_done":
            subject.not_done[path] = marks.flag("REASON")
        self.groups.queries(subject, marks, str(path))
        version = self.places.of(subject)
        if version is not None and path.event is not None and not version.nesting.knows(path.event.oid):
            self.groups.rows.unknown(subject, element, "event", path.event.oid, (path.event.oid, "", "", ""))

    def subject_ended(self, element: Element) -> None:
        source = self.source
        subject = self.subject_of(element)
        if subject is None:
            source.log.add(
                "ODM014", line_of(element), "SubjectKey of SubjectData, or a ClinicalData around it."
            )
            return
        given = source.attributes(element, "SubjectKey", "TransactionType")
        marks = Marks2()
        for child in element:
            name = source.name(child)
            if name == "SiteRef":
                subject.site = source.attributes(child, "LocationOID").get("LocationOID", "")
            elif name == "InvestigatorRef":
                subject.source["investigator"] = source.attributes(child, "UserOID").get("UserOID", "")
            elif name != "StudyEventData" and not marks.take(source, child):
                source.unexpected(child, element)
        subject.source |= marks.source()
        if given.get("TransactionType"):
            subject.source["transaction"] = given["TransactionType"]
        if status := marks.flag("STATUS"):
            subject.source["status"] = status
        self.groups.queries(subject, marks, "")
        if subject.site and subject.site != NOBODY:
            self.sites.setdefault(subject.site, subject.line)
        if self.is_snapshot:
            report_twice(source, subject)
        self.stage.add(subject.frozen())
        self._current = None


def _form_at(subject: Subject, path: ItemPath, element: Element) -> Form:
    form = subject.forms.get(path)
    if form is None:
        form = subject.forms[path] = Form(path, line_of(element))
    return form
