"""A study of 300 subjects locked by two persons: what is still open is looked for twice, and two entries are written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Line, Measured, Size
from bench.scene import sqlite_url, trial
from bench.visited import definition, fill
from edc_core.domain.permission import Actor
from edc_core.domain.protection import ProtectAction, Protection
from edc_core.domain.study_commands import ProtectStudy
from edc_core.ledger.append import Reason
from edc_core.services.protecting import protect_study
from edc_core.testing.trial import Trial

VISITS = 20


def step(made: Trial, action: ProtectAction) -> float:
    """Seconds until both persons have taken a step and it is in force."""
    start = time.perf_counter()
    asked = _by(made, made.dm, action)
    done = _by(made, made.dm2, action)
    seconds = time.perf_counter() - start
    assert (asked["pending"], done["pending"]) == (True, False)
    return seconds


def _by(made: Trial, person: Actor, action: ProtectAction) -> dict[str, object]:
    why = Reason("", "The end of the study.")
    return made.act(person, protect_study, ProtectStudy, action=action, reason=why)


def run(size: Size, folder: Path) -> Iterator[Line]:
    subjects = size.pick(tiny=3, quick=300, full=300)
    with trial(sqlite_url(folder), definition(VISITS)) as made:
        fill(made, subjects, come=VISITS, signed=True)
        locks, unlocks = [], []
        for _ in range(size.pick(tiny=1, quick=3, full=7)):
            before = len(made.entries())
            locks.append(step(made, ProtectAction.LOCK))
            assert len(made.entries()) == before + 2, (
                "a lock is one entry for each person, whatever it reaches"
            )
            book = made.casebook(f"S-{subjects - 1:05}")
            assert {book.protection(form) for form in book.forms} == {Protection.LOCKED}
            unlocks.append(step(made, ProtectAction.UNLOCK))
        words = f"{subjects} subjects of {VISITS} visits; unlocked again in {min(unlocks) * 1000:.0f} ms"
    yield Measured("locking", locks, words)
