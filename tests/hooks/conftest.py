import pytest

from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import PluginUse
from edc_core.domain.plugin_study import PluginStudy
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from tests.check_host.pictures import small_version


def at_hand(name):
    return PluginSource(name, f"tests.hooks.plugins_at_hand:{name}")


@pytest.fixture
def plugins():
    """A manager with just these plugins."""
    return lambda *names, **kwargs: EdcPlugins([at_hand(name) for name in names], **kwargs)


@pytest.fixture
def active():
    """What a study that names all given plugins uses."""
    return lambda manager, *names: manager.activate([PluginUse(name, ">=0") for name in names])


@pytest.fixture
def study():
    return PluginStudy.of(MetaDataIndex(small_version()), "dev")
