"""SAS transport files of canonical text, beside numpy laying out arrays and beside pyreadstat of the same records."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import polars as pl
import pyreadstat
from edc_core_tabular.formats.xpt import ibm  # type: ignore[import-untyped]
from edc_core_tabular.formats.xpt.writer import write_datasets  # type: ignore[import-untyped]

from bench.measure import Line, Measured, Size, side_by_side
from edc_core.domain.dataset import ExportDataset
from edc_core.domain.metadata import DataType
from edc_core.domain.tabular import TabularDataset, TransportProfile, Variable

TEXTS, NUMBERS = 8, 12
NAMES = [f"T{n}" for n in range(TEXTS)] + [f"N{n}" for n in range(NUMBERS)]


def record(row: int) -> tuple[str, ...]:
    """Texts of 3 to 20 characters, numbers of up to 9 digits."""
    texts = (f"{'ABCDEFGHIJKLMNOPQRST'[: 3 + (row + n) % 12]}{(row * 7 + n) % 1000}" for n in range(TEXTS))
    numbers = (f"{(row * 31 + n * 7) % 90_000}.{(row + n) % 10_000:04}" for n in range(NUMBERS))
    return (*texts, *numbers)


def table(rows: int, kept: list[tuple[str, ...]] | None = None) -> TabularDataset:
    """Of records that are kept in memory, or made as they are asked for."""
    variables = [Variable(name, name, DataType.TEXT if name[0] == "T" else DataType.FLOAT) for name in NAMES]
    return TabularDataset(
        "LB", "Labs", tuple(variables), lambda: iter(kept) if kept else map(record, range(rows))
    )


@dataclass(frozen=True, slots=True)
class Folder:
    """A sink that hashes nothing: what is compared does not either."""

    path: Path

    def open(self, name: str) -> IO[bytes]:
        return (self.path / name).open("wb")

    def progress(self, subjects_done: int) -> None:
        """Nobody waits here."""

    def rows(self, name: str, count: int) -> None:
        """No manifest is written."""


def write(out: Path, one: TabularDataset) -> None:
    data = ExportDataset(
        study_oid="BENCH-1", study_name="Bench", environment="dev", versions={}, cut="", sites={}, users={},
        created_at="2026-03-04T05:06:07Z", subjects=lambda: iter(()),
    )  # fmt: skip
    write_datasets(data, [one], TransportProfile(), Folder(out))


def floor(file: Path, columns: list[np.ndarray[tuple[int], np.dtype[np.generic]]]) -> None:
    """Rows of the same bytes from arrays that are there."""
    fields = [
        (name, column.dtype.str if name[0] == "T" else ">u8")
        for name, column in zip(NAMES, columns, strict=True)
    ]
    rows = np.empty(len(columns[0]), dtype=fields)
    for name, column in zip(NAMES, columns, strict=True):
        rows[name] = column if name[0] == "T" else ibm.encode(column).view(">u8").ravel()
    file.write_bytes(rows.tobytes())


def run(size: Size, folder: Path) -> Iterator[Line]:
    count = size.pick(tiny=200, quick=50_000, full=200_000)
    kept = [record(row) for row in range(count)]
    cells = list(zip(*kept, strict=True))
    columns = [
        np.array(column, dtype="S" if name[0] == "T" else "f8")
        for name, column in zip(NAMES, cells, strict=True)
    ]

    def ours() -> int:
        write(folder, table(count, kept))
        return count

    def by_numpy() -> int:
        floor(folder / "floor.xpt", columns)
        return count

    def by_pyreadstat() -> int:
        frame = pl.DataFrame(
            {
                name: list(column) if name[0] == "T" else list(map(float, column))
                for name, column in zip(NAMES, zip(*kept, strict=True), strict=True)
            }
        )
        pyreadstat.write_xport(frame, str(folder / "peer.xpt"), table_name="LB", file_format_version=5)
        return count

    contenders = {"ours": ours, "numpy": by_numpy, "pyreadstat": by_pyreadstat}
    rates = side_by_side(size.pick(tiny=1, quick=3, full=5), contenders)
    yield Measured("xpt", rates.ratio("ours", "numpy"), rates.words("rows"))
    yield Measured("xpt peer", rates.ratio("ours", "pyreadstat"), rates.words("rows", "ours", "pyreadstat"))
    command = [
        sys.executable,
        "-m",
        "bench.xpt",
        str(folder),
        str(size.pick(tiny=200, quick=100_000, full=1_000_000)),
    ]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    yield Measured("xpt memory", [float(said)], "of 20 columns, made as they are asked for")


def main(out: str, rows: str) -> None:
    from bench.odm_memory import begin, peak

    write(Path(out), table(100))
    before = begin()
    write(Path(out), table(int(rows)))
    print(peak() - before)


if __name__ == "__main__":
    main(*sys.argv[1:])
