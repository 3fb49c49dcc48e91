"""Transport files, and what pyreadstat (ReadStat, which shares no code with ours) reads in them."""

from functools import partial

import pyreadstat
import pytest
from edc_core_tabular.formats.xpt.writer import write_datasets


@pytest.fixture
def write(write_with):
    """The sink after tables were written as transport files."""
    return partial(write_with, write_datasets)


@pytest.fixture
def read(tmp_path):
    """The columns of a transport file by name, and what pyreadstat says of it."""

    def read_back(data: bytes, **options):
        file = tmp_path / "read.xpt"
        file.write_bytes(data)
        frame, meta = pyreadstat.read_xport(str(file), output_format="polars", **options)
        return {name: frame[name].to_list() for name in frame.columns}, meta

    return read_back
