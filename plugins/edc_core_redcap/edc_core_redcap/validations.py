"""What a text field is checked for in REDCap, and the type that its values have here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from edc_core.api import DataType

_PLACES = re.compile(r"number_(\d)dp(?:_comma_decimal)?")


@dataclass(frozen=True, slots=True)
class Validation:
    """A kind of text.

    :param places: decimal places, exactly. :param is_kept: the type says everything that REDCap checks.
    :param is_known: REDCap brings it; others are of one installation.
    """

    data_type: DataType = DataType.TEXT
    places: int | None = None
    is_kept: bool = False
    is_known: bool = True


_DATED = {f"{kind}_{order}": Validation(data_type, is_kept=True)
          for kind, data_type in (("date", DataType.DATE), ("datetime", DataType.DATETIME),
                                  ("datetime_seconds", DataType.DATETIME))
          for order in ("ymd", "mdy", "dmy")}  # fmt: skip
_KNOWN = {
    "": Validation(is_kept=True),
    **_DATED,
    "time": Validation(DataType.TIME, is_kept=True),
    "time_hh_mm_ss": Validation(DataType.TIME, is_kept=True),
    "integer": Validation(DataType.INTEGER, is_kept=True),
    "number": Validation(DataType.FLOAT, is_kept=True),
    "number_comma_decimal": Validation(DataType.FLOAT, is_kept=True),
}
#: Texts of a form of their own, which the language of checks has no words for. ``time_mm_ss`` is no time of day.
_TEXTS = frozenset((
    "time_mm_ss", "email", "alpha_only", "ssn", "mrn_10d", "mrn_generic", "vmrn", "phone", "phone_australia", "phone_uk",
    "phone_france", "zipcode", "postalcode_australia", "postalcode_canada", "postalcode_french", "postalcode_germany",
    "postalcode_uk",
))  # fmt: skip


def validation_of(name: str) -> Validation:
    """How a validation is represented; an unknown one is a text."""
    if name in _KNOWN:
        return _KNOWN[name]
    if match := _PLACES.fullmatch(name):
        return Validation(DataType.FLOAT, int(match[1]), is_kept=True)
    return Validation(is_known=name in _TEXTS)


def limit_text(data_type: DataType, text: str) -> str | None:
    """A limit in canonical text (a comma is a decimal point), or ``None`` when it is none of the type."""
    text = text.strip()
    if data_type is DataType.DATE:
        return text if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    if data_type is DataType.DATETIME:
        match = re.fullmatch(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)", text)
        return f"{match[1]}T{match[2]}" if match else None
    if data_type is DataType.TIME:
        return text if re.fullmatch(r"\d\d:\d\d(:\d\d)?", text) else None
    number = text.replace(",", ".")
    return number if re.fullmatch(r"-?\d+(\.\d+)?", number) else None
