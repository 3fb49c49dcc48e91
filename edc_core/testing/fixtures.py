"""Fixtures for the tests of plugins (``pytest_plugins = ["edc_core.testing.fixtures"]``), on SQLite in a folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from edc_core.core import Core
from edc_core.plugin_manager import EdcPlugins
from edc_core.settings import Settings
from edc_core.store import schema
from edc_core.testing.fake_clock import FakeClock


@pytest.fixture(scope="session")
def edc_sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An upgraded, empty database file, copied for each test."""
    file = tmp_path_factory.mktemp("edc") / "template.db"
    core = Core(Settings(database_url=f"sqlite:///{file}", files_dir=file.parent / "files"), EdcPlugins(()))
    schema.upgrade(core.engine)
    core.close()
    return file


@pytest.fixture
def edc_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def edc_core(edc_sqlite_template: Path, tmp_path: Path, edc_clock: FakeClock) -> Iterator[Core]:
    """An installation of its own for the test; ``Trial(edc_core, a_study()....build())`` makes a study in it."""
    file = tmp_path / "edc.db"
    shutil.copyfile(edc_sqlite_template, file)
    core = Core(
        Settings(database_url=f"sqlite:///{file}", files_dir=tmp_path / "files"), EdcPlugins(), edc_clock
    )
    yield core
    core.close()
