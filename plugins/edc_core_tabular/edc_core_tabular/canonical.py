"""How a cell of a type is written. A format that would take more, such as ``007`` or ``1e3``, would not give it back."""

from edc_core.api import DataType

_DECIMAL = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"

#: By type a pattern of the whole cell, for RE2 as for ``re``; other types are text.
CANONICAL = {
    DataType.INTEGER: "0|-?[1-9][0-9]*",
    DataType.FLOAT: _DECIMAL,
    DataType.DOUBLE: _DECIMAL,
    DataType.BOOLEAN: "true|false",
    DataType.DATE: "[0-9]{4}-[0-9]{2}-[0-9]{2}",
}
