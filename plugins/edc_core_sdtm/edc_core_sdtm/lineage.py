"""Where each cell comes from, both ways: record to place in the forms and rule, and back.

``lineage.ndjson`` begins with one line for each kind of record (``plan``): the dataset, the form and its rows, and of every
variable the items that give it and the rule in words. A line for each record follows: dataset, its number there from 1, subject,
place, plan. A cell's item path is the place with the item's groups, see ``item_path``. Lines of SUPP-- and RELREC go on with
the variable of that plan whose items give the row, and with dataset and number of the record that it qualifies or relates.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from tempfile import SpooledTemporaryFile
from typing import Any

import orjson

from edc_core.api import Cell, ExportSink, ItemPath, Step
from edc_core_sdtm.columns import RELREC
from edc_core_sdtm.plan import RecordPlan, Source, StudyPlan
from edc_core_sdtm.record import Qualifier, Record
from edc_core_sdtm.rules import RULES, rule_for
from edc_core_sdtm.standard import standard

FILE = "lineage.ndjson"


class Lineage:
    """Gathers what each record was made from."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(1 << 20)  # noqa: SIM115 - closed with the lineage
        self.count = 0

    def add(self, record: Record, subject: str) -> None:
        """A record that has its number."""
        self._put([record.domain, record.number, subject, record.path or None, _number(record.plan)])

    def qualify(self, dataset: str, number: int, record: Record, one: Qualifier, subject: str) -> None:
        """A row of SUPP--: of a shared qualifier ``record`` is the first that has it."""
        place, plan = one.path or record.path, one.plan or record.plan
        whole = one.variable or one.name
        self._put(
            [dataset, number, subject, place or None, _number(plan), whole, [record.domain, record.number]]
        )

    def relate(self, number: int, record: Record | None, variable: str, subject: str | None) -> None:
        """A row of RELREC: it relates a record by the text of a variable, or, without one, a dataset."""
        place, plan, own = None, None, None
        if record is not None:
            place, plan = record.path or None, _number(record.plan)
            own = [record.domain, record.number]
        self._put([RELREC, number, subject, place, plan, variable, own])

    def _put(self, line: list[Any]) -> None:
        self._file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        self.count += 1

    def write(self, plans: Iterable[StudyPlan], sink: ExportSink, name: str) -> None:
        with sink.open(name) as file:
            for plan in plans:
                for line in _plan_lines(plan):
                    file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
            self._file.seek(0)
            while block := self._file.read(1 << 16):
                file.write(block)
        sink.rows(name, self.count)

    def places(self, plans: Iterable[StudyPlan], cells: Collection[Cell]) -> Mapping[Cell, tuple[str, str]]:
        """Subject and place of cells; see ``Tabulation``."""
        known = {record.number: record for plan in plans for record in plan.all_records}
        wanted: dict[tuple[str, int], list[Cell]] = {}
        for cell in cells:
            wanted.setdefault(cell[:2], []).append(cell)
        found: dict[Cell, tuple[str, str]] = {}
        self._file.seek(0)
        for line in self._file if wanted else ():
            dataset, number, subject, place, plan, *more = orjson.loads(line)
            for cell in wanted.get((dataset, number), ()):
                variable = more[0] if more else cell[2]
                found[cell] = (subject or "", _item(place, known.get(plan), variable) if place else "")
        return found

    def close(self) -> None:
        self._file.close()


def _item(place: str, plan: RecordPlan | None, variable: str) -> str:
    """The item that alone gives a variable, or the place of its record."""
    sources = plan.sources.get(variable, ()) if plan else ()
    if plan and not sources and variable in plan.qualifiers:
        sources = (plan.qualifiers[variable],)
    return str(item_path(place, sources[0])) if len(sources) == 1 else place


def _number(plan: RecordPlan | None) -> int | None:
    return plan.number if plan else None


def _plan_lines(plan: StudyPlan) -> Iterator[Mapping[str, Any]]:
    yield {
        "version": plan.version,
        "dataset": "DM",
        "variables": {
            name: {"items": [f"{form}/{source.place}" for form, source in found]}
            for name, found in {**plan.demographics, **plan.demographic_qualifiers}.items()
        },
    }
    for record in plan.all_records:
        yield {
            "version": plan.version,
            "plan": record.number,
            "dataset": record.domain,
            "form": record.form_oid,
            "rows": list(record.rows),
            "key": record.key,
            "variables": dict(_variables(record)),
        }


def _variables(record: RecordPlan) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, sources in record.sources.items():
        yield name, {"items": [s.place for s in sources], "rule": rule_for(record.domain, name)}
    topic = record.sources.get(standard().domains[record.domain].topic, ())
    for name in sorted(record.coded - set(record.sources)):
        yield name, {"items": [s.place for s in topic], "rule": RULES["--DECOD"]}
    for name, text in record.constants.items():
        if name not in record.sources:
            yield name, {"assigned": text}
    for name, source in record.qualifiers.items():
        yield name, {"items": [source.place]}


def item_path(place: str, source: Source | str) -> ItemPath:
    """The path of the item behind a cell.

    :param place: of the record, as a line has it. :param source: of the variable, or its text there: groups and item.
    """
    record = ItemPath.parse(place)
    *groups, item = (source.place if isinstance(source, Source) else source).split("/")
    keys = {step.oid: step.key for step in record.groups}
    return ItemPath(record.event, record.form, tuple(Step(oid, keys.get(oid, "1")) for oid in groups), item)
