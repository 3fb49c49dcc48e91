"""RFC 4180 lines. Most rows hold nothing that needs quotes, which one look at the joined line tells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import IO

LINE_END = "\r\n"
_CELLS = 5_000  #: kept in memory of each file
_LOOKED_AT = 25  #: rows at once: one that needs quotes costs as many a look of their own
_SPECIAL = re.compile('[",\r\n]')


def line(cells: Sequence[str]) -> str:
    """One record with its line end. Values are written as they are; see the reference about spreadsheets."""
    text = ",".join(cells)
    if text.count(",") == len(cells) - 1 and '"' not in text and "\n" not in text and "\r" not in text:
        return text + LINE_END if text or len(cells) > 1 else f'""{LINE_END}'
    return ",".join(quoted(cell) for cell in cells) + LINE_END


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _SPECIAL.search(cell) else cell


def lines(rows: Sequence[Sequence[str]]) -> str:
    """The same as of each ``line``: one look at all of them mostly tells that none needs quotes."""
    text = LINE_END.join(map(",".join, rows)) + LINE_END
    counts = text.count(","), text.count("\r"), text.count("\n")
    is_plain = counts == (sum(map(len, rows)) - len(rows), len(rows), len(rows)) and '"' not in text
    if is_plain and min(map(len, rows)) > 1:
        return text
    return "".join(map(line, rows))


class RowFile:
    """A CSV file being written; rows, which nobody changes any more, are gathered and handed on in large pieces."""

    def __init__(self, stream: IO[bytes], header: Sequence[str]) -> None:
        self._stream = stream
        self._waiting: list[Sequence[str]] = [header]
        self._most = max(_LOOKED_AT, _CELLS // max(1, len(header)))
        self.count = 0

    def add(self, cells: Sequence[str]) -> None:
        self._waiting.append(cells)
        self.count += 1
        if len(self._waiting) >= self._most:
            self.flush()

    def flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        text = "".join(lines(waiting[n : n + _LOOKED_AT]) for n in range(0, len(waiting), _LOOKED_AT))
        # A lone surrogate is no character and has no UTF-8; it is written as the escape \udcXX.
        self._stream.write(text.encode("utf-8", "backslashreplace"))
