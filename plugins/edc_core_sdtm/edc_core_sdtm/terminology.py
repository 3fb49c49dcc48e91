"""CDISC Controlled Terminology: a package of it, as NCI EVS publishes it.

The layout is that of NCI EVS (https://evs.nci.nih.gov): text, tabs between the columns, a row for each code list and for
each of its terms. Nothing of it is shipped: a study is submitted with the release that it states.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from edc_core.api import BadRequest

HEADER = (
    "Code", "Codelist Code", "Codelist Extensible (Yes/No)", "Codelist Name", "CDISC Submission Value",
    "CDISC Synonym(s)", "CDISC Definition", "NCI Preferred Term",
)  # fmt: skip
_CODE = re.compile(r"C\d+")
_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ControlledList:
    """A code list.

    :param code: NCI code. :param name: submission value. :param terms: NCI code by submission value.
    """

    code: str
    name: str
    title: str
    is_extensible: bool
    terms: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Terminology:
    """:param release: date of the release; empty when there is none. :param sha256: of the file.
    :param is_stated: the definition of the study says that it is this one.
    """

    code_lists: Mapping[str, ControlledList] = field(default_factory=dict)  #: by NCI code
    release: str = ""
    sha256: str = ""
    is_stated: bool = False

    def terms_of(self, code: str) -> Iterator[tuple[str, str]]:
        """Submission value and NCI code of each term; nothing for a list that isn't known."""
        found = self.code_lists.get(code)
        yield from found.terms.items() if found else ()

    def has(self, code: str, term: str) -> bool:
        found = self.code_lists.get(code)
        return found is not None and term in found.terms

    def names(self, short: Iterable[str], long: Iterable[str]) -> dict[str, str]:
        """Name by short name, of two kinds of code lists whose terms have the same NCI codes."""
        names = {code: term for one in long for term, code in self.terms_of(one)}
        return {term: names[code] for one in short for term, code in self.terms_of(one) if code in names}


NO_TERMINOLOGY = Terminology()


def read(file: Path, release: str) -> Terminology:
    """A package; it is read again when the file was changed.

    :raises BadRequest: the file can't be read, or isn't in the layout: naming every line.
    """
    try:
        known = file.stat()
        return _read(file, release, known.st_mtime_ns, known.st_size)
    except OSError as error:
        raise BadRequest(f"The terminology '{file}' cannot be read: {error.strerror}.") from None


@lru_cache(maxsize=4)
def _read(file: Path, release: str, _changed: int, _size: int) -> Terminology:
    content = file.read_bytes()
    return Terminology(_parsed(file.name, content), release, sha256(content).hexdigest())


def _parsed(name: str, content: bytes) -> Mapping[str, ControlledList]:
    """:raises BadRequest: naming every line that isn't as the layout has it."""
    found: dict[str, ControlledList] = {}
    terms: dict[str, dict[str, str]] = {}
    problems = []
    for number, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        try:
            cells = raw.decode("utf-8").rstrip("\r").split("\t")
        except UnicodeDecodeError:
            problems.append(f"line {number}: is not UTF-8")
            continue
        if number == 1:
            if tuple(cells[: len(HEADER)]) != HEADER:
                raise BadRequest(
                    f"'{name}', line 1: the columns have to be {', '.join(HEADER)}, with tabs between."
                )
        elif cells != [""] and (problem := _take(cells, found, terms)):
            problems.append(f"line {number}: {problem}")
    if problems:
        more = f"\nand {len(problems) - _MOST_SHOWN} more" if len(problems) > _MOST_SHOWN else ""
        listed = "\n".join(problems[:_MOST_SHOWN])
        raise BadRequest(
            f"'{name}' is not as NCI EVS publishes a terminology; download it again:\n{listed}{more}"
        )
    if not found:
        raise BadRequest(f"'{name}' has no code lists. Take the file of the SDTM terminology.")
    return found


def _take(cells: list[str], found: dict[str, ControlledList], terms: dict[str, dict[str, str]]) -> str:
    """Take a row; what is wrong with it, or nothing."""
    if len(cells) < len(HEADER):
        return f"has {len(cells)} columns instead of {len(HEADER)}"
    code, home, extensible, title, value = (cell.strip() for cell in cells[:5])
    if not _CODE.fullmatch(code) or not value:
        return "has no NCI code (C and digits) or no submission value"
    if home:
        if home not in terms:
            return f"is a term of the code list {home}, which has no row above"
        if value in terms[home]:
            return f"repeats the term '{value}' of the code list {home}"
        terms[home][value] = code
        return ""
    if extensible not in {"Yes", "No"}:
        return f"says neither Yes nor No to whether the code list {code} may be extended"
    if code in found:
        return f"repeats the code list {code}"
    terms[code] = {}
    found[code] = ControlledList(code, value, title, extensible == "Yes", terms[code])
    return ""
