"""A study whose checks call functions of a plugin, on a core that has it."""

from edc_core.core import Core
from edc_core.definitions.loader import load
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.plugin_study import PluginStudy
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import publishing
from edc_core.settings import Settings

SOURCE = PluginSource("calling", "tests.plugins.calling", "", "1.0")


SPEAKING = PluginSource("speaking", "tests.hooks.plugins_at_hand:speaking", "", "1.0")


def a_core(url, clock):
    return Core(Settings(database_url=url), EdcPlugins([SOURCE, SPEAKING]), clock)


def functions_of(plugins):
    def functions(version):
        active = plugins.activate(version.plugins)
        return plugins.functions(PluginStudy.of(MetaDataIndex(version), "dev"), active).functions

    return functions


def loaded(core, file):
    """A definition with its plugins resolved, as publishing makes it."""
    return publishing.as_published(core.plugins, load(file, functions=functions_of(core.plugins)).required())
