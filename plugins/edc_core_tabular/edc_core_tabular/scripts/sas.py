"""``read.sas``: transport files with whole labels and the texts of codes, for which the files have no room."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from edc_core.api import NUMBERS, CodeList, TabularDataset, Variable
from edc_core_tabular.formats.labels import short
from edc_core_tabular.scripts.codes import code_lists, texts_of

LONGEST_LABEL = 256  #: bytes of a label in a SAS dataset
LONGEST_NAME = 31  #: of a format, with the ``$`` of one for text
HEAD = """\
/* Reads the transport files beside this program into WORK, with whole labels and formats for codes.

   Say where the files lie, then submit it. Text is in {encoding}: a SAS session of another encoding reads it wrong.
   Every number of rows is checked against the export. */
%let folder = .;

%macro rows(name, expected);
  %local found;
  proc sql noprint; select count(*) into :found trimmed from work.&name; quit;
  %if &found ne &expected %then %put ERROR: &name has &found rows, and the export has &expected..;
%mend;
"""


def in_sas(tables: Sequence[TabularDataset], counts: Mapping[str, int], encoding: str) -> str:
    """What reads the transport files of the tables. :param counts: records of each dataset by its name."""
    formats = _format_names(tables)
    lists = code_lists(tables)
    said = [HEAD.format(encoding=encoding), "proc format;"]
    said += [_format(name, lists[oid]) for (oid, _), name in formats.items() if lists[oid].items]
    said.append("run;\n")
    said += [_dataset(table, counts[table.name], formats) for table in tables]
    return "\n".join(said)


def _format_names(tables: Sequence[TabularDataset]) -> dict[tuple[str, bool], str]:
    """By code list and whether its codes are numbers: a name of letters and ``_``, for a digit at its end is a width."""
    wanted = {
        (one.code_list.oid, one.data_type in NUMBERS): one
        for table in tables
        for one in table.variables
        if one.code_list
    }
    names: dict[tuple[str, bool], str] = {}
    taken: set[str] = set()
    for oid, is_number in sorted(wanted):
        stem = re.sub(r"\W", "_", oid, flags=re.ASCII).upper()
        stem = f"F{stem}" if stem[:1].isdigit() else stem or "F"
        number, name = 1, _ended(stem, "_")
        while name in taken:
            number, name = number + 1, _ended(stem, f"_{number + 1}_")
        taken.add(name)
        names[oid, is_number] = name if is_number else f"${name}"
    return names


def _ended(stem: str, end: str) -> str:
    return stem[: LONGEST_NAME - 1 - len(end)] + end


def _format(name: str, found: CodeList) -> str:
    is_text = name.startswith("$")
    lines = [
        f"    {_quoted(code) if is_text else code} = {_quoted(text)}"
        for code, text in texts_of(found).items()
        if is_text or re.fullmatch(r"-?\d+(\.\d+)?", code, re.ASCII)
    ]
    return "\n".join([f"  value {name}", *lines]) + ";"


def _dataset(table: TabularDataset, count: int, formats: Mapping[tuple[str, bool], str]) -> str:
    name = _name(table)
    labels = [
        f"    {_name(one)} = {_quoted(short(one.label, LONGEST_LABEL))}"
        for one in table.variables
        if one.label
    ]
    coded = [
        f"    {_name(one)} {formats[one.code_list.oid, one.data_type in NUMBERS]}."
        for one in table.variables
        if one.code_list and one.code_list.items
    ]
    lines = [
        f"/* {table.name} */",
        f'libname edc xport "&folder/{name.lower()}.xpt";',
        f"data work.{name} (label={_quoted(short(table.label, LONGEST_LABEL))});",
        f"  set edc.{name};",
        *(["  label", *labels, "  ;"] if labels else []),
        *(["  format", *coded, "  ;"] if coded else []),
        "run;",
        "libname edc clear;",
        f"%rows({name}, {count});\n",
    ]
    return "\n".join(lines)


def _name(one: TabularDataset | Variable) -> str:
    return (one.sas_name or one.name).upper()


def _quoted(text: str) -> str:
    """Single quotes: SAS looks for macros in double ones."""
    return "'" + " ".join(text.split()).replace("'", "''") + "'"
