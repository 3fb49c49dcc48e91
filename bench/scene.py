"""The trial that every measurement uses: forms of so many whole numbers, one site, one coordinator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edc_core.core import Core
from edc_core.domain.item_path import ItemPath, Step
from edc_core.domain.metadata import DataType, MetaDataVersion
from edc_core.plugin_manager import EdcPlugins
from edc_core.settings import Settings
from edc_core.store import schema
from edc_core.testing.study_builder import StudyBuilder
from edc_core.testing.trial import Trial

EVENT = Step("V1")


def definition(forms: dict[str, int], *, events: int = 1) -> MetaDataVersion:
    """Forms by name and number of items, each item with a soft and a hard limit; every event holds every form."""
    study = StudyBuilder("BENCH-1")
    for number in range(events):
        study.with_event(f"V{number + 1}", *forms)
    for form, count in forms.items():
        for number in range(count):
            study.with_item(f"{form}.I{number:03}", DataType.INTEGER, soft=(60, 250), hard=(0, 999))
    return study.build()


def item_paths(form: str, count: int, event: Step = EVENT) -> list[ItemPath]:
    group = ItemPath(event, Step(form)).with_group(form, "1")
    return [group.with_item(f"{form}.I{number:03}") for number in range(count)]


@contextmanager
def trial(url: str, version: MetaDataVersion) -> Iterator[Trial]:
    """A published study in an empty database."""
    core = Core(Settings(database_url=url), EdcPlugins())
    try:
        schema.upgrade(core.engine)
        yield Trial(core, version)
    finally:
        core.close()


def sqlite_url(folder: Path, name: str = "bench") -> str:
    return f"sqlite:///{folder / name}.db"
