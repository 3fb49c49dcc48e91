"""Names of at most eight characters, as SAS transport files ask for: ``[A-Z_][A-Z0-9_]*``, unique in their table.

The keys have fixed names. An item's value has the ``sas_name`` that was frozen with its definition. What stands beside it
has the beginning of that name and an ending that says what it holds (``WEIGHT`` gives ``WEIGHT_U``, ``SYSBPSTD`` gives
``SYSBPS_U``). Where a name is taken, a number goes before the ending, in the order of the columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST = 8


def sas_name(wish: str, taken: set[str], ending: str = "") -> str:
    """The wish with the ending, as near as can be; what it becomes is added to those taken."""
    stem = re.sub(r"[^A-Z0-9_]", "", wish.upper()) or "X"
    if stem[0].isdigit():
        stem = f"_{stem}"
    name, number = f"{stem[: LONGEST - len(ending)]}{ending}", 1
    while name in taken:
        number += 1
        tail = f"{number}{ending}"
        name = f"{stem[: LONGEST - len(tail)]}{tail}"
    taken.add(name)
    return name


def sas_names(keys: Iterable[str], items: Iterable[tuple[str, str]]) -> list[str]:
    """The names of a table's columns.

    :param keys: names that are fixed. :param items: of each further column the name of its item's value and the ending,
        empty for the value itself; values get their names first.
    """
    taken = set(keys)
    wishes = list(items)
    values = {n: sas_name(wish, taken) for n, (wish, ending) in enumerate(wishes) if not ending}
    return [
        values[n] if n in values else sas_name(wish, taken, ending) for n, (wish, ending) in enumerate(wishes)
    ]
