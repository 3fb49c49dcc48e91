"""ItemGroupData and ItemData from ODM: the innermost loop of an import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edc_core.api import ImportedItem, ItemPath, Step, TransactionType
from edc_core_odm.gathered import Form, Subject, beside
from edc_core_odm.nesting import Nesting
from edc_core_odm.plain_item import plain_item
from edc_core_odm.read_definitions import Source
from edc_core_odm.read_marks import Marks, Record
from edc_core_odm.read_queries import queries_of
from edc_core_odm.read_records import Records
from edc_core_odm.safe_xml import LAST_OWN_LINE, Element, line_of
from edc_core_odm.vocabulary import TRANSACTIONS, TYPED_ITEM_DATA

_MAX_PLACES = 50_000  #: remembered group occurrences; forgotten all at once beyond, to keep memory flat
_NOTHING: Mapping[str, object] = {}


@dataclass(slots=True)
class _Place:
    """An item group occurrence: its path, the items the definition has there, and the paths made so far."""

    path: ItemPath
    known: frozenset[str] | None
    paths: dict[str, ItemPath] = field(default_factory=dict)


class RowReader:
    """Reads ItemGroupData and ItemData of one file, and what any level has in common with them."""

    def __init__(
        self,
        source: Source,
        nesting: Mapping[tuple[str, str], Nesting],
        found: dict[tuple[str, str], dict[tuple[str, str, str, str], None]],
        records: Records,
    ) -> None:
        self.source = source
        self.nesting = nesting
        self.found = found  #: places of data without definition, by study and version
        self.records = records
        self._places: dict[tuple[str, ...], _Place] = {}
        self._item_data = source.tag("ItemData")
        self._typed = {source.tag(name) for name in TYPED_ITEM_DATA}
        self._marks = {source.tag(name) for name in ("AuditRecord", "Signature", "Annotation")}

    def read_group(self, element: Element, form: Form, subject: Subject, version: Nesting | None) -> None:
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
        place = self._place(
            form, oid, self.key(element, "ItemGroupRepeatKey", repeats=repeats), marks.flag("PATH"), version
        )
        transaction = self.transaction(given, element)
        inherited: TransactionType = "Remove" if "Remove" in (transaction, form.transaction) else ""
        items = form.items
        before = len(items)
        paths, item_data = place.paths, self._item_data
        seen = 0
        add = items.append
        for child in element.iterchildren(item_data):
            seen += 1
            pairs: list[tuple[str, str]] = child.items()  # type: ignore[assignment]  # lxml gives text
            if len(pairs) == 2 and not len(child):
                (first, item_oid), (second, raw) = pairs
                if first == "ItemOID" and second == "Value" and item_oid in paths and not inherited:
                    line: Any = child.sourceline  # the stubs do not know that it is a number
                    if line > LAST_OWN_LINE:
                        line = line_of(child)
                    add(plain_item(paths[item_oid], raw, line))
                    continue  # most of a real file
            self._read_item(child, place, form, subject, inherited)
        if seen < len(element):
            for child in element:
                if child.tag in self._typed:
                    self._read_typed(child, place, form, subject, inherited)
                elif child.tag != item_data and child.tag not in self._marks:
                    self.mark(marks, child, element, misplaced=True)
        kept = marks.source()
        if transaction:
            kept["transaction"] = transaction
        removed = marks.flag("REMOVED") == "Yes"
        if removed:
            kept["removed"] = True
        if kept:
            beside(form.source, "groups", place.path.group_path, kept)
        self.queries(subject, marks, str(place.path))
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
                self.mark(marks, child, element, misplaced=last)

    def _place(self, form: Form, oid: str, key: str, stated: str, version: Nesting | None) -> _Place:
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
        self, element: Element, place: _Place, form: Form, subject: Subject, inherited: TransactionType
    ) -> None:
        given = {str(key): str(value) for key, value in element.items()}
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
                self.mark(marks, child, element, misplaced=data and source.name(child) != "Annotation")
        transaction = self.transaction(known, element) or inherited
        form.items.append(self._finished(path, raw, unit, transaction, marks, subject, line))

    def _read_typed(
        self, element: Element, place: _Place, form: Form, subject: Subject, inherited: TransactionType
    ) -> None:
        source = self.source
        given = source.attributes(
            element,
            "ItemOID",
            "TransactionType",
            "IsNull",
            "AuditRecordID",
            "SignatureID",
            "AnnotationID",
            "MeasurementUnitOID",
        )
        line = line_of(element)
        oid = given.get("ItemOID")
        if not oid:
            source.log.add("ODM014", line, "ItemOID of ItemData.")
            return
        path = place.paths.get(oid) or self._item_path(element, place, subject, oid)
        marks = Marks()
        for child in element:
            self.mark(marks, child, element, misplaced=True)
        raw = (
            None
            if given.get("IsNull") == "Yes"
            else element.text or "".join(child.tail or "" for child in element)
        )
        item = self._finished(
            path,
            raw,
            given.get("MeasurementUnitOID", ""),
            self.transaction(given, element) or inherited,
            marks,
            subject,
            line,
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
            self.queries(subject, marks, str(path))
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

    def mark(self, marks: Marks, child: Element, parent: Element, *, misplaced: bool) -> None:
        source = self.source
        if not marks.take(source, child):
            source.unexpected(child, parent)
            for lost in child.iter(*self._marks):
                source.log.add("ODM030", line_of(lost), f"{source.name(lost)} in {source.name(parent)}.")
                marks.take(source, lost)
        elif misplaced:
            source.log.add("ODM030", line_of(child), f"{source.name(child)} in {source.name(parent)}.")

    def key(self, element: Element, name: str, *, repeats: bool) -> str:
        key = element.get(name)
        if key:
            return str(key)
        if repeats:
            self.source.log.add("ODM034", line_of(element), f"{name}.")
        return "1"

    def transaction(self, given: Mapping[str, str], element: Element) -> TransactionType:
        value = given.get("TransactionType", "")
        if value and value not in TRANSACTIONS:
            self.source.log.add("ODM015", line_of(element), f"TransactionType is '{value}'; none was taken.")
            return ""
        return value  # type: ignore[return-value]  # checked against the same words

    def queries(self, subject: Subject, marks: Marks, path: str) -> None:
        if marks.own:
            live, kept = queries_of(marks, path, self.source.log)
            subject.queries += live
            if kept:
                queries = subject.source.setdefault("queries", [])
                assert isinstance(queries, list)
                queries += kept

    def _referred(self, name: str, line: int) -> Record:
        found = self.records.get(name)
        if found is None:
            self.source.log.add("ODM033", line, f"'{name}'.")
        return found or {}

    def _unknown_place(self, subject: Subject, element: Element, place: _Place, item_oid: str) -> None:
        path = place.path
        if path.event is None or path.form is None:
            return
        version = self.nesting.get((subject.study_oid, subject.version))
        if version is None:
            return
        what, oid = ("item", item_oid) if item_oid else ("item group", path.groups[-1].oid)
        self.unknown(
            subject, element, what, oid, (path.event.oid, path.form.oid, path.groups[-1].oid, item_oid)
        )

    def unknown(
        self, subject: Subject, element: Element, what: str, oid: str, place: tuple[str, str, str, str]
    ) -> None:
        self.source.log.add(
            "ODM021",
            line_of(element),
            f"The {what} '{oid}' of form '{place[1]}'." if place[1] else f"The {what} '{oid}'.",
        )
        self.found.setdefault((subject.study_oid, subject.version), {})[place] = None


def report_twice(source: Source, subject: Subject) -> None:
    """In a transactional file the lines of one item are its history; in a snapshot they are a mistake."""
    for form in subject.forms.values():
        if len({id(item.path) for item in form.items}) == len(form.items):
            continue
        seen: set[ItemPath] = set()
        for item in form.items:
            if item.path in seen:
                source.log.add("ODM037", item.line, f"The item '{item.path.item}'.")
            seen.add(item.path)


def _key_of(path: ItemPath) -> tuple[str, ...]:
    assert path.event is not None
    assert path.form is not None
    return (path.event.oid, path.event.key, path.form.oid, path.form.key)
