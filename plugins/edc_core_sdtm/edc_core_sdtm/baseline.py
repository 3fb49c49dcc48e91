"""``--LOBXFL``: the last result before the first dose (SDTMIG 3.4, section 4.5.9)."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core_sdtm.dates import is_whole, on_or_before
from edc_core_sdtm.record import Record

#: What tells the results of a test apart, besides the test.
_APART = ("CAT", "SCAT", "LOC", "LAT", "METHOD", "SPEC", "EVAL", "OBJ", "LNKID")


def flag_last_before_exposure(domain: str, records: Iterable[Record], exposed: str) -> None:
    """Flag, of each test, the last result on or before the first dose."""
    if not exposed:
        return
    testcd, orres, dtc = f"{domain}TESTCD", f"{domain}ORRES", f"{domain}DTC"
    apart = [domain + end for end in _APART]
    last: dict[tuple[str | None, ...], Record] = {}
    for record in records:
        values = record.values
        day = values.get(dtc, "")
        if not values.get(orres) or not is_whole(day) or not on_or_before(day, exposed):
            continue
        key = (values.get(testcd), *(values.get(name) for name in apart))
        before = last.get(key)
        if before is None or (before.values[dtc], _visit(before)) <= (day, _visit(record)):
            last[key] = record
    for record in last.values():
        record.values[f"{domain}LOBXFL"] = "Y"


def _visit(record: Record) -> float:
    return float(record.values.get("VISITNUM") or 0)
