"""How often something may be asked for: limits as a setting, and counts in a table of fixed size that workers may share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from struct import Struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from mmap import mmap

CELLS = 1 << 16
_CELL = Struct("<QII")  #: whose count it is, the second at which it ends, how often it was asked
BYTES = CELLS * _CELL.size
_PLACES = 4  #: cells in which a count may stand


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so often in so many seconds."""

    most: int
    seconds: int


#: By door: sign-ins from an address, sign-ins with a login, mails asked for, files, and all that a session writes.
DEFAULTS: Mapping[str, Limit] = {
    "sign-in": Limit(100, 300),
    "account": Limit(20, 300),
    "mail": Limit(60, 3600),
    "upload": Limit(120, 60),
    "write": Limit(1200, 60),
}


def limits_of(text: str) -> dict[str, Limit]:
    """The limits as a setting changes them: ``sign-in=100/300 write=off``.

    :raises ValueError: naming the part that is none.
    """
    found = dict(DEFAULTS)
    for part in text.split():
        door, _, said = part.partition("=")
        numbers = re.fullmatch(r"([1-9]\d{0,8})/([1-9]\d{0,5})", said)
        if door not in DEFAULTS or not (numbers or said == "off"):
            raise ValueError(part)
        if numbers:
            found[door] = Limit(int(numbers[1]), int(numbers[2]))
        else:
            found.pop(door, None)
    return found


class Counts:
    """Counts by a text. It never grows and never refuses one for another; in a flood of texts the count that ends first gives way.

    :param table: ``BYTES`` zeros. Workers that share it may lose a count when two count at once.
    """

    def __init__(self, table: bytearray | mmap) -> None:
        self._table = table

    def wait(self, who: str, limit: Limit, now: int) -> int:
        """Count one more. :returns: seconds to wait, 0 where the limit is not reached. :param now: in seconds."""
        mark = int.from_bytes(blake2b(who.encode(), digest_size=_CELL.size // 2).digest(), "big") or 1
        cells = {}
        for step in range(_PLACES):
            at = (mark + step) % CELLS * _CELL.size
            cells[at] = _CELL.unpack_from(self._table, at)
        own = [at for at, (whose, _, _) in cells.items() if whose == mark]
        place = own[0] if own else min(cells, key=lambda at: cells[at][1])
        whose, ends, count = cells[place]
        if whose != mark or ends <= now:
            ends, count = now + limit.seconds, 0
        if count >= limit.most:
            return int(ends) - now
        _CELL.pack_into(self._table, place, mark, ends, count + 1)
        return 0
