"""The folder of files (``EDC_FILES_DIR``): each lies once under its SHA-256, and never changes (decision "Files")."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import time
from typing import IO, TYPE_CHECKING, Literal, NamedTuple

from edc_core.domain.file_value import HEAD, FileRules, FileValue, kind_of, refusal
from edc_core.errors import BadRequest, EditConflict, NotFound, ValueRefused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PIECE = 1 << 18
INCOMING = "incoming"
STALE_S = 3 * 24 * 3600  #: after so long nobody is still sending

Standing = Literal["", "missing", "changed"]


class Taken(NamedTuple):
    """A file that is on the disk, and the name of its ``FileKind``."""

    file: FileValue
    kind: str


class FileFolder:
    """Takes files and hands them out; nothing in it is named after what a person typed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, stream: IO[bytes], rules: FileRules, name: str, size: int) -> Taken:
        """Keep what comes in, piece by piece; when this returns, it is on the disk.

        :param name: a clean name (``clean_name``). :param size: bytes that were announced.
        :raises ValueRefused: it is no file that the item takes. :raises BadRequest: not all of it came.
        """
        if why := refusal(rules, name, size):
            raise ValueRefused(why)
        self.clear_stale()
        partial = self._incoming() / secrets.token_hex(16)
        try:
            digest, came, head = hashlib.sha256(), 0, b""
            with partial.open("xb") as file:
                while piece := stream.read(PIECE):
                    came += len(piece)
                    if came > size:
                        break
                    if len(head) < HEAD:
                        head += piece[: HEAD - len(head)]
                    digest.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            if came != size:
                raise BadRequest("The file did not arrive whole. Please send it again.")
            kind = kind_of(rules, name, head)
            if not kind:
                raise ValueRefused(f"{name} does not hold what its name says. Expected is {rules.words()}.")
            self._put(partial, digest.hexdigest())
        finally:
            partial.unlink(missing_ok=True)
        return Taken(FileValue(digest.hexdigest(), size, name), kind)

    def put_back(self, stream: IO[bytes], sha256: str) -> None:
        """Keep a file of an archive under its hash. :raises BadRequest: it is not the one of that hash."""
        partial = self._incoming() / secrets.token_hex(16)
        try:
            with partial.open("x+b") as file:
                shutil.copyfileobj(stream, file, PIECE)
                file.flush()
                os.fsync(file.fileno())
                file.seek(0)
                if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                    raise BadRequest(f"What the archive has as file {sha256} is another file.")
            self._put(partial, sha256)
        finally:
            partial.unlink(missing_ok=True)

    def parts(self, *owner: str) -> FileParts:
        """A file that comes in parts. :param owner: who sends it whither, and under which operation."""
        return FileParts(self._incoming() / hashlib.sha256("\n".join(owner).encode()).hexdigest())

    def open(self, sha256: str) -> IO[bytes]:
        """:raises NotFound: it is not (any more) in the folder."""
        try:
            return self._place(sha256).open("rb")
        except OSError as error:
            raise NotFound(
                "This file is not in the folder of files. Ask whoever runs the server to restore it."
            ) from error

    def path(self, file: FileValue) -> Path:
        """Where a file lies, to be read by its path. :raises NotFound: it is not (any more) in the folder."""
        if not self.holds(file):
            raise NotFound(f"{file.name} is not here (any more).")
        return self._place(file.sha256)

    def holds(self, file: FileValue) -> bool:
        """Whether a file of that hash and size is there; its bytes are not read."""
        try:
            return self._place(file.sha256).stat().st_size == file.size
        except OSError:
            return False

    def standing(self, sha256: str) -> Standing:
        """Read a file through and say whether it is what its name says."""
        try:
            with self._place(sha256).open("rb") as file:
                return "" if hashlib.file_digest(file, "sha256").hexdigest() == sha256 else "changed"
        except OSError:
            return "missing"

    def drop(self, sha256: str) -> None:
        """Remove a file, where one may be removed: of those that were staged, none that the ledger names."""
        self._place(sha256).unlink(missing_ok=True)

    def _place(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    def _put(self, partial: Path, sha256: str) -> None:
        place = self._place(sha256)
        place.parent.mkdir(exist_ok=True)
        partial.chmod(0o440)
        partial.replace(place)  # what lies there is the same, or was damaged and is whole again
        if os.name == "posix":  # so that the name, too, outlives a loss of power
            for folder in (place.parent, self._folder):
                with _descriptor(folder) as number:
                    os.fsync(number)

    def _incoming(self) -> Path:
        incoming = self._folder / INCOMING
        incoming.mkdir(parents=True, exist_ok=True)
        return incoming

    def clear_stale(self) -> None:
        """Remove what a killed server left half received, and parts of files that nobody went on sending."""
        for left in self._incoming().iterdir():
            with contextlib.suppress(OSError):  # somebody else cleared it
                if left.stat().st_mtime < time.time() - STALE_S:
                    left.unlink()


class FileParts:
    """A file on its way in, as far as it is here: part after part, each whole or not at all."""

    def __init__(self, place: Path) -> None:
        self._place = place

    @property
    def size(self) -> int:
        """How many bytes are here, from the first one on."""
        return self._place.stat().st_size if self._place.exists() else 0

    def add(self, offset: int, part: bytes, sha256: str) -> None:
        """:param sha256: of the part, where whoever sent it can reckon it.

        :raises EditConflict: it does not begin where the last one ended. :raises BadRequest: it came damaged.
        """
        if sha256 and hashlib.sha256(part).hexdigest() != sha256:
            raise BadRequest("A part of the file arrived damaged. Please send it again.")
        if offset != self.size:
            raise EditConflict(
                "This part does not follow on what is here. Ask how much is here and go on there."
            )
        self._place.touch(mode=0o600)
        with self._place.open("r+b") as file:  # the same part twice at a time is written to the same place
            file.seek(offset)
            file.write(part)

    def open(self) -> IO[bytes]:
        return self._place.open("rb")

    def drop(self) -> None:
        self._place.unlink(missing_ok=True)


@contextlib.contextmanager
def _descriptor(folder: Path) -> Iterator[int]:
    number = os.open(folder, os.O_RDONLY)
    try:
        yield number
    finally:
        os.close(number)
