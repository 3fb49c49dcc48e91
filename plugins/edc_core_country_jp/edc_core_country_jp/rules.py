"""JP-B5, JP-B6 and JP-B10: alphabets, actors on findings, and the data of pharmacokinetics."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from edc_core.api import ConformanceRule, RuleFinding, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.api import TabularDataset

    Datasets = Mapping[str, TabularDataset]

ENGINE = "PMDA rules 6.0"  #: as the guide and the form name it, with the version of the engine
TOLERANCE = 10  #: percent of the planned time
_NEEDED: tuple[tuple[str, Literal["reject", "error"]], ...] = (("DM", "reject"), ("TS", "error"))


def ascii_only(alternates: frozenset[str], datasets: Datasets) -> Iterator[RuleFinding]:
    """Japanese text stands in declared alternate variables alone. :param alternates: ``AE.AETERMJ``."""
    for name in datasets:
        for number, row in enumerate(rows_of(datasets, name), 1):
            for variable, cell in row.items():
                if not cell.isascii() and f"{name}.{variable}" not in alternates:
                    text = f"Record {number} is not ASCII, and {name}.{variable} is no declared alternate variable."
                    yield RuleFinding("JP-B5", "error", name, text, number, variable)


def identified(datasets: Datasets) -> Iterator[RuleFinding]:
    """What a package has: no DM is not taken (SD1020), no TS is an error (SD1115)."""
    for name, severity in _NEEDED:
        if name not in datasets:
            yield RuleFinding("JP-B6", severity, name, f"{name} is missing.")


def pharmacokinetics(datasets: Datasets) -> Iterator[RuleFinding]:
    """With concentrations come parameters and the analysis dataset of both."""
    if "PC" in datasets:
        for name in ("PP", "ADPC", "ADPP"):
            if name not in datasets:
                yield RuleFinding("JP-B10", "error", "PC", f"There are concentrations and no {name}.")


def deviations(datasets: Datasets) -> Iterator[RuleFinding]:
    """The listing of samples that were taken off their time: planned and actual hours in ADPC."""
    for number, row in enumerate(rows_of(datasets, "ADPC"), 1):
        try:
            planned, actual = float(row["NRRLT"]), float(row["ARRLT"])
        except ValueError:
            continue
        if abs(actual - planned) > max(abs(planned) * TOLERANCE / 100, 0.05):
            text = f"{row['USUBJID']}: planned {planned:g} h, taken {actual:g} h."
            yield RuleFinding("JP-B10.TIME", "warning", "ADPC", text, number, "ARRLT")


def rules(alternates: frozenset[str]) -> tuple[ConformanceRule, ...]:
    """All of them."""
    return (
        ConformanceRule("JP-B6", "The package has DM and TS", identified),
        ConformanceRule(
            "JP-B5", "Text is ASCII, but for declared variables", partial(ascii_only, alternates)
        ),
        ConformanceRule("JP-B10", "Pharmacokinetics are complete", pharmacokinetics),
        ConformanceRule("JP-B10.TIME", "Samples off their time are listed", deviations),
    )
