"""The floor of a save: the same rows written with sqlite3 alone, by the least code that makes them."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

import orjson

from edc_core.clock import SystemClock, iso
from edc_core.domain.ledger_entry import LedgerEntry
from edc_core.ids import new_id

COLUMNS = tuple(LedgerEntry.__dataclass_fields__)
INSERT_ENTRY = f"INSERT INTO ledger_entry ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
ITEM_COLUMNS = (
    "study_id", "subject_id", "path", "form_path", "event_oid", "event_key", "form_oid", "form_key",
    "group_path", "item_oid", "raw", "value", "missing", "unit", "reading", "version", "n",
)  # fmt: skip
UPSERT_ITEM = (
    f"INSERT INTO item_data ({', '.join(ITEM_COLUMNS)}) VALUES ({', '.join('?' * len(ITEM_COLUMNS))}) "
    "ON CONFLICT (study_id, subject_id, path) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in ITEM_COLUMNS[3:])
)
INSERT_HEAD = "INSERT INTO chain_head (study_id, chain, n, hash, at, checks_n) VALUES (?, ?, 0, '', '', 0)"
UPDATE_HEAD = "UPDATE chain_head SET n = ?, hash = ?, at = ? WHERE study_id = ? AND chain = ?"
INSERT_RECEIPT = "INSERT INTO command_receipt (study_id, op, user_id, request_sha256, status, response) VALUES (?, ?, ?, ?, ?, ?)"

Row = tuple[object, ...]


def connect(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False, timeout=30)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def entry_rows(
    study: str, chain: str, n: int, prev: str, values: Iterable[tuple[str, str, int]]
) -> tuple[list[Row], str, str]:
    """Hashed rows of one operation for (path, value, version), the hash of the last, and their time."""
    at, op = iso(SystemClock().now()), new_id()
    rows: list[Row] = []
    for index, (path, value, version) in enumerate(values):
        n += 1
        payload = orjson.dumps(
            {"raw": value, "value": value, "missing": "", "unit": "", "parsed": "ok", "standard": None,
             "old": None, "version": version, "source": {}, "salt": op},
            option=orjson.OPT_SORT_KEYS,
        )  # fmt: skip
        digest = hashlib.sha256(payload).hexdigest()
        row = {
            "study_id": study, "chain": chain, "n": n, "op": op, "op_index": index, "kind": "item.set", "path": path,
            "meta_data_version": "1", "actor": "crc.kim", "role": "CRC", "site_id": "s", "at": at,
            "user_zone": "Asia/Seoul", "site_zone": "Asia/Seoul", "reason_code": "", "reason_text": "", "origin": "",
            "payload_sha256": digest,
        }  # fmt: skip
        hashed = hashlib.sha256(b"edc2" + prev.encode() + orjson.dumps(row, option=orjson.OPT_SORT_KEYS))
        link, prev = prev, f"edc2:{hashed.hexdigest()}"
        rows.append((*list(row.values())[:17], payload.decode(), digest, link, prev))
    return rows, prev, at


def item_rows(entries: Sequence[Row], versions: Sequence[int]) -> list[Row]:
    """The projection of such entries."""
    rows: list[Row] = []
    for entry, version in zip(entries, versions, strict=True):
        path = str(entry[6])
        event, form, group, item = path.split("/")
        value = orjson.loads(str(entry[17]))["value"]
        rows.append(
            (entry[0], entry[1], path, f"{event}/{form}", event[:-3], "1", form[:-3], "1", group, item,
             value, value, "", "", "ok", version, entry[2])
        )  # fmt: skip
    return rows


class RawForm:
    """A form of one subject, saved again and again by hand-written SQL."""

    def __init__(self, connection: sqlite3.Connection, study: str, paths: Sequence[str]) -> None:
        self._connection, self._study, self._paths = connection, study, paths
        self._chain, self._version = new_id(), 0
        connection.execute(INSERT_HEAD, (study, self._chain))

    def save(self, values: Sequence[str]) -> None:
        """One transaction: head read, ledger rows, item rows, head, receipt."""
        self._version += 1
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        where = (self._study, self._chain)
        n, prev = run("SELECT n, hash FROM chain_head WHERE study_id = ? AND chain = ?", where).fetchone()
        given = [(path, value, self._version) for path, value in zip(self._paths, values, strict=True)]
        entries, digest, at = entry_rows(self._study, self._chain, n, prev, given)
        self._connection.executemany(INSERT_ENTRY, entries)
        self._connection.executemany(UPSERT_ITEM, item_rows(entries, [self._version] * len(entries)))
        run(UPDATE_HEAD, (n + len(entries), digest, at, *where))
        run(INSERT_RECEIPT, (self._study, str(entries[0][3]), "crc.kim", digest[5:], 200, "{}"))
        run("COMMIT")
