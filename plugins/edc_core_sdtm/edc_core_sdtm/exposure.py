"""EX from EC: what was given, of what was collected (SDTMIG 3.4, section 6.1.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from edc_core_sdtm.record import Record
from edc_core_sdtm.standard import standard


def exposure_records(collected: Iterable[Record]) -> Iterator[Record]:
    """A record of EX for each of EC that says that something was given."""
    allowed = standard().domains["EX"].variables
    for record in collected:
        values = record.values
        if (
            values.get("ECOCCUR") == "N"
            or values.get("ECMOOD") == "SCHEDULED"
            or values.get("ECDOSE") in {None, "0"}
        ):
            continue
        own = {f"EX{name[2:]}" if name.startswith("EC") else name: text for name, text in values.items()}
        own = {name: text for name, text in own.items() if name in allowed}
        own.setdefault("EXENDTC", own.get("EXSTDTC", ""))
        yield Record(
            "EX", {n: t for n, t in own.items() if t}, record.plan, record.path, record.event, record.order
        )
