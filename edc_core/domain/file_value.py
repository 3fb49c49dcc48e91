"""Files as values of items: what may come, what a file is, and the text that stands for it (decision "Files").

The value of a file item is ``<sha256>/<bytes>/<name>``. The bytes lie outside the database under their SHA-256, so the
value says all that is needed to find them, to check them, and to tell two files apart.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_MB = 500  #: what a definition may allow; larger things belong into an archive of images
HEAD = 4096  #: bytes of the beginning that ``kind_of`` looks at
#: Topic of the note of the study (``AddNote``) by which a scanner says what it found: ``name`` is the SHA-256 of the file,
#: ``content`` has ``state`` (clean, infected, failed), ``by`` and ``found``. It is about bytes, wherever they were given.
FILE_SCAN = "edc-core.file-scan"
MOST_NAME = 120  #: characters of a name that are kept

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,14}")
#: Characters that change the direction of a text or are not seen; a name with them can pretend another ending.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class FileRules:
    """What a file item takes.

    :param types: names of ``KINDS``.
    """

    types: tuple[str, ...] = ("pdf", "jpeg", "png")
    max_mb: int = 20

    @property
    def max_bytes(self) -> int:
        return self.max_mb * 1_000_000

    @property
    def endings(self) -> tuple[str, ...]:
        """Every ending a name may have, with its dot."""
        return tuple(ending for name in self.types if name in KINDS for ending in KINDS[name].endings)

    def words(self) -> str:
        """What is taken, in words: ``PDF, JPEG or PNG, at most 20 MB``."""
        *others, last = [KINDS[name].word for name in self.types if name in KINDS] or [""]
        listed = f"{', '.join(others)} or {last}" if others else last
        return f"{listed}, at most {self.max_mb} MB"


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: its word, the endings of its names, and what its bytes begin with.

    :param marks: (position, bytes) of which one is there; none is a text of UTF-8.
    :param any_encoding: the text need not be UTF-8. :param staged: no item takes it, only a page (``Page.uploads``).
    """

    word: str
    endings: tuple[str, ...]
    marks: tuple[tuple[int, bytes], ...] = ()
    any_encoding: bool = False
    staged: bool = False


#: PNG: RFC 2083, 3.1. JPEG: ITU-T T.81, B.1.1.3. TIFF 6.0, section 2. PDF: ISO 32000-1, 7.5.2. DICOM: PS3.10, 7.1.
#: ZIP, which holds docx and xlsx: APPNOTE 4.3.7.
KINDS: dict[str, FileKind] = {
    "pdf": FileKind("PDF", (".pdf",), ((0, b"%PDF-"),)),
    "jpeg": FileKind("JPEG", (".jpg", ".jpeg"), ((0, b"\xff\xd8\xff"),)),
    "png": FileKind("PNG", (".png",), ((0, b"\x89PNG\r\n\x1a\n"),)),
    "tiff": FileKind("TIFF", (".tif", ".tiff"), ((0, b"II*\0"), (0, b"MM\0*"))),
    "dicom": FileKind("DICOM", (".dcm",), ((128, b"DICM"),)),
    "docx": FileKind("Word", (".docx",), ((0, b"PK\x03\x04"),)),
    "xlsx": FileKind("Excel", (".xlsx",), ((0, b"PK\x03\x04"),)),
    "text": FileKind("text", (".txt", ".csv")),
    "table": FileKind("CSV", (".csv", ".txt", ".tsv"), any_encoding=True, staged=True),
    "yaml": FileKind("YAML", (".yaml", ".yml"), staged=True),
    "zip": FileKind("ZIP", (".zip",), ((0, b"PK\x03\x04"),), staged=True),
}
ITEM_KINDS = tuple(name for name, kind in KINDS.items() if not kind.staged)
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class FileValue:
    """A file that was given: its SHA-256 in hex, its bytes, its name."""

    sha256: str
    size: int
    name: str

    def __str__(self) -> str:
        return f"{self.sha256}/{self.size}/{self.name}"

    @classmethod
    def parse(cls, text: str) -> FileValue:
        """:raises ValueError: this is not the value of a file item."""
        sha256, _, rest = text.partition("/")
        size, _, name = rest.partition("/")
        if not (_SHA256.fullmatch(sha256) and _SIZE.fullmatch(size)) or not name or clean_name(name) != name:
            raise ValueError(text)
        return cls(sha256, int(size), name)

    @property
    def fact(self) -> dict[str, str | int]:
        """As an entry and a manifest name it."""
        return {"name": self.name, "sha256": self.sha256, "bytes": self.size}

    @property
    def exported_as(self) -> str:
        """Where an export has it: ``files/<sha256>``, with an ending of ours where the name has one of ``KINDS``.

        Nothing else of the name: people typed it, and two names of the same bytes are one file.
        """
        name = self.name.casefold()
        endings = (kind.endings[0] for kind in KINDS.values() if name.endswith(kind.endings))
        return f"files/{self.sha256}{next(endings, '')}"

    @property
    def has_picture(self) -> bool:
        """Whether its name is that of a kind of which a page shows a small picture."""
        return self.name.casefold().endswith((*KINDS["png"].endings, *KINDS["jpeg"].endings))

    def display(self) -> str:
        return f"{self.name} ({size_in_words(self.size)})"


class FileScan(NamedTuple):
    """What a scanner said of a file. :param state: ``clean``, ``infected`` or ``failed``.

    :param by: the scanner with its version and that of what it knows. :param found: what it found, or why it failed.
    :param at: UTC ISO 8601.
    """

    state: str
    by: str
    found: str
    at: str


class FilesSince(NamedTuple):
    """Files that were given to a study from an instant on, and what scanners said of any, by SHA-256.

    :param open: opens a file by its SHA-256; ``NotFound`` where the folder has it not.
    """

    files: Mapping[str, FileValue]
    scans: Mapping[str, FileScan]
    open: Callable[[str], IO[bytes]]


def size_in_words(size: int) -> str:
    """Bytes in the unit people read; decimal, as the limits are."""
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def clean_name(name: str) -> str:
    """The last part of a name, without what is not seen; never a path, and never empty.

    It is what people read and what a download is called. Nothing on disk is named after it.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(c for c in last if unicodedata.category(c) not in _UNSEEN)
    plain = re.sub(r"\s+", " ", seen).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if len(plain) > MOST_NAME:
        plain = (
            f"{stem[: MOST_NAME - len(ending) - 1]}.{ending}"
            if dot and len(ending) < 10
            else plain[:MOST_NAME]
        )
    return plain.strip(" .") or "file"


def refusal(rules: FileRules, name: str, size: int) -> str:
    """Why a file is not taken, told from its name and size alone; empty when it may be."""
    if not name.casefold().endswith(rules.endings):
        return f"{name} is of another kind. Expected is {rules.words()}."
    if size > rules.max_bytes:
        return f"{name} is too large: {size_in_words(size)}. Expected is {rules.words()}."
    return "" if size else f"{name} is empty. Please choose the file again."


def kind_of(rules: FileRules, name: str, head: bytes) -> str:
    """The kind whose ending the name has and whose mark the bytes have; empty when they do not agree.

    :param head: the first ``HEAD`` bytes.
    """
    for kind in rules.types:
        known = KINDS.get(kind)
        if known is None or not name.casefold().endswith(known.endings):
            continue
        if any(head[at : at + len(mark)] == mark for at, mark in known.marks):
            return kind
        if not known.marks and (_is_any_text(head) if known.any_encoding else _is_text(head)):
            return kind
    return ""


def _is_any_text(head: bytes) -> bool:
    """Text of an encoding that whoever reads it knows: of no other kind, and without zeros but in UTF-16."""
    marks = (mark for kind in KINDS.values() for mark in kind.marks)
    if any(head[at : at + len(mark)] == mark for at, mark in marks):
        return False
    return head.startswith(_WIDE) or b"\0" not in head


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head[:HEAD].decode("utf-8")
    except UnicodeDecodeError as error:
        return len(head) >= HEAD and error.start >= HEAD - 3  # a character that was cut off at the end
    return True


def name_in(text: str) -> str:
    """The name in the value of a file item; another text, which an import found there, stays as it is."""
    try:
        return FileValue.parse(text).name
    except ValueError:
        return text
