"""The files of a dictionary, as its maintainers deliver them, read whole and checked before anything is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core_coding.reading import meddra, whodrug
from edc_core_coding.terms import Problems

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence
    from pathlib import Path

    from edc_core_coding.terms import Term

    Reader = Callable[[Mapping[str, Path], Problems], list[Term]]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a delivery looks.

    :param files: their names, without regard to case; the first tells it apart. :param language: the only one it is in; a delivery
        of another one is looked for among the other layouts.
    """

    name: str
    title: str
    files: tuple[str, ...]
    read: Reader
    language: str = ""

    def fits(self, there: Container[str], language: str) -> bool:
        return self.files[0] in there and self.language in ("", language.split("-", maxsplit=1)[0].lower())


LAYOUTS = (
    Layout("meddra-j", "MedDRA/J", meddra.FILES_J, meddra.read_japanese, "ja"),
    Layout("meddra", "MedDRA ASCII", meddra.FILES, meddra.read),
    Layout("whodrug-b3", "WHODrug B3", whodrug.B3_FILES, whodrug.read_b3),
    Layout("whodrug-b3-csv", "WHODrug B3, CSV", whodrug.B3_CSV_FILES, whodrug.read_b3),
    Layout("whodrug-c3", "WHODrug C3", whodrug.C3_FILES, whodrug.read_c3),
    Layout("whodrug-c3-csv", "WHODrug C3, CSV", whodrug.C3_CSV_FILES, whodrug.read_c3),
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was read. :param sha256: over the names and digests of the files that were read, so that it tells the same files."""

    layout: str
    sha256: str
    terms: Sequence[Term]


def read(folder: Path, problems: Problems, language: str = "en") -> Delivery | None:
    """Read a folder; nothing where it has problems, all of which are told.

    :param language: BCP 47, of the terms that are wanted: a folder of MedDRA/J has English and Japanese ones.
    :param problems: takes what is wrong, with file and line.
    """
    there = {path.name.lower(): path for path in sorted(folder.iterdir()) if path.is_file()}
    layout = next((one for one in LAYOUTS if one.fits(there, language)), None)
    if layout is None:
        wanted = ", ".join(f"{one.files[0]} ({one.title})" for one in LAYOUTS)
        problems.add(
            str(folder), 0, f"This is no dictionary that can be read. It would have one of: {wanted}."
        )
        return None
    missing = [name for name in layout.files if name not in there]
    for name in missing:
        problems.add(str(folder), 0, f"The file {name} is missing; {layout.title} has it.")
    if missing:
        return None
    files = {name: there[name] for name in layout.files}
    terms = layout.read(files, problems)
    if problems.found:
        return None
    return Delivery(layout.name, _digest(files), terms)


def _digest(files: Mapping[str, Path]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        with files[name].open("rb") as file:
            digest.update(f"{name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()
