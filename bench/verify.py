"""Verification of the ledger: the walk over the chains, beside reading the same rows and hashing them."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import orjson

from bench.append import EVENTS
from bench.filled import FORMS, fill
from bench.measure import Line, Measured, Note, Size, side_by_side
from bench.scene import definition, sqlite_url, trial
from edc_core.domain.ledger_entry import HASHED
from edc_core.ledger.verify import Report, verify, walk_chains

SCAN = f"SELECT {', '.join(HASHED)}, payload, prev, hash FROM ledger_entry ORDER BY study_id, chain, n"


def run(size: Size, folder: Path) -> Iterator[Line]:
    with trial(sqlite_url(folder), definition(FORMS, events=EVENTS)) as ours:
        fill(ours, size.pick(tiny=1, quick=20, full=60))
        raw = sqlite3.connect(folder / "bench.db")
        count: int = raw.execute("SELECT count(*) FROM ledger_entry").fetchone()[0]
        kept = [dict(zip(HASHED, row, strict=False)) for row in raw.execute(SCAN)]

        def walk() -> int:
            report = Report()
            with ours.core.read() as source:
                walk_chains(source.connection, report)
            assert report.ok, report.problems
            return report.entries

        def scan() -> int:
            rows = raw.execute(SCAN)
            while rows.fetchmany(10_000):
                continue
            return count

        def hash_rows() -> int:
            prev = b""
            for row in kept:
                prev = hashlib.sha256(prev + orjson.dumps(row, option=orjson.OPT_SORT_KEYS)).digest()
            return len(kept)

        rates = side_by_side(
            size.pick(tiny=1, quick=3, full=7), {"ours": walk, "scan": scan, "hash": hash_rows}
        )
        series = [
            1 / (1 / a + 1 / b) for a, b in zip(rates.rounds["scan"], rates.rounds["hash"], strict=True)
        ]
        ratios = [ours / floor for ours, floor in zip(rates.rounds["ours"], series, strict=True)]
        yield Measured("verify", ratios, rates.words("entries"))
        start = time.perf_counter()
        with ours.core.read() as source:
            report = verify(source.connection)
        seconds = time.perf_counter() - start
        yield Note(f"with guards, projections and anchors: {report.entries / seconds:,.0f} entries/s")
