"""Reference ranges from CSV: every problem by its line, and nothing but whole files."""

from __future__ import annotations

import csv
import difflib
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, TypeVar

from edc_core.api import LabRange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from edc_core.api import RangedTests

NEEDED = ("lab", "test", "low", "high")
COLUMNS = ("lab", "test", "unit", "sex", "age_from", "age_below", "valid_from", "valid_until", "low", "high")
MAX_LINES = 100_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RangeProblem:
    """What is wrong in a line of the file, counted from 1 with the heading."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ReadRanges:
    rows: tuple[LabRange, ...] = ()
    problems: tuple[RangeProblem, ...] = ()


def read_ranges(text: str, tests: RangedTests) -> ReadRanges:
    """Ranges for the tests of a study; with a problem, none.

    :param text: CSV with a heading of ``COLUMNS``; those besides ``NEEDED`` may be left out.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    reading = _Reading(tests)
    try:
        heading = [name.strip().lower() for name in next(reader, [])]
        if reading.heading(heading):
            for cells in reader:
                if reader.line_num > MAX_LINES:
                    reading.note(
                        reader.line_num, f"There are more than {MAX_LINES} lines. Split the file by lab."
                    )
                    break
                if any(cell.strip() for cell in cells):
                    reading.line(reader.line_num, heading, [cell.strip() for cell in cells])
    except csv.Error as error:
        reading.note(reader.line_num, f"This is not CSV: {error}.")
    reading.overlaps()
    problems = tuple(sorted(reading.problems, key=lambda problem: problem.line))
    return ReadRanges((), problems) if problems else ReadRanges(tuple(row for _, row in reading.rows))


class _Reading:
    def __init__(self, tests: RangedTests) -> None:
        self.problems: list[RangeProblem] = []
        self.rows: list[tuple[int, LabRange]] = []
        self.sexes, self.units = tests.sexes, tests.units

    def note(self, line: int, text: str) -> None:
        self.problems.append(RangeProblem(line, text))

    def heading(self, names: list[str]) -> bool:
        known = f"The columns are {', '.join(COLUMNS)}."
        for name in dict.fromkeys(names):
            if name not in COLUMNS:
                hint = f" Is {near} meant?" if (near := _meant(name, COLUMNS)) else ""
                self.note(1, f"There is no column '{name}'.{hint} {known}")
            elif names.count(name) > 1:
                self.note(1, f"The column '{name}' stands twice.")
        for name in NEEDED:
            if name not in names:
                self.note(1, f"The column '{name}' is missing. {known}")
        if not self.units:
            self.note(1, "The study derives no item from reference ranges, so nothing would read them.")
        return not self.problems

    def line(self, line: int, heading: list[str], cells: list[str]) -> None:
        if len(cells) != len(heading):
            self.note(line, f"Here are {len(cells)} cells, the heading has {len(heading)}.")
            return
        before, given = len(self.problems), dict(zip(heading, cells, strict=True))
        for text in self._wrong_names(given):
            self.note(line, text)
        numbers = {
            key: self._read(line, key, given.get(key, ""), _number, "a number, as in 4.5")
            for key in ("age_from", "age_below", "low", "high")
        }
        days = {
            key: self._read(line, key, given.get(key, ""), _day, "a day, as in 2026-03-04")
            for key in ("valid_from", "valid_until")
        }
        row = LabRange(
            given["lab"],
            given["test"],
            given.get("unit", ""),
            given.get("sex", ""),
            numbers["age_from"],
            numbers["age_below"],
            days["valid_from"],
            days["valid_until"],
            numbers["low"],
            numbers["high"],
        )
        for text in _contradictions(row):
            self.note(line, text)
        if len(self.problems) == before:
            self.rows.append((line, row))

    def _wrong_names(self, given: dict[str, str]) -> Iterator[str]:
        if not given["lab"]:
            yield "The lab is missing."
        test, unit = given["test"], given.get("unit", "")
        if test not in self.units:
            hint = f" Is {near} meant?" if (near := _meant(test, self.units)) else ""
            yield f"'{test}' is no item whose range the study asks for.{hint}"
        elif unit not in (self.units[test] or ("",)):
            known = ", ".join(self.units[test]) or "none"
            yield f"'{unit}' is no unit of {test}. Its units are: {known}."

        sex = given.get("sex", "")
        if sex and self.sexes and sex not in self.sexes:
            yield f"'{sex}' is none of the codes of the sex: {', '.join(sorted(self.sexes))}."

    def _read(self, line: int, key: str, text: str, read: Callable[[str], T], expected: str) -> T | None:
        if not text:
            return None
        try:
            return read(text)
        except (ValueError, InvalidOperation):
            self.note(line, f"'{text}' in {key} is not {expected}.")
            return None

    def overlaps(self) -> None:
        """Two lines that could judge the same sample."""
        by_test: dict[tuple[str, str, str], list[tuple[int, LabRange]]] = {}
        for line, row in self.rows:
            others = by_test.setdefault((row.lab, row.test, row.unit), [])
            for first, other in others:
                if _overlap(row, other):
                    self.note(
                        line,
                        f"A sample could be judged by this line and by line {first}. Let sex, age or days part them.",
                    )
                    break
            others.append((line, row))


def _overlap(one: LabRange, other: LabRange) -> bool:
    """Whether one sample could be judged by two rows for the same lab, test and unit."""
    return (
        (not one.sex or not other.sex or one.sex == other.sex)
        and not _apart(one.age_below, other.age_from)
        and not _apart(other.age_below, one.age_from)
        and not _past(one.valid_until, other.valid_from)
        and not _past(other.valid_until, one.valid_from)
    )


def _apart(below: Decimal | None, other: Decimal | None) -> bool:
    return below is not None and other is not None and below <= other


def _past(last: date | None, first: date | None) -> bool:
    return last is not None and first is not None and last < first


def _meant(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant; empty where none is near."""
    folded = {one.casefold(): one for one in known}
    near = difflib.get_close_matches(word.casefold(), folded, n=1)
    return folded[near[0]] if near else ""


def _number(text: str) -> Decimal:
    found = Decimal(text)
    if not found.is_finite():
        raise ValueError(text)
    return found


def _day(text: str) -> date:
    found = date.fromisoformat(text)
    if found.isoformat() != text:
        raise ValueError(text)
    return found


def _contradictions(row: LabRange) -> Iterator[str]:
    if row.low is None and row.high is None:
        yield "Neither low nor high is given."
    if row.low is not None and row.high is not None and row.low > row.high:
        yield f"low {row.low} is above high {row.high}."
    if row.age_from is not None and row.age_below is not None and row.age_from >= row.age_below:
        yield f"age_from {row.age_from} is not below age_below {row.age_below}."
    if row.valid_from is not None and row.valid_until is not None and row.valid_from > row.valid_until:
        yield f"valid_from {row.valid_from} is after valid_until {row.valid_until}."
