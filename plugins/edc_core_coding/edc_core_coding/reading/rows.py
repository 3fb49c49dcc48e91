"""Lines of delivered files as cells: separated by a sign, in columns of a fixed width, or CSV."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from edc_core_coding.terms import Problems

Line = tuple[int, list[str]]


JAPANESE = "cp932"  #: the Shift JIS of older Japanese deliveries


def encoding_of(file: Path) -> str:
    """UTF-8 where the whole file is that, else the encoding of older Japanese deliveries."""
    try:
        with file.open(encoding="utf-8-sig") as stream:
            for _ in stream:
                continue
    except UnicodeDecodeError:
        return JAPANESE
    return "utf-8"


def _texts(file: Path, problems: Problems, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    first = "utf-8-sig" if encoding == "utf-8" else encoding
    with file.open("rb") as stream:
        for number, raw in enumerate(stream, start=1):
            try:
                text = raw.decode(first if number == 1 else encoding).rstrip("\r\n")
            except UnicodeDecodeError:
                problems.add(
                    file.name, number, "This is not UTF-8. Take the delivery in UTF-8, or save it so."
                )
                continue
            if text.strip():
                yield number, text


def separated(file: Path, columns: int, problems: Problems, *, encoding: str = "utf-8") -> Iterator[Line]:
    """Lines whose cells end with ``$``, as MedDRA has them.

    :param columns: how many there are at least; a line with fewer is a problem.
    """
    for number, text in _texts(file, problems, encoding):
        cells = [cell.strip() for cell in text.split("$")]
        if len(cells) < columns:
            problems.add(file.name, number, f"There are {len(cells)} cells where there are {columns}.")
            continue
        yield number, cells


def fixed(
    file: Path, ends: Sequence[int], problems: Problems, *, more_follows: bool = False
) -> Iterator[Line]:
    """Lines with cells in columns of a fixed width.

    :param ends: where each ends; the last goes to the end of the line, unless ``more_follows``.
    """
    starts = [0, *ends[:-1]]
    for number, text in _texts(file, problems):
        if len(text) <= starts[-1]:
            problems.add(
                file.name, number, f"It has {len(text)} characters; the last cell begins at {starts[-1] + 1}."
            )
            continue
        last = len(starts) - 1
        yield (
            number,
            [
                text[start : None if n == last and not more_follows else ends[n]].strip()
                for n, start in enumerate(starts)
            ],
        )


def comma(file: Path, columns: int, problems: Problems) -> Iterator[Line]:
    """Lines of a CSV file; a first line of headings is passed over. :param columns: as for ``separated``."""
    texts = (text for _, text in _texts(file, problems))
    reader = csv.reader(texts)
    for cells in reader:
        if reader.line_num == 1 and not any(any(one.isdigit() for one in cell) for cell in cells):
            continue
        if len(cells) < columns:
            problems.add(
                file.name, reader.line_num, f"There are {len(cells)} cells where there are {columns}."
            )
            continue
        yield reader.line_num, [cell.strip() for cell in cells]
