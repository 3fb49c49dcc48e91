"""One study with sites in all six: every standard in force at its own sites."""

from pathlib import Path

from edc_core.domain.index import MetaDataIndex
from edc_core.domain.plugin_study import PluginStudy
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import publishing
from tests.plugins.countries.scenes import SOURCES

HERSC = Path(__file__).parents[3] / "forms" / "hersc-301"
NAMED = "".join(f'  edc-core-country-{one}: ">=0.1,<0.2"\n' for one in ("kr", "us", "eu", "gb", "jp", "cn"))
AUTHORITIES = {"CN-NMPA", "EU-EMA", "GB-MHRA", "JP-PMDA", "KR-MFDS", "US-FDA"}


def six_countries(folder):
    """The demo trial with the standards of all six in a folder."""
    for file in HERSC.rglob("*"):
        if file.is_file():
            target = folder / file.relative_to(HERSC)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    study = (folder / "study.yaml").read_text(encoding="utf-8")
    study = study.replace('  edc-core-trial-hersc301: ">=0.1,<1"\n', NAMED)
    (folder / "study.yaml").write_text(study, encoding="utf-8")
    return folder


def test_the_demo_trial_takes_all_six(tmp_path):
    plugins = EdcPlugins(SOURCES)
    checked = publishing.check(plugins, six_countries(tmp_path))
    assert [one for one in checked.findings if one.severity == "error"] == []
    index = MetaDataIndex(checked.version)
    offered = plugins.country_standards(PluginStudy.of(index, "dev"), plugins.activate(index.version.plugins))
    assert {one.name for one, _ in offered.standards} > AUTHORITIES
    assert {gate.standard for gate in index.version.gates} == AUTHORITIES
    added = {"KROVSDAT", "USRACE", "GBETHNIC", "EUUNBL", "CNXBDAT", "JPKL6"}
    assert added <= {item.name for item in index.version.items}
