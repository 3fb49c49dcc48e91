"""Anchors: chain roots appended to a file outside the database, so that a re-hashed chain shows."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import select

from edc_core.store.ledger_tables import access_log

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class AnchorLine:
    """One line of the anchor file.

    :param prev: root of the line before for the same study; empty for the first.
    :param access_log: number of access log rows covered and their running digest.
    """

    study_id: str
    study: str
    at: str
    root: str
    leaves: int
    prev: str
    access_rows: int
    access_sha256: str

    def as_bytes(self) -> bytes:
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS) + b"\n"


def read_file(path: str) -> list[AnchorLine]:
    """Lines of an anchor file in order; none when there is no file yet.

    :raises ValueError: when a line is not an anchor; the message names its number.
    """
    if not Path(path).exists():
        return []
    lines = []
    for number, line in enumerate(Path(path).read_bytes().splitlines(), start=1):
        try:
            data: Mapping[str, object] = orjson.loads(line)
            lines.append(AnchorLine(**data))  # type: ignore[arg-type]
        except (orjson.JSONDecodeError, TypeError) as error:
            raise ValueError(f"line {number} of the anchor file cannot be read") from error
    return lines


def append_line(path: str, line: AnchorLine) -> None:
    """Append one line and wait until the disk has it."""
    with Path(path).open("ab") as handle:
        handle.write(line.as_bytes())
        handle.flush()
        os.fsync(handle.fileno())


def access_digest(connection: Connection, upto: int | None = None) -> tuple[int, str]:
    """Number of access log rows and the SHA-256 running over them, in order of their ids.

    :param upto: look at the first so many rows only.
    """
    digest, count = hashlib.sha256(), 0
    statement = select(access_log).order_by(access_log.c.id)
    names = sorted(column.name for column in access_log.columns)
    for row in connection.execute(statement.limit(upto), execution_options={"yield_per": 5000}).mappings():
        digest.update(orjson.dumps([row[name] for name in names]))
        count += 1
    return count, digest.hexdigest()
