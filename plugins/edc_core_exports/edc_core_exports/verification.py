"""Whether an export is what was made: every file against the manifest, and the manifest against the digest on record."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MANIFEST = "manifest.json"
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Verified:
    """:param sha256: of the archive. :param files: that were read, without the manifest; ``bytes`` is what they hold, ``rows`` what
    the manifest says they hold. :param problems: what is otherwise than it was made, in words; nothing when it is the same.
    """

    sha256: str
    files: int
    bytes: int
    rows: int
    problems: tuple[str, ...]


def verify(archive: Path, manifest_sha256: str) -> Verified:
    """Read an archive whole. :param manifest_sha256: of the manifest, as it was noted when the export was made."""
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        with zipfile.ZipFile(archive) as opened:
            return _verified(opened, digest, manifest_sha256)
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        return Verified(digest, 0, 0, 0, (f"The archive cannot be read: {error}.",))


def _verified(opened: zipfile.ZipFile, digest: str, manifest_sha256: str) -> Verified:
    names = opened.namelist()
    if MANIFEST not in names:
        return Verified(digest, 0, 0, 0, ("It holds no manifest.",))
    content = opened.read(MANIFEST)
    if hashlib.sha256(content).hexdigest() != manifest_sha256:
        return Verified(digest, 0, 0, 0, ("Its manifest is another one than was noted when it was made.",))
    said: Mapping[str, Any] = json.loads(content)["files"]
    problems = [f"{name} is not named in the manifest." for name in sorted({*names} - {*said, MANIFEST})]
    read = 0
    for name, facts in said.items():
        if name not in names:
            problems.append(f"{name} is missing.")
            continue
        size, found = _digest(opened, name)
        read += size
        if (size, found) != (facts["bytes"], facts["sha256"]):
            problems.append(f"{name} is otherwise than it was made.")
    rows = sum(int(facts.get("rows", 0)) for facts in said.values())
    return Verified(digest, len(said), read, rows, tuple(problems))


def _digest(opened: zipfile.ZipFile, name: str) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with opened.open(name) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()
