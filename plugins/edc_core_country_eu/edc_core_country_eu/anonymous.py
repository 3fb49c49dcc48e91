"""EU-B8: datasets for publication (CTIS, Policy 0070): study days for dates, ages in bands, sites masked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from edc_core.api import DataType, TabularDataset, Variable, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.api import Record

OLDEST = 89  #: older subjects are one band
RARE = 5  #: fewer subjects than this with a value can be told apart
_MASKED = ("SITEID", "INVID", "INVNAM", "COUNTRY")
_OF_PERSONS = ("RACE", "ETHNIC", "SEX", "AGE")
_WHOLE_DATE = len("2026-01-01")


@dataclass(frozen=True, slots=True)
class RareValue:
    """A value that few subjects have. :param count: how many."""

    dataset: str
    variable: str
    value: str
    count: int


def anonymised(datasets: Mapping[str, TabularDataset]) -> dict[str, TabularDataset]:
    """Datasets in which nobody is told by a date, an age or a site. Day 1 is RFSTDTC of the subject, there is no day 0."""
    starts = {
        row["USUBJID"]: row["RFSTDTC"][:_WHOLE_DATE] for row in rows_of(datasets, "DM") if row["RFSTDTC"]
    }
    return {name: _anonymised(dataset, starts) for name, dataset in datasets.items()}


def rare_values(datasets: Mapping[str, TabularDataset]) -> list[RareValue]:
    """What is still to be judged by a person: values of DM that fewer than ``RARE`` subjects have."""
    counted = Counter(
        (name, row[name]) for row in rows_of(datasets, "DM") for name in _OF_PERSONS if row[name]
    )
    return [RareValue("DM", name, value, n) for (name, value), n in sorted(counted.items()) if n < RARE]


def _anonymised(dataset: TabularDataset, starts: Mapping[str, str]) -> TabularDataset:
    kept = [one for one in dataset.variables if one.name not in _MASKED and one.name != "BRTHDTC"]
    variables = tuple(_variable(one) for one in kept)

    def records() -> Iterator[Record]:
        for row in rows_of({dataset.name: dataset}, dataset.name):
            start = starts.get(row["USUBJID"], "")
            yield [_cell(one.name, row[one.name], start) for one in kept]

    return replace(dataset, variables=variables, records=records)


def _variable(one: Variable) -> Variable:
    if one.name.endswith("DTC"):
        name = f"{one.name[:-3]}DY"
        return replace(one, name=name, sas_name="", label="Study Day", data_type=DataType.INTEGER, oid="")
    return replace(one, data_type=DataType.TEXT) if one.name == "AGE" else one


def _cell(name: str, value: str, start: str) -> str | None:
    if not value:
        return None
    if name.endswith("DTC"):
        return _study_day(value, start)
    if name == "AGE":
        return f">{OLDEST}" if int(value) > OLDEST else value
    return value


def _study_day(value: str, start: str) -> str | None:
    if len(value) < _WHOLE_DATE or not start:
        return None
    days = (date.fromisoformat(value[:_WHOLE_DATE]) - date.fromisoformat(start)).days
    return str(days + 1 if days >= 0 else days)
