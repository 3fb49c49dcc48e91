"""Exports whose parts are made by the workers of a Dask cluster: the bytes of one process, and clear words where there is none."""

import os
from dataclasses import replace
from functools import partial

import pytest
from distributed import LocalCluster

from edc_core.errors import ExportRefused
from tests.plugins.tabular.in_parts import dying


@pytest.fixture(scope="module")
def cluster():
    """Two worker processes on this machine."""
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as found:
        yield found.scheduler_address


@pytest.fixture
def on(core):
    """Exports on the cluster at an address."""

    def use(address):
        core.settings = replace(core.settings, export_scheduler=address)

    return use


@pytest.mark.parametrize("name", ["csv", "parquet", "xpt-v5-utf-8"])
def test_workers_of_a_cluster_write_the_bytes_of_one_process(export, on, cluster, bytes_of, name):
    alone, _ = export(name, 1)
    on(cluster)
    together, told = export(name, 2)
    assert bytes_of(together) == bytes_of(alone)
    assert told[-1] == (5, 5)


def test_what_a_part_refuses_is_refused(export, exporter, on, cluster):
    exporter(dying.refused)
    on(cluster)
    with pytest.raises(ExportRefused, match="This part is refused"):
        export("parts", 2)


def test_workers_write_the_files_of_what_they_made(export, exporter, on, cluster):
    names = [f"{number}.txt" for number in range(5)]
    made = exporter(dying.keys, writes=[partial(dying.write, name) for name in names])
    on(cluster)
    folder, _ = export("parts", 2)
    assert os.getpid() not in made[-5:]
    assert {(folder / name).read_bytes() for name in names} == {dying.FEW}


def test_a_scheduler_that_does_not_answer_is_named_with_what_to_do(export, exporter, on):
    exporter(dying.pid)
    on("tcp://127.0.0.1:9")
    with pytest.raises(
        ExportRefused, match=r"No Dask scheduler answers at tcp://127.0.0.1:9.*EDC_EXPORT_SCHEDULER"
    ):
        export("parts", 2)
