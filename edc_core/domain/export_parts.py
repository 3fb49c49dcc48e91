"""What makes parts of an export in several processes, as a dataset knows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from edc_core.domain.dataset import ExportDataset, ExportSink, ExportSubject, MadePart, MakePart

#: Writes some files of an export by themselves, perhaps in another process, and says now and then by ``progress`` of its sink that
#: it is under way. It and what it gives can be pickled.
WritePart = Callable[["ExportDataset", "ExportSink"], Any]


class InParts(Protocol):
    """Makes something of subjects in several processes; the core gives it to exporters."""

    @property
    def subjects(self) -> Callable[[], Iterator[ExportSubject]]:
        """Those that it reads: of a dataset with others, such as some of them, it makes nothing."""

    def __call__(
        self, make: MakePart, folder: Path, progress: Callable[[int], None], whole: ExportDataset
    ) -> Sequence[MadePart]:
        """See ``ExportDataset.made``."""

    def written(
        self, writes: Sequence[WritePart], folder: Path, sink: ExportSink, whole: ExportDataset
    ) -> Sequence[Any]:
        """See ``ExportDataset.written``."""

    def close(self) -> None:
        """The export has ended; exporters leave that to the core."""
