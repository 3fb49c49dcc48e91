"""The same saves in a small ledger and in a large one: 100 thousand and 1 million entries, or 10 million with --growth."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.append import EVENTS, PATHS
from bench.filled import FORMS
from bench.form_save import ITEMS, FormSaver
from bench.measure import Line, Measured, Note, Size, side_by_side
from bench.raw_rows import INSERT_ENTRY, connect, entry_rows
from bench.scene import definition, sqlite_url, trial
from edc_core.ids import new_id
from edc_core.store import triggers
from edc_core.testing.trial import Trial


def load(database: Path, made: Trial, entries: int) -> None:
    """Chains of 1,000 entries, hashed, by executemany; the guards stand aside while they come in."""
    raw = connect(database)
    raw.execute("PRAGMA synchronous=OFF")
    raw.execute("PRAGMA cache_size=-500000")
    guards = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for name in guards:
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute("BEGIN IMMEDIATE")
    for number in range(entries // len(PATHS)):
        values = [(path, str(70 + number % 100), 1) for path in PATHS]
        rows, _, _ = entry_rows(made.study_id, new_id(), 0, "", values)
        raw.executemany(INSERT_ENTRY, rows)
        if number % 100 == 99:
            raw.execute("COMMIT")
            raw.execute("BEGIN IMMEDIATE")
    raw.execute("COMMIT")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    with made.core.engine.connect().execution_options(edc_write=True) as connection, connection.begin():
        triggers.create(connection)


def run(size: Size, folder: Path) -> Iterator[Line]:
    small = size.pick(tiny=1_000, quick=20_000, full=100_000)
    large = 10_000_000 if size.growth else small * 10
    saves = size.pick(tiny=2, quick=40, full=100)
    with ExitStack() as stack:
        savers = {}
        for entries in (small, large):
            name = f"of-{entries}"
            made = stack.enter_context(
                trial(sqlite_url(folder, name), definition(FORMS | {"VS": ITEMS}, events=EVENTS))
            )
            load(folder / f"{name}.db", made, entries)
            savers[f"{entries:,} entries"] = FormSaver(made, "S-001")

        def saving(saver: FormSaver) -> int:
            for _ in range(saves):
                saver.save()
            return saves

        work = {name: (lambda saver=saver: saving(saver)) for name, saver in savers.items()}
        rates = side_by_side(size.pick(tiny=1, quick=3, full=9), work)
    little, much = work
    yield Measured("growth", rates.ratio(much, little), rates.per_unit())
    if not size.growth:
        yield Note("--growth compares with 10 million entries: some 6 GB on disk and many minutes")
