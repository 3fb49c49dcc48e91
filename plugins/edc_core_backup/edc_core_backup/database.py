"""The two kinds of database: copied while people work, restored aside, and the ends of the chains that a copy has."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import uuid
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, unquote

from edc_core.api import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

HEADS = "SELECT study_id, chain, n, hash FROM chain_head"

#: The end of a chain: study, chain, position, hash.
Head = tuple[str, str, int, str]


class Database(Protocol):
    """A kind of database. :ivar file: name of its copy in a backup."""

    file: str

    def copy(self, to: Path) -> list[Head]:
        """Write a copy, and say where the chains end in it. :raises BadRequest: it cannot be copied from here."""

    def restored(self, copy: Path) -> AbstractContextManager[str]:
        """A database that is made of a copy and gone afterwards, by its address.

        :raises BadRequest: it cannot be restored here.
        """

    def heads(self, address: str) -> list[Head]:
        """Where the chains of a database end."""


def database_of(url: str) -> Database:
    """:raises BadRequest: it is no database that this plugin knows."""
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        return Sqlite(unquote(rest.removeprefix("/").partition("?")[0]))
    if scheme.partition("+")[0] in ("postgresql", "postgres"):
        return Postgres(f"postgresql://{rest}")
    raise BadRequest("EDC_DATABASE_URL names neither an SQLite nor a PostgreSQL database.")


@dataclass(frozen=True)
class Sqlite:
    """:param path: of the database."""

    path: str
    file: str = "database.sqlite"

    def copy(self, to: Path) -> list[Head]:
        """See ``Database``: the online backup of SQLite, which may run while people write."""
        if not Path(self.path).is_file():
            raise BadRequest(f"There is no database '{self.path}'. EDC_DATABASE_URL says where it is.")
        with closing(_read(self.path)) as source, closing(sqlite3.connect(to)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # a copy is one file
        return self.heads(f"sqlite:///{to}")

    @contextmanager
    def restored(self, copy: Path) -> Iterator[str]:
        """See ``Database``: the copy is a database by itself; it stays as it is, for what is opened may be written to."""
        aside = copy.with_name(f".aside-{uuid.uuid4().hex}")
        aside.mkdir()
        try:
            yield f"sqlite:///{shutil.copyfile(copy, aside / self.file)}"
        finally:
            shutil.rmtree(aside)

    def heads(self, address: str) -> list[Head]:
        """See ``Database``."""
        with closing(_read(address.removeprefix("sqlite:///"))) as connection:
            return sorted(connection.execute(HEADS).fetchall())


def _read(path: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(Path(path).resolve()))}?mode=ro", uri=True)


@dataclass(frozen=True)
class Postgres:
    """:param address: without the name of a driver."""

    address: str
    file: str = "database.dump"

    def copy(self, to: Path) -> list[Head]:
        """See ``Database``: a dump of one instant, and the ends of the chains at the same instant."""
        with self._connected(self.address) as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone()
            heads = sorted(connection.execute(HEADS).fetchall())
            self._run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={to}")
        return heads

    @contextmanager
    def restored(self, copy: Path) -> Iterator[str]:
        """See ``Database``: in a database of its own on the same server."""
        name = f"edc_check_{uuid.uuid4().hex}"
        with self._connected(self.address) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        try:
            self._run("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={name}", str(copy))
            before, question, options = self.address.partition("?")
            yield f"{before.rpartition('/')[0]}/{name}{question}{options}"
        finally:
            with self._connected(self.address) as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def heads(self, address: str) -> list[Head]:
        """See ``Database``."""
        with self._connected(address) as connection:
            return sorted(connection.execute(HEADS).fetchall())

    def _connected(self, address: str) -> Any:
        import psycopg  # an installation on SQLite has it not

        return psycopg.connect(_plain(address), autocommit=True)

    def _run(self, program: str, *arguments: str) -> None:
        from psycopg.conninfo import conninfo_to_dict

        if shutil.which(program) is None:
            raise BadRequest(
                f"{program} is not on this machine: install the client programs of PostgreSQL, of the server's version."
            )
        known = conninfo_to_dict(_plain(self.address))
        names = {
            "host": "PGHOST",
            "port": "PGPORT",
            "user": "PGUSER",
            "password": "PGPASSWORD",
            "dbname": "PGDATABASE",
        }
        environ = os.environ | {names[key]: str(value) for key, value in known.items() if key in names}
        done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, with names that are ours
            [program, *arguments], env=environ, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise BadRequest(
                f"{program} failed: {(done.stderr.strip() or 'it says nothing').splitlines()[-1]}"
            )


def _plain(address: str) -> str:
    """Without our own word ``prepared_statements``, which PostgreSQL does not know."""
    before, _, options = address.partition("?")
    kept = "&".join(one for one in options.split("&") if one and not one.startswith("prepared_statements="))
    return f"{before}?{kept}" if kept else before
