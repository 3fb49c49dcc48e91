"""One study with sites in all six: every standard in force at its own sites."""

from pathlib import Path

from edc_core.domain.index import MetaDataIndex
from edc_core.domain.plugin_study import PluginStudy
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource
from edc_core.services import publishing
from tests.plugins.countries.scenes import SOURCES

HERSC = Path(__file__).parents[3] / "forms" / "hersc-301"
TRIAL = PluginSource("trial_hersc301", "edc_core_trial_hersc301.plugin", "edc-core-trial-hersc301", "0.1.0")
AUTHORITIES = {"CN-NMPA", "EU-EMA", "GB-MHRA", "JP-PMDA", "KR-MFDS", "US-FDA"}


def test_the_demo_trial_takes_all_six():
    plugins = EdcPlugins([*SOURCES, TRIAL])
    checked = publishing.check(plugins, HERSC)
    assert list(checked.findings) == []
    index = MetaDataIndex(checked.version)
    offered = plugins.country_standards(PluginStudy.of(index, "dev"), plugins.activate(index.version.plugins))
    assert {one.name for one, _ in offered.standards} > AUTHORITIES
    assert {gate.standard for gate in index.version.gates} == AUTHORITIES
    added = {"KROVSDAT", "USRACE", "GBETHNIC", "EUUNBL", "CNXBDAT", "JPKL6"}
    assert added <= {item.name for item in index.version.items}
