"""An export in parts: several processes read ranges of subjects at once, all of them the same cut, and write its tables at once.

What a part is made of is told in values that can be pickled; each process opens the database for itself. Parts come back in
the order of their subjects, so that what is joined of them is what one process would have made.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol

from edc_core.domain.dataset import Exporter, MadePart
from edc_core.ledger import dataset_reader, study_at_cut
from edc_core.ledger.increment import entries_read
from edc_core.services.export_dataset import Only, dataset, earlier_state, is_rewritten
from edc_core.services.export_files import NamedFiles
from edc_core.services.export_identifiers import Identifiers
from edc_core.services.export_sink import FolderSink, take_all
from edc_core.store.engine import make_engine
from edc_core.store.unit_of_work import reading
from edc_core.store.versions import VersionCache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from edc_core.core import Core
    from edc_core.domain.dataset import ExportDataset, ExportSink, ExportSubject, MakePart
    from edc_core.domain.export_choice import ExportChoice
    from edc_core.domain.export_parts import WritePart
    from edc_core.domain.file_value import FileValue
    from edc_core.domain.scanner import Scanner
    from edc_core.ledger.cut import Cut
    from edc_core.ledger.study_at_cut import StudyAtCut
    from edc_core.services.export_identifiers import Finds
    from edc_core.services.export_sink import Written
    from edc_core.settings import Settings
    from edc_core.store.unit_of_work import Source

    #: Places of subjects among those of the cut: of the first, and of the one after the last.
    Range = tuple[int, int]

TOLD_S = 0.5  #: how often a process says how far it is, and looks whether it shall stop
_PER_PROCESS = 2  #: parts, so that nobody waits long for the last one
_CELLS, _DONE, _STOP = "cells", "done", "stop"  #: files beside what is made
_FILES = "files"  #: folder of what is written


class Engine(Protocol):
    """What carries out parts of a work, here or elsewhere."""

    def submit(
        self, work: Callable[[Any], Any], parts: Sequence[Any], *, tell: Callable[[], None],
        stop: Callable[[], None],
    ) -> list[Any]:  # fmt: skip
        """What the work gives for each part, in their order.

        :param work: it and its parts can be pickled. :param tell: is called now and then; what it raises ends the work.
        :param stop: is called when it ends early: parts under way soon stop by themselves.
        :raises ExportRefused: a process was lost. Whatever a part raises, of any of them.
        """

    def close(self) -> None:
        """No more work comes: give back what was begun for it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What all parts have in common.

    :param destination: country into which it goes, empty where that is unknown; none where no data have to stay in one.
    :param on: see ``dataset``. :param scanners: that look through every text.
    """

    database_url: str
    cut: Cut
    unlocked: bool
    withheld: frozenset[str]
    removed: bool
    choice: ExportChoice
    destination: str | None
    kept: frozenset[str]
    on: str
    scanners: tuple[Scanner, ...]


class Noted(NamedTuple):
    """What was noted of the subjects of a part, as they passed."""

    counts: dataset_reader.Counts
    named: Mapping[str, FileValue]
    finds: Finds


@dataclass(frozen=True, slots=True)
class Watchers:
    """What is noted of all subjects."""

    counts: dataset_reader.Counts
    named: NamedFiles
    looked: Identifiers

    def absorb(self, part: Noted) -> None:
        """Add what was noted in another process; the digest of the cells is none of it."""
        for name in ("included", "left_out", "by_site"):
            getattr(self.counts, name).update(getattr(part.counts, name))
        self.counts.versions |= part.counts.versions
        self.named.add(part.named.values())
        self.looked.add(part.finds)


@dataclass(frozen=True, slots=True)
class InParts:
    """Makes something of all subjects in parts, then writes it in parts: ``ExportDataset.in_parts``.

    :param subjects: as one process reads them. :param fewest: ledger entries of a part: what is smaller is not worth a process.
    """

    subjects: Callable[[], Iterator[ExportSubject]]
    scope: Scope
    source: Source
    watchers: Watchers
    engine: Engine
    processes: int
    fewest: int

    @classmethod
    def of(
        cls,
        settings: Settings,
        scope: Scope,
        source: Source,
        watchers: Watchers,
        subjects: Callable[[], Iterator[ExportSubject]],
    ) -> InParts:
        """By the processes of this machine, or the cluster that the settings name."""
        engine: Engine
        if settings.export_scheduler:
            from edc_core.services.export_dask import DaskCluster

            engine = DaskCluster(settings.export_scheduler)
        else:
            from edc_core.services.export_processes import ProcessPool

            engine = ProcessPool(settings.export_processes)
        return cls(subjects, scope, source, watchers, engine, settings.export_processes, settings.export_part)

    def __call__(
        self, make: MakePart, folder: Path, progress: Callable[[int], None], whole: ExportDataset
    ) -> list[MadePart]:
        """See ``ExportDataset.made``."""
        at, earlier = self._states()
        if earlier is None:
            entries = [(chain, n) for _, chain, n in at.subjects]
        else:
            entries = entries_read(earlier, at, rewritten=is_rewritten(earlier, at))
        ranges = split([n for _, n in entries], self.processes * _PER_PROCESS, self.fewest)
        if len(ranges) < 2:
            return [MadePart(folder, make(whole, folder, progress))]
        parts = []
        for number, (start, stop) in enumerate(ranges):
            chains = {chain for chain, _ in entries[start:stop]}
            parts.append((folder / f"part-{number}", _of(at, chains), earlier and _of(earlier, chains)))
        places = [place for place, *_ in parts]
        for place in places:
            place.mkdir()

        def tell() -> None:
            progress(sum(map(_done, places)))

        done = self.engine.submit(
            partial(make_part, self.scope, make), parts, tell=tell, stop=(folder / _STOP).touch
        )
        digest = hashlib.sha256()
        counts = self.watchers.counts
        counts.included, counts.by_site = Counter(), Counter()
        counts.left_out, counts.versions = Counter(at.left_out), set()
        for place, (_, noted) in zip(places, done, strict=True):
            self.watchers.absorb(noted)
            with (place / _CELLS).open("rb") as cells:
                while data := cells.read(1 << 20):
                    digest.update(data)
            (place / _CELLS).unlink()
        counts.content_sha256 = digest.hexdigest()
        tell()
        return [MadePart(place, made) for place, (made, _) in zip(places, done, strict=True)]

    def written(
        self, writes: Sequence[WritePart], folder: Path, sink: ExportSink, whole: ExportDataset
    ) -> list[Any]:
        """See ``ExportDataset.written``."""
        subjects = sum(map(_done, folder.glob("part-*")))
        if not subjects:  # they were few, and one process made them
            return [write(whole, sink) for write in writes]
        at, earlier = (state and _of(state, set()) for state in self._states())
        parts = [(folder / f"write-{number}", at, earlier, write) for number, write in enumerate(writes)]
        for place, *_ in parts:
            place.mkdir()
        given = self.engine.submit(
            partial(write_part, self.scope), parts, tell=lambda: sink.progress(subjects),
            stop=(folder / _STOP).touch,
        )  # fmt: skip
        for made, _ in given:
            take_all(made, sink)
        return [what for _, what in given]

    def close(self) -> None:
        self.engine.close()

    def _states(self) -> tuple[StudyAtCut, StudyAtCut | None]:
        """As ``dataset`` reads them."""
        scope, source = self.scope, self.source
        at = study_at_cut.study_at(source.connection, scope.cut).narrowed(scope.choice, scope.kept)
        return at, earlier_state(source, scope.cut, scope.choice, scope.kept)


def is_shared(core: Core) -> bool:
    """Whether the settings have others make parts, and these can open the database."""
    settings = core.settings
    in_memory = core.engine.url.database in (None, "", ":memory:")
    return not in_memory and (settings.export_processes > 1 or bool(settings.export_scheduler))


def _of(at: StudyAtCut, chains: set[str]) -> StudyAtCut:
    """The study with some of the subjects."""
    some = [one for one in at.subjects if one[1] in chains]
    site_of = {chain: site for chain, site in at.site_of.items() if chain in chains}
    return replace(at, subjects=some, site_of=site_of, left_out=Counter())


def split(entries: Sequence[int], parts: int, fewest: int) -> list[Range]:
    """Ranges of subjects with about as many ledger entries each.

    :param entries: of each subject. :param parts: at most so many ranges. :param fewest: entries of each range.
    """
    total = sum(entries)
    if not total:
        return [(0, len(entries))] if entries else []
    parts = max(1, min(parts, total // max(fewest, 1)))
    ranges, start, seen, closed = [], 0, 0, 0
    for place, count in enumerate(entries, 1):
        seen += count
        if (full := seen * parts // total) > closed:
            ranges.append((start, place))
            start, closed = place, full
    return [*ranges[:-1], (ranges[-1][0], len(entries))]


def make_part(
    scope: Scope, make: MakePart, part: tuple[Path, StudyAtCut, StudyAtCut | None]
) -> tuple[Any, Noted]:
    """Make one part in this process. :returns: what was made, and what was noted of its subjects."""
    folder, at, earlier = part
    counts = dataset_reader.Counts()
    with (folder / _CELLS).open("wb") as cells, _read(scope, counts, Only(at, _Kept(cells), earlier)) as data:
        named = NamedFiles(data.versions.values())
        looked = Identifiers(scope.scanners, data.sites, data.versions)
        read, telling = data.subjects, _Telling(folder)

        def subjects() -> Iterator[ExportSubject]:
            for done, subject in enumerate(looked.watch(named.watch(read())), 1):
                telling.say(done)
                yield subject

        made = make(replace(data, subjects=subjects), folder, lambda _: None)
        telling.say(len(at.subjects), now=True)
    return made, Noted(counts, named.named, looked.finds)


def write_part(
    scope: Scope, part: tuple[Path, StudyAtCut, StudyAtCut | None, WritePart]
) -> tuple[Written, Any]:
    """Write some files in this process. :returns: where they lie, and what was given with them."""
    folder, at, earlier, write = part
    sink = FolderSink(folder / _FILES, _Telling(folder).say)
    with _read(scope, dataset_reader.Counts(), Only(at, None, earlier)) as data:
        given = write(data, sink)
    return sink.written, given


@contextmanager
def _read(scope: Scope, counts: dataset_reader.Counts, only: Only) -> Iterator[ExportDataset]:
    """The dataset as this process reads it."""
    engine, versions = _opened(scope.database_url)
    with reading(engine, versions) as source:
        data, _ = dataset(
            source, scope.cut, counts, unlocked=scope.unlocked, withheld=scope.withheld, removed=scope.removed,
            choice=scope.choice, exporter=_going_to(scope.destination), kept=scope.kept, on=scope.on,
            only=only,
        )  # fmt: skip
        yield data


def _going_to(destination: str | None) -> Exporter | None:
    """What decides which data stay in their country; nothing is written by it."""
    return None if destination is None else Exporter("", "", lambda data, sink: None, destination=destination)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Keeps what would be digested: parts can be joined, digests cannot."""

    file: IO[bytes]

    def update(self, data: bytes) -> None:
        self.file.write(data)

    def hexdigest(self) -> str:
        return ""


class Stopped(Exception):
    """The export ended early, so nobody waits for this part."""


@dataclass(slots=True)
class _Telling:
    """Says by the size of a file how many subjects are done, and stops when the export has ended."""

    folder: Path
    told: int = 0
    at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        (self.folder / _DONE).write_bytes(b"")  # a cluster makes the part of a lost worker again

    def say(self, done: int, *, now: bool = False) -> None:
        """:raises Stopped: the export has ended."""
        if not now and time.monotonic() - self.at < TOLD_S:
            return
        self.at = time.monotonic()
        if (self.folder.parent / _STOP).exists():
            raise Stopped
        with (self.folder / _DONE).open("ab") as file:
            file.write(b"." * (done - self.told))
        self.told = max(self.told, done)


def _done(folder: Path) -> int:
    file = folder / _DONE
    return file.stat().st_size if file.exists() else 0


@lru_cache(maxsize=1)
def _opened(database_url: str) -> tuple[Any, VersionCache]:
    """The database as this process reads it, for one part after the other."""
    return make_engine(database_url), VersionCache()
