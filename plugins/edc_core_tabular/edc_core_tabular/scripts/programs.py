"""``read.py`` and ``read.R``, which read CSV files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files

from edc_core.api import ExportSink, TabularDataset
from edc_core_tabular.scripts.codes import code_lists, texts_of


def write_for_csv(sink: ExportSink, tables: Sequence[TabularDataset], counts: Mapping[str, int]) -> None:
    """Write ``read.py`` and ``read.R``. :param counts: records of each dataset by its name; its file is ``NAME.csv``."""
    for name, program in (("read.py", in_python(tables, counts)), ("read.R", in_r(tables, counts))):
        with sink.open(name) as stream:
            stream.write(program.encode())


def in_python(tables: Sequence[TabularDataset], counts: Mapping[str, int]) -> str:
    """What reads the CSV files of the tables into polars."""
    about = {
        table.name: (
            table.label,
            f"{table.name}.csv",
            counts[table.name],
            {
                one.name: (one.label, one.data_type.value, one.code_list.oid if one.code_list else "")
                for one in table.variables
            },
        )
        for table in tables
    }
    lists = {oid: texts_of(found) for oid, found in code_lists(tables).items()}
    return _filled("read_py.txt", _python(lists), _python(about))


def in_r(tables: Sequence[TabularDataset], counts: Mapping[str, int]) -> str:
    """What reads the CSV files of the tables into R."""
    lists = [
        f"add_code_list({_r(oid)}, {_r_vector(texts_of(found))}, {_r_vector(texts_of(found).values())})"
        for oid, found in code_lists(tables).items()
    ]
    calls = [_r_call(table, counts[table.name]) for table in tables]
    return _filled("read_r.txt", "\n".join(lists), "\n".join(calls) + "\n")


def _r_call(table: TabularDataset, count: int) -> str:
    columns = [
        "  "
        + _r_vector((one.name, one.label, one.data_type.value, one.code_list.oid if one.code_list else ""))
        for one in table.variables
    ]
    head = f"datasets[[{_r(table.name)}]] <- read_dataset({_r(table.name + '.csv')}, {count}, {_r(table.label)}, list("
    return head + "\n" + ",\n".join(columns) + "\n))"


def _filled(name: str, lists: str, datasets: str) -> str:
    program = files(__package__).joinpath(name).read_text(encoding="utf-8")
    before, between, after = re.split("@code_lists@|@datasets@", program)
    return f"{before}{lists}{between}{datasets}{after}"


def _python(value: object, indent: str = "") -> str:
    """A literal with a line for each member of a mapping."""
    if isinstance(value, tuple):
        return f"({', '.join(_python(one, indent) for one in value)})"
    if not isinstance(value, dict):
        return repr(value)
    if not value:
        return "{}"
    further = indent + "    "
    lines = "".join(f"{further}{key!r}: {_python(one, further)},\n" for key, one in value.items())
    return f"{{\n{lines}{indent}}}"


def _r_vector(texts: Iterable[str]) -> str:
    return f"c({', '.join(map(_r, texts))})" if texts else "character(0)"


def _r(text: str) -> str:
    """A string of R in ASCII, for R takes other characters in a program for those of its locale."""
    return '"' + "".join(map(_r_character, text)) + '"'


def _r_character(one: str) -> str:
    if one in '"\\':
        return f"\\{one}"
    return one if " " <= one <= "~" else f"\\U{ord(one):08x}"
