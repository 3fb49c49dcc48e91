"""One backup: the database of one instant, the anchors before it, the files after it, and what is in it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edc_core.api import BadRequest
from edc_core_backup.database import database_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edc_core_backup.database import Head

SAID, ANCHORS, FILES = "backup.json", "anchors.jsonl", "files"


@dataclass(frozen=True)
class Installed:
    """What is backed up. :param anchors: ``None`` where none are written."""

    url: str
    files: Path
    anchors: Path | None

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Installed:
        anchors = environ.get("EDC_ANCHOR_FILE", "")
        return cls(
            environ.get("EDC_DATABASE_URL", "sqlite:///edc.db"),
            Path(environ.get("EDC_FILES_DIR", "files")),
            Path(anchors) if anchors else None,
        )


def make(installed: Installed, out: Path, tell: Callable[[int, int], None]) -> dict[str, Any]:
    """Write a backup into a folder of its own below ``out``, and the files that are new beside all of them.

    The order makes it whole: a line of the anchors is written after its state, and a file before the entry that names it.

    :param tell: how many files of how many were looked at. :returns: what stands in ``backup.json``.
    :raises BadRequest: the database cannot be copied.
    """
    database = database_of(installed.url)
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
    out.mkdir(parents=True, exist_ok=True)
    partial = out / f".partial-{at}"
    partial.mkdir()
    try:
        if installed.anchors is not None and installed.anchors.exists():
            shutil.copyfile(installed.anchors, partial / ANCHORS)
        heads = database.copy(partial / database.file)
        new = _copy_files(installed.files, out / FILES, tell)
        said = {
            "at": at,
            "parts": {file.name: _facts(file) for file in sorted(partial.iterdir())},
            "chains": len(heads),
            "entries": sum(n for _, _, n, _ in heads),
            "heads_sha256": digest_of(heads),
            "new_files": new,
        }
        (partial / SAID).write_text(json.dumps(said, indent=1, sort_keys=True) + "\n", "utf-8")
        partial.rename(out / at)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return said


def newest(folder: Path) -> Path:
    """A backup, or the newest one below a folder. :raises BadRequest: there is none."""
    found = [folder] if (folder / SAID).is_file() else [one.parent for one in folder.glob(f"*/{SAID}")]
    if not found:
        raise BadRequest(f"'{folder}' holds no backup. 'edc backup --out {folder}' makes one.")
    return max(found)


def digest_of(heads: list[Head]) -> str:
    """SHA-256 over the ends of all chains."""
    lines = (f"{study}\t{chain}\t{n}\t{digest}\n" for study, chain, n, digest in heads)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def sha256_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _facts(file: Path) -> dict[str, Any]:
    return {"bytes": file.stat().st_size, "sha256": sha256_of(file)}


def _copy_files(source: Path, target: Path, tell: Callable[[int, int], None]) -> int:
    """Copy what is not there: files lie under their SHA-256 and never change. What is still coming in is left out."""
    found = sorted(file for file in source.glob("??/*") if file.is_file())
    target.mkdir(exist_ok=True)
    new = 0
    for done, file in enumerate(found, start=1):
        place = target / file.parent.name / file.name
        if not place.exists():
            place.parent.mkdir(exist_ok=True)
            partial = place.with_name(f".partial-{os.getpid()}-{file.name}")
            shutil.copyfile(file, partial)
            partial.replace(place)
            new += 1
        tell(done, len(found))
    return new
