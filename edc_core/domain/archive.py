"""The archive of a study as it is read back, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from edc_core.domain.dataset import KeptState

ARCHIVE = "archive"  #: the format


class ArchiveFile(StrEnum):
    """Files of an archive that a study is restored from."""

    TRAIL = "trail/trail.jsonl"
    INSTALLATION = "trail/installation.jsonl"
    ANCHORS = "trail/anchors.jsonl"
    KEPT = "kept.jsonl"


#: A line of a file of the archive, and what stands there.
Line = tuple[int, "Mapping[str, Any]"]


class StudyArchive(Protocol):
    """An archive in a folder, each of whose files is the one of its manifest. What a file says is not looked at yet.

    :ivar cut: root of the state that it holds. :ivar absent: SHA-256 of files that the archive says it has not.
    """

    cut: str
    absent: Collection[str]

    def trail(self) -> Iterator[Line]:
        """Entries of the chains of the study, from the first one of each on: columns of the ledger, and words beside them."""

    def installation(self) -> Iterator[Line]:
        """Entries of the chain of the installation; of those that do not concern the study the links alone."""

    def anchors(self) -> Sequence[bytes]:
        """Lines of the anchor file."""

    def kept(self) -> Iterator[KeptState]:
        """States that are kept in the study."""

    def file(self, sha256: str) -> Path | None:
        """Where a file lies; ``None`` where the archive has it not."""


@dataclass(frozen=True, slots=True)
class Restored:
    """:param study: ``OID@environment``. :param people: accounts that are new; they are closed.

    :param absent: SHA-256 of files that the archive says it has not.
    """

    study: str
    cut: str
    chains: int
    entries: int
    files: int
    people: int
    absent: tuple[str, ...] = ()
