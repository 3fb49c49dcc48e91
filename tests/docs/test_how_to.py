"""The commands and files of how-to pages, each page from an installation of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.console import Reader
from tests.fresh_venv import ROOT, FreshVenv

HOW_TO = Path(__file__).resolve().parents[2] / "docs/how-to"
RUN = [
    "back-up",
    "people-and-permissions",
    "redcap",
    "use-the-library",
    "write-a-check",
    "write-an-exporter",
    "write-rules",
]


@pytest.fixture
def reader(tmp_path):
    reader = Reader(tmp_path)
    reader.venv = FreshVenv(reader.folder / ".venv")
    reader.environ = reader.venv.environ | {"HOME": str(reader.home)}
    return reader


@pytest.mark.parametrize("page", RUN)
def test_page_can_be_followed(reader, page):
    reader.block("console", "", "$ edc init\n$ edc study new DEMO-01\n$ edc study publish forms/demo-01\n")
    reader.follow(HOW_TO / f"{page}.md", {})
    for package in reader.folder.glob("edc-core-*/edc_core_*"):  # the code shown is typed as ours is
        command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", ROOT / ".mypy_cache", package]
        done = subprocess.run(command, cwd=package.parent, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.database
def test_page_about_postgresql_can_be_followed(reader, fresh_postgres):
    reader.fixed["EDC_DATABASE_URL"] = fresh_postgres
    reader.follow(HOW_TO / "run-on-postgresql.md", {})


def test_every_page_with_runnable_blocks_is_run():
    with_blocks = {
        page.stem for page in HOW_TO.glob("*.md") if "\n```console" in page.read_text(encoding="utf-8")
    }
    assert with_blocks == {*RUN, "run-on-postgresql"}
