"""Writing the files: subjects are read once, and each row goes to its file as it comes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack

from edc_core.api import (
    ExportDataset,
    ExportForm,
    ExportItem,
    ExportSink,
    ExportSubject,
    FileValue,
    Step,
    split_codes,
)
from edc_core_csv import description
from edc_core_csv.rows import RowFile
from edc_core_csv.tables import KEYS, Chain, Column, Layout, code_lists

SUBJECTS = ("STUDYID", "SITEID", "SUBJID", "STATUS", "FORMS", "EVENTS_WITHOUT_FORMS")
NOT_DONE = ("STUDYID", "SITEID", "SUBJID", "EVENT", "EVENT_KEY", "REASON")
SIGNATURES = (
    "STUDYID", "SITEID", "SUBJID", "PATH", "STATE", "SIGNED_BY", "FULL_NAME", "ROLE", "MEANING", "SIGNED_AT", "ZONE",
    "SIGNED_SITEID", "SHA256",
)  # fmt: skip
QUERIES = (
    "STUDYID", "SITEID", "SUBJID", "QUERY", "PATH", "STATE", "SOURCE", "CHECK", "KEY", "TEXT", "AUTHOR", "AUTHOR_ROLE",
    "OPENED_AT", "STATE_AT", "MODIFIED_AFTER_CLOSE", "FORWARDED_TO", "MESSAGE", "MESSAGE_BY", "MESSAGE_ROLE", "MESSAGE_AT",
    "MESSAGE_STATE", "MESSAGE_TEXT",
)  # fmt: skip
REVIEWS = (*KEYS, "GROUPS", "ITEM", "REMOVED", "REVIEW", "STATE", "CAUSE", "VERSION_SEEN", "USER", "AT")
AUDIT = (
    *KEYS, "GROUPS", "ITEM", "REMOVED", "TRANSACTION", "RAW", "VALUE", "MISSING", "UNIT", "READING", "USER", "ROLE", "SITE",
    "AT", "REASON", "SOURCE_ID", "SOURCE",
)  # fmt: skip


def write(dataset: ExportDataset, sink: ExportSink) -> None:
    """Write the study without struck rows and removed forms; they are counted in ``README.txt``."""
    write_rows(dataset, sink, struck=False)


def write_all(dataset: ExportDataset, sink: ExportSink) -> None:
    """Write the study with struck rows and removed forms, which say so in the column ``REMOVED``."""
    write_rows(dataset, sink, struck=True)


def write_rows(dataset: ExportDataset, sink: ExportSink, *, struck: bool) -> None:
    """Write the study, with struck rows and removed forms or without."""
    layout = Layout(dataset.versions)
    with ExitStack() as opened:
        writer = _Writer(dataset, sink, layout, opened, struck=struck)
        for done, subject in enumerate(dataset.subjects(), 1):
            writer.subject(subject)
            sink.progress(done)
        counts = writer.end()
    left_out = description.LeftOut(writer.left_out_rows, writer.left_out_forms, writer.left_out_values)
    description.write(dataset, sink, layout, counts, left_out)


class _Writer:
    def __init__(
        self, dataset: ExportDataset, sink: ExportSink, layout: Layout, opened: ExitStack, *, struck: bool
    ) -> None:
        self.dataset = dataset
        self.sink = sink
        self.layout = layout
        self.struck = struck
        self.left_out_rows = 0
        self.left_out_forms = 0
        self.left_out_values = 0
        self._files: dict[str, RowFile] = {}
        self._opened = opened
        self.subjects = self._file("subjects.csv", SUBJECTS)
        self.not_done = self._file("visits_not_done.csv", NOT_DONE)
        self.queries = self._file("queries.csv", QUERIES)
        self.signatures = self._file("signatures.csv", SIGNATURES)
        self.reviews = self._file("reviews.csv", REVIEWS)
        self.audit = self._file("audit.csv", AUDIT)
        for table in layout.tables.values():
            self._file(table.file, table.header)
        self.decodes = {
            oid: {
                term.coded_value: term.decode.in_language("en") if term.decode else term.coded_value
                for term in found.items
            }
            for oid, found in code_lists(dataset.versions.values()).items()
        }
        self._blank: dict[str, list[str]] = {t.file: [""] * t.width for t in layout.tables.values()}

    def _file(self, name: str, header: tuple[str, ...] | list[str]) -> RowFile:
        file = self._files[name] = RowFile(self._opened.enter_context(self.sink.open(name)), header)
        return file

    def end(self) -> dict[str, int]:
        for name, file in self._files.items():
            file.flush()
            self.sink.rows(name, file.count)
        return {name: file.count for name, file in self._files.items()}

    def subject(self, subject: ExportSubject) -> None:
        who = [self.dataset.study_oid, subject.site_number, subject.subject_key]
        events = " ".join(str(path) for path in subject.events)
        self.subjects.add([*who, subject.status, str(len(subject.forms)), events])
        for path, reason in subject.not_done.items():
            assert path.event is not None
            self.not_done.add([*who, path.event.oid, path.event.key, reason])
        for form in subject.forms:
            self._form(who, form)
        for one in subject.signatures:
            self.signatures.add(
                [*who, str(one.path), one.state, one.user, one.full_name, one.role, one.meaning, one.at,
                 one.zone, one.site_number, one.sha256]
            )  # fmt: skip
        for query in subject.queries:
            about = [
                *who, query.query_id, str(query.path), query.state.value, query.source.value, query.check_oid,
                query.finding_key, query.text, query.author, query.author_role, query.opened_at, query.state_at,
                "Yes" if query.modified_after_close else "", query.recipient,
            ]  # fmt: skip
            for message in query.messages:
                said = [str(message.n), message.actor, message.role, message.at, message.state, message.text]
                self.queries.add([*about, *said])
            if not query.messages:
                self.queries.add([*about, *[""] * 6])

    def _form(self, who: list[str], form: ExportForm) -> None:
        event, step = form.path.event, form.path.form
        assert event is not None
        assert step is not None
        keys = [*who, event.oid, event.key, step.oid, step.key]
        self._history(keys, form)
        if form.status == "removed" and not self.struck:
            self.left_out_forms += 1
            return
        struck_rows = {path.groups for path, removed in form.rows if removed}
        rows: dict[tuple[Chain, tuple[str, ...]], list[str]] = {}
        left_out: set[tuple[Step, ...]] = set()
        if (step.oid, ()) in self.layout.tables:
            self._row(rows, keys, form, (), (), removed=False)
        for path, removed in form.rows:
            chain = self.layout.row_groups(path.group_oids)
            if not chain:
                continue
            if removed and not self.struck:
                left_out.add(path.groups)
            else:
                row_keys = tuple(s.key for s in path.groups[: len(chain)])
                self._row(rows, keys, form, chain, row_keys, removed=removed)
        groups: tuple[Step, ...] | None = None
        row: list[str] | None = None
        columns: Mapping[str, Column] = {}
        for item in form.items:
            if item.groups is not groups:  # items of one row follow each other, mostly with the same tuple
                groups = item.groups
                chain = self.layout.row_groups(tuple(s.oid for s in groups))
                removed = item.removed or any(groups[: n + 1] in struck_rows for n in range(len(groups)))
                if removed and not self.struck:
                    left_out.add(groups)
                    row = None
                else:
                    row_keys = tuple(s.key for s in groups[: len(chain)])
                    row = self._row(rows, keys, form, chain, row_keys, removed=removed)
                table = self.layout.tables.get((step.oid, chain))
                columns = table.of_groups(tuple(s.oid for s in groups)) if table else {}
            if row is None:
                continue
            column = columns.get(item.oid)
            if column is None:
                self.left_out_values += 1
            elif (
                item.value is not None
                and column.is_plain
                and not item.missing
                and not item.unit
                and not item.site_time
            ):
                row[column.start] = item.value
            else:
                self._fill(row, column, item, form.meta_data_version)
        self.left_out_rows += len(
            {groups[: len(self.layout.row_groups(tuple(s.oid for s in groups)))] for groups in left_out}
        )
        for (chain, _), row in rows.items():
            self._files[self.layout.tables[step.oid, chain].file].add(row)

    def _row(
        self,
        rows: dict[tuple[Chain, tuple[str, ...]], list[str]],
        keys: list[str],
        form: ExportForm,
        chain: Chain,
        row_keys: tuple[str, ...],
        *,
        removed: bool,
    ) -> list[str] | None:
        row = rows.get((chain, row_keys))
        if row is not None:
            return row
        table = self.layout.tables.get((keys[5], chain))
        if table is None:
            return None
        shown = [key for key, oid in zip(row_keys, chain, strict=True) if oid in self.layout.repeating]
        row = self._blank[table.file].copy()
        start = [*keys, *shown, form.meta_data_version, form.status, form.protection, form.signature]
        start.append("Yes" if removed or form.status == "removed" else "")
        row[: len(start)] = start
        rows[chain, row_keys] = row
        return row

    def _fill(self, row: list[str], column: Column, item: ExportItem, version: str) -> None:
        value = item.value or ""
        row[column.start] = value
        if column.missing >= 0:
            row[column.missing] = item.missing
        if column.raw >= 0 and item.reading == "unreadable":
            row[column.raw] = item.raw
        elif item.reading == "unreadable":
            row[column.start] = item.raw
        if column.file >= 0 and value:
            file = FileValue.parse(value)
            row[column.start] = file.name
            row[column.file : column.file + 3] = file.sha256, str(file.size), file.exported_as
        if column.unit >= 0 and item.unit:
            row[column.unit] = self._unit(item.unit, version)
        if column.offset >= 0 and item.site_time:
            row[column.offset] = item.site_time["offset"]
        if column.standard >= 0 and item.standard:
            row[column.standard] = item.standard["value"]
            row[column.standard + 1] = self._unit(item.standard["unit"], version)
        if column.label >= 0 and value:
            decodes = self.decodes.get(column.code_list.oid, {}) if column.code_list else {}
            codes = split_codes(value) if column.item.multiple else [value]
            row[column.label] = "; ".join(decodes.get(code, code) for code in codes)
            if column.codes:
                for code, cell in column.codes.items():
                    row[cell] = "1" if code in codes else "0"

    def _unit(self, oid: str, version: str) -> str:
        index = self.dataset.versions.get(version)
        unit = index.units.get(oid) if index else None
        return (unit.symbol.in_language("en") or unit.name) if unit else oid

    def _history(self, keys: list[str], form: ExportForm) -> None:
        groups: tuple[Step, ...] | None = None
        place: list[str] = []
        for item in form.items:
            if item.groups is not groups:  # items of one row follow each other, as above
                groups = item.groups
                place = [*keys, "/".join(map(str, groups))]
            here = [*place, item.oid, "Yes" if item.removed else ""]
            for transaction, raw, value, *rest, source in item.history:
                self.audit.add([*here, transaction, raw, value or "", *rest, _json(source)])
            for mark in item.reviews:
                seen = [
                    mark.group.value,
                    mark.state.value,
                    mark.cause,
                    str(mark.version),
                    mark.actor,
                    mark.at,
                ]
                self.reviews.add([*here, *seen])


def _json(source: Mapping[str, object]) -> str:
    if not source:
        return ""
    return json.dumps(source, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
