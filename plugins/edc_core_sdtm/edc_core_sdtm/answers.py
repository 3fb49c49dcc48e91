"""How the answers of a form become the cells of a variable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from edc_core.api import DATES, DATETIMES, NUMBERS, TIMES, ExportItem, split_codes
from edc_core_sdtm.annotation import submission_value
from edc_core_sdtm.dates import end_of, joined
from edc_core_sdtm.plan import RecordPlan, Source

#: Items of a form by OID, for the form and each row around a record, outermost first.
Around = Mapping[int, Mapping[str, ExportItem]]

YES, NO = "Y", "N"
MULTIPLE = "MULTIPLE"
NOT_DONE = "NOT DONE"
#: What "yes, before" or "yes, still" is in a variable that says where a record lies to a period (code list STENRF, SDTMIG 4.4.7).
_RELATIVE = {"STRF": "BEFORE", "STRTPT": "BEFORE", "ENRF": "DURING/AFTER", "ENRTPT": "ONGOING"}
_DURATION = {"h": "PT{}H", "min": "PT{}M", "day": "P{}D", "d": "P{}D", "DAYS": "P{}D", "HOURS": "PT{}H"}
MISSING_WORDS = {
    "ND": "Not done", "NA": "Not applicable", "UNK": "Unknown", "NASK": "Not asked", "NAV": "Not available",
    "REF": "Refused by subject", "LOST": "Lost", "OTH": "Other reason",
}  # fmt: skip


class Answer(NamedTuple):
    """A cell. :param several: the codes, when more than one was ticked. :param item: that gave it."""

    text: str
    item: ExportItem | None = None
    several: Sequence[str] = ()


NOTHING = Answer("")
_NO_CELLS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one source.

    :param depth: of the rows it stands in. :param codes: submission values of the terms that have one of their own.
    """

    source: Source
    depth: int
    codes: Mapping[str, str]

    def item(self, around: Around) -> ExportItem | None:
        return around[self.depth].get(self.source.item.oid)

    def answer(self, around: Around, _: Mapping[str, str] = _NO_CELLS) -> Answer:
        item = around[self.depth].get(self.source.item.oid)
        if item is None:
            return NOTHING
        value = item.value
        if value is None:
            return Answer(item.raw, item) if item.reading == "unreadable" else Answer("", item)
        if self.source.item.multiple:
            codes = [self.codes.get(code, code) for code in split_codes(value)]
            return Answer(codes[0], item) if len(codes) == 1 else Answer(MULTIPLE, item, codes)
        return Answer(self.codes.get(value, value) if self.codes else value, item)


def reader(source: Source) -> Reader:
    terms = source.code_list.items if source.code_list else ()
    codes = {t.coded_value: own for t in terms if (own := submission_value(t.aliases))}
    return Reader(source, len(source.rows), codes)


#: Reads a variable of a record; the cells of the record so far are given, for what depends on them.
ReadVariable = Callable[[Around, Mapping[str, str]], Answer]


def number_reader(read: ReadVariable) -> ReadVariable:
    """Reads numbers alone, for a variable that is one: what is none stays on the form, with its query."""

    def only_numbers(around: Around, cells: Mapping[str, str]) -> Answer:
        found = read(around, cells)
        return found if not found.text or is_number(found.text) else Answer("", found.item)

    return only_numbers


def is_number(text: str) -> bool:
    """Whether a text is a finite number."""
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def variable_reader(plan: RecordPlan, variable: str, sources: Sequence[Source]) -> ReadVariable:
    """How a variable of a record is read from the items that give it."""
    readers = [reader(source) for source in sources]
    suffix = variable.removeprefix(plan.domain)
    if variable.endswith("DTC"):
        return _date(readers, plan.domain if suffix == "ENDTC" else "")
    if suffix == "STAT":
        return _status(readers)
    if suffix in _RELATIVE:
        return _relative(readers, _RELATIVE[suffix])
    if suffix in {"ELTM", "DUR"} and sources[0].item.data_type in NUMBERS:
        return _duration(readers)
    return _last(readers)


def _last(readers: Sequence[Reader]) -> ReadVariable:
    """The later of several items counts where more than one is answered."""
    if len(readers) == 1:
        return readers[0].answer
    backwards = readers[::-1]

    def read(around: Around, _: Mapping[str, str]) -> Answer:
        answers = [one.answer(around) for one in backwards]
        return next((one for one in answers if one.text), answers[-1])

    return read


def date_of(readers: Sequence[Reader], around: Around) -> tuple[str, str, ExportItem | None]:
    """Day and time of the items that give a date, and the item of the day."""
    day = time = ""
    from_item: ExportItem | None = None
    for one in readers:
        kind = one.source.item.data_type
        item = one.item(around)
        if item is None or not item.value:
            continue
        if kind in TIMES:
            time = time or item.value
        elif (kind in DATES or kind in DATETIMES) and not day:
            day, from_item = item.value, item
    return day, time, from_item


def _date(readers: Sequence[Reader], domain_of_end: str) -> ReadVariable:
    def read(around: Around, cells: Mapping[str, str]) -> Answer:
        day, time, item = date_of(readers, around)
        if day:
            return Answer(joined(day, time), item)
        start = cells.get(f"{domain_of_end}STDTC", "") if domain_of_end and time else ""
        return Answer(end_of(start, time)) if start else NOTHING

    return read


def _status(readers: Sequence[Reader]) -> ReadVariable:
    def read(around: Around, _: Mapping[str, str]) -> Answer:
        for one in readers:
            item = one.item(around)
            if item is not None and (item.missing or item.value in {NO, NOT_DONE, "false"}):
                return Answer(NOT_DONE, item)
        return NOTHING

    return read


def _relative(readers: Sequence[Reader], when_yes: str) -> ReadVariable:
    last = _last(readers)

    def read(around: Around, cells: Mapping[str, str]) -> Answer:
        found = last(around, cells)
        if found.text in {YES, "true"}:
            return Answer(when_yes, found.item)
        return NOTHING if found.text in {NO, "false"} else found

    return read


def _duration(readers: Sequence[Reader]) -> ReadVariable:
    last = _last(readers)

    def read(around: Around, cells: Mapping[str, str]) -> Answer:
        found = last(around, cells)
        if not found.text or found.item is None:
            return found
        form = _DURATION.get(found.item.unit or next(iter(readers[0].source.item.measurement_unit_oids), ""))
        if form is None:
            return found
        sign = "-" if found.text.startswith("-") else ""
        return Answer(sign + form.format(found.text.removeprefix("-")), found.item)

    return read
