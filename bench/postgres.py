"""A PostgreSQL server for one run, with the disk waited for: a cluster as the tests make it, or ``EDC_TEST_PG_URL``."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres

OPTIONS = "-c shared_buffers=256MB -c max_connections=100"


@contextmanager
def server() -> Iterator[str | None]:
    """The server's URL; ``None`` where there is none."""
    if named := os.environ.get("EDC_TEST_PG_URL"):
        yield postgres.sqlalchemy_url(named)
        return
    folder = Path(tempfile.mkdtemp(prefix="edc-bench-pg-"))
    folder.chmod(0o755)  # the server's own user must get through
    cluster = postgres.make_cluster(folder / "data")
    try:
        if cluster is not None:
            cluster.start(OPTIONS)
        yield cluster.url if cluster is not None else None
    finally:
        if cluster is not None:
            cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(server_url: str) -> Iterator[str]:
    """A database of its own."""
    name = f"edc_bench_{uuid.uuid4().hex}"
    postgres.execute(server_url, f'CREATE DATABASE "{name}"')
    yield postgres.with_database(server_url, name)
    postgres.execute(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')
