"""Bulk append: ``ledger.append.record`` in batches, beside executemany of rows that were made before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.measure import Line, Measured, Size, side_by_side
from bench.raw_rows import INSERT_ENTRY, UPSERT_ITEM, Row, connect, entry_rows, item_rows
from bench.scene import definition, item_paths, sqlite_url, trial
from edc_core.domain.item_path import Step
from edc_core.domain.ledger_entry import EntryKind
from edc_core.ids import new_id
from edc_core.ledger.append import Circumstances, Effect, record, take_head
from edc_core.store import schema
from edc_core.store.engine import make_engine
from edc_core.testing.trial import Trial

BATCH = 1000
EVENTS = 10
PATHS = [
    str(path) for event in range(EVENTS) for path in item_paths("LB", BATCH // EVENTS, Step(f"V{event + 1}"))
]


class Recorder:
    """Ours: a new subject's chain in each round, one transaction for each batch."""

    def __init__(self, trial: Trial, batches: int) -> None:
        self._trial, self._batches = trial, batches
        self._effects: list[list[Effect]] = []

    def prepare(self) -> None:
        self._effects = [[item_set(path, batch) for path in PATHS] for batch in range(self._batches)]

    def append(self) -> int:
        chain = new_id()
        for effects in self._effects:
            common = Circumstances(new_id(), "crc.kim", "CRC", "s", "Asia/Seoul", "Asia/Seoul", "1")
            with self._trial.core.write(self._trial.crc) as uow:
                record(uow, take_head(uow, self._trial.study_id, chain), effects, common)
        return self._batches * BATCH


def item_set(path: str, batch: int) -> Effect:
    payload: dict[str, object] = {
        "raw": str(70 + batch), "value": str(70 + batch), "missing": "", "unit": "", "parsed": "ok",
        "standard": None, "old": None, "version": batch + 1, "source": {}, "salt": "0123456789abcdef",
    }  # fmt: skip
    return Effect(EntryKind.ITEM_SET, path, payload)


class Inserter:
    """The floor: the same rows by executemany, hashed before the clock starts."""

    def __init__(self, database: Path, batches: int, *, with_items: bool) -> None:
        engine = make_engine(f"sqlite:///{database}")
        schema.upgrade(engine)
        engine.dispose()
        self._connection = connect(database)
        self._batches, self._with_items = batches, with_items
        self._study = new_id()
        self._rows: list[tuple[list[Row], list[Row]]] = []

    def prepare(self) -> None:
        chain, n, prev = new_id(), 0, ""
        self._rows = []
        for batch in range(self._batches):
            values = [(path, str(70 + batch), batch + 1) for path in PATHS]
            entries, prev, _ = entry_rows(self._study, chain, n, prev, values)
            n += len(entries)
            items = item_rows(entries, [batch + 1] * len(entries)) if self._with_items else []
            self._rows.append((entries, items))

    def append(self) -> int:
        for entries, items in self._rows:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(INSERT_ENTRY, entries)
            if items:
                self._connection.executemany(UPSERT_ITEM, items)
            self._connection.execute("COMMIT")
        return self._batches * BATCH


def run(size: Size, folder: Path) -> Iterator[Line]:
    batches = size.pick(tiny=1, quick=5, full=10)
    with trial(sqlite_url(folder), definition({"LB": BATCH // EVENTS}, events=EVENTS)) as ours:
        contenders: dict[str, Recorder | Inserter] = {
            "ours": Recorder(ours, batches),
            "ledger rows alone": Inserter(folder / "alone.db", batches, with_items=False),
            "ledger and item rows": Inserter(folder / "both.db", batches, with_items=True),
        }
        rates = side_by_side(
            size.pick(tiny=1, quick=3, full=7),
            {name: contender.append for name, contender in contenders.items()},
            {name: contender.prepare for name, contender in contenders.items()},
        )
    yield Measured("append", rates.ratio("ours", "ledger rows alone"), rates.words("entries"))
    yield Measured("append all rows", rates.ratio("ours", "ledger and item rows"))
