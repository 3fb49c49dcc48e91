"""From cells to typed columns, and what is said of a column in its field."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from edc_core.api import DataType, ExportDataset, ExportRefused, TabularDataset, Variable
from edc_core_tabular.canonical import CANONICAL
from edc_core_tabular.formats.any_text import encodable
from edc_core_tabular.formats.batch import Chunk

DECIMALS = frozenset({DataType.FLOAT, DataType.DOUBLE})
_WIDTHS = (18, 38, 76)  #: digits of a decimal in 64, 128 and 256 bits
_TYPES = {DataType.INTEGER: pa.int64(), DataType.BOOLEAN: pa.bool_(), DataType.DATE: pa.date32()}

Cells = Sequence[str | None]


@dataclass(slots=True)
class Digits:
    """The most digits before and after the point in the cells of a variable."""

    before: int = 1
    after: int = 0

    def see(self, cells: pa.Array) -> None:
        point, length = pc.find_substring(cells, "."), pc.binary_length(cells)
        whole = pc.less(point, 0)
        before = pc.max(
            pc.if_else(whole, length, point)
        ).as_py()  # a minus counts as a digit, which does no harm
        after = pc.max(pc.if_else(whole, 0, pc.subtract(pc.subtract(length, point), 1))).as_py()
        self.before, self.after = max(self.before, before or 0), max(self.after, after or 0)


def text(cells: Cells) -> pa.Array:
    try:
        return pa.array(cells, pa.string())
    except UnicodeEncodeError:
        return pa.array(encodable(cells), pa.string())


def texts(chunk: Chunk, places: Sequence[int]) -> list[pa.Array]:
    """The cells of variables as text; null for nothing."""
    if chunk.waited is None:
        every = len(places) == len(chunk.records[0])
        return [
            text(cells)
            for cells in (zip(*chunk.records, strict=True) if every else map(chunk.column, places))
        ]
    cells = chunk.waited.columns(places)
    return [cells.slice(number * chunk.rows, chunk.rows) for number in range(len(places))]


def check(table: TabularDataset, variable: Variable, array: pa.Array, before: int) -> None:
    """:param array: texts, each of which has to be written as its type asks. :param before: records before these.

    :raises ExportRefused: naming the dataset, the record and the variable.
    """
    pattern = CANONICAL.get(variable.data_type)
    if pattern is not None:
        odd = pc.index(pc.match_substring_regex(array, f"^(?:{pattern})$"), False).as_py()
        if odd >= 0:
            raise refusal(table, variable, before + odd + 1)


def refusal(table: TabularDataset, variable: Variable, record: int) -> ExportRefused:
    return ExportRefused(
        f"Parquet: {variable.name} of record {record} of '{table.name}' is no {variable.data_type.value} that fits. "
        "Give the item the DataType text, or take another format."
    )


def typed(
    table: TabularDataset, variable: Variable, array: pa.Array, wanted: pa.DataType, before: int
) -> pa.Array:
    """Checked cells as their type. :raises ExportRefused: a day of no calendar, an integer of more than 64 bits."""
    if array.type == wanted:
        return array
    try:
        return array.cast(wanted)
    except pa.ArrowInvalid:
        for number, cell in enumerate(array, before + 1):
            try:
                cell.cast(wanted)
            except pa.ArrowInvalid:
                raise refusal(table, variable, number) from None
        raise


def field(table: TabularDataset, variable: Variable, digits: Digits | None) -> pa.Field:
    """The field of a variable. :raises ExportRefused: it has more digits than any decimal of Arrow."""
    wanted = _TYPES.get(variable.data_type, pa.string())
    if digits is not None:
        wanted = _decimal(table, variable, digits)
    said: dict[str, str] = {
        "label": variable.label,
        "data_type": variable.data_type.value,
        "oid": variable.oid,
        "sas_name": variable.sas_name,
        "key_sequence": str(variable.key_sequence or ""),
    }
    if variable.code_list is not None:
        terms = variable.code_list.items
        said["code_list"] = variable.code_list.oid
        said["codes"] = json.dumps(
            {term.coded_value: term.decode.in_language("en") if term.decode else "" for term in terms},
            ensure_ascii=False,
        )
    return pa.field(variable.name, wanted, metadata={name: fact for name, fact in said.items() if fact})


def _decimal(table: TabularDataset, variable: Variable, digits: Digits) -> pa.DataType:
    after = max(digits.after, variable.significant_digits or 0)
    for width in _WIDTHS:
        if digits.before + after <= width:
            return pa.decimal256(width, after) if width > 38 else pa.decimal128(width, after)
    raise ExportRefused(
        f"Parquet: {variable.name} of '{table.name}' has numbers of more than {_WIDTHS[-1]} digits. "
        "Give the item the DataType text, or take another format."
    )


def about(dataset: ExportDataset, table: TabularDataset) -> dict[str, str]:
    """What is said of the table."""
    return {
        "study_oid": dataset.study_oid,
        "environment": dataset.environment,
        "cut": dataset.cut,
        "data_until": dataset.created_at,
        "dataset": table.name,
        "label": table.label,
        "sas_name": table.sas_name,
    }
