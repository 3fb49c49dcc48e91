"""The environment that CDISC CORE runs in, made once for all test processes from the pins of the plugin."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

import portalocker
import pytest
from click.testing import CliRunner
from edc_core_conformance.command import PINS, conformance
from edc_core_conformance.interpreter import PYTHON, candidates, tried

from tests.fresh_venv import ROOT
from tests.requirements import not_run


@pytest.fixture(scope="session")
def core_python():
    """A Python with the engine; the environment stays for the next run of the tests, until its pins change."""
    if given := os.environ.get("EDC_CORE_PYTHON"):
        return given
    if not any(one is not None and one.python == PYTHON for one in map(tried, candidates(Path.home()))):
        not_run("no Python 3.12, which CDISC CORE needs")
    pins = hashlib.sha256(PINS.read_bytes() + str(PYTHON).encode()).hexdigest()[:12]
    folder = ROOT / ".venv" / f"cdisc-core-{pins}"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    with portalocker.Lock(f"{folder}.lock", timeout=600):
        one = tried(str(python))
        if one is None or not one.runs_engine:
            shutil.rmtree(folder, ignore_errors=True)
            made = CliRunner().invoke(conformance, ["prepare", str(folder)], standalone_mode=False)
            assert made.return_value == 0, made.output
    return str(python)
