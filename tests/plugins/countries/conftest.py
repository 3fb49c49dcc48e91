"""A study with sites in several countries: `THREE`, unless the module says another one in a fixture `scene` of its own."""

import pytest

from edc_core.core import Core
from edc_core.plugin_manager import EdcPlugins
from edc_core.services import publishing
from edc_core.settings import Settings
from tests.plugins.countries.scenes import SOURCES, THREE, Countries


@pytest.fixture(scope="session")
def country_plugins():
    return EdcPlugins(SOURCES)


@pytest.fixture(scope="session")
def published(country_plugins):
    """The definition of a scene with what its countries ask; each is read once."""
    known = {}

    def read(scene):
        if scene.file not in known:
            checked = publishing.check(country_plugins, scene.file)
            assert [one for one in checked.findings if one.severity == "error"] == []
            known[scene.file] = checked.version
        return known[scene.file]

    return read


@pytest.fixture(scope="module")
def scene():
    return THREE


@pytest.fixture
def definition(published, scene):
    return published(scene)


@pytest.fixture
def core(core_url, clock, tmp_path, country_plugins):
    core = Core(Settings(database_url=core_url, files_dir=tmp_path / "files"), country_plugins, clock)
    yield core
    core.close()


@pytest.fixture
def closed(core, definition, scene):
    """A live study before anything of an authority is on record."""
    return Countries(core, definition, scene.gates)


@pytest.fixture
def trial(closed):
    """The same with a subject at each site."""
    for site in closed.gates:
        closed.record_all(site)
    for site in closed.sites:
        closed.add_subject(f"{site[:2]}-001", site=site)
    return closed
