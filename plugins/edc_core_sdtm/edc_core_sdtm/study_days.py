"""Study days of a record (SDTMIG 3.4, section 4.4.4)."""

from __future__ import annotations

from edc_core_sdtm.dates import study_day
from edc_core_sdtm.record import Record

_DAYS = (("DTC", "DY"), ("STDTC", "STDY"), ("ENDTC", "ENDY"))


def add_study_days(record: Record, reference: str) -> None:
    """Give ``--DY``, ``--STDY`` and ``--ENDY`` where the dates are known to the day."""
    if not reference:
        return
    domain, values = record.domain, record.values
    for of, name in _DAYS:
        text = values.get(domain + of)
        if text and (day := study_day(text, reference)):
            values[domain + name] = day
