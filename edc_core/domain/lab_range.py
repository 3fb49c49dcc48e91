"""Reference ranges of laboratories: by lab, test, unit, sex and age, each for a time (REQ-DAT-15). Pure.

A range is found only where it certainly applies: a date or an age that is partly known may lie in two of them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from edc_core.domain.censored import End
    from edc_core.domain.partial_date import PartialDate

#: CDISC codes of the reference range indicator (C78736).
LOW, NORMAL, HIGH = "LOW", "NORMAL", "HIGH"


@dataclass(frozen=True, slots=True)
class LabRange:
    """One line of the ranges of a study.

    :param lab: the laboratory, as the lab item stores it. :param test: name of the item that holds the result.
    :param unit: OID of the unit of the limits; empty for a result without a unit.
    :param sex: code of the sex item; empty for all.
    :param age_from: full years from which it applies. :param age_below: full years from which it no longer does.
    :param valid_from: the first day, :param valid_until: the last day on which a sample is judged by it.
    :param low: lowest value that is normal, :param high: the highest; ``None`` leaves that side open.
    """

    lab: str
    test: str
    unit: str = ""
    sex: str = ""
    age_from: Decimal | None = None
    age_below: Decimal | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    low: Decimal | None = None
    high: Decimal | None = None

    def flag(self, low: End, high: End) -> str | None:
        """Where a value in the unit of the limits lies, by its ends; the limits themselves are normal.

        :return: ``None`` where a censored result may lie in two of the three.
        """
        found = {self._flag(low), self._flag(high)}
        return found.pop() if len(found) == 1 else None

    def _flag(self, value: End) -> str:
        if self.low is not None and value < (self.low, 0):
            return LOW
        return HIGH if self.high is not None and value > (self.high, 0) else NORMAL

    def applies(self, patient: Patient) -> bool:
        """Whether it certainly applies."""
        return self._for_sex(patient) and self._for_age(patient) and self._for_day(patient)

    def _for_sex(self, patient: Patient) -> bool:
        return not self.sex or self.sex == patient.sex

    def _for_age(self, patient: Patient) -> bool:
        if self.age_from is None and self.age_below is None:
            return True
        if patient.age is None:
            return False
        youngest, oldest = patient.age
        return (self.age_from is None or youngest >= self.age_from) and (
            self.age_below is None or oldest < self.age_below
        )

    def _for_day(self, patient: Patient) -> bool:
        if self.valid_from is None and self.valid_until is None:
            return True
        if patient.on is None:
            return False
        return (self.valid_from is None or patient.on.earliest >= self.valid_from) and (
            self.valid_until is None or patient.on.latest <= self.valid_until
        )


@dataclass(frozen=True, slots=True)
class Patient:
    """Whom a sample is of, and when it was taken, as far as that is known.

    :param age: the lowest and the highest number of full years. :param on: the date of the sample.
    """

    sex: str | None = None
    age: tuple[Decimal, Decimal] | None = None
    on: PartialDate | None = None


@dataclass(frozen=True)
class LabRanges:
    """The ranges of a study as one entry of its ledger holds them.

    :param n: that entry's place in the study's chain; 0 when there is none.
    """

    rows: tuple[LabRange, ...] = ()
    n: int = 0

    @cached_property
    def _by_test(self) -> dict[tuple[str, str, str], list[LabRange]]:
        found: dict[tuple[str, str, str], list[LabRange]] = defaultdict(list)
        for row in self.rows:
            found[row.lab, row.test, row.unit].append(row)
        return dict(found)

    def states(self, lab: str, test: str, unit: str) -> bool:
        """Whether a lab has any range for a test in a unit, for whomever."""
        return (lab, test, unit) in self._by_test

    def find(self, lab: str, test: str, unit: str, patient: Patient) -> LabRange | None:
        """The range that certainly applies; rows do not overlap, so there is one at most."""
        rows = self._by_test.get((lab, test, unit), ())
        return next((row for row in rows if row.applies(patient)), None)
