"""Files that a subject's chain says were given: the ledger itself, read by place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from sqlalchemy import bindparam, or_, select

from edc_core.domain.file_value import FILE_SCAN, FileScan, FileValue
from edc_core.domain.ledger_entry import STUDY_CHAIN, EntryKind
from edc_core.store.ledger_tables import ledger_entry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from sqlalchemy import Connection

_GIVEN = (
    select(ledger_entry.c.payload)
    .where(
        ledger_entry.c.study_id == bindparam("study"),
        ledger_entry.c.chain == bindparam("chain"),
        ledger_entry.c.path == bindparam("at"),
        ledger_entry.c.kind == EntryKind.FILE_ADD.value,
    )
    .order_by(ledger_entry.c.n)
)
_EVERY = (
    select(ledger_entry.c.study_id, ledger_entry.c.chain, ledger_entry.c.n, ledger_entry.c.payload)
    .where(ledger_entry.c.kind.in_([EntryKind.FILE_ADD.value, EntryKind.SIGN_SET.value]))
    .order_by(ledger_entry.c.study_id, ledger_entry.c.chain, ledger_entry.c.n)
)


_SCANS = (
    select(ledger_entry.c.payload, ledger_entry.c.at)
    .where(
        ledger_entry.c.study_id == bindparam("study"),
        ledger_entry.c.chain == STUDY_CHAIN,
        ledger_entry.c.kind == EntryKind.NOTE_ADD.value,
        ledger_entry.c.actor.startswith("system:"),
        ledger_entry.c.payload.contains(f'"topic":"{FILE_SCAN}"', autoescape=True),
    )
    .order_by(ledger_entry.c.n)
)


class FileEntry(NamedTuple):
    """Where the ledger says that a file was given."""

    study_id: str
    chain: str
    n: int
    file: FileValue


def payload_of(file: FileValue, kind: str) -> dict[str, Any]:
    """As ``file.add`` holds it; numbers are text.

    :param kind: name of a ``FileKind``.
    """
    return {"sha256": file.sha256, "bytes": str(file.size), "name": file.name, "type": kind}


def given_at(connection: Connection, study_id: str, chain: str, path: str) -> list[FileValue]:
    """Every file that was given at a place, the first one first."""
    rows = connection.execute(_GIVEN, {"study": study_id, "chain": chain, "at": path})
    return [file for (payload,) in rows if (file := file_of(_read(payload))) is not None]


def scans(
    connection: Connection,
    study_id: str,
    of: Collection[str] = (),
    *,
    since: str = "",
    upto: int | None = None,
) -> dict[str, FileScan]:
    """What scanners said last, by SHA-256 of the file. :param of: of these; of all where it is empty.

    :param since: only what was said from this instant on. :param upto: only what stands up to there in the chain of the study.
    """
    statement = _SCANS.where(ledger_entry.c.at >= since)
    if upto is not None:
        statement = statement.where(ledger_entry.c.n <= upto)
    if of:
        statement = statement.where(or_(*(ledger_entry.c.payload.contains(sha256) for sha256 in of)))
    rows = [(orjson.loads(row.payload), row.at) for row in connection.execute(statement, {"study": study_id})]
    return {said["name"]: FileScan(**said["content"], at=at) for said, at in rows}


def every(
    connection: Connection, study_id: str | None, *, of: str = "", since: str = ""
) -> Iterator[FileEntry]:
    """Every file of a study, or of the installation; the manifest of a signature is one too. None that was taken out.

    :param of: only entries that have this SHA-256. :param since: only what was given from this instant on.
    """
    for row, known in _known(connection, study_id, of, since):
        if (file := file_of(known)) is not None:
            yield FileEntry(row.study_id, row.chain, row.n, file)


def taken_out(connection: Connection, study_id: str | None) -> Iterator[FileEntry]:
    """Every file, or manifest as it was signed, that two persons took out and that no other entry names."""
    for row, known in list(_known(connection, study_id)):
        if known.get("redacted"):
            file = FileValue(str(known["sha256"]), int(known["bytes"]), str(known["name"]))
            if not is_named(connection, file.sha256):
                yield FileEntry(row.study_id, row.chain, row.n, file)


def is_named(connection: Connection, sha256: str) -> bool:
    """Whether an entry of any study needs a file."""
    return any(entry.file.sha256 == sha256 for entry in list(every(connection, None, of=sha256)))


def _known(
    connection: Connection, study_id: str | None, of: str = "", since: str = ""
) -> Iterator[tuple[Any, dict[str, Any]]]:
    statement = _EVERY.where(ledger_entry.c.at >= since)
    if study_id is not None:
        statement = statement.where(ledger_entry.c.study_id == study_id)
    if of:
        statement = statement.where(ledger_entry.c.payload.contains(of))
    for row in connection.execute(statement, execution_options={"yield_per": 1000}):
        if (known := _read(row.payload)) is not None:
            yield row, known


def _read(payload: str) -> dict[str, Any] | None:
    """:return: ``None`` where a payload is no longer what was written."""
    try:
        known = orjson.loads(payload)
    except ValueError:
        return None
    return known if isinstance(known, dict) else None


def file_of(known: Mapping[str, Any] | None) -> FileValue | None:
    """The file of a payload. :return: ``None`` where it was taken out, or the payload is no longer what was written."""
    try:
        if known and known.get("redacted"):
            known = known["left"]  # of a manifest something is left, of a file nothing
        return FileValue(str(known["sha256"]), int(known["bytes"]), str(known["name"]))  # type: ignore[index]
    except (KeyError, ValueError, TypeError):
        return None
