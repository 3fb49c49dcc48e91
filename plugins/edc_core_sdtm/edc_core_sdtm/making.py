"""From one form of one subject to records: what the plan says, for each row that is filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from edc_core.api import ExportForm, ExportItem, MetaDataIndex, Step
from edc_core_sdtm.answers import (
    YES,
    Answer,
    Around,
    Reader,
    ReadVariable,
    number_reader,
    reader,
    variable_reader,
)
from edc_core_sdtm.coded import coded_cells
from edc_core_sdtm.dispositions import category_of
from edc_core_sdtm.plan import RecordPlan, Rows, Source, StudyPlan
from edc_core_sdtm.planning import rows_of
from edc_core_sdtm.qualifiers import distinct, label_of
from edc_core_sdtm.record import Qualifier, Record
from edc_core_sdtm.results import Results
from edc_core_sdtm.standard import Domain, standard
from edc_core_sdtm.terminology import Terminology

RowSteps = tuple[Step, ...]
Place = tuple[str, Step | None, tuple[object, ...]]  #: path as text, visit, and what sorts it


@dataclass(frozen=True, slots=True)
class _Qualifying:
    name: str
    label: str
    origin: str
    is_shared: bool
    read: Reader


class RecordMaker:
    """Makes the records of one plan."""

    def __init__(self, plan: RecordPlan, terms: Terminology) -> None:
        self.plan = plan
        self._known = terms
        self.domain: Domain = standard().domains[plan.domain]
        self.results = Results(plan, self.domain, terms) if self.domain.is_findings else None
        self._read = [(name, self._reader(name, sources)) for name, sources in _dates_last(plan)]
        self._own = [reader(s) for found in plan.sources.values() for s in found if s.rows == plan.rows]
        labels = distinct({name: label_of(source) for name, source in plan.qualifiers.items()})
        self._qualifying = [
            _Qualifying(name, labels[name], _origin(source), name in plan.shared, reader(source))
            for name, source in plan.qualifiers.items()
        ]
        self._terms = _terms(plan, self.domain)

    def _reader(self, name: str, sources: tuple[Source, ...]) -> ReadVariable:
        read = variable_reader(self.plan, name, sources)
        return number_reader(read) if self.domain.allowed[name].is_number else read

    def record(self, around: Around, place: Place) -> list[Record]:
        """The records of one row; mostly one, none when nothing of it was answered."""
        if not any(
            (item := own.item(around)) is not None and (item.value or item.missing or item.raw)
            for own in self._own
        ):
            return []
        cells = dict(self.plan.constants)
        answers: dict[str, Answer] = {}
        for name, read in self._read:
            found = read(around, cells)
            if found.text:
                cells[name] = found.text
            answers[name] = found
        path, event, order = place
        made = Record(self.plan.domain, cells, self.plan, path, event, (*order, self.plan.number))
        self._qualify(made, around, answers)
        if self.results is not None:
            return self.results.finish(made, answers)
        self._finish(made, answers)
        return [made] if made.values.get(self.domain.topic) or not self.domain.topic else []

    def qualifiers(self, around: Around, path: str) -> list[Qualifier]:
        """What qualifies a record. :param path: text of the place that is read."""
        return [
            Qualifier(one.name, one.label, text, one.origin, one.is_shared, plan=self.plan, path=path)
            for one in self._qualifying
            if (text := "; ".join((found := one.read.answer(around)).several) or found.text)
        ]

    def _qualify(self, made: Record, around: Around, answers: Mapping[str, Answer]) -> None:
        if self._qualifying:
            made.qualifiers = self.qualifiers(around, made.path)
        if self.plan.is_grouped:
            made.put("GRPID", "/".join(made.path.replace("[1]", "").split("/")[:2]))
        for name, found in answers.items():
            if found.several and not name.endswith(("TESTCD", "TEST")):
                source = self.plan.sources[name][0]
                made.qualifiers += several(name, source, found)

    def _finish(self, made: Record, answers: Mapping[str, Answer]) -> None:
        domain, values = self.plan.domain, made.values
        topic = self.domain.topic
        if self.plan.coded and (verbatim := answers.get(topic)) and verbatim.item is not None:
            for end, text in coded_cells(verbatim.item):
                if domain + end in self.plan.coded:
                    values.setdefault(domain + end, text)
        dose = answers.get(f"{domain}DOSE")
        if dose is not None and dose.item is not None and f"{domain}DOSU" not in values:
            made.put("DOSU", dose.item.unit or _only_unit(self.plan.sources[f"{domain}DOSE"][0]))
        if f"{domain}OCCUR" in values:
            values.setdefault(f"{domain}PRESP", YES)
        if domain == "DS" and "DSCAT" not in values:
            made.put("CAT", category_of(values.get("DSDECOD", ""), self._known))
        if topic and topic not in values and (decoded := values.get(f"{domain}DECOD")):
            values[topic] = self._terms.get(decoded, decoded)


def several(name: str, source: Source, found: Answer) -> list[Qualifier]:
    """The answers of a multiple choice, one by one: ``RACE1``, ``RACE2`` (SDTMIG 3.4, section 4.2.8.3)."""
    stem = name[: 8 - len(str(len(found.several)))]
    label = label_of(source)[:37].rstrip()
    return [
        Qualifier(f"{stem}{n}", f"{label} {n}", code, _origin(source), variable=name)
        for n, code in enumerate(found.several, 1)
    ]


def _origin(source: Source) -> str:
    return {"derived": "Derived", "assigned": "Assigned"}.get(source.item.origin, "Collected")


def _only_unit(source: Source) -> str:
    units = source.item.measurement_unit_oids
    return units[0] if len(units) == 1 else ""


def _dates_last(plan: RecordPlan) -> Iterator[tuple[str, tuple[Source, ...]]]:
    """The sources by variable, ends after starts, for an end may need the day of the start."""
    end = f"{plan.domain}ENDTC"
    yield from ((name, found) for name, found in plan.sources.items() if name != end)
    if end in plan.sources:
        yield end, plan.sources[end]


def _terms(plan: RecordPlan, domain: Domain) -> dict[str, str]:
    """Text of each term that ``--DECOD`` can be."""
    sources = plan.sources.get(f"{domain.code}DECOD", ())
    lists = [s.code_list for s in sources if s.code_list]
    return {
        t.coded_value: t.decode.in_language("en") if t.decode else t.coded_value
        for one in lists
        for t in one.items
    }


class FormMaker:
    """Makes the records of a form, by the version of the definition that it was filled in under."""

    def __init__(self, plan: StudyPlan, index: MetaDataIndex) -> None:
        self._index = index
        self._makers = {
            form: [RecordMaker(one, plan.terms) for one in plans]
            for form, plans in plan.records.items()
            if plans
        }
        self._order = {form.oid: n for n, form in enumerate(index.version.forms)}
        self._rows: dict[Rows, int] = {}

    def records(
        self, form: ExportForm, belongs: Callable[[RecordMaker, Around, str], None]
    ) -> Iterator[Record]:
        """The records; ``belongs`` takes what qualifies a record of another form, and the text of its place."""
        assert form.path.form is not None
        makers = self._makers.get(form.path.form.oid)
        if not makers:
            return
        rows = self._by_row(form)
        event, text = form.path.event, f"{form.path.event}/{form.path.form}"
        at = (self._order[form.path.form.oid], form.path.form.rank)
        places: dict[Rows, list[tuple[Around, Place]]] = {}
        for steps in rows:
            around: Around = {n: rows.get(steps[:n], {}) for n in range(len(steps) + 1)}
            place: Place = (
                "/".join((text, *map(str, steps))),
                event,
                (*at, tuple(step.rank for step in steps)),
            )
            places.setdefault(tuple(step.oid for step in steps), []).append((around, place))
        not_done: set[str] = set()
        for maker in makers:
            for around, place in places.get(maker.plan.rows, ()):
                if maker.plan.parent is not None:
                    belongs(maker, around, place[0])
                else:
                    yield from maker.record(around, place)
            if maker.results is not None and maker.results.has_header and maker.plan.domain not in not_done:
                found = maker.results.nothing_done(rows[()], text, event, at)
                if found is not None:
                    not_done.add(maker.plan.domain)
                    yield found

    def _by_row(self, form: ExportForm) -> dict[RowSteps, dict[str, ExportItem]]:
        struck = {path.groups for path, removed in form.rows if removed}
        rows: dict[RowSteps, dict[str, ExportItem]] = {(): {}}
        for item in form.items:
            if item.removed:
                continue
            groups = tuple(step.oid for step in item.groups)
            depth = self._rows.get(groups)
            if depth is None:
                depth = self._rows[groups] = len(rows_of(self._index, groups))
            steps = item.groups[:depth]
            if struck and any(steps[:n] in struck for n in range(1, depth + 1)):
                continue
            rows.setdefault(steps, {})[item.oid] = item
        return rows
