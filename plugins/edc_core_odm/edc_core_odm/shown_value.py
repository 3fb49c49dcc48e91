"""What stands as the value of an item in a file, and flags for what it cannot say."""

from __future__ import annotations

import re

from edc_core.api import DataType
from edc_core_odm.code_lists import flag
from edc_core_odm.own_marks import ILLEGAL, escape

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_ISO_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII)
_ISO_TIME = re.compile(r"\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
#: Typed text that is a value of its type in ODM as it stands, so it is written rather than our canonical spelling.
AS_TYPED: dict[DataType, re.Pattern[str]] = {
    DataType.INTEGER: re.compile(r"[+-]?\d+", re.ASCII),
    DataType.FLOAT: _NUMBER,
    DataType.DOUBLE: _NUMBER,
    DataType.BOOLEAN: re.compile(r"true|false|1|0"),
    DataType.DATE: _ISO_DATE,
    DataType.PARTIAL_DATE: _ISO_DATE,
    DataType.INCOMPLETE_DATE: _ISO_DATE,
    DataType.DATETIME: _ISO_DATE,
    DataType.PARTIAL_DATETIME: _ISO_DATE,
    DataType.INCOMPLETE_DATETIME: _ISO_DATE,
    DataType.TIME: _ISO_TIME,
    DataType.PARTIAL_TIME: _ISO_TIME,
    DataType.INCOMPLETE_TIME: _ISO_TIME,
}
_NUMBERS = frozenset({AS_TYPED[DataType.INTEGER], _NUMBER})
ANY = re.compile(r".*", re.DOTALL)


def shown(
    raw: str, value: str | None, missing: str, reading: str, typed: re.Pattern[str], *, is_null: bool
) -> tuple[str | None, list[str]]:
    """The text of a value (``None`` for IsNull) and its flags.

    :param typed: see ``AS_TYPED``. :param is_null: whether the file that brought a blank said so.
    """
    if missing:
        return None, [flag("MISSING", escape(missing))]
    if is_null and not raw:
        return None, []
    flags: list[str] = []
    text = raw
    if reading == "unreadable":
        flags.append(flag("READING", "unreadable"))
    elif value is not None:
        if raw != value and typed.fullmatch(raw) is None:
            text = value
        if typed in _NUMBERS and typed.fullmatch(value) is None:
            flags.append(flag("READING", "censored"))
    if text != raw or ILLEGAL.search(raw) is not None:
        flags.append(flag("RAW", escape(raw)))
    return text, flags
