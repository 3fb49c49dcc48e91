"""WHODrug in its B3 layout (``dd``, ``dda``, ``ina``: columns of a fixed width, or CSV) and in its C3 layout (``mp``, ``thg``,
``atc``: likewise).

Source: WHODrug Global, descriptions of the file formats B3 and C3 (Uppsala Monitoring Centre). The description of the C3 files in
columns of a fixed width is not public: they are read by the places that the C files have, which programs of their users show
(product 1-10, record number 46-51, sequence numbers 52-53 and 54-56, name 78-1577; class 11-20 and product 30-39 of a group;
class 1-10 and words 12-121). Only the cells that are needed
are read, and each is checked against its shape, so that another layout is refused with its lines and never misread.

A drug stands once for each of its classes (ATC): which one is meant follows from the indication, so a person chooses.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from edc_core.api import CodedLevel
from edc_core_coding.reading.rows import comma, fixed
from edc_core_coding.terms import Term

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from edc_core_coding.reading.rows import Line
    from edc_core_coding.terms import Problems

B3_FILES = ("dd.txt", "dda.txt", "ina.txt")
B3_CSV_FILES = ("dd.csv", "dda.csv", "ina.csv")
C3_FILES = ("mp.txt", "thg.txt", "atc.txt")
C3_CSV_FILES = ("mp.csv", "thg.csv", "atc.csv")
_CODE = re.compile(r"\d{6}\d{2}[0-9A-Z]{3}", re.ASCII)  #: record number and two sequence numbers
_ATC = re.compile(r"[A-Z](?:\d{2}(?:[A-Z](?:[A-Z](?:\d{2})?)?)?)?", re.ASCII)
_ATC_LEVELS = {7: "ATC5", 5: "ATC4", 4: "ATC3", 3: "ATC2", 1: "ATC1"}  #: by the length of the code
#: Where the cells of the B3 files end. Names begin at column 34 of ``dd``, texts at column 9 of ``ina``.
_DD, _DDA, _INA = (6, 8, 11, 12, 13, 15, 19, 22, 27, 29, 30, 33, 34), (6, 8, 11, 12, 19, 22), (7, 8, 9)
#: Likewise of the C3 files; a name takes 1,500 characters, and more cells follow.
_MP, _THG, _CLASS = (10, 45, 51, 53, 56, 66, 76, 77, 1577), (10, 20, 28, 29, 39), (10, 11, 121)


class _Drug(NamedTuple):
    """:param id: by which classes name it: its code in B3, that of the product in C3."""

    line: int
    id: str
    code: str
    name: str

    @property
    def record(self) -> str:
        return self.code[:6]


class _Files(NamedTuple):
    """Lines of a delivery, the cells that are read: ``(id, code, name)``, ``(id, class)`` and ``(class, text)``."""

    drugs: Iterator[tuple[int, tuple[str, str, str]]]
    classes: Iterator[tuple[int, tuple[str, str]]]
    texts: Iterator[tuple[int, tuple[str, str]]]


def read_b3(files: Mapping[str, Path], problems: Problems) -> list[Term]:
    """Drug names with their preferred name and class, in the order of the file."""
    dd, dda, ina = files.values()
    found = _Files(
        ((n, ("".join(c[:3]), "".join(c[:3]), c[12])) for n, c in _b3(dd, _DD, problems)),
        ((n, ("".join(c[:3]), c[4])) for n, c in _b3(dda, _DDA, problems)),
        ((n, (c[0], c[2])) for n, c in _b3(ina, _INA, problems)),
    )
    return _read(found, (dd.name, dda.name, ina.name), problems)


def read_c3(files: Mapping[str, Path], problems: Problems) -> list[Term]:
    """As ``read_b3``, of the files of C3: products, their therapeutic groups and the classes."""
    mp, thg, atc = files.values()
    found = _Files(
        ((n, (c[0], "".join(c[2:5]), c[8])) for n, c in _c3(mp, _MP, problems)),
        ((n, (c[4], c[1])) for n, c in _c3(thg, _THG, problems)),
        ((n, (c[0], c[2])) for n, c in _c3(atc, _CLASS, problems)),
    )
    return _read(found, (mp.name, thg.name, atc.name), problems)


def _b3(file: Path, ends: Sequence[int], problems: Problems) -> Iterator[Line]:
    if file.suffix.lower() == ".csv":
        return comma(file, len(ends), problems)
    return fixed(file, ends, problems)


def _c3(file: Path, ends: Sequence[int], problems: Problems) -> Iterator[Line]:
    if file.suffix.lower() == ".csv":
        return comma(file, len(ends), problems)
    return fixed(file, ends, problems, more_follows=True)


def _read(found: _Files, names: tuple[str, str, str], problems: Problems) -> list[Term]:
    products, groups, classes = names
    texts: dict[str, str] = {}
    for line, (atc, text) in found.texts:
        if not _ATC.fullmatch(atc) or not text:
            problems.add(
                classes, line, f"It begins with a class such as N02BE and its words, not with '{atc}'."
            )
        else:
            texts[atc] = text
    of: dict[str, list[str]] = defaultdict(list)
    for line, (drug, atc) in found.classes:
        if atc not in texts:
            problems.add(groups, line, f"It names the class '{atc}', which {classes} does not have.")
        else:
            of[drug].append(atc)
    drugs: list[_Drug] = []
    for line, (drug, code, name) in found.drugs:
        if not _CODE.fullmatch(code) or not drug or not name:
            problems.add(
                products, line, "It has a record number, two sequence numbers and a name in other places."
            )
        else:
            drugs.append(_Drug(line, drug, code, name))
    return list(_terms(drugs, of, texts, products, problems))


def _terms(
    drugs: Sequence[_Drug],
    of: Mapping[str, Sequence[str]],
    texts: Mapping[str, str],
    file: str,
    problems: Problems,
) -> Iterator[Term]:
    preferred = {drug.record: drug for drug in drugs if drug.code.endswith("01001")}
    if not drugs:
        problems.add(file, 0, "It holds no drug.")
    for drug in drugs:
        best = preferred.get(drug.record)
        if best is None:
            problems.add(file, drug.line, f"The record {drug.record} has no preferred name (01 001).")
            continue
        levels = (CodedLevel("DRUG", drug.code, drug.name), CodedLevel("PREF", best.code, best.name))
        for atc in dict.fromkeys(of.get(drug.id) or of.get(best.id) or [""]):
            yield Term((*levels, *_above(atc, texts)))


def _above(atc: str, texts: Mapping[str, str]) -> Iterator[CodedLevel]:
    """A class and those it lies in."""
    for length, level in _ATC_LEVELS.items():
        if len(atc) >= length and (text := texts.get(atc[:length])):
            yield CodedLevel(level, atc[:length], text)
