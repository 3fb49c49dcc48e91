"""What a command or a server loads before it does anything: libraries for columns of data wait until somebody asks for them."""

import subprocess
import sys

from tests.architecture.test_sizes import ROOT, RUNNING

LATER = {"narwhals", "numpy", "pandas", "polars", "pyarrow", "pyreadstat"}
LISTING = f"""
import sys, edc_core.cli.main, {", ".join(RUNNING)}
from edc_core.plugin_manager import EdcPlugins
plugins = EdcPlugins()
print(*sorted(one.name for one in plugins.exporters()))
print(*sorted({{name.partition('.')[0] for name in sys.modules}}))
"""


def test_a_start_loads_no_library_for_columns():
    done = subprocess.run(
        [sys.executable, "-c", LISTING], capture_output=True, text=True, check=True, cwd=ROOT
    )
    formats, loaded = (line.split() for line in done.stdout.splitlines())
    assert {"parquet", "sav", "xpt-v5", "package-fda"} <= set(formats), "those that need them are there"
    assert LATER & set(loaded) == set()
