"""Exports of a study as a person may see them: what can be asked for, what runs, what was made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.dataset import Exporter
    from edc_core.domain.job import Job


MOST_NEWER = 1000  #: more are not counted


@dataclass(frozen=True, slots=True)
class KeptCut:
    """A state of the data that was kept under a name. :param at: UTC ISO 8601. :param root: names it, too."""

    name: str
    at: str
    root: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state kept under a name, or the one of now.

    :param at: of its last entry, UTC ISO 8601. :param entries: how many it has about subjects.
    :param kept_at: when it was kept, by ``who``. :param said: what the entry says that kept it: ``definitions`` by digest and
        ``software``, the version of the framework.
    """

    name: str
    root: str
    at: str
    entries: int
    kept_at: str = ""
    who: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One export. :param may_take: it is for the person, who may cancel it as well.

    :param kept_until: when its file goes, UTC ISO 8601; empty where it stays. :param removed_at: when it went, likewise.
    :param newer: how many values were set after the state it was made of, up to ``MOST_NEWER``; of hidden items none.
    :param in_subjects: its progress counts subjects; else it is a share of the whole.
    """

    job: Job
    title: str
    who: str
    newer: int
    may_take: bool
    kept_until: str = ""
    removed_at: str = ""
    in_subjects: bool = True


@dataclass(frozen=True, slots=True)
class Exports:
    """:param kept: named states that an export can be made of, newest first, as ``lines``.

    :param forms: (OID, title) of every form that was ever published. :param sites: (number, name), by number;
        ``countries`` are theirs. :param has_blinded: there are items that only some may see.
    """

    formats: tuple[Exporter, ...]
    kept: tuple[KeptCut, ...]
    lines: tuple[ExportLine, ...]
    forms: tuple[tuple[str, str], ...] = ()
    sites: tuple[tuple[str, str], ...] = ()
    countries: tuple[str, ...] = ()
    has_blinded: bool = False
