import pytest

from edc_core.errors import PluginError


def test_exporters_come_sorted_by_name(plugins):
    assert [exporter.name for exporter in plugins("exporting").exporters()] == ["csv", "zip"]


def test_a_name_taken_twice_names_both_plugins(plugins):
    with pytest.raises(PluginError, match=r"exporting 0 .* and exporting_too 0 ") as caught:
        plugins("exporting", "exporting_too").exporters()
    assert "'csv'" in caught.value.message


def test_a_raising_plugin_is_reported_and_the_others_work(plugins):
    manager = plugins("raising", "exporting")
    assert len(manager.exporters()) == 2
    assert len(manager.exporters()) == 2
    (failure,) = manager.failures
    assert (failure.name, failure.version) == ("raising", "0")
    assert failure.text == "It failed while registering: RuntimeError: cannot either"


def test_a_plugin_that_asks_gets_its_own_settings(plugins):
    found = plugins("exporting_there").exporters({"EDC_EXPORTING_THERE_PLACE": "x", "EDC_CODING_DIR": "y"})
    assert [exporter.about for exporter in found] == ["x"]
    assert [exporter.about for exporter in plugins("exporting_there").exporters()] == [""]


def test_what_is_no_exporter_is_reported(plugins):
    manager = plugins("wrong")
    assert manager.exporters() == ()
    assert manager.failures[0].text == "It registers a int where a Exporter is expected."
