"""The cells of a column as the bytes of a transport file, and what among them it can't hold.

Each function takes the cells of a chunk and gives a matrix of bytes, a row for each cell, and its breaches. A row that
breaks a rule holds anything: nothing is written then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from edc_core.api import NUMBERS, DataType, Variable
from edc_core_tabular.formats.doubles import (
    AS_TEXT,
    Breach,
    Cells,
    bytes_of,
    doubles,
    ones_and_zeros,
)
from edc_core_tabular.formats.problems import character
from edc_core_tabular.formats.xpt import ibm, sas_dates
from edc_core_tabular.formats.xpt.records import NUMBER, TEXT

LONGEST_TEXT = 200  #: bytes; SAS TS-140 and the submission guides of the authorities
SPLIT = "Split the text over several variables or a SUPP-- dataset, or take dataset-json-1.1."
LATIN = "Transliterate it, take the variable of a translation or a code, an encoding that has it (xpt-v5-utf-8) or dataset-json-1.1."

Bytes = npt.NDArray[np.uint8]
Convert = Callable[[Cells], tuple[Bytes, list[Breach]]]


@dataclass(frozen=True, slots=True)
class Column:
    """How the cells of a variable are written. :param kind: NUMBER or TEXT. :param is_decimal: cells are decimal numbers."""

    kind: int
    convert: Convert
    is_decimal: bool = False


def column_of(variable: Variable, encoding: str) -> Column:
    """Numbers and flags are SAS numbers; so are dates that have a SAS format of dates; all else is text."""
    if variable.data_type in NUMBERS:
        return Column(NUMBER, numbers, is_decimal=True)
    if variable.data_type is DataType.BOOLEAN:
        return Column(NUMBER, flags)
    if count := sas_dates.counting(variable):
        return Column(NUMBER, lambda cells: dates(cells, count))
    return Column(TEXT, lambda cells: texts(cells, encoding))


def texts(cells: Cells, encoding: str) -> tuple[Bytes, list[Breach]]:
    """Text padded with blanks to the longest of the chunk; nothing is one blank."""
    matrix = _padded_ascii(cells)
    return _encoded([cell or "" for cell in cells], encoding) if matrix is None else (matrix, [])


def _padded_ascii(cells: Cells) -> Bytes | None:
    """None where something isn't ASCII or isn't right. Arrow takes a third of the time of Python."""
    try:
        text = pc.fill_null(pa.array(cells, pa.string()), "")
    except UnicodeError:
        return None
    longest, data = pc.max(pc.binary_length(text)).as_py(), bytes_of(text)
    if longest > LONGEST_TEXT or b"\0" in data or not data.isascii():
        return None
    return padded(text, longest)


def padded(text: pa.Array, longest: int) -> Bytes:
    """Texts in ASCII, none of them null, filled with blanks to the longest."""
    width = max(longest, 1)
    return _matrix(bytes_of(pc.ascii_rpad(text, width, " ")), width)


def _encoded(filled: Sequence[str], encoding: str) -> tuple[Bytes, list[Breach]]:
    """Text in which something isn't ASCII, or isn't right."""
    encoded, breaches = [], []
    for row, cell in enumerate(filled):
        try:
            encoded.append(cell.encode(encoding))
        except UnicodeEncodeError as error:
            encoded.append(b"")
            says = f"has characters that {encoding} lacks"
            breaches.append(Breach(says, LATIN, [row], character(cell[error.start])))
    if pads := [row for row, cell in enumerate(filled) if "\0" in cell]:
        breaches.append(Breach("holds the character U+0000, which pads", "Correct the value.", pads))
    if long := [row for row, cell in enumerate(encoded) if len(cell) > LONGEST_TEXT]:
        breaches.append(Breach(f"is longer than {LONGEST_TEXT} bytes", SPLIT, long))
        encoded = [cell[:LONGEST_TEXT] for cell in encoded]  # to save memory: none of it is written
    width = max(1, *map(len, encoded))
    return _matrix(b"".join(cell.ljust(width) for cell in encoded), width), breaches


def _matrix(data: bytes, width: int) -> Bytes:
    return np.frombuffer(data, dtype=np.uint8).reshape(-1, width)


def numbers(cells: Cells) -> tuple[Bytes, list[Breach]]:
    """Decimal numbers; nothing is missing (``.``)."""
    found, breaches = doubles(cells)
    size = np.abs(found)
    is_outside = (size > ibm.LARGEST) | ((size > 0) & (size < ibm.SMALLEST))
    if is_outside.any():
        found = np.where(is_outside, 0, found)
        rows = np.flatnonzero(is_outside).tolist()
        breaches.append(Breach("is outside the range of SAS numbers", AS_TEXT, rows))
    return ibm.encode(found), breaches


def flags(cells: Cells) -> tuple[Bytes, list[Breach]]:
    """``true`` is 1, ``false`` 0."""
    found, breaches = ones_and_zeros(cells)
    return ibm.encode(found), breaches


def dates(cells: Cells, count: sas_dates.Count) -> tuple[Bytes, list[Breach]]:
    """Whole dates and times, as SAS counts them; each distinct one is worked out once."""
    known: dict[str | None, float] = {None: nan, "": nan}
    wrong_ones = set()
    for cell in set(filter(None, cells)):
        try:
            known[cell] = count(cell)
        except ValueError:
            known[cell] = nan
            wrong_ones.add(cell)
    wrong = [row for row, cell in enumerate(cells) if cell in wrong_ones]
    remedy = "Leave out the format of the variable, so that it is written as ISO 8601 text."
    breaches = [Breach("is no whole date or time, as its SAS format needs", remedy, wrong)] * bool(wrong)
    return ibm.encode(np.array([known[cell] for cell in cells])), breaches
