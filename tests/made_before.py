"""A study that tests begin with is made once in a process: the next test that begins with the same has a copy of it.

Publishing and releasing a study is most of what many tests cost, and the matter of few. Those make it anew by
``edc_core.testing.Trial``, and so does every test on PostgreSQL.
"""

import sqlite3
import zlib
from collections import OrderedDict
from contextlib import closing
from pathlib import Path

from edc_core import testing
from edc_core.domain import metadata_json

KEPT = 8  #: tests that begin with the same stand together
made = OrderedDict()


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
        begun_from = untouched(core)
        what = begun_from and (
            begun_from, metadata_json.sha256(version), environment, released, core.clock.now(), core.plugins.installed,
        )  # fmt: skip
        if what in made:
            facts, versions, content = made[what]
            file_of(core).write_bytes(content)
            self.__dict__ |= facts | {"core": core, "sites": dict(facts["sites"])}
            for (study_id, _), index in versions.items():
                core.versions.put(study_id, index)
            return
        super().__init__(core, version, environment=environment, released=released)
        if what:
            facts = {name: fact for name, fact in self.__dict__.items() if name != "core"}
            keep(what, (facts, dict(core.versions._known), content_of(file_of(core))))


def file_of(core):
    return Path(core.engine.url.database)


def untouched(core):
    """The checksum of a database that nobody has looked at since it was put there; nothing for others."""
    if core.engine.dialect.name != "sqlite" or core.listeners:
        return None
    file = file_of(core)
    if not file.exists():
        return None
    in_use = core.engine.pool.checkedin() or core.engine.pool.checkedout() or Path(f"{file}-wal").exists()
    return None if in_use else zlib.crc32(file.read_bytes())
