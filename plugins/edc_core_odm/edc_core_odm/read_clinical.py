"""ClinicalData from ODM: one FormData at a time, so that memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from edc_core.api import ImportedForm, ImportedItem, ImportedSubject, ItemPath, MetaDataVersion, Step, TransactionType
from edc_core_odm.nesting import Nesting
from edc_core_odm.plain_item import plain_item
from edc_core_odm.read_definitions import Source, content
from edc_core_odm.read_marks import Marks, Record
from edc_core_odm.safe_xml import Element, line_of
from edc_core_odm.vocabulary import TRANSACTIONS, TYPED_ITEM_DATA, original

_MAX_PLACES = 50_000  #: remembered group occurrences; forgotten all at once beyond, to keep memory flat
_NOTHING: Mapping[str, object] = {}


@dataclass(slots=True)
class _Place:
    """An item group occurrence: its path, the items the definition has there, and the paths made so far."""

    path: ItemPath
    known: frozenset[str] | None
    paths: dict[str, ItemPath] = field(default_factory=dict)


@dataclass(slots=True)
class _Form:
    path: ItemPath
    line: int
    items: list[ImportedItem] = field(default_factory=list)
    rows: list[ItemPath] = field(default_factory=list)
    transaction: TransactionType = ""
    source: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Subject:
    """One subject as it is gathered, perhaps from several SubjectData."""

    study_oid: str
    version: str
    key: str
    line: int
    site: str = ""
    forms: dict[ItemPath, _Form] = field(default_factory=dict)
    events: dict[ItemPath, None] = field(default_factory=dict)
    source: dict[str, object] = field(default_factory=dict)

    def frozen(self) -> ImportedSubject:
        forms = tuple(
            ImportedForm(f.path, tuple(f.items), tuple(dict.fromkeys(f.rows)), f.transaction, f.source, f.line)
            for f in self.forms.values()
        )
        with_forms = {ItemPath(path.event) for path in self.forms}
        return ImportedSubject(
            self.study_oid,
            self.version,
            self.key,
            self.site,
            forms,
            tuple(event for event in self.events if event not in with_forms),
            self.source,
            self.line,
        )


class ClinicalReader:
    """Reads the clinical elements of one file as they end."""

    def __init__(
        self,
        source: Source,
        nesting: Mapping[tuple[str, str], Nesting],
        subjects: dict[tuple[str, str, str], Subject],
        found: dict[tuple[str, str], dict[tuple[str, str, str, str], None]],
    ) -> None:
        self.source = source
        self.nesting = nesting
        self.subjects = subjects
        self.found = found  #: places of data without definition, by study and version
        self.by_id: dict[str, Record] = {}  #: records that IDs refer to; filled in when the container comes
        self.waiting: dict[str, int] = {}
        self._places: dict[tuple[str, ...], _Place] = {}
        self._current: tuple[Element, Subject] | None = None
        self._item_data = source.tag("ItemData")
        self._group = source.tag("ItemGroupData")
        self._typed = {source.tag(name) for name in TYPED_ITEM_DATA}
        self._marks = {source.tag(name) for name in ("AuditRecord", "Signature", "Annotation")}

    # -- levels above the form ------------------------------------------------------------------
    def subject_of(self, element: Element) -> Subject | None:
        """The subject that a SubjectData is about; ``None`` when it cannot be told."""
        if self._current is not None and self._current[0] is element:
            return self._current[1]
        given = {str(key): str(value) for key, value in element.items()}
        parent = element.getparent()
        if parent is None or self.source.name(parent) != "ClinicalData" or not given.get("SubjectKey"):
            return None
        key = (str(parent.get("StudyOID") or ""), str(parent.get("MetaDataVersionOID") or ""), given["SubjectKey"])
        subject = self.subjects.get(key)
        if subject is None:
            subject = self.subjects[key] = Subject(*key, line_of(element))
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
        return subject, ItemPath(Step(oid, self._key(element, "StudyEventRepeatKey", repeats=repeats)))

    def subject_ended(self, element: Element) -> None:
        source = self.source
        subject = self.subject_of(element)
        if subject is None:
            source.log.add("ODM014", line_of(element), "SubjectKey of SubjectData, or a ClinicalData around it.")
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
                self._mark(marks, child, element, misplaced=last)
        subject.source |= marks.source()
        if given.get("TransactionType"):
            subject.source["transaction"] = given["TransactionType"]
        if status := marks.flag("STATUS"):
            subject.source["status"] = status
        self._queries(subject, marks, "")
        self._current = None

    def event_ended(self, element: Element) -> None:
        source = self.source
        found = self.event_of(element)
        if found is None:
            source.log.add("ODM014", line_of(element), "StudyEventOID of StudyEventData, or a SubjectData around it.")
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
                self._mark(marks, child, element, misplaced=last)
        kept = marks.source()
        if given.get("TransactionType"):
            kept["transaction"] = given["TransactionType"]
        if kept:
            _beside(subject.source, "events", str(path), kept)
        self._queries(subject, marks, str(path))
        version = self.nesting.get((subject.study_oid, subject.version))
        if version is not None and path.event is not None and not version.knows(path.event.oid):
            self._unknown(subject, element, "event", path.event.oid, (path.event.oid, "", "", ""))

    # -- the form and below ---------------------------------------------------------------------
    def form_ended(self, element: Element) -> None:
        source = self.source
        parent = element.getparent()
        found = self.event_of(parent) if parent is not None and source.name(parent) == "StudyEventData" else None
        given = source.attributes(element, "FormOID", "FormRepeatKey", "TransactionType")
        if found is None or not given.get("FormOID"):
            source.log.add("ODM014", line_of(element), "FormOID of FormData, or a StudyEventData around it.")
            return
        subject, event = found
        version = self.nesting.get((subject.study_oid, subject.version))
        oid = given["FormOID"]
        repeats = version is not None and version.repeats("form", oid)
        path = ItemPath(event.event, Step(oid, self._key(element, "FormRepeatKey", repeats=repeats)))
        form = subject.forms.get(path)
        if form is None:
            form = subject.forms[path] = _Form(path, line_of(element))
        form.transaction = self._transaction(given, element) or form.transaction
        marks = Marks()
        last = False
        for child in element:
            if child.tag == self._group:
                last = True
                self._read_group(child, form, subject, version)
            elif source.name(child) == "ArchiveLayoutRef":
                source.log.add("ODM018", line_of(child), "ArchiveLayoutRef.")
            else:
                self._mark(marks, child, element, misplaced=last)
        form.source |= marks.source()
        for key, kind in (("status", "ENTRY"), ("protection", "PROTECTION")):
            if value := marks.flag(kind):
                form.source[key] = value
        self._queries(subject, marks, str(path))
        if version is not None and event.event is not None and not version.knows(event.event.oid, oid):
            self._unknown(subject, element, "form", oid, (event.event.oid, oid, "", ""))

    def _read_group(self, element: Element, form: _Form, subject: Subject, version: Nesting | None) -> None:
        source = self.source
        given = source.attributes(element, "ItemGroupOID", "ItemGroupRepeatKey", "TransactionType")
        oid = given.get("ItemGroupOID")
        if not oid:
            source.log.add("ODM014", line_of(element), "ItemGroupOID of ItemGroupData.")
            return
        marks = Marks()
        if next(element.iterchildren(*self._marks), None) is not None:
            self._group_marks(marks, element)
        repeats = version is not None and version.repeats("group", oid)
        place = self._place(form, oid, self._key(element, "ItemGroupRepeatKey", repeats=repeats), marks.flag("PATH"), version)
        transaction = self._transaction(given, element)
        inherited: TransactionType = "Remove" if "Remove" in (transaction, form.transaction) else ""
        items = form.items
        before = len(items)
        paths, item_data = place.paths, self._item_data
        seen = 0
        for child in element.iterchildren(item_data):
            seen += 1
            pairs = child.items()
            if len(pairs) == 2 and not len(child):
                (first, item_oid), (second, raw) = pairs
                if first == "ItemOID" and second == "Value" and item_oid in paths and not inherited:
                    items.append(plain_item(paths[item_oid], raw, line_of(child)))
                    continue  # most of a real file
            self._read_item(child, place, form, subject, inherited)
        if seen < len(element):
            for child in element:
                if child.tag in self._typed:
                    self._read_typed(child, place, form, subject, inherited)
                elif child.tag != item_data and child.tag not in self._marks:
                    self._mark(marks, child, element, misplaced=True)
        kept = marks.source()
        if transaction:
            kept["transaction"] = transaction
        removed = marks.flag("REMOVED") == "Yes"
        if removed:
            kept["removed"] = True
        if kept:
            _beside(form.source, "groups", place.path.group_path, kept)
        self._queries(subject, marks, str(place.path))
        if len(form.items) == before:
            form.rows.append(place.path)
        if place.known is None and len(form.items) == before:
            self._unknown_place(subject, element, place, "")

    def _group_marks(self, marks: Marks, element: Element) -> None:
        last = False
        for child in element:
            if child.tag == self._item_data or child.tag in self._typed:
                last = True
            elif child.tag in self._marks:
                self._mark(marks, child, element, misplaced=last)

    def _place(self, form: _Form, oid: str, key: str, stated: str, version: Nesting | None) -> _Place:
        cache_key = (*_key_of(form.path), oid, key, stated, version.id if version else "")
        place = self._places.get(cache_key)
        if place is None:
            groups = version.split(form.path, oid, key, stated) if version else (Step(oid, key),)
            path = ItemPath(form.path.event, form.path.form, groups)
            known = version.items_at(path) if version else None
            if len(self._places) >= _MAX_PLACES:
                self._places.clear()
            place = self._places[cache_key] = _Place(path, known)
        return place

    def _read_item(
        self, element: Element, place: _Place, form: _Form, subject: Subject, inherited: TransactionType
    ) -> None:
        given = dict(element.items())
        oid = given.get("ItemOID")
        line = line_of(element)
        if not oid:
            self.source.log.add("ODM014", line, "ItemOID of ItemData.")
            return
        raw = given.get("Value")
        path = place.paths.get(oid)
        if path is None:
            path = self._item_path(element, place, subject, oid)
        source = self.source
        known = source.attributes(element, "ItemOID", "TransactionType", "IsNull", "Value")
        raw = self._raw(element, raw, known)
        unit = ""
        marks = Marks()
        data = False
        for child in element:
            if source.name(child) == "MeasurementUnitRef":
                unit = source.attributes(child, "MeasurementUnitOID").get("MeasurementUnitOID", "")
                data = True
            else:
                self._mark(marks, child, element, misplaced=data and source.name(child) != "Annotation")
        transaction = self._transaction(known, element) or inherited
        form.items.append(self._finished(path, raw, unit, transaction, marks, subject, line))

    def _read_typed(
        self, element: Element, place: _Place, form: _Form, subject: Subject, inherited: TransactionType
    ) -> None:
        source = self.source
        given = source.attributes(
            element, "ItemOID", "TransactionType", "IsNull", "AuditRecordID", "SignatureID", "AnnotationID", "MeasurementUnitOID"
        )
        line = line_of(element)
        oid = given.get("ItemOID")
        if not oid:
            source.log.add("ODM014", line, "ItemOID of ItemData.")
            return
        path = place.paths.get(oid) or self._item_path(element, place, subject, oid)
        marks = Marks()
        for child in element:
            self._mark(marks, child, element, misplaced=True)
        raw = None if given.get("IsNull") == "Yes" else element.text or "".join(child.tail or "" for child in element)
        item = self._finished(
            path, raw, given.get("MeasurementUnitOID", ""), self._transaction(given, element) or inherited, marks, subject, line
        )
        kept = dict(item.source)
        for key, slot in (("AuditRecordID", "audit"), ("SignatureID", "signature")):
            if key in given:
                kept[slot] = self._referred(given[key], line)
        if "AnnotationID" in given:
            kept["annotations"] = [*marks.annotations, self._referred(given["AnnotationID"], line)]
        if raw is None and not item.missing:
            kept["IsNull"] = "Yes"
        form.items.append(
            ImportedItem(path, raw, item.missing, item.unit, item.transaction, kept or _NOTHING, line)
        )

    def _finished(
        self,
        path: ItemPath,
        raw: str | None,
        unit: str,
        transaction: TransactionType,
        marks: Marks,
        subject: Subject,
        line: int,
    ) -> ImportedItem:
        kept = marks.source()
        if marks.own:
            self._queries(subject, marks, str(path))
            if typed := next((flags["RAW"] for flags in marks.own if "RAW" in flags), None):
                raw = typed
        if raw is None and not marks.flag("MISSING"):
            kept["IsNull"] = "Yes"
        return ImportedItem(path, raw, marks.flag("MISSING"), unit, transaction, kept or _NOTHING, line)

    def _raw(self, element: Element, raw: str | None, given: Mapping[str, str]) -> str | None:
        if given.get("IsNull") == "Yes":
            if raw is not None:
                self.source.log.add("ODM035", line_of(element))
            return raw
        if raw is None:
            if text := (element.text or "").strip():
                return text
            if given.get("TransactionType") != "Remove":
                self.source.log.add("ODM036", line_of(element))
            return ""
        return raw

    def _item_path(self, element: Element, place: _Place, subject: Subject, oid: str) -> ItemPath:
        path = place.paths[oid] = place.path.with_item(oid)
        if place.known is None or oid not in place.known:
            self._unknown_place(subject, element, place, oid)
        return path

    # -- shared ----------------------------------------------------------------------------------
    def _mark(self, marks: Marks, child: Element, parent: Element, *, misplaced: bool) -> None:
        source = self.source
        if not marks.take(source, child):
            source.unexpected(child, parent)
            for lost in child.iter(*self._marks):
                source.log.add("ODM030", line_of(lost), f"{source.name(lost)} in {source.name(parent)}.")
                marks.take(source, lost)
        elif misplaced:
            source.log.add("ODM030", line_of(child), f"{source.name(child)} in {source.name(parent)}.")

    def _key(self, element: Element, name: str, *, repeats: bool) -> str:
        key = element.get(name)
        if key:
            return str(key)
        if repeats:
            self.source.log.add("ODM034", line_of(element), f"{name}.")
        return "1"

    def _transaction(self, given: Mapping[str, str], element: Element) -> TransactionType:
        value = given.get("TransactionType", "")
        if value and value not in TRANSACTIONS:
            self.source.log.add("ODM015", line_of(element), f"TransactionType is '{value}'; none was taken.")
            return ""
        return value  # type: ignore[return-value]  # checked against the same words

    def _queries(self, subject: Subject, marks: Marks, path: str) -> None:
        for flags in marks.own:
            if "QUERY" in flags:
                queries = subject.source.setdefault("queries", [])
                assert isinstance(queries, list)
                queries.append({"PATH": path} | flags)

    def _referred(self, name: str, line: int) -> Record:
        if name not in self.by_id:
            self.by_id[name] = {}
            self.waiting[name] = line
        return self.by_id[name]

    def container_ended(self, element: Element) -> None:
        """AuditRecords, Signatures, Annotations: what typed ItemData refer to by ID."""
        source = self.source
        for child in element:
            marks = Marks()
            if not marks.take(source, child):
                source.unexpected(child, element)
                continue
            found: dict[str, object] = dict(marks.audit or marks.signature or (marks.annotations or [{}])[0])
            name = str(found.pop("ID", ""))  # it only ties the two together, and the record now stands with its data
            if not name:
                source.log.add("ODM014", line_of(child), f"ID of {source.name(child)}.")
                continue
            self.waiting.pop(name, None)
            self.by_id.setdefault(name, {}).update(found)  # type: ignore[arg-type]  # an annotation may hold flags

    def file_ended(self) -> None:
        for name, line in self.waiting.items():
            self.source.log.add("ODM033", line, f"'{name}'.")

    def _unknown_place(self, subject: Subject, element: Element, place: _Place, item_oid: str) -> None:
        path = place.path
        if path.event is None or path.form is None:
            return
        version = self.nesting.get((subject.study_oid, subject.version))
        if version is None:
            return
        what, oid = ("item", item_oid) if item_oid else ("item group", path.groups[-1].oid)
        self._unknown(subject, element, what, oid, (path.event.oid, path.form.oid, path.groups[-1].oid, item_oid))

    def _unknown(self, subject: Subject, element: Element, what: str, oid: str, place: tuple[str, str, str, str]) -> None:
        self.source.log.add("ODM021", line_of(element), f"The {what} '{oid}' of form '{place[1]}'." if place[1] else f"The {what} '{oid}'.")
        self.found.setdefault((subject.study_oid, subject.version), {})[place] = None


def _beside(source: dict[str, object], level: str, path: str, kept: dict[str, object]) -> None:
    places = source.setdefault(level, {})
    assert isinstance(places, dict)
    places.setdefault(path, {}).update(kept)


def _key_of(path: ItemPath) -> tuple[str, ...]:
    assert path.event is not None
    assert path.form is not None
    return (path.event.oid, path.event.key, path.form.oid, path.form.key)


def version_index(versions: list[MetaDataVersion]) -> dict[tuple[str, str], Nesting]:
    return {(version.study.oid, version.oid): Nesting(version) for version in versions}


__all__ = ["ClinicalReader", "Subject", "content", "version_index"]
