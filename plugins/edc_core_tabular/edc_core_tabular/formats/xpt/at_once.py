"""Cells of many variables as bytes in one go, where all is right: who finds none here looks at each cell (``Column.convert``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow.compute as pc

from edc_core_tabular.formats.batch import Batch
from edc_core_tabular.formats.doubles import SAFE_DIGITS, numbers_of
from edc_core_tabular.formats.xpt import ibm
from edc_core_tabular.formats.xpt.columns import LONGEST_TEXT, Bytes, Column, padded
from edc_core_tabular.formats.xpt.records import TEXT


def right_at_once(batch: Batch | None, columns: Sequence[Column]) -> Mapping[int, Bytes]:
    """By the place of a variable the same matrix as of its ``Column``; without those that have to be looked at."""
    return {} if batch is None else _numbers(batch, columns) | _texts(batch, columns)


def _numbers(batch: Batch, columns: Sequence[Column]) -> dict[int, Bytes]:
    places = [place for place, column in enumerate(columns) if column.is_decimal]
    if not places or batch.lengths[:, places].max() > SAFE_DIGITS:
        return {}
    found = numbers_of(batch.columns(places))
    if found is None:
        return {}  # so few digits are never outside the range of the format
    return dict(zip(places, ibm.encode(found).reshape(len(places), batch.rows, -1), strict=True))


def _texts(batch: Batch, columns: Sequence[Column]) -> dict[int, Bytes]:
    """Those in ASCII, which any encoding of a transport file has as it is."""
    longest = batch.lengths.max(axis=0).tolist()
    places = [
        place
        for place, column in enumerate(columns)
        if column.kind == TEXT and longest[place] <= LONGEST_TEXT
    ]
    if not places:
        return {}
    cells = batch.columns(places)
    found: dict[int, Bytes] = {}
    for number, place in enumerate(places):
        text = cells.slice(number * batch.rows, batch.rows)
        if text.null_count:
            text = pc.fill_null(text, "")
        if batch.is_ascii or pc.all(pc.string_is_ascii(text)).as_py():
            found[place] = padded(text, longest[place])
    return found
