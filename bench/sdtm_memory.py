"""``python -m bench.sdtm_memory DATABASE SUBJECTS``: prints the growth of this process's peak in megabytes."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.odm_memory import begin, peak
from bench.sdtm import cut_of, write
from edc_core.core import Core
from edc_core.plugin_manager import EdcPlugins
from edc_core.settings import Settings


def main(database: str, subjects: int) -> None:
    core = Core(Settings(database_url=f"sqlite:///{database}"), EdcPlugins())
    cut = cut_of(core)
    with tempfile.TemporaryDirectory() as folder:
        write(core, cut, Path(folder) / "loaded", 1)  # what is loaded once
        before = begin()
        write(core, cut, Path(folder) / "measured", subjects)
    core.close()
    print(peak() - before)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
