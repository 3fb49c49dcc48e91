"""The type that a field's values have here."""

from __future__ import annotations

import re

from edc_core.api import DataType
from edc_core_redcap.project import Field
from edc_core_redcap.validations import validation_of

_WHOLE = re.compile(r"-?(0|[1-9]\d*)")
_DECIMAL = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")


def data_type_of(one: Field) -> DataType:
    """Answers whose codes are all numbers are numbers, since REDCap adds and compares them; others are texts."""
    if one.type == "text":
        return validation_of(one.validation).data_type
    if one.type == "slider":
        return DataType.INTEGER
    if one.type == "calc":
        return DataType.FLOAT
    if one.choices and one.type != "checkbox":
        codes = [choice.code for choice in one.choices]
        if all(_WHOLE.fullmatch(code) for code in codes):
            return DataType.INTEGER
        if all(_DECIMAL.fullmatch(code) for code in codes):
            return DataType.FLOAT
    return DataType.TEXT
