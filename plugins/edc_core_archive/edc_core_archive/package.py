"""An archive as it is read back: its files are those of its manifest, and each line of them is a JSON object."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from edc_core.api import ARCHIVE, ArchiveFile, BadRequest, KeptState, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from edc_core.api import Line


class Package:
    """The ``StudyArchive`` of a folder.

    :raises BadRequest: it holds no archive.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
            self._files: dict[str, str] = {name: facts["sha256"] for name, facts in manifest["files"].items()}
            self.cut = str(manifest["cut"])
            lost = [*manifest["missing_files"], *manifest["infected_files"]]
            self.absent = frozenset(one["sha256"] for one in lost)
            is_archive = manifest["format"] == ARCHIVE
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            is_archive = False
        if not is_archive:
            raise BadRequest(
                f"'{folder}' holds no archive of a study: its manifest.json is missing or another's. 'edc archive' makes one. What 'edc backup' made is put in place by hand: see 'Back up and restore' in the documentation."
            )
        self._by_hash = {sha256: name for name, sha256 in self._files.items()}

    def problems(self, tell: Callable[[int, int], None]) -> list[Problem]:
        """Every file that is missing or is not the one of the manifest. :param tell: how many of how many were read."""
        found = [
            Problem("manifest.json", 0, "missing", f"It names no file {name}.")
            for name in ArchiveFile
            if name not in self._files
        ]
        for done, (name, sha256) in enumerate(sorted(self._files.items()), start=1):
            path = self._folder / name
            if not path.resolve().is_relative_to(self._folder.resolve()) or not path.is_file():
                found.append(Problem(name, 0, "missing", "The file is missing."))
            elif _digest(path) != sha256:
                found.append(Problem(name, 0, "changed", "The file is not the one of the manifest."))
            tell(done, len(self._files))
        return found

    def trail(self) -> Iterator[Line]:
        """See ``StudyArchive``."""
        return self._lines(ArchiveFile.TRAIL)

    def installation(self) -> Iterator[Line]:
        """See ``StudyArchive``."""
        return self._lines(ArchiveFile.INSTALLATION)

    def anchors(self) -> Sequence[bytes]:
        """See ``StudyArchive``."""
        return (self._folder / ArchiveFile.ANCHORS).read_bytes().splitlines()

    def kept(self) -> Iterator[KeptState]:
        """See ``StudyArchive``."""
        positions: dict[str, int] = {}
        for _, line in self._lines(ArchiveFile.KEPT):
            positions = {chain: n for chain, n in (positions | line.get("moved", {})).items() if n}
            yield KeptState(*(str(line.get(name, "")) for name in ("root", "name", "at")), positions)

    def file(self, sha256: str) -> Path | None:
        """See ``StudyArchive``."""
        name = self._by_hash.get(sha256)
        return self._folder / name if name else None

    def _lines(self, name: str) -> Iterator[Line]:
        """A line that is no JSON object comes empty: what reads it says so."""
        with (self._folder / name).open(encoding="utf-8", newline="\n") as file:
            for number, line in enumerate(file, start=1):
                try:
                    found: Any = json.loads(line)
                except ValueError:
                    found = None
                yield number, found if isinstance(found, dict) else {}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
