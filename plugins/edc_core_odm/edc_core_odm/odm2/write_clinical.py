"""ClinicalData as ODM 2.0, one subject at a time: item groups stand in each other, and marks after the data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from edc_core.api import (
    AuditRecord,
    ExportDataset,
    ExportForm,
    ExportItem,
    ExportSubject,
    ItemPath,
    Query,
    Step,
    join_codes,
    split_codes,
)
from edc_core_odm.code_lists import flag
from edc_core_odm.odm2.shapes import Shapes
from edc_core_odm.odm2.write_marks import MarkWriter2, annotation_of
from edc_core_odm.oid_space import OidSpace
from edc_core_odm.own_marks import escape
from edc_core_odm.shown_value import ANY, AS_TYPED, shown
from edc_core_odm.since import GONE
from edc_core_odm.vocabulary import CLOSED
from edc_core_odm.write_marks import not_done_flags, restored, signature_on, standing_flags
from edc_core_odm.write_subjects import (
    NOTHING,
    SubjectWriter,
    WrittenVersion,
    by_event,
    queries_by_form,
    references,
)
from edc_core_odm.write_xml import attribute, body


class _Version(WrittenVersion):
    """What the data of one version are written with."""

    def __init__(self, dataset: ExportDataset, oid: str, oids: OidSpace | None) -> None:
        super().__init__(oids)
        index = dataset.versions.get(oid)
        version = index.version if index else None
        self.shapes = Shapes(version) if version else None
        self.typed = {d.oid: AS_TYPED.get(d.data_type, ANY) for d in version.items} if version else {}
        self.multiple = {d.oid for d in version.items if d.multiple} if version else set()
        self.repeating = {
            "event": {d.oid for d in version.events if d.repeating} if version else set(),
            "form": {d.oid for d in version.forms if d.repeating} if version else set(),
            "group": {d.oid for d in version.item_groups if d.repeating} if version else set(),
        }

    def form(self, oid: str) -> str:
        return attribute(self.shapes.spelled(oid, self.oids)) if self.shapes and self.oids else attribute(oid)

    def key(self, level: str, name: str, step: Step) -> str:
        """The key where there can be another, so that what does not repeat is written as the standard has it."""
        if step.key == "1" and step.oid not in self.repeating[level]:
            return ""
        return f' {name}="{attribute(step.key)}"'


@dataclass(slots=True)
class _Row:
    """An item group occurrence with what is in it."""

    items: list[ExportItem] = field(default_factory=list)
    rows: dict[tuple[Step, ...], _Row] = field(default_factory=dict)
    struck: bool = False


class ClinicalWriter2(SubjectWriter[_Version, MarkWriter2]):
    """Writes the subjects of a file."""

    def _marks(self) -> MarkWriter2:
        return MarkWriter2()

    def _version(self, oid: str, oids: OidSpace | None) -> _Version:
        return _Version(self.dataset, oid, oids)

    def is_whole(self, form: ExportForm) -> bool:
        version, step = self._versions.get(form.meta_data_version), form.path.form
        return bool(version and version.shapes and step and step.oid in version.shapes.shells)

    def _subject(
        self, subject: ExportSubject, forms: list[ExportForm], version: _Version, *, is_first: bool
    ) -> str:
        source = subject.source if is_first else NOTHING
        parts = [
            f'<SubjectData SubjectKey="{attribute(subject.subject_key)}"{self.parent(source, ItemPath(), again=not is_first)}>\n'
        ]
        parts.append(references(subject, source))
        by_form = queries_by_form(subject)
        beside = subject.source.get("events")
        for event, inside in by_event(subject, forms, is_first=is_first).items():
            place, first = ItemPath(event), self.begins(event)
            kept = beside.get(str(place), NOTHING) if first and isinstance(beside, dict) else NOTHING
            kind = self.parent(kept, place, again=not first)
            key = version.key("event", "StudyEventRepeatKey", event)
            oid = version.spelled("events", event.oid)
            parts.append(f'<StudyEventData StudyEventOID="{oid}"{key}{kind}>\n')
            for form in inside:
                FormWriter(self, version, form, by_form.get(form.path, []), subject).write(parts)
            if first and not self.is_gone(place):
                flags = not_done_flags(subject, event)
                parts.append(self.marks.beside(kept, flags, signature=signature_on(subject, place)))
            parts.append("</StudyEventData>\n")
        if is_first and not self.is_gone(ItemPath()):
            self._about(parts, subject)
        parts.append("</SubjectData>\n")
        return "".join(parts)

    def _about(self, parts: list[str], subject: ExportSubject) -> None:
        """What stands beside a subject: its own, and the queries whose form is not in the file."""
        homeless = self.homeless(subject)
        flags = [flag("STATUS", escape(subject.status))] if subject.status else []
        head, more = self.marks.head(subject.source, signature_on(subject, ItemPath()))
        parts.append(head)
        parts.append(self.marks.annotations([*more, *flags], subject.source, homeless))
        brought = subject.source.get("queries")
        known = brought if isinstance(brought, (list, tuple)) else ()
        parts.append(restored(known, subject.queries, annotation_of))
        parts.append(self.marks.queries(homeless, subject.site_number))


class FormWriter:
    """Writes one form."""

    def __init__(
        self,
        writer: ClinicalWriter2,
        version: _Version,
        form: ExportForm,
        queries: list[Query],
        subject: ExportSubject,
    ) -> None:
        self.writer, self.version, self.form, self.site = writer, version, form, subject.site_number
        self.signature = signature_on(subject, form.path)
        self.marks = writer.marks
        self.top = _Row()
        self._grow()
        shapes, step = version.shapes, form.path.form
        self.direct = (Step(step.oid, "1"),) if shapes and step and step.oid in shapes.direct else None
        present = {(item.groups, item.oid) for item in form.items}
        self.placed: dict[tuple[tuple[Step, ...], str | None], list[Query]] = {}
        for query in queries:
            place = (query.path.groups, query.path.item)
            row = place[0] if place[1] is None and place[0] != self.direct else None
            known = place in present or row in self.known
            self.placed.setdefault(place if known else ((), None), []).append(query)

    def _grow(self) -> None:
        """The rows of the form in each other, in the order in which they were found."""
        self.known: dict[tuple[Step, ...], _Row] = {(): self.top}
        for path, removed in self.form.rows:
            row = self._row(path.groups)
            row.struck = row.struck or removed
        for item in self.form.items:
            row = self._row(item.groups)
            row.items.append(item)
            row.struck = row.struck or item.removed

    def _row(self, groups: tuple[Step, ...]) -> _Row:
        row = self.known.get(groups)
        if row is None:
            row = self.known[groups] = _Row()
            self._row(groups[:-1]).rows[groups] = row
        return row

    def write(self, parts: list[str]) -> None:
        form, version = self.form, self.version
        step = form.path.form
        assert step is not None
        if form.status == GONE:
            self._gone(parts)
            return
        flags = [flag("ENTRY", form.status)] if form.status in CLOSED["ENTRY"] else []
        if form.protection in CLOSED["PROTECTION"] and form.protection != "open":
            flags.append(flag("PROTECTION", form.protection))
        removed = form.status == "removed"
        about = self.marks.beside(
            form.source, flags, self.placed.pop(((), None), ()), self.site, self.signature
        )
        shapes = version.shapes
        if shapes and step.oid in shapes.shells:
            # The form is not in the file: what stands beside it stands beside its first row.
            for groups, row in self.top.rows.items() or [((Step(step.oid, "1"),), _Row())]:
                self._group(parts, groups, row, about, removed=removed)
                about = ""
            return
        transaction = self.writer.parent(form.source, form.path, removed=removed)
        key = version.key("form", "ItemGroupRepeatKey", step)
        parts.append(f'<ItemGroupData ItemGroupOID="{version.form(step.oid)}"{key}{transaction}>\n')
        for groups, row in self.top.rows.items():
            if groups == self.direct and not row.struck:
                self._inside(parts, groups, row)
            else:
                self._group(parts, groups, row, "")
        parts.append(about)
        parts.append("</ItemGroupData>\n")

    def _gone(self, parts: list[str]) -> None:
        """The form is removed from the earlier file, or its rows where it has no element of its own."""
        step, removed = self.form.path.form, ' TransactionType="Remove"/>\n'
        assert step is not None
        if self.writer.is_whole(self.form):
            for groups in self.top.rows:
                key = self.version.key("group", "ItemGroupRepeatKey", groups[-1])
                oid = self.version.spelled("groups", groups[-1].oid)
                parts.append(f'<ItemGroupData ItemGroupOID="{oid}"{key}{removed}')
        else:
            key = self.version.key("form", "ItemGroupRepeatKey", step)
            parts.append(f'<ItemGroupData ItemGroupOID="{self.version.form(step.oid)}"{key}{removed}')

    def _group(
        self, parts: list[str], groups: tuple[Step, ...], row: _Row, about: str, *, removed: bool = False
    ) -> None:
        form = self.form
        beside = form.source.get("groups")
        place = ItemPath(form.path.event, form.path.form, groups)
        kept = beside.get(place.group_path, NOTHING) if isinstance(beside, dict) else NOTHING
        transaction = self.writer.parent(kept, place, removed=row.struck or removed)
        key = self.version.key("group", "ItemGroupRepeatKey", groups[-1])
        sequence = f' ItemGroupDataSeq="{attribute(str(kept["sequence"]))}"' if kept.get("sequence") else ""
        oid = self.version.spelled("groups", groups[-1].oid)
        parts.append(f'<ItemGroupData ItemGroupOID="{oid}"{key}{transaction}{sequence}>\n')
        self._inside(parts, groups, row)
        queries = self.placed.get((groups, None), ())
        flags = [flag("REMOVED", "Yes")] if row.struck else []
        if kept or flags or queries:
            parts.append(self.marks.beside(kept, flags, queries, self.site))
        parts.append(about)
        parts.append("</ItemGroupData>\n")

    def _inside(self, parts: list[str], groups: tuple[Step, ...], row: _Row) -> None:
        for item in row.items:
            self._item(parts, item, self.placed.get((groups, item.oid), ()) if self.placed else ())
        for inner, inside in row.rows.items():
            self._group(parts, inner, inside, "")

    def _item(self, parts: list[str], item: ExportItem, queries: Iterable[Query]) -> None:
        begin = f'<ItemData ItemOID="{self.version.spelled("items", item.oid)}"'
        history = item.history
        if len(history) > 1:
            self.writer.demand()
        if not history:
            kind = ' TransactionType="Upsert"' if self.writer.transactional else ""
            null, value, flags = self._value(item.oid, item, is_null=False)
            flags += standing_flags(item)
            notes = self.marks.beside(NOTHING, flags, queries, self.site) if flags or queries else ""
            parts.append(f"{begin}{kind}{null}>{value}{notes}</ItemData>\n")
            return
        last = len(history) - 1
        for position, record in enumerate(history):
            asked, stands = (queries, standing_flags(item)) if position == last else ((), [])
            self._record(parts, begin, item.oid, record, asked, stands)

    def _record(
        self,
        parts: list[str],
        begin: str,
        oid: str,
        record: AuditRecord,
        queries: Iterable[Query],
        stands: list[str],
    ) -> None:
        source = record.source
        kind = self.writer.kind_of(record)
        null, value, flags = self._value(oid, record, is_null=source.get("IsNull") == "Yes")
        if record.transaction == "Remove" and not record.raw and not record.missing:
            null, value, flags = "", "", []
        audit, more = self.marks.audit(record)
        flags += more + stands
        signature = source.get("signature")
        if isinstance(signature, dict) and signature:
            text, more = self.marks.verbatim("Signature", signature)
            audit += text
            flags += more
        notes = ""
        if source or flags or queries:
            notes = self.marks.annotations(flags, source, queries) + self.marks.queries(queries, self.site)
        parts.append(f"{begin}{kind}{null}>{value}{audit}{notes}</ItemData>\n")

    def _value(
        self, oid: str, item: ExportItem | AuditRecord, *, is_null: bool
    ) -> tuple[str, str, list[str]]:
        """IsNull or nothing, the Value elements, and flags for what they cannot say."""
        typed = self.version.typed.get(oid, ANY)
        text, flags = shown(item.raw, item.value, item.missing, item.reading, typed, is_null=is_null)
        if item.unit:
            flags.append(flag("UNIT", escape(item.unit)))
        if text is None:
            return ' IsNull="Yes"', "", flags
        if oid in self.version.multiple and text and join_codes(split_codes(text)) == text:
            values = "".join(
                f'<Value SeqNum="{n}">{body(code)}</Value>'
                for n, code in enumerate(split_codes(text), start=1)
            )
            return "", values, flags
        return "", f"<Value>{body(text)}</Value>", flags
