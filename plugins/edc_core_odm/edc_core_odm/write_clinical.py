"""ClinicalData as ODM, one subject at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from edc_core.api import (
    AuditRecord,
    ExportDataset,
    ExportForm,
    ExportItem,
    ExportSignature,
    ExportSubject,
    ItemPath,
    Query,
    Step,
)
from edc_core_odm.code_lists import flag
from edc_core_odm.nesting import Nesting, join
from edc_core_odm.oid_space import OidSpace
from edc_core_odm.own_marks import escape
from edc_core_odm.shown_value import ANY, AS_TYPED, shown
from edc_core_odm.since import GONE
from edc_core_odm.vocabulary import CLOSED
from edc_core_odm.write_marks import (
    MarkWriter,
    annotation_of,
    not_done_flags,
    restored,
    signature_on,
    standing_flags,
)
from edc_core_odm.write_subjects import (
    NOTHING,
    SubjectWriter,
    WrittenVersion,
    by_event,
    queries_by_form,
    references,
)
from edc_core_odm.write_xml import attribute


class _Version(WrittenVersion):
    """What the data of one version are written with."""

    def __init__(self, dataset: ExportDataset, oid: str, oids: OidSpace | None) -> None:
        super().__init__(oids)
        index = dataset.versions.get(oid)
        self.nesting = Nesting(index.version) if index else None
        self.typed = {d.oid: AS_TYPED.get(d.data_type, ANY) for d in index.version.items} if index else {}
        self.heads: dict[str, str] = {}


class ClinicalWriter(SubjectWriter[_Version, MarkWriter]):
    """Writes the subjects of a file."""

    def _marks(self) -> MarkWriter:
        return MarkWriter()

    def _version(self, oid: str, oids: OidSpace | None) -> _Version:
        return _Version(self.dataset, oid, oids)

    def _subject(
        self, subject: ExportSubject, forms: list[ExportForm], version: _Version, *, is_first: bool
    ) -> str:
        source = subject.source if is_first else NOTHING
        parts = [
            f'<SubjectData SubjectKey="{attribute(subject.subject_key)}"{self.parent(source, ItemPath(), again=not is_first)}>\n'
        ]
        own = signature_on(subject, ItemPath()) if is_first else None
        head, flags = self.marks.head(source, own)
        parts.append(head)
        parts.append(references(subject, source))
        if is_first:
            if subject.status:
                flags.append(flag("STATUS", escape(subject.status)))
            parts.append(self.marks.annotations(flags, source, self.homeless(subject)))
            brought = source.get("queries")
            parts.append(
                restored(
                    brought if isinstance(brought, (list, tuple)) else (), subject.queries, annotation_of
                )
            )
        by_form = queries_by_form(subject)
        beside = subject.source.get("events")
        for event, inside in by_event(subject, forms, is_first=is_first).items():
            place, first = ItemPath(event), self.begins(event)
            kept = beside.get(str(place), NOTHING) if first and isinstance(beside, dict) else NOTHING
            parts.append(
                f'<StudyEventData StudyEventOID="{version.spelled("events", event.oid)}"'
                f' StudyEventRepeatKey="{attribute(event.key)}"{self.parent(kept, place, again=not first)}>\n'
            )
            if first and not self.is_gone(place):
                head, flags = self.marks.head(kept, signature_on(subject, place))
                flags += not_done_flags(subject, event)
                parts += [head, self.marks.annotations(flags, kept)]
            parts += [
                self._form(form, version, by_form.get(form.path, []), signature_on(subject, form.path))
                for form in inside
            ]
            parts.append("</StudyEventData>\n")
        parts.append("</SubjectData>\n")
        return "".join(parts)

    def _form(
        self, form: ExportForm, version: _Version, queries: list[Query], signature: ExportSignature | None
    ) -> str:
        step = form.path.form
        assert step is not None
        groups: dict[tuple[Step, ...], list[ExportItem]] = {path.groups: [] for path, _ in form.rows}
        at: tuple[Step, ...] | None = None
        inside: list[ExportItem] = []
        for item in form.items:
            if item.groups is not at:  # items of one row follow each other, mostly with the same tuple
                at = item.groups
                inside = groups.setdefault(at, [])
            inside.append(item)
        struck = {path.groups for path, removed in form.rows if removed}
        placed: dict[tuple[tuple[Step, ...], str | None], list[Query]] = {}
        if queries:
            present = {(item.groups, item.oid) for item in form.items}
            for query in queries:
                place = (query.path.groups, query.path.item)
                known = place in present or (place[1] is None and place[0] in groups)
                placed.setdefault(place if known else ((), None), []).append(query)
        parts = [
            (
                f'<FormData FormOID="{version.spelled("forms", step.oid)}" FormRepeatKey="{attribute(step.key)}"'
                f"{self.parent(form.source, form.path, removed=form.status in ('removed', GONE))}>\n"
            )
        ]
        if form.status == GONE:
            return f"{parts[0]}</FormData>\n"
        head, flags = self.marks.head(form.source, signature)
        if form.status in CLOSED["ENTRY"]:
            flags.append(flag("ENTRY", form.status))
        if form.protection in CLOSED["PROTECTION"] and form.protection != "open":
            flags.append(flag("PROTECTION", form.protection))
        parts += [head, self.marks.annotations(flags, form.source, placed.pop(((), None), ()))]
        beside = form.source.get("groups")
        for group, items in groups.items():
            kept = (
                beside.get(ItemPath(form.path.event, step, group).group_path, NOTHING)
                if isinstance(beside, dict)
                else NOTHING
            )
            self._group(parts, group, items, form, version, kept, placed, is_struck=group in struck)
        parts.append("</FormData>\n")
        return "".join(parts)

    def _group(
        self,
        parts: list[str],
        group: tuple[Step, ...],
        items: list[ExportItem],
        form: ExportForm,
        version: _Version,
        kept: Mapping[str, object],
        placed: Mapping[tuple[tuple[Step, ...], str | None], list[Query]],
        *,
        is_struck: bool,
    ) -> None:
        assert form.path.form is not None
        is_struck = is_struck or any(item.removed for item in items)
        place = ItemPath(form.path.event, form.path.form, group)
        parts.append(
            f'<ItemGroupData ItemGroupOID="{version.spelled("groups", group[-1].oid)}"'
            f' ItemGroupRepeatKey="{attribute(join(group))}"{self.parent(kept, place, removed=is_struck)}>\n'
        )
        head, flags = self.marks.head(kept)
        if is_struck:
            flags.append(flag("REMOVED", "Yes"))
        if version.nesting is not None and version.nesting.is_ambiguous(form.path.form.oid, group):
            flags.append(flag("PATH", escape(str(place))))
        queries = placed.get((group, None), ())
        if head or flags or queries or kept:
            parts += [head, self.marks.annotations(flags, kept, queries)]
        for item in items:
            self._item(parts, item, version, placed.get((group, item.oid), ()) if placed else ())
        parts.append("</ItemGroupData>\n")

    def _item(self, parts: list[str], item: ExportItem, version: _Version, queries: Iterable[Query]) -> None:
        begin = version.heads.get(item.oid)
        if begin is None:
            begin = version.heads[item.oid] = f'<ItemData ItemOID="{version.spelled("items", item.oid)}"'
        history = item.history
        if len(history) > 1:
            self.demand()
        typed = version.typed.get(item.oid, ANY)
        if not history:
            kind = ' TransactionType="Upsert"' if self.transactional else ""
            value, flags = _value(item.raw, item.value, item.missing, item.reading, typed, is_null=False)
            flags += standing_flags(item)
            unit = _unit(item.unit, version)
            notes = self.marks.annotations(flags, NOTHING, queries) if flags or queries else ""
            parts.append(
                f"{begin}{kind}{value}>{unit}{notes}</ItemData>\n"
                if unit or notes
                else f"{begin}{kind}{value}/>\n"
            )
            return
        last = len(history) - 1
        for position, record in enumerate(history):
            asked, stands = (queries, standing_flags(item)) if position == last else ((), [])
            parts.append(self._record(begin, record, typed, version, asked, stands))

    def _record(
        self,
        begin: str,
        record: AuditRecord,
        typed: re.Pattern[str],
        version: _Version,
        queries: Iterable[Query],
        stands: list[str],
    ) -> str:
        source = record.source
        kind = self.kind_of(record)
        if not (source or queries or stands) and _is_plain(record):
            audit = self.marks.own_audit(record)
            rest = f">{audit}</ItemData>\n" if audit else "/>\n"
            return f'{begin}{kind} Value="{record.raw}"{rest}'
        value, flags = _value(
            record.raw,
            record.value,
            record.missing,
            record.reading,
            typed,
            is_null=source.get("IsNull") == "Yes",
        )
        if record.transaction == "Remove" and not record.raw and not record.missing:
            value, flags = "", []
        audit, more = self.marks.audit(record)
        flags += more + stands
        if not source and not flags and not queries and not record.unit:
            return f"{begin}{kind}{value}>{audit}</ItemData>\n" if audit else f"{begin}{kind}{value}/>\n"
        signature = source.get("signature")
        if isinstance(signature, dict) and signature:
            text, more = self.marks.verbatim("Signature", signature)
            audit += text
            flags += more
        notes = self.marks.annotations(flags, source, queries)
        return f"{begin}{kind}{value}>{audit}{_unit(record.unit, version)}{notes}</ItemData>\n"


def _is_plain(record: AuditRecord) -> bool:
    """Whether the value alone, written as it is, says everything: nothing to escape, no unit, no flag."""
    return (
        record.raw == record.value
        and record.reading == "ok"
        and not record.unit
        and not record.missing
        and attribute(record.raw) is record.raw
    )


def _unit(oid: str, version: _Version) -> str:
    return f'<MeasurementUnitRef MeasurementUnitOID="{version.spelled("units", oid)}"/>' if oid else ""


def _value(
    raw: str, value: str | None, missing: str, reading: str, typed: re.Pattern[str], *, is_null: bool
) -> tuple[str, list[str]]:
    """The attribute that holds a value, and flags for what it cannot say."""
    text, flags = shown(raw, value, missing, reading, typed, is_null=is_null)
    return ' IsNull="Yes"' if text is None else f' Value="{attribute(text)}"', flags
