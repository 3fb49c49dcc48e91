"""ItemGroupData in each other and their ItemData from ODM 2.0: the innermost loop of an import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edc_core.api import ImportedItem, ItemPath, Step, TransactionType, join_codes
from edc_core_odm.gathered import Form, Subject, beside
from edc_core_odm.nesting import Nesting
from edc_core_odm.odm2.read_marks import Marks2
from edc_core_odm.odm2.shapes import Shapes
from edc_core_odm.plain_item import plain_item
from edc_core_odm.read_definitions import Source
from edc_core_odm.read_records import Records
from edc_core_odm.read_rows import RowReader
from edc_core_odm.safe_xml import Element, line_of

_MAX_PLACES = 50_000  #: remembered group occurrences; forgotten all at once beyond, to keep memory flat
_NOTHING: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class Layout:
    """What reading data needs to know of a version."""

    nesting: Nesting
    shells: frozenset[str]
    multiple: frozenset[str]

    def items_at(self, path: ItemPath) -> frozenset[str] | None:
        """OIDs of the items defined in the group at a path, in whatever event its form stands; ``None`` without group."""
        assert path.form is not None
        oid = path.groups[-1].oid
        known = path.group_oids in self.nesting.chains.get(path.form.oid, {}).get(oid, [])
        return self.nesting.item_oids.get(oid, frozenset()) if known else None


class Places:
    """Layouts by study and version."""

    def __init__(self, nesting: Mapping[tuple[str, str], Nesting]) -> None:
        self._nesting = nesting
        self._layouts: dict[tuple[str, str], Layout] = {}

    def of(self, subject: Subject) -> Layout | None:
        key = (subject.study_oid, subject.version)
        layout = self._layouts.get(key)
        nesting = self._nesting.get(key)
        if layout is None and nesting is not None:
            multiple = frozenset(d.oid for d in nesting.version.items if d.multiple)
            layout = self._layouts[key] = Layout(nesting, frozenset(Shapes(nesting.version).shells), multiple)
        return layout


@dataclass(slots=True)
class _Place:
    """An item group occurrence: its path, the items the definition has there, and the paths made so far."""

    path: ItemPath
    known: frozenset[str] | None
    paths: dict[str, ItemPath]


class GroupReader:
    """Reads the item groups of one file."""

    def __init__(
        self,
        source: Source,
        nesting: Mapping[tuple[str, str], Nesting],
        found: dict[tuple[str, str], dict[tuple[str, str, str, str], None]],
    ) -> None:
        self.source = source
        self.rows = RowReader(source, nesting, found, Records())
        self.key = self.rows.key
        self._places: dict[tuple[ItemPath, str], _Place] = {}
        self._group, self._item, self._value = (
            source.tag(name) for name in ("ItemGroupData", "ItemData", "Value")
        )

    def read_form(
        self, element: Element, form: Form, subject: Subject, layout: Layout | None, marks: Marks2
    ) -> None:
        """What is in a form; items that stand in it directly are in the group of the same OID."""
        assert form.path.form is not None
        removed: TransactionType = "Remove" if form.transaction == "Remove" else ""
        direct: _Place | None = None
        for child in element:
            if child.tag == self._group:
                self.read_row(child, form, (), subject, layout, removed)
            elif child.tag == self._item:
                if direct is None:
                    direct = self._place(form, (Step(form.path.form.oid, "1"),), layout)
                self._read_item(child, direct, form, subject, layout, removed)
            elif not marks.take(self.source, child):
                self.source.unexpected(child, element)

    def read_row(
        self,
        element: Element,
        form: Form,
        around: tuple[Step, ...],
        subject: Subject,
        layout: Layout | None,
        inherited: TransactionType = "",
    ) -> Marks2 | None:
        """A group occurrence and those in it; what stood beside it, or ``None`` when it names no group."""
        source = self.source
        given = source.attributes(
            element, "ItemGroupOID", "ItemGroupRepeatKey", "TransactionType", "ItemGroupDataSeq"
        )
        oid = given.get("ItemGroupOID")
        if not oid:
            source.log.add("ODM014", line_of(element), "ItemGroupOID of ItemGroupData.")
            return None
        repeats = layout is not None and layout.nesting.repeats("group", oid)
        key = self.key(element, "ItemGroupRepeatKey", repeats=repeats)
        place = self._place(form, (*around, Step(oid, key)), layout)
        transaction = self.rows.transaction(given, element)
        removed: TransactionType = "Remove" if "Remove" in (transaction, inherited) else ""
        before = len(form.items), len(form.rows)
        marks = Marks2()
        for child in element:
            if child.tag == self._item:
                self._read_item(child, place, form, subject, layout, removed)
            elif child.tag == self._group:
                self.read_row(child, form, place.path.groups, subject, layout, removed)
            elif not marks.take(source, child):
                source.unexpected(child, element)
        sequence = source.whole(given, "ItemGroupDataSeq", element) or 0
        self._about_row(form, place, marks, transaction, sequence)
        self.queries(subject, marks, str(place.path))
        if (len(form.items), len(form.rows)) == before:
            form.rows.append(place.path)
            if place.known is None:
                self._unknown(subject, element, place, "", layout)
        return marks

    def _about_row(self, form: Form, place: _Place, marks: Marks2, transaction: str, sequence: int) -> None:
        kept = marks.source()
        if transaction:
            kept["transaction"] = transaction
        if sequence > 0:
            kept["sequence"] = sequence
        if marks.flag("REMOVED") == "Yes":
            kept["removed"] = True
        if kept:
            beside(form.source, "groups", place.path.group_path, kept)

    def _place(self, form: Form, groups: tuple[Step, ...], layout: Layout | None) -> _Place:
        path = ItemPath(form.path.event, form.path.form, groups)
        cache_key = (path, layout.nesting.id if layout else "")
        place = self._places.get(cache_key)
        if place is None:
            if len(self._places) >= _MAX_PLACES:
                self._places.clear()
            known = layout.items_at(path) if layout else None
            place = self._places[cache_key] = _Place(path, known, {})
        return place

    def _read_item(
        self,
        element: Element,
        place: _Place,
        form: Form,
        subject: Subject,
        layout: Layout | None,
        inherited: TransactionType,
    ) -> None:
        pairs = element.items()
        if len(pairs) == 1 and len(element) == 1 and not inherited:
            child = element[0]
            path = place.paths.get(str(pairs[0][1])) if pairs[0][0] == "ItemOID" else None
            if path is not None and child.tag == self._value and not child.items() and not len(child):
                form.items.append(plain_item(path, str(child.text or ""), line_of(element)))
                return  # most of a real file
        source = self.source
        given = source.attributes(element, "ItemOID", "TransactionType", "IsNull")
        oid, line = given.get("ItemOID"), line_of(element)
        if not oid:
            source.log.add("ODM014", line, "ItemOID of ItemData.")
            return
        path = place.paths.get(oid)
        if path is None:
            path = place.paths[oid] = place.path.with_item(oid)
            if place.known is None or oid not in place.known:
                self._unknown(subject, element, place, oid, layout)
        marks = Marks2()
        values: list[str] = []
        for child in element:
            if child.tag == self._value:
                source.attributes(child, "SeqNum")
                values.append("".join(str(part) for part in child.itertext()))
            elif not marks.take(source, child):
                source.unexpected(child, element)
        raw = self._raw(element, given, values, is_multiple=layout is not None and oid in layout.multiple)
        self.queries(subject, marks, str(path))
        if typed := next((flags["RAW"] for flags in marks.own if "RAW" in flags), None):
            raw = typed
        kept = marks.source()
        missing = marks.flag("MISSING")
        if raw is None and not missing:
            kept["IsNull"] = "Yes"
        transaction = self.rows.transaction(given, element) or inherited
        form.items.append(
            ImportedItem(path, raw, missing, marks.flag("UNIT"), transaction, kept or _NOTHING, line)
        )

    def _raw(
        self, element: Element, given: Mapping[str, str], values: list[str], *, is_multiple: bool
    ) -> str | None:
        log = self.source.log
        if given.get("IsNull") == "Yes":
            if values:
                log.add("ODM035", line_of(element))
            else:
                return None
        if not values:
            if given.get("TransactionType") != "Remove":
                log.add("ODM036", line_of(element))
            return ""
        if len(values) == 1:
            return values[0]
        if not is_multiple:
            log.add("ODM053", line_of(element), f"The item '{given['ItemOID']}'.")
        return join_codes(values)

    def queries(self, subject: Subject, marks: Marks2, path: str) -> None:
        marks.settle(self.source)
        self.rows.queries(subject, marks, path)

    def _unknown(
        self, subject: Subject, element: Element, place: _Place, item_oid: str, layout: Layout | None
    ) -> None:
        path = place.path
        if layout is None or path.event is None or path.form is None:
            return
        what, oid = ("item", item_oid) if item_oid else ("item group", path.groups[-1].oid)
        where = (path.event.oid, path.form.oid, path.groups[-1].oid, item_oid)
        self.rows.unknown(subject, element, what, oid, where)
