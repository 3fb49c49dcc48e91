"""Canonical decimals as the doubles of statistical software, which keep about 15 digits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from math import nan
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

SAFE_DIGITS = 15  #: as many significant digits any double keeps
AS_TEXT = "Give the variable the data type text."
_FIRST, _LAST, _AMONG = (
    ord("-"),
    ord("9"),
    b"/",
)  #: minus, point and digits follow each other, but for a slash
_DECIMAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_FLAGS = {None: nan, "": nan, "true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}

Cells = Sequence[str | None]
Doubles = npt.NDArray[np.float64]


class Breach(NamedTuple):
    """A rule that cells of a column break. :param rows: positions among the cells. :param note: see ``Problem.notes``."""

    says: str
    remedy: str
    rows: Sequence[int]
    note: str = ""


def doubles(cells: Cells) -> tuple[Doubles, list[Breach]]:
    """Decimal numbers, NaN for nothing. A number is refused that isn't the shortest decimal of its double."""
    breaches = []
    values, longest = _read(cells)
    if values is None:
        good = [cell if cell and _DECIMAL.fullmatch(cell) else "" for cell in cells]
        wrong = [row for row, cell in enumerate(cells) if cell and not good[row]]
        breaches += [Breach("is no decimal number", AS_TEXT, wrong)] * bool(wrong)
        values = np.array([float(cell) if cell else nan for cell in good])
        longest = max(map(len, good), default=0)
        cells = good
    if longest > SAFE_DIGITS and (rows := _losing_digits(cells)):
        says = f"has more digits than a number keeps (about {SAFE_DIGITS})"
        breaches.append(Breach(says, AS_TEXT, rows))
    return values, breaches


def _read(cells: Cells) -> tuple[Doubles | None, int]:
    """The numbers, and the characters of the longest cell; None where a cell is empty text or no decimal."""
    try:
        text = pa.array(cells, pa.string())
    except UnicodeError:
        return None, 0
    return numbers_of(text), pc.max(pc.binary_length(text)).as_py() or 0


def numbers_of(text: Any) -> Doubles | None:
    """The numbers of an Arrow array of texts, NaN for null; None where one is no decimal: Arrow takes 1e5 and nan for numbers."""
    try:
        values: Doubles = text.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    data = bytes_of(text)
    if not data:
        return values
    letters = np.frombuffer(data, dtype=np.uint8)
    return values if letters.min() >= _FIRST and letters.max() <= _LAST and _AMONG not in data else None


def bytes_of(text: Any) -> bytes:
    """All characters of an Arrow array of texts, one after the other, in UTF-8."""
    _, ends, data = text.buffers()
    if data is None or not len(text):
        return b""
    first, last = np.frombuffer(ends, dtype=np.int32, count=text.offset + len(text) + 1)[[text.offset, -1]]
    return bytes(memoryview(data)[first:last])


def ones_and_zeros(cells: Cells) -> tuple[Doubles, list[Breach]]:
    """``true`` is 1, ``false`` 0, NaN nothing."""
    wrong = [row for row, cell in enumerate(cells) if cell not in _FLAGS]
    breaches = [Breach("is neither true nor false", AS_TEXT, wrong)] * bool(wrong)
    return np.array([_FLAGS.get(cell, nan) for cell in cells], dtype=np.float64), breaches


def _losing_digits(cells: Cells) -> list[int]:
    """Rows whose number isn't the shortest decimal of its double."""
    return [
        row
        for row, cell in enumerate(cells)
        if cell and len(cell) > SAFE_DIGITS and Decimal(repr(float(cell))) != Decimal(cell)
    ]
