"""Tables as CSV, NDJSON and Parquet: the writers beside what they stand on, whole exports beside a scan of the ledger."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from bench.append import EVENTS
from bench.csv_export import scan
from bench.filled import FORMS, fill
from bench.measure import Line, Measured, Note, Size, side_by_side
from bench.odm import take
from bench.scene import definition, sqlite_url, trial
from edc_core.core import Core
from edc_core.domain.dataset import ExportDataset, Exporter
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import DataType, MetaDataVersion, StudyInfo
from edc_core.domain.tabular import Record, TabularDataset, TransportProfile, Variable
from edc_core.ledger.cut import Cut
from edc_core.ledger.dataset_reader import Counts
from edc_core.services import export_dataset, export_parts, export_sink
from edc_core.services.export_files import NamedFiles
from edc_core.services.export_identifiers import Identifiers
from edc_core.services.export_processes import ProcessPool

KINDS = [DataType.TEXT] * 12 + [DataType.INTEGER] * 4 + [DataType.FLOAT] * 3 + [DataType.DATE]
FORMATS = ("csv", "dataset-ndjson-1.1", "parquet")
MOST = {"csv": "tabular memory", "dataset-ndjson-1.1": "ndjson memory", "parquet": "tabular memory"}
PROCESSES = 2
TOGETHER = f"parquet by {PROCESSES} processes"
_OF = {DataType.TEXT: str, DataType.INTEGER: int, DataType.FLOAT: Decimal, DataType.DATE: date.fromisoformat}


def cells(number: int) -> Record:
    """A record of 20 cells, some empty."""
    texts = [
        f"S-{number % 700:05}",
        "KR-01",
        None if number % 3 else "MILD",
        *(f"text {number + n}" for n in range(9)),
    ]
    return [
        *texts,
        str(number),
        "12",
        "0",
        "-7",
        f"{number % 300}.5",
        "72.40",
        "0.001",
        f"2026-03-{number % 28 + 1:02}",
    ]


def table(records: int, held: list[Record] | None = None) -> TabularDataset:
    """:param held: records in memory; without, they are made as they are read."""
    variables = tuple(Variable(f"V{n}", f"Variable {n}", kind) for n, kind in enumerate(KINDS))
    return TabularDataset("LB", "Laboratory", variables, lambda: iter(held or map(cells, range(records))))


def study() -> ExportDataset:
    version = MetaDataVersion("1", "1", StudyInfo("S", "Study"))
    return ExportDataset(
        "S",
        "Study",
        "live",
        {"1": MetaDataIndex(version)},
        "0",
        "2026-01-02T00:00:00Z",
        {},
        {},
        lambda: iter(()),
    )


def sink(out: Path) -> export_sink.FolderSink:
    """Where every contender but Parquet's writes, so that all of them are hashed."""
    return export_sink.FolderSink(out, lambda _: None)


def exporters() -> dict[str, Exporter]:
    from edc_core_tabular.plugin import edc_register_exporters  # type: ignore[import-untyped]

    return {one.name: one for one in edc_register_exporters()}


def write(name: str, records: int, out: Path, held: list[Record] | None = None) -> int:
    tables = exporters()[name].tables
    assert tables
    tables(study(), [table(records, held)], TransportProfile(), sink(out))
    return records


def typed(records: Iterable[Record]) -> list[list[Any]]:
    return [
        [cell and _OF[kind](cell) for cell, kind in zip(record, KINDS, strict=True)] for record in records
    ]


def by_orjson(out: Path, records: list[Record]) -> int:
    """A bare loop: numbers made of their text, each row dumped and written."""
    integers = [n for n, kind in enumerate(KINDS) if kind is DataType.INTEGER]
    with sink(out).open("floor.ndjson") as stream:
        for record in records:
            row: list[Any] = [*record]
            for n in integers:
                if row[n] is not None:
                    row[n] = int(row[n])
            stream.write(orjson.dumps(row) + b"\n")
    return len(records)


def as_csv(out: Path, rows: list[list[str]]) -> int:
    """As the export writes the rows that it makes, one by one."""
    from edc_core_tabular.formats.csv.lines import RowFile  # type: ignore[import-untyped]

    with sink(out).open("ours.csv") as stream:
        file = RowFile(stream, [f"V{n}" for n in range(len(KINDS))])
        for row in rows:
            file.add(row)
        file.flush()
    return len(rows)


def by_csv_module(out: Path, rows: list[list[str]]) -> int:
    with sink(out).open("floor.csv") as stream, io.TextIOWrapper(stream, "utf-8", newline="") as text:
        csv.writer(text).writerows(rows)
    return len(rows)


def by_row(out: Path, records: list[Record]) -> int:
    """A Parquet file of rows that are dictionaries of typed values, as is done where nothing is known of columns."""
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    names = [f"V{n}" for n in range(len(KINDS))]
    rows = [dict(zip(names, row, strict=True)) for row in typed(records)]
    pq.write_table(pa.Table.from_pylist(rows), out / "floor.parquet")
    return len(records)


def export(core: Core, cut: Cut, name: str, out: Path, processes: int = 1) -> None:
    """The export as ``edc export`` does it, without its entries in the ledger."""
    counts, choice = Counts(), ExportChoice(name, unlocked=True)
    with core.read() as source:
        data, _ = export_dataset.dataset(source, cut, counts, unlocked=True, choice=choice)
        if processes > 1:
            url, nobody = core.settings.database_url, frozenset[str]()
            scope = export_parts.Scope(url, cut, True, nobody, False, choice, None, nobody, "", ())
            named, looked = NamedFiles(data.versions.values()), Identifiers((), data.sites, data.versions)
            watchers, pool = export_parts.Watchers(counts, named, looked), ProcessPool(processes)
            parts = export_parts.InParts(data.subjects, scope, source, watchers, pool, processes, 1)
            data = replace(data, in_parts=parts)
        exporters()[name].write(data, sink(out))


def writers(size: Size, folder: Path) -> Iterator[Line]:
    records = size.pick(tiny=1_000, quick=30_000, full=100_000)
    held = list(map(cells, range(records)))
    texts = [[cell or "" for cell in record] for record in held]
    rates = side_by_side(
        size.pick(tiny=1, quick=3, full=5),
        {
            "csv": lambda: as_csv(folder, texts),
            "csv module": lambda: by_csv_module(folder, texts),
            "ndjson": lambda: write("dataset-ndjson-1.1", records, folder, held),
            "orjson": lambda: by_orjson(folder, held),
            "parquet": lambda: write("parquet", records, folder, held),
            "row by row": lambda: by_row(folder, held),
        },
    )
    for goal, ours, floor in (
        ("csv writer", "csv", "csv module"), ("ndjson writer", "ndjson", "orjson"), ("parquet writer", "parquet", "row by row"),
    ):  # fmt: skip
        yield Measured(goal, rates.ratio(ours, floor), rates.words("rows", ours, floor))


def peak(name: str, records: int) -> float:
    """Megabytes above what the process needs before it begins, in a process of its own."""
    command = [sys.executable, "-m", "bench.tabular_memory", name, str(records)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return float(done.stdout)


def run(size: Size, folder: Path) -> Iterator[Line]:
    yield from writers(size, folder)
    few, many = size.pick(tiny=100, quick=5_000, full=5_000), size.pick(tiny=200, quick=50_000, full=500_000)
    for name in FORMATS:
        small, large = peak(name, few), peak(name, many)
        words = (
            f"{name}: {few * len(KINDS):,} values {small:.0f} MB, {many * len(KINDS):,} values {large:.0f} MB"
        )
        yield Measured(MOST[name], [max(large, 0.1)], words)
    with trial(sqlite_url(folder), definition(FORMS, events=EVENTS)) as ours:
        fill(ours, size.pick(tiny=1, quick=10, full=40))
        cut = take(ours)
        entries = scan(ours.core, cut)

        def exported(name: str, processes: int = 1) -> int:
            export(ours.core, cut, name, folder / f"{name}-{processes}", processes)
            return entries

        rates = side_by_side(
            size.pick(tiny=1, quick=3, full=5),
            {
                "scan": lambda: scan(ours.core, cut),
                "ndjson": lambda: exported("dataset-ndjson-1.1"),
                "parquet": lambda: exported("parquet"),
                "xpt": lambda: exported("xpt-v5"),
                TOGETHER: lambda: exported("parquet", PROCESSES),
            },
        )
    for name in ("ndjson", "parquet", "xpt"):
        yield Measured(
            "tabular export", rates.ratio(name, "scan"), f"{name}: {rates.words('entries', name, 'scan')}"
        )
    ratio = median(rates.ratio(TOGETHER, "scan"))
    yield Note(
        f"{TOGETHER}: {ratio:.2f} x the scan of {entries:,} entries, the start of the processes included"
    )
