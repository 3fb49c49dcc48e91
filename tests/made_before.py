"""A study that tests begin with is made once in a process: the next test that begins with the same has a copy of it.

Publishing and releasing a study is most of what many tests cost, and the matter of few. Those make it anew by
``edc_core.testing.Trial``. What is copied is the file on SQLite, and the rows of every table on PostgreSQL.
"""

import sqlite3
import zlib
from collections import OrderedDict
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from edc_core import testing
from edc_core.domain import metadata_json
from edc_core.store.base import metadata

KEPT = 8  #: tests that begin with the same stand together
made = OrderedDict()
emptied = set()  #: addresses of PostgreSQL databases that hold nothing, and from which no study began since
NO_ENTRY = text("SELECT NOT EXISTS (SELECT FROM ledger_entry)")


def keep(what, value):
    made[what] = value
    if len(made) > KEPT:
        made.popitem(last=False)


def content_of(file):
    """The bytes of a database, with what its log still holds."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.serialize()


class Trial(testing.Trial):
    """Ids of study and sites are those of the test before, in a database that is the test's own."""

    def __init__(self, core, version, *, environment="live", released=True):
        def make(core):
            super(Trial, self).__init__(core, version, environment=environment, released=released)
            return self.facts

        self._be(core, begun(core, (metadata_json.sha256(version), environment, released), make))

    @classmethod
    def again(cls, core, facts):
        """The same study, in a database that holds it."""
        trial = cls.__new__(cls)
        trial._be(core, facts)
        return trial

    @property
    def facts(self):
        """What there is to know but the installation."""
        return {name: fact for name, fact in self.__dict__.items() if name != "core"}

    def _be(self, core, facts):
        self.__dict__ |= facts | {"core": core, "sites": dict(facts["sites"])}


def begun(core, what, make):
    """Let a database hold what ``make(core)`` does in it, and give what that gives.

    :param what: two that are equal do the same, on equal databases.
    """
    begun_from = untouched(core)
    key = begun_from and (begun_from, what, core.clock.now(), core.plugins.installed)
    if key in made:
        facts, versions, content = made[key]
        begin_with(core, content)
        for (study_id, _), index in versions.items():
            core.versions.put(study_id, index)
        return facts
    if key and is_postgres(core) and rows_of(core.engine):
        key = None
    facts = make(core)
    if key:
        keep(key, (facts, dict(core.versions._known), held_by(core)))
    return facts


def file_of(core):
    return Path(core.engine.url.database)


def is_postgres(core):
    return core.engine.dialect.name == "postgresql"


def held_by(core):
    """What a database holds."""
    return rows_of(core.engine) if is_postgres(core) else content_of(file_of(core))


def begin_with(core, content):
    """Let an untouched database hold that."""
    if is_postgres(core):
        put_rows(core.engine, content)
    else:
        file_of(core).write_bytes(content)


def rows_of(engine):
    """The rows of every table that has some, as COPY writes them."""
    with engine.connect() as connection:
        cursor = connection.connection.driver_connection.cursor()
        found = {}
        for table in metadata.tables:
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                found[table] = b"".join(map(bytes, copy))
    return {table: rows for table, rows in found.items() if rows}


def put_rows(engine, content):
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # the guards look away
        cursor = connection.connection.driver_connection.cursor()
        for table, rows in content.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(rows)


def untouched(core):
    """What tells a database that nobody has looked at since it was put there; nothing for others."""
    if core.listeners:
        return None
    if is_postgres(core):
        return untouched_postgres(core)
    file = file_of(core)
    if not file.exists():
        return None
    in_use = core.engine.pool.checkedin() or core.engine.pool.checkedout() or Path(f"{file}-wal").exists()
    return None if in_use else zlib.crc32(file.read_bytes())


def untouched_postgres(core):
    address = core.engine.url.render_as_string(hide_password=False)
    if address not in emptied or core.engine.pool.checkedin() or core.engine.pool.checkedout():
        return None
    emptied.remove(address)
    with core.engine.connect() as connection:
        return "nothing" if connection.execute(NO_ENTRY).scalar_one() else None
