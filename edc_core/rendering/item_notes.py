"""What is said of an item on the page: its value in words, notes below it and marks beside it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from edc_core.domain.form_checks import UNREADABLE, item_findings
from edc_core.domain.metadata import DATES, DataType, ItemDef
from edc_core.domain.partial_date import PartialDate
from edc_core.domain.protection import Protection
from edc_core.domain.query import Query, QueryState
from edc_core.domain.review import GROUP_WORDS, ReviewMark, ReviewState
from edc_core.domain.review_plan import ReviewGroup
from edc_core.domain.site_time import SiteTime, site_time
from edc_core.domain.values import display
from edc_core.rendering.view_model import Access, Addresses, FormFacts, Level, Mark, Note
from edc_core.rendering.widgets import missing_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edc_core.domain.casebook import ItemData
    from edc_core.domain.finding import Found
    from edc_core.domain.index import MetaDataIndex, PlacedItem
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.metadata import TranslatedText

_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WAITING = (QueryState.OPEN, QueryState.ANSWERED)


class ItemNotes:
    """Words, notes and marks of the items of one page.

    :param queries: every query of the subject, by item; ``reviews`` likewise: marks of verification and review.
    """

    def __init__(
        self,
        index: MetaDataIndex,
        language: str,
        queries: Mapping[ItemPath, Sequence[Query]],
        *,
        access: Access,
        addresses: Addresses,
        facts: FormFacts,
        reviews: Mapping[ItemPath, Sequence[ReviewMark]],
    ) -> None:
        self.index, self.language, self.queries, self.reviews = index, language, queries, reviews
        self.access, self.addresses, self.facts = access, addresses, facts

    def notes(self, placed: PlacedItem, path: ItemPath, data: ItemData, day: str = "") -> tuple[Note, ...]:
        """Everything below an item: what is to be seen to, else what was understood.

        :param day: the date that belongs to a time.
        """
        concerns = self.concerns(placed, path, data)
        return (
            *(concerns or echo(placed.item, data, self.facts.zone, day)),
            *self._standard(data),
            *self._range(path, data, placed.item),
        )

    def concerns(self, placed: PlacedItem, path: ItemPath, data: ItemData | None) -> list[Note]:
        """What is to be seen to: queries, and what checks say now and no query says or said."""
        queries = self.queries.get(path, ()) if self.queries else ()
        found = [*self.query_notes(queries)] if queries else []
        if said := item_findings(self.index, placed, path, data):
            asked = {query.check_oid for query in queries}
            found += [self._message(one) for one in said if one.check_oid not in asked]
        if self.facts.notes:
            found += self.facts.notes.get(path, ())
        return found

    def words(self, item: ItemDef, data: ItemData) -> str:
        if data.missing:
            return missing_word(data.missing)
        decodes = self.index.decodes.get(item.code_list_oid) if item.code_list_oid else None
        text = display(item, decodes, data.value) if data.value is not None else data.raw
        unit_oid = data.unit or (
            item.measurement_unit_oids[0] if len(item.measurement_unit_oids) == 1 else ""
        )
        unit = self.index.units.get(unit_oid)
        return f"{text} {self._text(unit.symbol) or unit.name}" if text and unit else text

    def _standard(self, data: ItemData) -> Iterator[Note]:
        """The value in the standard unit, where another one was given."""
        if data.standard is not None and data.unit != data.standard_unit:
            unit = self.index.units.get(data.standard_unit)
            word = (self._text(unit.symbol) or unit.name) if unit else data.standard_unit
            yield Note("info", f"= {data.standard} {word}")

    def _range(self, path: ItemPath, data: ItemData, item: ItemDef) -> Iterator[Note]:
        """Where a result lies in its reference range, in the unit it was given in."""
        if path not in self.facts.ranges or data.value is None:
            return
        low, high, flag = self.facts.ranges[path]
        units = item.measurement_unit_oids
        unit = self.index.units.get(data.unit or (units[0] if len(units) == 1 else ""))
        word = f" {self._text(unit.symbol) or unit.name}" if unit else ""
        limits = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}"
        where = f"{flag.capitalize()}; the" if flag else "The"
        if low or high:
            yield Note("info", f"{where} range is {limits}{word}")
        elif flag:
            yield Note("info", f"{flag.capitalize()} by its range")

    def query_notes(self, queries: Sequence[Query]) -> Iterator[Note]:
        """Those that wait for somebody."""
        for query in queries:
            if query.state in WAITING:
                answer = query.state is QueryState.OPEN and self.access.answer and not query.recipient
                said = query.messages[-1].text if query.messages else query.text
                text = query.text if query.state is QueryState.OPEN else f"Answered: {said}"
                yield Note("warn", text, self.addresses.query(query.query_id), answer)

    def _message(self, found: Found) -> Note:
        """What a declared check says now."""
        level: Level = "bad" if found.check_oid == UNREADABLE else "warn"
        return Note(level, found.message.in_language(self.language))

    def marks(self, path: ItemPath, protected: Protection, *, noted: bool) -> Iterator[Mark]:
        waiting = [q for q in self.queries.get(path, ()) if q.state in WAITING]
        if waiting:
            yield Mark(
                "st-query", f"{len(waiting)} open {'query' if len(waiting) == 1 else 'queries'}", "k-query"
            )
        elif noted:
            yield Mark("warn", "Note", "k-query")
        for review in self.reviews.get(path, ()):
            yield from review_sign(review)
        if protected is Protection.LOCKED:
            yield Mark("st-lock", "Locked", "k-lock")
        elif protected is Protection.FROZEN:
            yield Mark("st-frz", "Frozen", "k-frz")

    def _text(self, text: TranslatedText) -> str:
        return text.in_language(self.language)


def review_sign(mark: ReviewMark) -> Iterator[Mark]:
    """The sign of a mark of verification or review; one that a person took back leaves none."""
    is_sdv = mark.group is ReviewGroup.SDV
    words = "Verified" if is_sdv else f"{GROUP_WORDS[mark.group]} done"
    if mark.state is ReviewState.VERIFIED:
        yield Mark("st-sdv" if is_sdv else "st-rev", words, "k-sdv" if is_sdv else "k-rev")
    elif mark.state is ReviewState.DROPPED:
        what = "Verification" if is_sdv else GROUP_WORDS[mark.group]
        yield Mark("warn", f"{what} dropped: it changed since", "k-query")


def echo(item: ItemDef, data: ItemData, zone: str = "", day: str = "") -> tuple[Note, ...]:
    """What was understood, in words, where the canonical text alone might be misread."""
    if data.value is None:
        return ()
    if (item.data_type is DataType.DATETIME or day) and zone:
        local = site_time(item, data.value, zone, day)
        return tuple(_clock_notes(local)) if not day or (local and local.clock) else ()
    if item.data_type not in DATES:
        return ()
    try:
        return (Note("info", date_in_words(PartialDate.parse(data.value))),)
    except ValueError:
        return ()


_CHANGED_CLOCKS = {
    "repeated": "This hour came twice when the clocks were put back; the first is taken.",
    "absent": "The clocks were put forward over this hour, so it did not exist. Please check the time.",
}


def _clock_notes(local: SiteTime | None) -> Iterator[Note]:
    """The offset of a date and time, and a word where the clocks were changed over it."""
    if local is None:
        return
    yield Note("info", f"{local.zone} (UTC{local.offset})")
    if local.clock:
        yield Note("warn", _CHANGED_CLOCKS[local.clock])


def date_in_words(value: PartialDate) -> str:
    if value.month is None:
        return f"{value.year}, day and month unknown"
    if value.day is None:
        return f"{_MONTH_NAMES[value.month - 1]} {value.year}, day unknown"
    return _WEEKDAYS[dt.date(value.year, value.month, value.day).weekday()]


def has_codes(item: ItemDef) -> bool:
    return item.code_list_oid is not None or item.data_type is DataType.BOOLEAN
