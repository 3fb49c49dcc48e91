"""MedDRA in its ASCII layout: ``llt.asc``, ``pt.asc``, ``hlt.asc``, ``hlgt.asc``, ``soc.asc`` and ``mdhier.asc``.

Source: MedDRA Distribution File Format Document (MSSO), the tables of the six files: cells end with ``$``. Each language has
a folder of its own with the same codes. Of the places of a preferred term its primary one is taken (``primary_soc_fg``).

MedDRA/J has Japanese terms in ``llt_j.asc`` and so on beside the English files: code, term, of a lowest level term the Japanese
currency, then its reading in kana. Source: JMO, "Information about the Japanese translation of MedDRA": a code may have several
Japanese terms, of which those with the currency ``Y`` are current. The description of these files is for subscribers; the order of
their cells is that which programs of their users read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from edc_core.api import CodedLevel
from edc_core_coding.reading.rows import encoding_of, separated
from edc_core_coding.terms import Term

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from edc_core_coding.terms import Problems

FILES = ("llt.asc", "pt.asc", "hlt.asc", "hlgt.asc", "soc.asc", "mdhier.asc")
FILES_J = ("llt_j.asc", "pt_j.asc", "hlt_j.asc", "hlgt_j.asc", "soc_j.asc", "llt.asc", "mdhier.asc")
_CODE = re.compile(r"\d{8}", re.ASCII)
_LLT, _PT, _LEVEL, _HIERARCHY, _LLT_J = 10, 4, 2, 12, 3  #: cells of a line that are read, and all before them


def read(files: Mapping[str, Path], problems: Problems) -> list[Term]:
    """Lowest level terms with their place, in the order of the file.

    :param problems: a code that is none, names no term or stands twice; a term without a primary place.
    """
    above = _above(files, "", problems)
    found = list(_terms(files["llt.asc"], above, problems))
    if not found and not problems.found:
        problems.add("llt.asc", 0, "It holds no term.")
    return found


def read_japanese(files: Mapping[str, Path], problems: Problems) -> list[Term]:
    """The Japanese terms of the same codes, current where both currencies say so.

    :param problems: as above, and a Japanese term of a code that ``llt.asc`` does not have.
    """
    above = _above(files, "_j", problems)
    english = {term.code: term for term in _terms(files["llt.asc"], above, problems)}
    found: list[Term] = []
    file = files["llt_j.asc"]
    for line, cells in separated(file, _LLT_J, problems, encoding=encoding_of(file)):
        code, text, currency = cells[:3]
        if not _CODE.fullmatch(code) or not text:
            problems.add(file.name, line, "It begins with a code of eight digits and a term.")
        elif code not in english:
            problems.add(file.name, line, f"The code {code} is not in llt.asc.")
        elif len(currency) != 1:
            problems.add(
                file.name, line, f"The third cell says whether it is current in Japanese, not '{currency}'."
            )
        else:
            known = english[code]
            levels = (CodedLevel("LLT", code, text), *known.levels[1:])
            found.append(Term(levels, known.current and currency == "Y"))
    if not found and not problems.found:
        problems.add(file.name, 0, "It holds no term.")
    return found


def _above(files: Mapping[str, Path], ending: str, problems: Problems) -> dict[str, tuple[CodedLevel, ...]]:
    """What lies above each preferred term, in the words of the files with an ending."""
    names = {
        name: _names(files[f"{name}{ending}.asc"], _PT if name + ending == "pt" else _LEVEL, problems)
        for name in ("pt", "hlt", "hlgt", "soc")
    }
    return _hierarchy(files["mdhier.asc"], names, problems)


def _terms(file: Path, above: Mapping[str, tuple[CodedLevel, ...]], problems: Problems) -> Iterator[Term]:
    seen: set[str] = set()
    for line, cells in separated(file, _LLT, problems):
        code, text, pt, currency = cells[0], cells[1], cells[2], cells[9]
        if not _CODE.fullmatch(code) or not text:
            problems.add(file.name, line, "It begins with a code of eight digits and a term.")
        elif code in seen:
            problems.add(file.name, line, f"The code {code} stands twice.")
        elif pt not in above:
            problems.add(
                file.name, line, f"Its preferred term {pt or '(none)'} has no primary place in mdhier.asc."
            )
        elif currency not in ("Y", "N"):
            problems.add(
                file.name, line, f"The tenth cell says whether it is current: Y or N, not '{currency}'."
            )
        else:
            seen.add(code)
            yield Term((CodedLevel("LLT", code, text), *above[pt]), currency == "Y")


def _names(file: Path, columns: int, problems: Problems) -> dict[str, str]:
    found: dict[str, str] = {}
    encoding = encoding_of(file) if file.stem.lower().endswith("_j") else "utf-8"
    for line, cells in separated(file, columns, problems, encoding=encoding):
        code, text = cells[:2]
        if not _CODE.fullmatch(code) or not text:
            problems.add(file.name, line, "It begins with a code of eight digits and a term.")
        elif code in found:
            problems.add(file.name, line, f"The code {code} stands twice.")
        else:
            found[code] = text
    return found


def _hierarchy(
    file: Path, names: Mapping[str, Mapping[str, str]], problems: Problems
) -> dict[str, tuple[CodedLevel, ...]]:
    """The primary place of each preferred term."""
    found: dict[str, tuple[CodedLevel, ...]] = {}
    for line, cells in separated(file, _HIERARCHY, problems):
        pairs = list(zip(("pt", "hlt", "hlgt", "soc"), cells, strict=False))
        unknown = [f"{level.upper()} {code or '(none)'}" for level, code in pairs if code not in names[level]]
        primary = cells[11]
        if unknown:
            problems.add(file.name, line, f"It names what its own file does not have: {', '.join(unknown)}.")
        elif primary not in ("Y", "N"):
            problems.add(
                file.name, line, f"The twelfth cell says whether it is primary: Y or N, not '{primary}'."
            )
        elif primary == "Y" and cells[0] in found:
            problems.add(file.name, line, f"The preferred term {cells[0]} has two primary places.")
        elif primary == "Y":
            found[cells[0]] = tuple(
                CodedLevel(level.upper(), code, names[level][code]) for level, code in pairs
            )
    return found
