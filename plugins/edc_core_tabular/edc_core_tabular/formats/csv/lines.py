"""RFC 4180 lines. Most rows hold nothing that needs quotes, which one look at the joined line tells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import IO

_SPECIAL = re.compile('[",\r\n]')


def line(cells: Sequence[str]) -> str:
    """One record with its line end. Values are written as they are; see the reference about spreadsheets."""
    text = ",".join(cells)
    if text.count(",") == len(cells) - 1 and '"' not in text and "\n" not in text and "\r" not in text:
        return text + "\r\n" if text or len(cells) > 1 else '""\r\n'
    return ",".join(quoted(cell) for cell in cells) + "\r\n"


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _SPECIAL.search(cell) else cell


class RowFile:
    """A CSV file being written; rows are gathered and handed on in large pieces."""

    def __init__(self, stream: IO[bytes], header: Sequence[str] | None = None) -> None:
        self._stream = stream
        self._waiting = [] if header is None else [line(header)]
        self.count = 0

    def add(self, cells: Sequence[str]) -> None:
        self._waiting.append(line(cells))
        self.count += 1
        if len(self._waiting) >= 500:
            self.flush()

    def flush(self) -> None:
        # A lone surrogate is no character and has no UTF-8; it is written as the escape \udcXX.
        self._stream.write("".join(self._waiting).encode("utf-8", "backslashreplace"))
        self._waiting.clear()
