import pytest

from edc_core.check_host import CheckHost, CheckRequest
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.plugin_study import PluginStudy
from edc_core.plugin_source import PluginSource
from tests.check_host.pictures import small_casebook, small_version, vs_item


@pytest.fixture
def study():
    return PluginStudy.of(MetaDataIndex(small_version()), "dev")


@pytest.fixture
def casebook():
    return small_casebook({vs_item("SCR", "VS.SYSBP"): "222", vs_item("C1D1", "VS.SYSBP"): "120"})


def source(*names, module="tests.plugins.misbehaving"):
    return PluginSource("bad", f"{module}:only.{'.'.join(names)}.plugin")


@pytest.fixture
def host():
    with CheckHost(deadline_s=1.0, overall_s=20.0, memory_mb=1024) as host:
        yield host


@pytest.fixture
def run(host, study, casebook):
    """Run checks of the misbehaving plugin by name."""

    def run(*names, skip=(), **limits):
        return host.run(CheckRequest(study, (source(*names),), casebook, frozenset(skip)), **limits)

    return run
