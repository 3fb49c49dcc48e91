"""ClinicalData from ODM 2.0: one form is parsed and one subject held at a time, so memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from edc_core.api import ItemPath, Step
from edc_core_odm.gathered import Form, Subject
from edc_core_odm.nesting import Nesting
from edc_core_odm.odm2.read_groups import GroupReader, Layout, Places
from edc_core_odm.odm2.read_marks import Marks2
from edc_core_odm.read_definitions import Source
from edc_core_odm.read_subjects import SubjectReader
from edc_core_odm.safe_xml import Element, line_of
from edc_core_odm.stage import SubjectStage
from edc_core_odm.vocabulary import original


class ClinicalReader2(SubjectReader[Marks2]):
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
        self.groups = GroupReader(source, nesting, found)
        super().__init__(source, nesting, stage, self.groups.rows, is_snapshot=is_snapshot)
        self.places = Places(nesting)
        self._group = source.tag("ItemGroupData")

    def _beside_subject(self, element: Element, subject: Subject) -> Marks2:
        others = (child for child in element if not self._reference(child, subject))
        return self._marks(element, (child for child in others if child.tag != self._event))

    def _beside_event(self, element: Element) -> Marks2:
        return self._marks(element, (child for child in element if child.tag != self._group))

    def _marks(self, element: Element, children: Iterable[Element]) -> Marks2:
        marks = Marks2()
        for child in children:
            if not marks.take(self.source, child):
                self.source.unexpected(child, element)
        return marks

    def _queries(self, subject: Subject, marks: Marks2, place: str) -> None:
        self.groups.queries(subject, marks, place)

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


def _form_at(subject: Subject, path: ItemPath, element: Element) -> Form:
    form = subject.forms.get(path)
    if form is None:
        form = subject.forms[path] = Form(path, line_of(element))
    return form
