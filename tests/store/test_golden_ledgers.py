"""Ledgers that earlier releases wrote (tests/data): brought to the present schema, verified, read, and gone on with."""

import hashlib
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

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

DATA = Path(__file__).parents[1] / "data"
LEDGERS = sorted(DATA.glob("ledger-*.sql"))
SYSBP, DIABP, NOTE = (ItemPath.parse(f"V1[1]/VS[1]/VS[1]/VS.{item}") for item in ("SYSBP", "DIABP", "NOTE"))


def rows(file):
    """Every ledger entry as its bytes stand in the database."""
    with sqlite3.connect(file) as database:
        names = [row[1] for row in database.execute("PRAGMA table_info(ledger_entry)")]
        found = database.execute(
            f"SELECT {', '.join(sorted(names))} FROM ledger_entry ORDER BY study_id, chain, n"
        )
        return names, hashlib.sha256(repr(found.fetchall()).encode()).hexdigest()


@pytest.fixture(params=LEDGERS, ids=lambda file: file.stem)
def upgraded(request, tmp_path, clock):
    file = tmp_path / "edc.db"
    with sqlite3.connect(file) as database:
        database.executescript(request.param.read_text(encoding="utf-8"))
    before = rows(file)
    core = Core(
        Settings(database_url=f"sqlite:///{file}", files_dir=tmp_path / "files"), EdcPlugins(()), clock
    )
    with pytest.raises(EdcError):
        schema.require_current(core.engine)  # it is refused until it is brought up to date
    schema.upgrade(core.engine)
    clock.advance(days=400)
    yield core, file, before
    core.close()


def test_there_are_ledgers_of_several_schemas():
    assert [file.stem for file in LEDGERS] == ["ledger-0002", "ledger-0010", "ledger-0040"]


def test_no_byte_of_the_ledger_changes_and_it_verifies_with_its_projections(upgraded):
    core, file, before = upgraded
    assert rows(file) == before
    report = verify(core, rebuild=True)
    assert report.problems == []
    assert report.entries == 25
    with core.engine.connect() as connection:
        assert not triggers.missing(connection)


def test_it_is_read_as_it_was_written(upgraded):
    core, _, _ = upgraded
    with core.read() as source:
        study = readers.find_study(source.connection, "GOLDEN@live")
        book = readers.casebook(source, readers.subject_by_key(source.connection, study.study_id, "S-001"))
    by_item = {path.item: data for path, data in book.items.items()}
    assert (by_item["VS.SYSBP"].value, by_item["VS.SYSBP"].version) == ("130", 2)
    assert (by_item["VS.DIABP"].raw, by_item["VS.DIABP"].value) == (" 80,0 ", "80")
    assert by_item["VS.NOTE"].value == "두통 \u2028 <b>"
    assert sorted(query.state for query in book.queries.values()) == ["Open", "Resolved"]


def test_it_is_gone_on_with_and_verifies_again(upgraded):
    core, _, _ = upgraded
    with core.read() as source:
        study = readers.find_study(source.connection, "GOLDEN@live")
        subject = readers.subject_by_key(source.connection, study.study_id, "S-002")
        [path] = [one for one in readers.casebook(source, subject).items if one.item == "VS.DIABP"]
    grant = Grant(study.study_id, Role.CRC, "sites", site_ids=frozenset({subject.site_id}))
    actor = Actor("crc.kim", "crc.kim", "crc.kim", (grant,), "Asia/Seoul")
    command = SaveItems(
        study_id=study.study_id, op=new_id(), subject_key="S-002", form=path.form_path,
        items=(ItemInput(path, "85", base_version=1),), reason=Reason("other", "Corrected after the upgrade"),
    )  # fmt: skip
    with core.write(actor) as uow:
        assert capture.save_items(uow, command).changed == 1
    report = verify(core, rebuild=True)
    assert report.problems == []
    assert report.entries > 25


def test_its_entries_still_refuse_to_be_changed(upgraded):
    core, _, _ = upgraded
    with pytest.raises(Exception, match="ledger"), core.engine.begin() as connection:
        connection.execute(text("UPDATE ledger_entry SET actor = 'somebody'"))
