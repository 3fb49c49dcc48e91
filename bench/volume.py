"""Whole exports out of the database from a small study to a large one: the peak of memory has to stay where it is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.append import BATCH, EVENTS
from bench.filled import FORMS, fill
from bench.measure import Line, Measured, Note, Size
from bench.scene import definition, sqlite_url, trial

#: Formats of each family, by the goal that they have together.
FAMILIES = {
    "xml and json memory": ("odm-1.3.2", "dataset-json-1.1", "dataset-ndjson-1.1"),
    "tables memory": ("csv", "parquet", "xpt-v5"),
}


def run(size: Size, folder: Path) -> Iterator[Line]:
    """100 thousand and 1 million values, or 10 million with ``--growth``: 10 GB on disk and the better part of an hour."""
    sizes = {size.pick(tiny=1, quick=10, full=100), size.pick(tiny=1, quick=50, full=1_000)}
    sizes |= {10_000} if size.growth else set()
    each = size.pick(tiny=1, quick=2, full=3)
    peaks = {(goal, name): dict[int, float]() for goal, names in FAMILIES.items() for name in names[:each]}
    with trial(sqlite_url(folder), definition(FORMS, events=EVENTS)) as ours:
        there = 0
        for subjects in sorted(sizes):
            fill(ours, subjects - there, there)
            there = subjects
            for (_, name), found in peaks.items():
                found[subjects * BATCH] = peak(folder / "bench.db", name)
    for (goal, name), found in peaks.items():
        words = ", ".join(f"{values:,} values {one:.0f} MB" for values, one in found.items())
        yield Measured(goal, [max(*found.values(), 0.1)], f"{name}: {words}")
    if not size.growth:
        yield Note("--growth goes on to 10 million values: 10 GB on disk and the better part of an hour")


def peak(database: Path, name: str) -> float:
    """Megabytes above what the process needs to export a single subject, in a process of its own."""
    asked = [sys.executable, "-m", "bench.volume_memory", str(database), name]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return float(done.stdout)
