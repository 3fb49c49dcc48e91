"""RFC 4180 lines. Most rows hold nothing that needs quotes, which one look at the joined line tells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import IO

_AT_ONCE = 500  #: rows that are handed on
_TOGETHER = (
    50  #: rows that are looked at together: one that needs quotes costs all of them a look of their own
)
_SPECIAL = re.compile('[",\r\n]')


def line(cells: Sequence[str]) -> str:
    """One record with its line end. Values are written as they are; see the reference about spreadsheets."""
    text = ",".join(cells)
    if text.count(",") == len(cells) - 1 and '"' not in text and "\n" not in text and "\r" not in text:
        return text + "\r\n" if text or len(cells) > 1 else '""\r\n'
    return ",".join(quoted(cell) for cell in cells) + "\r\n"


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _SPECIAL.search(cell) else cell


def lines(rows: Sequence[Sequence[str]]) -> str:
    """Records with their line ends."""
    text = "\r\n".join(map(",".join, rows))
    ends = len(rows) - 1
    if (
        text.count(",") == sum(map(len, rows)) - len(rows)
        and '"' not in text
        and text.count("\n") == text.count("\r") == ends
        and min(map(len, rows)) > 1
    ):
        return text + "\r\n"
    return "".join(map(line, rows))


class RowFile:
    """A CSV file being written; rows are gathered and handed on in large pieces."""

    def __init__(self, stream: IO[bytes], header: Sequence[str] | None = None) -> None:
        self._stream = stream
        self._waiting: list[Sequence[str]] = [] if header is None else [header]
        self.count = 0

    def add(self, cells: Sequence[str]) -> None:
        """:param cells: nobody changes them any more."""
        self.add_all((cells,))

    def add_all(self, rows: Sequence[Sequence[str]]) -> None:
        """Several rows, as ``add``."""
        self._waiting.extend(rows)
        self.count += len(rows)
        if len(self._waiting) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        rows, self._waiting = self._waiting, []
        for at in range(0, len(rows), _TOGETHER):
            # A lone surrogate is no character and has no UTF-8; it is written as the escape \udcXX.
            self._stream.write(lines(rows[at : at + _TOGETHER]).encode("utf-8", "backslashreplace"))
