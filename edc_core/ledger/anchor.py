"""Anchors: chain roots appended to a file outside the database, so that a re-hashed chain shows."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select

from edc_core.store.ledger_tables import access_log

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection


#: Begins what is signed, so that a signature means an anchor and nothing else.
SIGNED = b"edc-anchor\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the anchor file, one JSON object.

    :param at: when, UTC ISO 8601.
    :param key: public key that signed it, 64 hex digits; empty before the first key.
    :param signature: Ed25519 over ``SIGNED`` and the line without its signatures, 128 hex digits.
    """

    at: str
    key: str = ""
    signature: str = ""

    def signed_bytes(self) -> bytes:
        return SIGNED + _json(
            {name: value for name, value in self._written().items() if "signature" not in name}
        )

    def as_bytes(self) -> bytes:
        return _json(self._written()) + b"\n"

    def _written(self) -> dict[str, object]:
        """What stands in the file: fields of later releases only where they say something."""
        facts = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in facts.items() if value != "" or name == "prev"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorLine(Line):
    """A state of a study.

    :param prev: root of the line before for the same study; empty for the first.
    :param access_rows: number of access log rows covered, and ``access_sha256`` their running digest.
    """

    study_id: str
    study: str
    root: str
    leaves: int
    prev: str
    access_rows: int
    access_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine(Line):
    """From here on another key signs.

    :param prev_key: the one before; empty for the first.
    :param prev_signature: by the key before, which so hands over; empty where it was lost.
    """

    reason: str = ""
    prev_key: str = ""
    prev_signature: str = ""


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def read_file(path: str) -> list[AnchorLine | KeyLine]:
    """Lines of an anchor file in order; none when there is no file yet.

    :raises ValueError: when a line is not an anchor; the message names its number.
    """
    if not Path(path).exists():
        return []
    return read_lines(Path(path).read_bytes().splitlines())


def read_lines(texts: Iterable[bytes]) -> list[AnchorLine | KeyLine]:
    """:raises ValueError: see ``read_file``."""
    lines: list[AnchorLine | KeyLine] = []
    for number, line in enumerate(texts, start=1):
        try:
            data: dict[str, Any] = orjson.loads(line)
            lines.append(AnchorLine(**data) if "root" in data else KeyLine(**data))
        except (orjson.JSONDecodeError, TypeError) as error:
            raise ValueError(f"line {number} of the anchor file cannot be read") from error
    return lines


def key_in_force(lines: Sequence[AnchorLine | KeyLine]) -> str:
    """The public key that signs from the end of a file on; empty when none does."""
    return next((line.key for line in reversed(lines) if isinstance(line, KeyLine)), "")


def append_line(path: str, line: Line) -> None:
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
