"""A ZIP archive of what the sponsor brings, unpacked into a folder. The archive is as little to be trusted as its sender."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from edc_core.api import ExportRefused

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MOST_FILES = 2_000
MOST_BYTES = (
    20 * 1024**3
)  #: of all files unpacked; a dataset of 5 GB is the largest that an authority takes whole
MOST_DENSE = 300  #: times: text does not shrink so far, and an archive that does was made to fill the disk
#: What systems put into archives by themselves.
_NOT_MEANT = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})
_ENCRYPTED = 0x1


def unpack(archive: Path, folder: Path) -> None:
    """Put the files of an archive into an empty folder, without one folder that holds them all, as some programs add.

    :raises ExportRefused: it is none, it is encrypted, too much comes out of it, or a name leads out of the folder.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [one for one in opened.infolist() if not one.is_dir() and _is_meant(one.filename)]
            _require(members, archive.stat().st_size)
            top = _shared_top([one.filename for one in members])
            for one in members:
                target = folder / one.filename.removeprefix(top)
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(one) as source, target.open("xb") as file:
                    shutil.copyfileobj(source, file, 1 << 20)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise ExportRefused(
            f"The ZIP archive of the analysis datasets cannot be read ({error}). Make it anew and send it again."
        ) from error


def _require(members: list[zipfile.ZipInfo], packed: int) -> None:
    if len(members) > MOST_FILES:
        raise ExportRefused(f"The ZIP archive holds {len(members):,} files; {MOST_FILES:,} are the most.")
    if any(one.flag_bits & _ENCRYPTED for one in members):
        raise ExportRefused("The ZIP archive is encrypted. Make it without a password.")
    size = sum(one.file_size for one in members)
    if size > MOST_BYTES or size > MOST_DENSE * packed + (1 << 20):
        raise ExportRefused(
            f"The ZIP archive would be {size:,} bytes when unpacked, which is too much. Leave out what is no dataset and no program."
        )
    seen: set[str] = set()
    for one in members:
        parts = PurePosixPath(one.filename).parts
        if one.filename.startswith("/") or ".." in parts or "\\" in one.filename or ":" in one.filename:
            raise ExportRefused(
                f"The ZIP archive has a file with the name '{one.filename}', which leads out of it."
            )
        if one.filename.casefold() in seen:
            raise ExportRefused(f"The ZIP archive has two files with the name '{one.filename}'.")
        seen.add(one.filename.casefold())


def _is_meant(name: str) -> bool:
    return _NOT_MEANT.isdisjoint(PurePosixPath(name).parts)


def _shared_top(names: Iterable[str]) -> str:
    """``adam/`` where every file lies below it; nothing where that folder is the one of the programs."""
    tops = {name.partition("/")[0] if "/" in name else "" for name in names}
    top = tops.pop() if len(tops) == 1 else ""
    return f"{top}/" if top not in ("", "programs") else ""
