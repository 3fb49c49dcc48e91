"""Ledgers that earlier releases wrote (tests/data): brought to the present schema, verified, read, and gone on with."""

import hashlib
import sqlite3
from contextlib import ExitStack
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Boolean, MetaData, select, text

from edc_core.core import Core
from edc_core.domain.change import ItemInput
from edc_core.domain.commands import Reason, SaveItems
from edc_core.domain.item_path import ItemPath
from edc_core.domain.permission import Actor, Grant, Role
from edc_core.errors import EdcError
from edc_core.ids import new_id
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import capture
from edc_core.services.verifying import verify
from edc_core.settings import Settings
from edc_core.store import readers, schema, triggers
from edc_core.store.engine import make_engine
from tests.made_before import content_of
from tests.postgres import database_of

DATA = Path(__file__).parents[1] / "data"
LEDGERS = sorted(DATA.glob("ledger-*.sql"))
WRITTEN = {
    "ledger-0100": (32, 2)
}  #: entries, and those of them that two persons took words from, where not 25 and none
SYSBP, DIABP, NOTE = (ItemPath.parse(f"V1[1]/VS[1]/VS[1]/VS.{item}") for item in ("SYSBP", "DIABP", "NOTE"))


def rows(engine):
    """A digest of every ledger entry as it stands in the database."""
    table = MetaData()
    table.reflect(engine, only=["ledger_entry"])
    (table,) = table.tables.values()
    columns = [table.c[name] for name in sorted(table.c.keys())]
    with engine.connect() as connection:
        found = sorted(map(tuple, connection.execute(select(*columns))))
    return hashlib.sha256(repr(found).encode()).hexdigest()


def restore(dump, engine, scratch):
    """Put a ledger where it was: the dump itself on SQLite; on PostgreSQL its rows in a database of its own schema, as
    that release would have made it there.
    """
    file = Path(engine.url.database) if engine.dialect.name == "sqlite" else scratch
    with sqlite3.connect(file) as database:
        database.executescript(dump.read_text(encoding="utf-8"))
        [(revision,)] = database.execute("SELECT version_num FROM alembic_version")
    if engine.dialect.name == "sqlite":
        return
    with engine.connect() as connection, connection.begin():
        command.upgrade(schema._config(connection), revision)
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection, connection.begin(), sqlite3.connect(file) as database:
        database.row_factory = sqlite3.Row
        for table in tables.sorted_tables:
            if table.name == "alembic_version":
                continue
            truths = [column.name for column in table.columns if isinstance(column.type, Boolean)]
            for row in map(dict, database.execute(f"SELECT * FROM {table.name}")):
                connection.execute(table.insert(), row | {name: bool(row[name]) for name in truths})


@pytest.fixture(scope="module", params=LEDGERS, ids=lambda file: file.stem)
def ledger(request):
    return request.param


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.database)])
def brought_here(request, ledger, tmp_path_factory):
    """Its database in the present schema, to be copied, and the digest of its entries before."""
    folder = tmp_path_factory.mktemp("brought")
    with ExitStack() as until_then:
        url = f"sqlite:///{folder / 'edc.db'}"
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_url")
            url = until_then.enter_context(database_of(server, "template1"))
        engine = make_engine(url)
        restore(ledger, engine, folder / "dump.db")
        before = rows(engine)
        with pytest.raises(EdcError):
            schema.require_current(engine)  # it is refused until it is brought up to date
        schema.upgrade(engine)
        engine.dispose()
        yield engine.url, before


@pytest.fixture
def own_url(request, brought_here, tmp_path):
    """The address of a copy."""
    url, _ = brought_here
    if url.get_backend_name() == "sqlite":
        (tmp_path / "edc.db").write_bytes(content_of(url.database))
        yield f"sqlite:///{tmp_path / 'edc.db'}"
    else:
        with database_of(request.getfixturevalue("postgres_url"), url.database) as copy:
            yield copy


@pytest.fixture
def upgraded(own_url, brought_here, ledger, tmp_path, clock):
    core = Core(Settings(database_url=own_url, files_dir=tmp_path / "files"), EdcPlugins(()), clock)
    clock.advance(days=400)
    yield core, brought_here[1], WRITTEN.get(ledger.stem, (25, 0))
    core.close()


def test_there_are_ledgers_of_several_schemas():
    assert [file.stem for file in LEDGERS] == ["ledger-0002", "ledger-0010", "ledger-0040", "ledger-0100"]


def test_no_byte_of_the_ledger_changes_and_it_verifies_with_its_projections(upgraded):
    core, before, written = upgraded
    assert rows(core.engine) == before
    report = verify(core, rebuild=True)
    assert report.problems == []
    assert (report.entries, report.redacted) == written
    with core.engine.connect() as connection:
        assert not triggers.missing(connection)


def test_it_is_read_as_it_was_written(upgraded):
    core, *_ = upgraded
    with core.read() as source:
        study = readers.find_study(source.connection, "GOLDEN@live")
        book = readers.casebook(source, readers.subject_by_key(source.connection, study.study_id, "S-002"))
    by_item = {path.item: data for path, data in book.items.items()}
    assert (by_item["VS.SYSBP"].value, by_item["VS.SYSBP"].version) == ("130", 2)
    assert (by_item["VS.DIABP"].raw, by_item["VS.DIABP"].value) == (" 80,0 ", "80")
    assert by_item["VS.NOTE"].value == "두통 \u2028 <b>"
    assert sorted(query.state for query in book.queries.values()) == ["Open", "Resolved"]


def test_it_is_gone_on_with_and_verifies_again(upgraded):
    core, *_ = upgraded
    with core.read() as source:
        study = readers.find_study(source.connection, "GOLDEN@live")
        subject = readers.subject_by_key(source.connection, study.study_id, "S-002")
        [path] = [one for one in readers.casebook(source, subject).items if one.item == "VS.DIABP"]
    grant = Grant(study.study_id, Role.CRC, "sites", site_ids=frozenset({subject.site_id}))
    actor = Actor("crc.kim", "crc.kim", "crc.kim", (grant,), "Asia/Seoul")
    to_do = SaveItems(
        study_id=study.study_id, op=new_id(), subject_key="S-002", form=path.form_path,
        items=(ItemInput(path, "85", base_version=1),), reason=Reason("other", "Corrected after the upgrade"),
    )  # fmt: skip
    with core.write(actor) as uow:
        assert capture.save_items(uow, to_do).changed == 1
    report = verify(core, rebuild=True)
    assert report.problems == []
    assert report.entries > 25


def test_its_entries_still_refuse_to_be_changed(upgraded):
    core, *_ = upgraded
    with pytest.raises(Exception, match="ledger"), core.engine.begin() as connection:
        connection.execute(text("UPDATE ledger_entry SET actor = 'somebody'"))
