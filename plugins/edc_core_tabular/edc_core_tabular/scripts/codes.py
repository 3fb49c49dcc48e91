"""The code lists of datasets, for the programs that read them."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import CodeList, TabularDataset


def code_lists(tables: Iterable[TabularDataset]) -> dict[str, CodeList]:
    """Every code list of a variable, by OID."""
    found = {one.code_list.oid: one.code_list for table in tables for one in table.variables if one.code_list}
    return dict(sorted(found.items()))


def texts_of(found: CodeList) -> dict[str, str]:
    """The English text of each code, in the order of the list."""
    return {
        term.coded_value: term.decode.in_language("en") if term.decode else term.coded_value
        for term in found.items
    }
