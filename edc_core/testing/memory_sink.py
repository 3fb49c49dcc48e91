"""An export sink for tests of exporters."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class MemorySink:
    """Keeps the files of one export by name, and the rows it was told of.

    :raises ValueError: a file is written twice.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.counts: dict[str, int] = {}
        self.sources: dict[str, str] = {}
        self.left_out: dict[str, int] = {}

    @contextmanager
    def open(self, name: str) -> Iterator[io.BytesIO]:
        if name in self.files:
            raise ValueError(f"'{name}' was written before.")
        stream = io.BytesIO()
        yield stream
        self.files[name] = stream.getvalue()

    def progress(self, subjects_done: int) -> None:
        """An exporter says how far it is; nobody waits here."""

    def rows(self, name: str, count: int) -> None:
        self.counts[name] = count

    def leave_out(self, what: str, number: int) -> None:
        self.left_out[what] = self.left_out.get(what, 0) + number

    def made_with(self, what: str, sha256: str) -> None:
        self.sources[what] = sha256
