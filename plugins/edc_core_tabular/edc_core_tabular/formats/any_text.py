"""Text that no encoding knows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def encodable(cells: Iterable[Any]) -> list[Any]:
    r"""The cells with every lone surrogate, which is no character and has no UTF-8, as the escape ``\udcXX``."""
    return [
        cell.encode("utf-8", "backslashreplace").decode() if isinstance(cell, str) else cell for cell in cells
    ]
