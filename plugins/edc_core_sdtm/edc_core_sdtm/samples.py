"""Results that come apart from their samples: both name the sample in ``--REFID``."""

from __future__ import annotations

from edc_core_sdtm.record import Record
from edc_core_sdtm.standard import standard


def join_samples(records: dict[str, list[Record]]) -> None:
    """Give each result what it lacks and its sample has: visit, date, planned time, qualifiers. Only records with a test stay:
    in a sample without results nothing was found yet.
    """
    findings = [domain for domain in records if standard().domains[domain].is_findings]
    samples = {
        number: record
        for domain in findings
        for record in records[domain]
        if not record.get("TESTCD") and (number := record.get("REFID"))
    }
    for domain in findings:
        found = records[domain] = [record for record in records[domain] if record.get("TESTCD")]
        for record in found if samples else ():
            sample = samples.get(record.get("REFID"))
            if sample is not None:
                _join(record, sample)


def _join(record: Record, sample: Record) -> None:
    for name, text in sample.values.items():
        own = record.domain + name[2:] if name.startswith(sample.domain) else name
        record.values.setdefault(own, text)
    record.event = sample.event
    known = {one.name for one in record.qualifiers}
    record.qualifiers += [one for one in sample.qualifiers if one.name not in known]
