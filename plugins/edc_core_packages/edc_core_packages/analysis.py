"""What the sponsor has made of the data: analysis datasets, parameters of pharmacokinetics and programs, looked through and placed.

A folder, or a ZIP archive of one, holds ``*.xpt`` (SAS transport, version 5), the ``define.xml`` that describes them, and
``programs/`` with files of text. Limits: SAS XPORT version 5 and standards of the authorities (names of 8, labels of 40 characters,
values of 200 bytes, ASCII where the profile of the authority says so). Define-XML: ItemGroupDef, ItemRef.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from edc_core.api import DataType, ExportRefused, TabularDataset, Variable
from edc_core_packages.analysis_define import DEFINE, AnalysisDefine, read_define
from edc_core_packages.unpacking import unpack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.api import ExportProfile, ExportSink

PROGRAMS = "programs"
_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_VERSION_5 = b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!"
_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Program:
    """:param name: its path in the folder. :param size: bytes."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """:param tables: by name. :param files: path in the folder and the file, in their order. :param define: what describes them."""

    tables: Mapping[str, TabularDataset]
    files: tuple[tuple[str, Path], ...]
    define: AnalysisDefine

    @property
    def programs(self) -> tuple[Program, ...]:
        """In their order. Each is read."""
        return tuple(_program(name, file) for name, file in self.files if "/" in name)

    def write(self, sink: ExportSink, datasets: str, programs: str) -> None:
        """Copy the files. :param datasets: folder of the package for datasets, with a ``/`` at its end; ``programs`` likewise."""
        for name, file in self.files:
            place = (
                f"{programs}{name.partition('/')[2]}"
                if name.startswith(f"{PROGRAMS}/")
                else f"{datasets}{name}"
            )
            with file.open("rb") as source, sink.open(place) as copy:
                while block := source.read(1 << 20):
                    copy.write(block)


@contextmanager
def brought_in(source: Path | None, profile: ExportProfile) -> Iterator[Analysis | None]:
    """What is in a folder or a ZIP archive, looked through, as long as it is used; None where there is neither.

    :raises ExportRefused: what is wrong, as ``read_analysis`` and ``unpack`` say.
    """
    if source is None:
        yield None
    elif source.is_dir():
        yield read_analysis(source, profile)
    else:
        with TemporaryDirectory() as folder:
            unpack(source, Path(folder))
            yield read_analysis(Path(folder), profile)


def read_analysis(folder: Path, profile: ExportProfile) -> Analysis:
    """Look through a folder.

    :raises ExportRefused: what is wrong, each with file, record or variable, and remedy.
    """
    datasets = sorted(folder.glob("*.xpt"))
    programs = sorted(path for path in (folder / PROGRAMS).rglob("*") if path.is_file())
    define = folder / DEFINE
    known = {*datasets, *programs, define}
    problems = [
        f"{path.relative_to(folder)}: It has no place in a package. Datasets are *.xpt beside {DEFINE}, programs lie in {PROGRAMS}/."
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path not in known
    ]
    if not datasets:
        problems.append("There is no dataset (*.xpt).")
    if not define.is_file():
        problems.append(f"{DEFINE} is missing: it describes each dataset and variable.")
    tables = {}
    for file in datasets:
        found, table = _dataset(file, profile)
        problems += found
        if table is not None:
            tables[table.name] = table
    described = read_define(define, tables) if define.is_file() else AnalysisDefine()
    problems += described.problems
    problems += [
        f"{path.relative_to(folder)}: It is no text in UTF-8. Hand in the source of the program."
        for path in programs
        if not _is_text(path)
    ]
    if problems:
        more = f"\n... and {len(problems) - _MOST_SHOWN} more" if len(problems) > _MOST_SHOWN else ""
        listed = "\n".join(problems[:_MOST_SHOWN])
        raise ExportRefused(f"The analysis datasets cannot be handed in:\n{listed}{more}", findings=problems)
    files = [(file.name, file) for file in (*datasets, define)]
    files += [(path.relative_to(folder).as_posix(), path) for path in programs]
    return Analysis(tables, tuple(files), described)


def _dataset(file: Path, profile: ExportProfile) -> tuple[list[str], TabularDataset | None]:
    import pyreadstat  # brings numpy, for which every command would wait

    with file.open("rb") as stream:
        if not stream.read(len(_VERSION_5)).startswith(_VERSION_5):
            return [
                f"{file.name}: It is no SAS transport file of version 5. Write it again with that version."
            ], None
    try:
        encoding = None if profile.transport.encoding == "ascii" else profile.transport.encoding
        columns, meta = pyreadstat.read_xport(file, output_format="dict", encoding=encoding)
    except (pyreadstat.PyreadstatError, UnicodeDecodeError) as error:
        return [f"{file.name}: It cannot be read ({error}). Write it again as UTF-8 or ASCII."], None
    name = str(meta.table_name or "")
    labels = meta.column_names_to_labels
    problems = list(_limits(file.name, name, str(meta.file_label or ""), labels, profile))
    if name.lower() != file.stem:
        problems.append(f"{file.name}: The dataset in it is called {name}. Name the file {name.lower()}.xpt.")
    problems += _values(file.name, columns, profile)
    texts = {key: [_text(cell) for cell in cells] for key, cells in columns.items()}
    variables = tuple(Variable(key, labels.get(key) or "", DataType.TEXT, key) for key in columns)
    table = TabularDataset(
        name,
        str(meta.file_label or ""),
        variables,
        lambda: (list(row) for row in zip(*texts.values(), strict=True)),
        name,
    )
    return problems, table


def _limits(
    file: str, name: str, label: str, labels: Mapping[str, str | None], profile: ExportProfile
) -> Iterator[str]:
    most_name, most_label, _ = profile.lengths
    is_ascii = profile.transport.encoding == "ascii"
    for called, said in ((name, label), *((key, text or "") for key, text in labels.items())):
        if not _NAME.fullmatch(called) or len(called) > most_name:
            yield f"{file}, {called}: A name has at most {most_name} capital letters, digits and _, and begins with a letter."
        if most_label and len(said) > most_label:
            yield f"{file}, {called}: Its label has {len(said)} characters. Shorten it to {most_label}."
        if is_ascii and not said.isascii():
            yield f"{file}, {called}: Its label is not ASCII. Write it in English."


def _values(file: str, columns: Mapping[str, list[object]], profile: ExportProfile) -> Iterator[str]:
    most, encoding = profile.lengths[2], profile.transport.encoding
    for name, cells in columns.items():
        for number, cell in enumerate(cells, 1):
            if isinstance(cell, str):
                if encoding == "ascii" and not cell.isascii():
                    yield f"{file}, record {number}, {name}: It holds characters that are not ASCII. Transliterate or translate it."
                elif most and len(cell.encode(encoding, "replace")) > most:
                    yield f"{file}, record {number}, {name}: It is longer than {most} bytes. Split it over two variables."


def _text(cell: object) -> str | None:
    if cell is None or cell != cell or cell == "":  # noqa: PLR0124 - not a number
        return None
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)


def _is_text(path: Path) -> bool:
    try:
        return "\0" not in path.read_text("utf-8")
    except UnicodeDecodeError:
        return False


def _program(name: str, file: Path) -> Program:
    with file.open("rb") as stream:
        return Program(name, file.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest())
