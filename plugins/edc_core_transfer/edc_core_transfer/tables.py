"""What a look found, as CSV: rows that are not taken, and what is added and changed."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core_transfer.staging import Staging

REJECTS = ("line", "code", "subject", "reason")
CHANGES = ("line", "subject", "place", "before", "after")


def rejects(staged: Staging) -> bytes:
    """Every row that is not taken, and why."""
    return _csv(REJECTS, (astuple(one) for one in staged.rejects()))


def changes(staged: Staging) -> bytes:
    """Every value that is added or changed, with what stands there now."""
    return _csv(CHANGES, (astuple(one) for one in staged.changes()))


def _csv(columns: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(["" if cell is None else _plain(str(cell)) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _plain(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "@", "\t", "\r") else text
