import pytest

from edc_core.domain.scanner import Scanner
from edc_core.domain.translated_text import TranslatedText
from edc_core.errors import PluginError


def test_scanners_are_used_in_studies_that_name_the_plugin(plugins, active):
    manager = plugins("scanning", "exporting")
    assert {one.name for one in active(manager, "scanning").scanners} == {"kit", "box"}
    assert active(manager, "exporting").scanners == ()


def test_a_pattern_that_could_take_for_ever_stops_the_start_and_names_the_plugin(plugins):
    with pytest.raises(PluginError, match=r"scanner 'kit' cannot be used") as refused:
        plugins("scanning_badly")
    assert refused.value.details["plugin"] == "scanning_badly"


def test_of_a_plugin_with_such_a_pattern_the_lists_say_so_and_nothing_is_used(plugins, active):
    manager = plugins("scanning_badly", strict=False)
    assert active(manager, "scanning_badly").scanners == ()
    assert "cannot be used" in manager.failures[0].text


def test_a_scanner_with_a_bad_name_is_refused():
    with pytest.raises(ValueError):
        Scanner("No name", "x", TranslatedText.of("x"))
