"""The headers of a transport file: records of 80 bytes (SAS TS-140)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

RECORD = 80
NUMBER, TEXT = 1, 2
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_NAMESTR = struct.Struct(">4h8s40s8s3h2x8s2hi52x")  # 140 bytes


@dataclass(frozen=True, slots=True)
class Field:
    """A variable as the file declares it.

    :param kind: NUMBER or TEXT. :param width: bytes in a row. :param format_name: of SAS, with its width and decimals.
    """

    name: str
    label: bytes
    kind: int
    width: int
    format_name: str = ""
    format_width: int = 0
    format_decimals: int = 0


def file_header(name: str, label: bytes, fields: Sequence[Field], created_at: str) -> bytes:
    """Everything before the first row.

    :param created_at: ISO 8601; the file holds it to the second.
    """
    time = datetime.fromisoformat(created_at)
    at = f"{time:%d}{MONTHS[time.month - 1]}{time:%y:%H:%M:%S}"
    system = f"{'9.4':<8}{'':<8}{'':<24}{at:<16}"
    lines = [
        _marker("LIBRARY", "0" * 30),
        f"{'SAS':<8}{'SAS':<8}{'SASLIB':<8}{system}",
        f"{at:<80}",
        _marker("MEMBER", f"{'0' * 17}1600000000140"),
        _marker("DSCRPTR", "0" * 30),
        f"{'SAS':<8}{name:<8}{'SASDATA':<8}{system}",
    ]
    described = f"{at:<32}".encode() + label.ljust(40) + b" " * 8
    lines_of_fields = _marker("NAMESTR", f"000000{len(fields):04}{'0' * 20}").encode()
    return b"".join(
        [
            "".join(lines).encode(),
            described,
            lines_of_fields,
            padded(_namestrs(fields)),
            _marker("OBS", "0" * 30).encode(),
        ]
    )


def padded(data: bytes) -> bytes:
    """Filled with blanks to whole records."""
    return data + b" " * (-len(data) % RECORD)


def _marker(name: str, numbers: str) -> str:
    return f"HEADER RECORD*******{name:<8}HEADER RECORD!!!!!!!{numbers}  "


def _namestrs(fields: Sequence[Field]) -> bytes:
    said, position = [], 0
    for number, one in enumerate(fields, 1):
        said.append(
            _NAMESTR.pack(
                one.kind, 0, one.width, number, one.name.ljust(8).encode(), one.label.ljust(40),
                one.format_name.ljust(8).encode(), one.format_width, one.format_decimals, 0,
                b" " * 8, 0, 0, position,
            )
        )  # fmt: skip
        position += one.width
    return b"".join(said)
