"""Tables of forms within the limits of a transport file, without losing anything: long texts go on in further variables.

Datasets for an authority are not changed so: their limits are those of a standard, and who makes them splits by its rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from edc_core.api import Record, TabularDataset, Variable
from edc_core_tabular.formats.batch import Batch, chunks_of
from edc_core_tabular.formats.labels import short
from edc_core_tabular.formats.xpt.columns import LONGEST_TEXT, column_of
from edc_core_tabular.formats.xpt.names import LONGEST_LABEL, LONGEST_NAME
from edc_core_tabular.formats.xpt.records import TEXT

MOST_BYTES = 4  #: of a character, in any encoding


def continued(table: TabularDataset, encoding: str) -> TabularDataset:
    """The dataset with as many variables for a text as its longest needs. It is read once for that.

    ``AETERM`` goes on in ``AETERM2``, ``AETERM3``: joined, they are the text again.
    """
    counts = _pieces_of_longest(table, encoding)
    if set(counts) <= {1}:
        return table
    taken = {_name(variable) for variable in table.variables}
    variables: list[Variable] = []
    for variable, count in zip(table.variables, counts, strict=True):
        variables.append(variable)
        variables += [
            replace(
                variable,
                name=f"{variable.name}_{number}",
                label=f"{variable.label} ({number})",
                sas_name=_further(_name(variable), number, taken),
                key_sequence=0,
            )
            for number in range(2, count + 1)
        ]
    return TabularDataset(
        table.name, table.label, tuple(variables), lambda: _continued(table, counts, encoding),
        table.sas_name, table.oid, table.domain,
    )  # fmt: skip


def with_short_labels(table: TabularDataset, encoding: str) -> TabularDataset:
    """The dataset with labels of at most 40 bytes; see ``short``."""
    return replace(
        table,
        label=short(table.label, LONGEST_LABEL, encoding),
        variables=tuple(
            replace(variable, label=short(variable.label, LONGEST_LABEL, encoding))
            for variable in table.variables
        ),
    )


def pieces(text: str, encoding: str) -> list[str]:
    """A text in pieces of at most 200 bytes. None ends with a blank, which SAS would lose; so a long run of blanks stays whole.

    Joined they are the text without blanks at its end. Characters that the encoding lacks count as one byte: they are
    refused later.
    """
    text = text.rstrip(" ")
    found = []
    while len(text.encode(encoding, "replace")) > LONGEST_TEXT:
        end = _fitting(text, encoding)
        while end and text[end - 1] == " ":
            end -= 1
        if not end:
            break
        found.append(text[:end])
        text = text[end:]
    return [*found, text]


def _fitting(text: str, encoding: str) -> int:
    """How many characters from its beginning fit."""
    size = 0
    for number, one in enumerate(text):
        size += len(one.encode(encoding, "replace"))
        if size > LONGEST_TEXT:
            return number
    return len(text)


def _split(cell: str | None, encoding: str) -> Sequence[str]:
    if cell is None or len(cell) * MOST_BYTES <= LONGEST_TEXT:
        return (cell or "",)
    return pieces(cell, encoding)


def _pieces_of_longest(table: TabularDataset, encoding: str) -> list[int]:
    texts = [n for n, variable in enumerate(table.variables) if column_of(variable, encoding).kind == TEXT]
    counts = [1] * len(table.variables)
    for chunk in chunks_of(table):
        for number in _perhaps_too_long(chunk.batch(), texts):
            counts[number] = max(
                counts[number], *(len(_split(cell, encoding)) for cell in chunk.column(number))
            )
    return counts


def _perhaps_too_long(batch: Batch | None, texts: Sequence[int]) -> Sequence[int]:
    """Variables with a text that may take more bytes in the encoding of the file than one variable holds."""
    if batch is None or not texts:
        return texts
    most = LONGEST_TEXT if batch.is_ascii else LONGEST_TEXT // MOST_BYTES
    longest = batch.lengths.max(axis=0).tolist()
    return [number for number in texts if longest[number] > most]


def _continued(table: TabularDataset, counts: Sequence[int], encoding: str) -> Iterator[Record]:
    for record in table.records():
        row: list[str | None] = []
        for cell, count in zip(record, counts, strict=True):
            found = [cell] if count == 1 else _split(cell, encoding)
            row += [*found, *[None] * (count - len(found))]
        yield row


def _name(variable: Variable) -> str:
    return (variable.sas_name or variable.name).upper()


def _further(name: str, number: int, taken: set[str]) -> str:
    """``AETERM2``; where that is taken, the next number that is free."""
    while True:
        further = name[: LONGEST_NAME - len(str(number))] + str(number)
        if further not in taken:
            taken.add(further)
            return further
        number += 1
