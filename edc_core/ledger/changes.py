"""What a rule makes of an entry: rows of projection tables, whole or some columns of them."""

from __future__ import annotations

from typing import Any, NamedTuple

Row = dict[str, Any]


class Put(NamedTuple):
    """The whole row as it is from now on."""

    table: str
    row: Row


class Patch(NamedTuple):
    """Some columns of a row that exists."""

    table: str
    key: Row
    values: Row


Change = Put | Patch
