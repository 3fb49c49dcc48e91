"""``python -m bench.tabular_memory FORMAT RECORDS``: prints the growth of this process's peak in megabytes."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.odm_memory import begin, peak
from bench.tabular import write


def main(name: str, records: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(name, 10, Path(folder))  # what is loaded once
        before = begin()
        write(name, records, Path(folder) / "measured")
        print(peak() - before)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
