"""What Dataset-JSON 1.1 says of a dataset and its columns, and what becomes of a cell."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from edc_core.api import DATES, DATETIMES, TIMES, DataType, ExportDataset, TabularDataset, Variable
from edc_core_tabular.canonical import CANONICAL

VERSION = "1.1.0"
MOST_EXACT = 2**53 - 1  #: beyond, a reader that has no integers of its own (RFC 8259, section 6) loses digits
_DECIMALS = frozenset({DataType.FLOAT, DataType.DOUBLE})

Cells = list[str | None]
Encode = Callable[[Cells], list[Any]]


def header(dataset: ExportDataset, table: TabularDataset, records: int, software: str) -> dict[str, Any]:
    """Everything but the rows: the attributes of the top level in the order of the specification.

    :param software: version of the framework.
    """
    return {
        "datasetJSONCreationDateTime": dataset.created_at,
        "datasetJSONVersion": VERSION,
        "fileOID": f"{dataset.study_oid}.{dataset.environment}.{dataset.cut}.{table.name}",
        "dbLastModifiedDateTime": dataset.created_at,
        "sourceSystem": {"name": "edc-core", "version": software},
        "studyOID": dataset.study_oid,
        "metaDataVersionOID": dataset.newest.version.oid,
        "itemGroupOID": table.oid or f"IG.{table.name}",
        "records": records,
        "name": table.name,
        "label": table.label,
        "columns": [_column(table, variable) for variable in table.variables],
    }


def _column(table: TabularDataset, variable: Variable) -> dict[str, Any]:
    said: dict[str, Any] = {
        "itemOID": variable.oid or f"IT.{table.name}.{variable.name}",
        "name": variable.name,
        "label": variable.label,
        "dataType": _data_type(variable.data_type),
    }
    if variable.data_type in _DECIMALS:
        said["targetDataType"] = "decimal"
    if variable.length and said["dataType"] in ("string", "URI"):
        said["length"] = variable.length
    if variable.display_format:
        said["displayFormat"] = variable.display_format
    if variable.key_sequence:
        said["keySequence"] = variable.key_sequence
    return said


def _data_type(data_type: DataType) -> str:
    """Numbers with decimal places are ``decimal``, a text that keeps every digit; a date may lack its day, as ISO 8601."""
    if data_type in _DECIMALS:
        return "decimal"
    if data_type in DATES:
        return "date"
    if data_type in TIMES:
        return "time"
    if data_type in DATETIMES:
        return "datetime"
    return data_type.value if data_type in (DataType.INTEGER, DataType.BOOLEAN, DataType.URI) else "string"


def encoder(variable: Variable) -> Encode | None:
    """What makes of cells what stands in the rows; None where they stand as they are.

    It raises BadCell with the place of the first one that would not come back as it is.
    """
    return {DataType.INTEGER: _integers, DataType.BOOLEAN: _booleans}.get(variable.data_type)


class BadCell(ValueError):
    """:param place: of the cell among those given. :param why: goes on after its name."""

    def __init__(self, place: int, why: str) -> None:
        super().__init__(why)
        self.place, self.why = place, why


def _integers(cells: Cells) -> list[int | None]:
    given = [cell for cell in cells if cell is not None]
    try:
        numbers = list(map(int, given))
    except ValueError:
        numbers = []
    if list(map(str, numbers)) != given:
        odd = re.compile(CANONICAL[DataType.INTEGER]).fullmatch
        place = next(place for place, cell in enumerate(cells) if cell is not None and not odd(cell))
        raise BadCell(place, "is no integer in its shortest form")
    if numbers and not -MOST_EXACT <= min(numbers) <= max(numbers) <= MOST_EXACT:
        place = next(place for place, cell in enumerate(cells) if cell and abs(int(cell)) > MOST_EXACT)
        raise BadCell(place, f"is beyond ±{MOST_EXACT}, where JSON readers lose digits")
    if len(numbers) == len(cells):
        return list(numbers)
    rest = iter(numbers)
    return [None if cell is None else next(rest) for cell in cells]


def _booleans(cells: Cells) -> list[bool | None]:
    truth = {"true": True, "false": False, None: None}
    for place, cell in enumerate(cells):
        if cell not in truth:
            raise BadCell(place, "is neither true nor false")
    return [truth[cell] for cell in cells]
