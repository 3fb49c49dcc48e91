"""CSV out of the database, beside a scan of the same ledger rows and beside the csv module writing the same cells."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from sqlalchemy import select

from bench.append import EVENTS
from bench.filled import FORMS, fill
from bench.measure import Line, Measured, Note, Size, side_by_side
from bench.odm import take
from bench.scene import definition, sqlite_url, trial
from edc_core.core import Core
from edc_core.ledger.cut import Cut
from edc_core.ledger.dataset_reader import Counts
from edc_core.services import export_dataset, export_sink
from edc_core.store.ledger_tables import ledger_entry

COLUMNS = tuple(
    ledger_entry.c[name]
    for name in (
        "n", "op", "kind", "path", "meta_data_version", "actor", "role", "site_id", "at", "reason_code", "reason_text",
        "payload",
    )
)  # fmt: skip
ODK_ROWS, ODK_COLUMNS = 7_800, 20  #: rows/s of ODK Central's CSV export, recorded with 10,460 submissions
Cells = dict[str, list[list[str]]]  #: by file


def write(core: Core, cut: Cut, out: Path) -> export_sink.FolderSink:
    """The export as ``edc export`` does it, without its entries in the ledger."""
    from edc_core_tabular.formats.csv.exporter import write as write_csv  # type: ignore[import-untyped]

    sink = export_sink.FolderSink(out, lambda _: None)
    with core.read() as source:
        data, _ = export_dataset.dataset(source, cut, Counts(), unlocked=True)
        write_csv(data, sink)
    return sink


def scan(core: Core, cut: Cut) -> int:
    """The rows that the export reads, chain by chain, and nothing done with them."""
    count = 0
    with core.read() as source:
        for chain, n, _ in cut.vector:
            e = ledger_entry.c
            statement = select(*COLUMNS).where(e.study_id == cut.study_id, e.chain == chain, e.n <= n)
            rows = source.connection.execute(statement.order_by(e.n), execution_options={"yield_per": 5000})
            for _ in rows:
                count += 1
    return count


def by_csv_module(out: Path, cells: Cells) -> int:
    for name, rows in cells.items():
        with (out / name).open("w", newline="") as stream:
            csv.writer(stream).writerows(rows)
    return sum(len(rows) for rows in cells.values())


def cells_of(folder: Path) -> Cells:
    cells: Cells = {}
    for file in sorted(folder.glob("*.csv")):
        with file.open(newline="", encoding="utf-8") as stream:
            cells[file.name] = list(csv.reader(stream))
    return cells


def run(size: Size, folder: Path) -> Iterator[Line]:
    out, other = folder / "ours", folder / "csv"
    other.mkdir()
    with trial(sqlite_url(folder), definition(FORMS, events=EVENTS)) as ours:
        values = fill(ours, size.pick(tiny=1, quick=10, full=40))
        cut = take(ours)
        write(ours.core, cut, out)
        cells = cells_of(out)
        entries = scan(ours.core, cut)

        def exported() -> int:
            write(ours.core, cut, out)
            return entries

        rates = side_by_side(
            size.pick(tiny=1, quick=3, full=5),
            {
                "ours": exported,
                "scan": lambda: scan(ours.core, cut),
                "csv module from memory": lambda: by_csv_module(other, cells) and entries,
            },
        )
    assert (other / "audit.csv").read_bytes() == (out / "audit.csv").read_bytes()
    yield Measured("csv export", rates.ratio("ours", "scan"), rates.words("entries"))
    whole, written = rates.of("ours") / entries, sum(len(rows) for rows in cells.values())
    yield Note(
        f"{whole * written:,.0f} rows/s in all files, {median(rates.ratio('ours', 'csv module from memory')):.2f} x "
        "the csv module writing the same cells from memory"
    )
    yield Note(
        f"{whole * values:,.0f} values/s, each in the row of its form and in a row of {len(cells['audit.csv'][0])} "
        f"columns with its history; ODK: {ODK_ROWS * ODK_COLUMNS:,} values/s without history"
    )
