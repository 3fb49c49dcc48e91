"""The rows of a study's data: subjects are read once, and each row goes to its table as it comes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from edc_core.api import (
    NO_NOTES,
    Coding,
    ExportDataset,
    ExportForm,
    ExportSubject,
    FileValue,
    ItemNotes,
    ItemRecord,
    Step,
    split_codes,
)
from edc_core_tabular.forms.columns import Chain, Column
from edc_core_tabular.forms.layout import Layout

Row = Sequence[str]  #: a cell for each column of the table; empty for nothing
Put = Callable[[Sequence[Row]], None]  #: takes rows, which nobody changes any more


@dataclass(slots=True)
class LeftOut:
    """What the tables do not hold: struck rows, removed forms, values that no version defines, texts that the encoding lacks letters for."""

    rows: int = 0
    forms: int = 0
    values: int = 0
    texts: int = 0

    @classmethod
    def of(cls, parts: Iterable[LeftOut]) -> LeftOut:
        """Those of several parts of a study together."""
        found = cls()
        for part in parts:
            found.rows += part.rows
            found.forms += part.forms
            found.values += part.values
            found.texts += part.texts
        return found


class RowMaker:
    """Makes the rows of one subject after the other.

    :param put: takes rows, for each table of the layout and each of the study's own by name.
    :param struck: with struck rows and removed forms, which say so in the column ``REMOVED``.
    """

    def __init__(
        self, dataset: ExportDataset, layout: Layout, put: Mapping[str, Put], *, struck: bool
    ) -> None:
        self.dataset = dataset
        self.layout = layout
        self.struck = struck
        self.left_out = LeftOut()
        self._put = put
        self._audit, self._reviews, self._codings = put["audit"], put["reviews"], put["codings"]
        self._decodes = {
            oid: {
                term.coded_value: term.decode.in_language("en") if term.decode else term.coded_value
                for term in found.items
            }
            for oid, found in layout.code_lists.items()
        }
        self._blank = {table.name: [""] * table.width for table in layout.tables.values()}

    def subject(self, subject: ExportSubject) -> None:
        who = [self.dataset.study_oid, subject.site_number, subject.subject_key]
        events = " ".join(str(path) for path in subject.events)
        forms = len(subject.forms) + (subject.since.unchanged if subject.since else 0)
        self._put["subjects"]([[*who, subject.status, str(forms), events]])
        not_done: list[Row] = []
        for path, reason in subject.not_done.items():
            assert path.event is not None
            not_done.append([*who, path.event.oid, path.event.key, reason])
        self._put["visits_not_done"](not_done)
        for form in subject.forms:
            self._form(who, form)
        self._put["signatures"]([
            [*who, str(one.path), one.state, one.user, one.full_name, one.role, one.meaning, one.at, one.zone,
             one.site_number, one.sha256]
            for one in subject.signatures
        ])  # fmt: skip
        for query in subject.queries:
            about = [
                *who, query.query_id, str(query.path), query.state.value, query.source.value, query.check_oid,
                query.finding_key, query.text, query.author, query.author_role, query.opened_at, query.state_at,
                "Yes" if query.modified_after_close else "", query.recipient,
            ]  # fmt: skip
            said = [
                [str(message.n), message.actor, message.role, message.at, message.state, message.text]
                for message in query.messages
            ]
            self._put["queries"]([[*about, *one] for one in said or [[""] * 6]])

    def _form(self, who: list[str], form: ExportForm) -> None:
        event, step = form.path.event, form.path.form
        assert event is not None
        assert step is not None
        keys = [*who, event.oid, event.key, step.oid, step.key]
        self._history(keys, form)
        if form.status == "removed" and not self.struck:
            self.left_out.forms += 1
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
        for groups, was_removed, values, notes in form.runs:
            oids = tuple(s.oid for s in groups)
            chain = self.layout.row_groups(oids)
            removed = was_removed or any(groups[: n + 1] in struck_rows for n in range(len(groups)))
            if removed and not self.struck:
                left_out.add(groups)
                continue
            row = self._row(
                rows, keys, form, chain, tuple(s.key for s in groups[: len(chain)]), removed=removed
            )
            if row is None:
                continue
            columns = self.layout.tables[step.oid, chain].of_groups(oids)
            for oid, history in values:
                now = history[-1]
                value = now[2]
                column = columns.get(oid)
                if column is None:
                    self.left_out.values += 1
                    continue
                note = notes.get(oid, NO_NOTES) if notes else NO_NOTES
                if value is not None and column.is_plain and not now[3] and not now[4] and not note.site_time:
                    row[column.start] = value
                else:
                    self._fill(row, column, now, note, form.meta_data_version)
        self.left_out.rows += len(
            {groups[: len(self.layout.row_groups(tuple(s.oid for s in groups)))] for groups in left_out}
        )
        for (chain, _), row in rows.items():
            self._put[self.layout.tables[step.oid, chain].name]([row])

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
        row = self._blank[table.name].copy()
        start = [*keys, *shown, form.meta_data_version, form.status, form.protection, form.signature]
        start.append("Yes" if removed or form.status == "removed" else "")
        row[: len(start)] = start
        rows[chain, row_keys] = row
        return row

    def _fill(self, row: list[str], column: Column, now: ItemRecord, notes: ItemNotes, version: str) -> None:
        _, raw, value, missing, unit, reading, *_ = now
        value = value or ""
        row[_cell(column.start, column.censored, value)] = value
        if column.missing >= 0:
            row[column.missing] = missing
        if column.raw >= 0 and reading == "unreadable":
            row[column.raw] = raw
        elif reading == "unreadable":
            row[column.start] = raw
        if column.file >= 0 and value:
            file = FileValue.parse(value)
            row[column.start] = file.name
            row[column.file : column.file + 3] = file.sha256, str(file.size), file.exported_as
        if column.unit >= 0 and unit:
            row[column.unit] = self._unit(unit, version)
        if column.offset >= 0 and notes.site_time:
            row[column.offset] = notes.site_time["offset"]
        if column.standard >= 0 and notes.standard:
            standard = notes.standard["value"]
            row[_cell(column.standard, column.standard_censored, standard)] = standard
            row[column.standard + 1] = self._unit(notes.standard["unit"], version)
        if column.label >= 0 and value:
            decodes = self._decodes.get(column.code_list.oid, {}) if column.code_list else {}
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
        rows: list[Row] = []
        for groups, removed, values, notes in form.runs:
            place = (*keys, "/".join(map(str, groups)))
            is_removed = "Yes" if removed else ""
            for oid, history in values:
                here = (*place, oid, is_removed)
                # Each by its name, and the place in front: a list in between costs more than all of it.
                for (
                    act, raw, value, missing, unit, reading, user, role, site, moment, reason, source_id, source
                ) in history:  # fmt: skip
                    rows.append(here + (  # noqa: RUF005
                        act, raw, value or "", missing, unit, reading, user, role, site, moment, reason, source_id,
                        _json(source) if source else "",
                    ))  # fmt: skip
                if oid in notes:
                    self._noted(here, notes[oid])
        self._audit(rows)

    def _noted(self, here: tuple[str, ...], notes: ItemNotes) -> None:
        if notes.reviews:
            self._reviews([
                [*here, mark.group.value, mark.state.value, mark.cause, str(mark.version), mark.actor, mark.at]
                for mark in notes.reviews
            ])  # fmt: skip
        if notes.coding is not None:
            self._coded(here, notes.coding)

    def _coded(self, here: tuple[str, ...], coding: Coding) -> None:
        """A row for each level of the hierarchy: how many there are is for the dictionary to say."""
        term = coding.term
        self._codings([
            [*here, coding.state.value, term.dictionary, term.version, term.language, str(number), level, code, text,
             coding.method, coding.by, coding.approved_by, coding.at]
            for number, (level, code, text) in enumerate(term.levels, start=1)
        ])  # fmt: skip


def _cell(number: int, censored: int, value: str) -> int:
    """Where a value stands: a column of numbers holds nothing else, so that nothing reads ``<0.5`` as 0.5."""
    return censored if censored >= 0 and value.startswith(("<", ">")) else number


def _json(source: Mapping[str, object]) -> str:
    return json.dumps(source, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
