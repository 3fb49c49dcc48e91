"""The floor of an item save over HTTP: one Flask view and hand-written SQL into the same tables.

It parses the form, checks the number, takes the head of the subject's chain, writes a ledger row, the item and
the head in one transaction, and answers with a fragment. It knows no users, no rights, no versions, no queries.
"""

from __future__ import annotations

import fcntl
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from flask import Flask, request

from bench.raw_rows import (
    INSERT_ENTRY,
    INSERT_HEAD,
    UPDATE_HEAD,
    UPSERT_ITEM,
    Row,
    connect,
    entry_rows,
    item_rows,
)

STUDY = "study"
HEAD = "SELECT n, hash FROM chain_head WHERE study_id = ? AND chain = ?"
Execute = Callable[[str, Any], Any]


def for_psycopg(statement: str) -> str:
    return statement.replace("?", "%s")


class Sqlite:
    """A connection for each thread, and a lock file around each write as ours has."""

    head = HEAD

    def __init__(self, url: str) -> None:
        self._file = url.partition(":///")[2]
        self._local = threading.local()
        self._lock = threading.Lock()

    @contextmanager
    def write(self) -> Iterator[Execute]:
        if not hasattr(self._local, "connection"):
            from pathlib import Path

            self._local.connection = connect(Path(self._file))
        connection: sqlite3.Connection = self._local.connection
        with self._lock, open(f"{self._file}.lock", "a") as lock:  # noqa: PTH123
            fcntl.flock(lock, fcntl.LOCK_EX)
            connection.execute("BEGIN IMMEDIATE")
            yield connection.execute
            connection.execute("COMMIT")


class Postgres:
    """A connection for each thread; the row of the chain's head is the lock."""

    head = HEAD + " FOR UPDATE"

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._local = threading.local()

    @contextmanager
    def write(self) -> Iterator[Execute]:
        if not hasattr(self._local, "connection"):
            self._local.connection = psycopg.connect(self._url)
        connection: psycopg.Connection[Any] = self._local.connection
        with connection.transaction():
            yield lambda statement, values: connection.execute(for_psycopg(statement).encode(), values)


def create_app(url: str) -> Flask:
    app = Flask("bench.raw")
    database = Sqlite(url) if url.startswith("sqlite") else Postgres(url)

    @app.post("/subjects/<chain>/items/<path:path>")
    def save(chain: str, path: str) -> str:
        value, base = str(int(request.form["value"])), int(request.form["base"])
        with database.write() as execute:
            found = execute(database.head, (STUDY, chain)).fetchone()
            if found is None:
                execute(INSERT_HEAD, (STUDY, chain))
            n, prev = found or (0, "")
            entries, digest, at = entry_rows(STUDY, chain, n, prev, [(path, value, base + 1)])
            items: list[Row] = item_rows(entries, [base + 1])
            execute(INSERT_ENTRY, entries[0])
            execute(UPSERT_ITEM, items[0])
            execute(UPDATE_HEAD, (n + 1, digest, at, STUDY, chain))
        return f'<div class="nt" id="m-{n}" aria-live="polite"></div>'

    return app
