"""``python -m bench.volume_memory DATABASE FORMAT``: prints the growth of this process's peak in megabytes."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from bench.odm_memory import begin, peak
from bench.sdtm import cut_of
from edc_core.core import Core
from edc_core.domain.dataset import ExportSubject
from edc_core.ledger.cut import Cut
from edc_core.ledger.dataset_reader import Counts
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import export_dataset, export_sink
from edc_core.settings import Settings


def write(core: Core, cut: Cut, name: str, out: Path, most: int | None = None) -> None:
    """The export as ``edc export`` does it, without its entries in the ledger. :param most: only so many subjects."""
    exporter = next(one for one in core.plugins.exporters() if one.name == name)
    with core.read() as source:
        data, _ = export_dataset.dataset(source, cut, Counts(), unlocked=True)

        def some() -> Iterator[ExportSubject]:
            return islice(data.subjects(), most)

        exporter.write(replace(data, subjects=some), export_sink.FolderSink(out, lambda _: None))


def main(database: str, name: str) -> None:
    core = Core(Settings(database_url=f"sqlite:///{database}"), EdcPlugins())
    cut = cut_of(core)
    with tempfile.TemporaryDirectory() as folder:
        write(core, cut, name, Path(folder) / "loaded", 1)  # what is loaded once
        before = begin()
        write(core, cut, name, Path(folder) / "measured")
        print(peak() - before)
    core.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
