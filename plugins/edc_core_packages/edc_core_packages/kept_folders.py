"""Folders with what the sponsor has made, which programmers copy onto the server: ``EDC_PACKAGES_ANALYSIS_DIR/STUDY/NAME``.

What is asked for is one of the names that lie there, never a path. Whoever may copy files there is no more trusted than who sends an
archive: a link could lead to any file that the server reads, so nothing is taken through one.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import quote

from edc_core.api import ExportRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTING = "EDC_PACKAGES_ANALYSIS_DIR"


@dataclass(frozen=True, slots=True)
class KeptFolders:
    """:param root: what the setting names."""

    root: Path

    def names(self, study: str) -> tuple[str, ...]:
        """Of the folders of a study, in their order; links are none, nor is what begins with a full stop.

        Where the server may not look, or the StudyOID is longer than a name of a folder may be, there are none to choose from.
        """
        home = self.root / _folder_of(study)
        try:
            if home.is_symlink() or not home.is_dir():
                return ()
            return tuple(sorted(one.name for one in home.iterdir() if _is_kept(one)))
        except OSError:
            return ()

    @contextmanager
    def copied(self, study: str, name: str) -> Iterator[Path]:
        """A copy, as it is in this moment, as long as it is used.

        :raises ExportRefused: there is none of this name, it cannot be read, or something in it is neither a file nor a folder.
        """
        names = self.names(study)
        if name not in names:
            there = f"There are: {', '.join(names)}." if names else "There is none yet."
            raise ExportRefused(
                f"The server has no folder '{name}' with analysis datasets of this study. {there} They lie in the folder "
                f"'{_folder_of(study)}' of {SETTING}."
            )
        found = self.root / _folder_of(study) / name
        with TemporaryDirectory() as folder:
            copy = Path(folder) / "analysis"
            _require_plain(found)
            try:
                shutil.copytree(found, copy, symlinks=True)
            except (OSError, shutil.Error) as error:
                raise ExportRefused(
                    f"The folder '{name}' with analysis datasets could not be read. Ask whoever runs the server to let it be read."
                ) from error
            _require_plain(copy)  # what became a link meanwhile is one here
            yield copy


def _is_kept(one: Path) -> bool:
    return not one.name.startswith(".") and not one.is_symlink() and one.is_dir()


def _folder_of(study: str) -> str:
    """One name for any StudyOID."""
    name = quote(study, safe="")
    return name.replace(".", "%2E") if not name.strip(".") else name


def _require_plain(folder: Path) -> None:
    odd = [
        f"{path.relative_to(folder).as_posix()}: It is a link or a device. Copy the file itself there."
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or not (path.is_file() or path.is_dir())
    ]
    if odd:
        listed = "\n".join(odd[:20])
        raise ExportRefused(f"The analysis datasets cannot be handed in:\n{listed}", findings=odd)
