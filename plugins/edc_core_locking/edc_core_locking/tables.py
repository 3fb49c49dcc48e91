"""CSV as spreadsheets read it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from edc_core.api import Attachment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def as_csv(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Attachment:
    """A file with a BOM; what a spreadsheet would take for a formula gets an apostrophe in front."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        cells = [str(cell) for cell in row]
        writer.writerow([f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell for cell in cells])
    return Attachment(name, "text/csv", "\ufeff" + text.getvalue())
