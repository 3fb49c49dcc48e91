"""The command line on a database of its own, in a folder of its own."""

import json
import shutil
from dataclasses import dataclass

import pytest

from edc_core.cli import main


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def edc(edc_sqlite_template, tmp_path, monkeypatch, capsys):
    """Run `edc` with arguments; the database is there, as `edc init` makes it."""
    shutil.copyfile(edc_sqlite_template, tmp_path / "edc.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EDC_DATABASE_URL", f"sqlite:///{tmp_path / 'edc.db'}")
    monkeypatch.setenv("EDC_PASSWORD", "correct horse battery staple")

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Ran(ended.value.code, captured.out, captured.err)

    return run
