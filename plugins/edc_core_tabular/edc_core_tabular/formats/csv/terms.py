"""Answers out of a code list: by their codes alone, by their labels alone, or by both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edc_core.api import CODES, ExportDataset
from edc_core_tabular.forms.columns import Column
from edc_core_tabular.forms.layout import Table
from edc_core_tabular.forms.rows import Put, Row


def hidden(dataset: ExportDataset, table: Table) -> frozenset[str]:
    """Names of columns that hold what was not asked for (``ExportChoice.terms``)."""
    terms = dataset.choice.terms if dataset.choice else ""
    if not terms:
        return frozenset()
    return frozenset(name for column in table.columns.values() for name in _hidden(column, terms))


def _hidden(column: Column, terms: str) -> Iterator[str]:
    if column.label < 0:
        return
    for header in column.headers:
        is_label = header.holds in ("label", "labels")
        is_code = header.holds == "value" or bool(header.code)
        if is_label if terms == CODES else is_code:
            yield header.name


def without(names: frozenset[str], header: list[str], put: Put) -> Put:
    """Takes rows and puts them without some columns."""
    if not names:
        return put
    shown = [n for n, name in enumerate(header) if name not in names]

    def narrow(rows: Sequence[Row]) -> None:
        put([[row[n] for n in shown] for row in rows])

    return narrow
