"""Reference ranges as the study's chain holds them: the newest entry counts, whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import and_, select

from edc_core.domain.lab_range import LabRange, LabRanges
from edc_core.domain.ledger_entry import STUDY_CHAIN, EntryKind
from edc_core.store.ledger_tables import ledger_entry

if TYPE_CHECKING:
    from sqlalchemy import Connection

_KEPT = 32  #: studies whose ranges are held in memory
#: Study id to the hash of the entry and what it holds: chained hashes tell entries of any database apart.
_known: dict[str, tuple[str, LabRanges]] = {}


def lab_ranges(connection: Connection, study_id: str) -> LabRanges:
    """The ranges in force: one statement, and one more after they changed."""
    c = ledger_entry.c
    of_study = and_(c.study_id == study_id, c.chain == STUDY_CHAIN, c.kind == EntryKind.STUDY_RANGES.value)
    newest = connection.execute(select(c.n, c.hash).where(of_study).order_by(c.n.desc()).limit(1)).first()
    if newest is None:
        return LabRanges()
    known = _known.get(study_id)
    if known is not None and known[0] == newest.hash:
        return known[1]
    payload = connection.execute(select(c.payload).where(of_study, c.n == newest.n)).scalar_one()
    read = LabRanges(tuple(_row(row) for row in orjson.loads(payload)["ranges"]), newest.n)
    while len(_known) >= _KEPT:
        _known.pop(next(iter(_known)))
    _known[study_id] = (newest.hash, read)
    return read


def as_payload(rows: tuple[LabRange, ...]) -> list[dict[str, str]]:
    """Ranges as the ledger keeps them: texts, without what is empty."""
    return [
        {name: str(value) for name in LabRange.__slots__ if (value := getattr(row, name)) not in ("", None)}
        for row in rows
    ]


def _row(row: dict[str, Any]) -> LabRange:
    numbers = {key: Decimal(row[key]) for key in ("age_from", "age_below", "low", "high") if key in row}
    days = {key: date.fromisoformat(row[key]) for key in ("valid_from", "valid_until") if key in row}
    return LabRange(
        row["lab"], row["test"], row.get("unit", ""), row.get("sex", ""), numbers.get("age_from"),
        numbers.get("age_below"), days.get("valid_from"), days.get("valid_until"), numbers.get("low"),
        numbers.get("high"),
    )  # fmt: skip
