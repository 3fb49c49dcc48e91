"""What SPSS and Stata take, and how their files are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyreadstat

from edc_core.api import NUMBERS, DataType, Variable
from edc_core_tabular.formats.labels import short

LONGEST_SAV_LABEL = 64  #: bytes of the label of a dataset
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Software:
    """A program whose files are written.

    :param extension: of its files, and the format's name. :param name: that it takes of a variable. :param any_case: it takes
        names for the same that differ in case only. :param reserved: words that it takes for no name, in lower case.
    :param longest_label: of a variable or a dataset, in bytes. :param longest_value_label: of a code.
    :param longest_text: bytes of a value. :param text_labels: it has labels for the values of texts.
    :param write: of a frame, a path, a label, labels by variable, labels of values by variable, and variables.
    :param stamp: puts the time of the data in the place of the time of writing.
    """

    extension: str
    name: re.Pattern[str]
    any_case: bool
    reserved: frozenset[str]
    longest_label: int
    longest_value_label: int
    longest_text: int
    text_labels: bool
    write: Callable[[Any, Path, str, Mapping[str, str], Mapping[str, Any], Mapping[str, Variable]], None]
    stamp: Callable[[bytearray, datetime], None]


def _write_sav(
    frame: Any, path: Path, label: str, labels: Mapping[str, str], values: Mapping[str, Any],
    variables: Mapping[str, Variable],
) -> None:  # fmt: skip
    numbers = {name: one for name, one in variables.items() if one.data_type in NUMBERS}
    pyreadstat.write_sav(
        frame, str(path), file_label=short(label, LONGEST_SAV_LABEL), column_labels=dict(labels), compress=False,
        variable_value_labels=dict(values), variable_format={name: _decimals(one) for name, one in numbers.items()},
        variable_measure={name: "nominal" if name in values else "scale" for name in numbers},
    )  # fmt: skip


def _decimals(variable: Variable) -> str:
    """As a number is shown; its value is whole."""
    digits = variable.significant_digits
    if digits is None:
        digits = 0 if variable.data_type is DataType.INTEGER else 4
    return f"F16.{digits}"


def _write_dta(
    frame: Any, path: Path, label: str, labels: Mapping[str, str], values: Mapping[str, Any],
    variables: Mapping[str, Variable],
) -> None:  # fmt: skip
    pyreadstat.write_dta(
        frame, str(path), file_label=label, column_labels=dict(labels), version=14,
        variable_value_labels=dict(values),
    )  # fmt: skip


def _stamp_sav(head: bytearray, at: datetime) -> None:
    """The header record has the date at byte 92 and the time at byte 101."""
    head[92:109] = f"{at:%d} {MONTHS[at.month - 1]} {at:%y%H:%M:%S}".encode()


def _stamp_dta(head: bytearray, at: datetime) -> None:
    start = head.index(b"<timestamp>\x11") + 12
    head[start : start + 17] = f"{at:%d} {MONTHS[at.month - 1]} {at:%Y %H:%M}".encode()


SPSS = Software(
    extension="sav",
    name=re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,62}[A-Za-z0-9]|[A-Za-z]", re.ASCII),
    any_case=True,
    reserved=frozenset(["all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"]),
    longest_label=255,
    longest_value_label=120,
    longest_text=32_767,
    text_labels=True,
    write=_write_sav,
    stamp=_stamp_sav,
)
STATA = Software(
    extension="dta",
    name=re.compile(r"(?!str\d+$)[A-Za-z_][A-Za-z0-9_]{0,31}", re.ASCII),
    any_case=False,
    reserved=frozenset(
        [
            "_all",
            "_b",
            "_cons",
            "_n",
            "_pi",
            "_pred",
            "_rc",
            "_skip",
            "_weight",
            "byte",
            "double",
            "float",
            "if",
            "in",
            "int",
            "long",
            "strl",
            "using",
            "with",
        ]
    ),
    longest_label=80,
    longest_value_label=32_000,
    longest_text=2_000_000_000,
    text_labels=False,
    write=_write_dta,
    stamp=_stamp_dta,
)
