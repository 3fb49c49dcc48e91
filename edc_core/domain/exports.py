"""Exports of a study as a person may see them: what can be asked for, what runs, what was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edc_core.domain.dataset import Exporter
    from edc_core.domain.job import Job


@dataclass(frozen=True, slots=True)
class KeptCut:
    """A state of the data that was kept under a name. :param at: UTC ISO 8601."""

    name: str
    at: str


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One export. :param rows: records in all its files; ``digest`` names its content, whatever wrote it.

    :param absent: files that its data name and that were not there as they were given. :param infected: those that it
        has not because of a virus. :param unscanned: those that it has and no scanner had looked through.
    """

    job: Job
    title: str
    who: str
    rows: int
    files: int
    digest: str
    absent: int
    infected: int
    unscanned: int
    may_take: bool


@dataclass(frozen=True, slots=True)
class Exports:
    """:param kept: named states that an export can be made of, newest first.

    :param may_locked: the person exports locked data, ``may_working`` all. :param over: newest first.
    """

    formats: tuple[Exporter, ...]
    kept: tuple[KeptCut, ...]
    may_locked: bool
    may_working: bool
    running: tuple[ExportLine, ...]
    over: tuple[ExportLine, ...]
