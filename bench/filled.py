"""Trials with much data, written by the bulk append that imports use."""

from __future__ import annotations

from bench.append import BATCH, EVENTS, PATHS, item_set
from edc_core.domain.item_path import Step
from edc_core.domain.ledger_entry import EntryKind
from edc_core.ids import new_id
from edc_core.ledger.append import Circumstances, Effect, record, take_head
from edc_core.store import readers
from edc_core.testing.trial import Trial

FORMS = {"LB": BATCH // EVENTS}


def fill(trial: Trial, subjects: int, there: int = 0) -> int:
    """Add subjects with 1,000 items each, in ten forms, to those that are there. Returns how many item entries that makes."""
    statuses = [
        Effect(
            EntryKind.FORM_STATUS,
            f"{Step(f'V{n + 1}')}/{Step('LB')}",
            {"status": "complete", "was_complete": True},
        )
        for n in range(EVENTS)
    ]
    for number in range(there, there + subjects):
        key = trial.add_subject(f"S-{number:05}")
        with trial.core.write(trial.crc) as uow:
            subject = readers.subject_by_key(uow.connection, trial.study_id, key)
            common = Circumstances(
                new_id(), "crc.kim", "CRC", subject.site_id, "Asia/Seoul", "Asia/Seoul", "1"
            )
            effects = statuses + [item_set(path, number % 50) for path in PATHS]
            first = [
                Effect(e.kind, e.path, e.payload | {"version": 1}) if "version" in e.payload else e
                for e in effects
            ]
            record(uow, take_head(uow, trial.study_id, subject.subject_id), first, common)
    return subjects * BATCH
