"""``python -m bench.odm_memory out DATABASE | in FILE``: prints the growth of this process's peak in megabytes."""

from __future__ import annotations

import resource
import sys
import tempfile
from pathlib import Path

from bench import odm
from edc_core.core import Core
from edc_core.domain.permission import Actor
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services.cuts import TakeCut, take_cut
from edc_core.settings import Settings
from edc_core.store import readers

STATUS, FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak() -> float:
    """Megabytes at the highest. Linux keeps the parent's in ``getrusage``, so it is read from /proc there."""
    if STATUS.exists():
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    unit = 1024 if sys.platform != "darwin" else 1024 * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def begin() -> float:
    """The peak from now on begins at what is in use now."""
    if FORGET.exists():
        FORGET.write_text("5")
    return peak()


def main(way: str, what: str) -> None:
    if way == "in":
        import edc_core_odm.importer  # type: ignore[import-untyped]  # noqa: F401 - what it needs before it begins

        before = begin()
        odm.read(Path(what))
    else:
        core = Core(Settings(database_url=f"sqlite:///{what}"), EdcPlugins())
        with core.read() as source:
            study = readers.studies(source.connection)[0].study_id
        with core.write(Actor("cli:bench", trusted=True)) as uow:
            cut = take_cut(uow, TakeCut(study_id=study, op=new_id()))
        before = begin()
        with tempfile.TemporaryDirectory() as folder:
            odm.write(core, cut, Path(folder))
        core.close()
    print(peak() - before)


if __name__ == "__main__":
    main(*sys.argv[1:])
