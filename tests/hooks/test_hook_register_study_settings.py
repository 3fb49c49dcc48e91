"""What a study chooses of a plugin: looked at with line and column, fixed with the version, and nobody's failure but the plugin's."""

import pytest

from edc_core.services import publishing

STUDY = """\
oid: DEMO
version: {{oid: "1"}}
languages: [en]
plugins:
  {plugin}:
    range: ">=0"
    settings: {{{chosen}}}
"""


@pytest.fixture
def checked(plugins, tmp_path):
    """What is found in a study that chooses something of a plugin, and the version that it makes."""

    def check(plugin, chosen, **settings):
        (tmp_path / "study.yaml").write_text(STUDY.format(plugin=plugin, chosen=chosen), encoding="utf-8")
        return publishing.check(plugins("choosing", "choosing_badly"), tmp_path, settings=settings)

    return check


def test_what_is_chosen_well_is_fixed_with_the_version(checked):
    found = checked("choosing", "colour: red")
    assert found.findings == ()
    (use,) = found.version.plugins
    assert use.settings == (("colour", "red"), ("of", "1"))


def test_the_installation_is_asked(checked):
    assert [f.code for f in checked("choosing", "colour: lilac").findings] == ["E508"]
    assert checked("choosing", "colour: lilac", EDC_CHOOSING_COLOUR="lilac").findings == ()


@pytest.mark.parametrize(
    ("chosen", "column", "said"),
    [
        ("colour: blu", 24, "That is no colour. Did you mean blue?"),
        ("color: red", 16, "Only a colour is chosen. Did you mean colour?"),
    ],
)
def test_a_wrong_choice_stands_at_its_place_with_what_was_meant(checked, chosen, column, said):
    found = checked("choosing", chosen)
    assert [str(f) for f in found.findings] == [f"study.yaml:7:{column} E508 {said}"]
    assert not found.is_publishable
    assert "of" not in dict(found.version.plugins[0].settings)


def test_what_cannot_be_looked_at_keeps_nobody_from_publishing(checked):
    found = checked("choosing", "colour: green")
    assert [f.code for f in found.findings] == ["W324"]
    assert found.is_publishable
    assert dict(found.version.plugins[0].settings) == {"colour": "green", "of": "1"}


def test_a_plugin_that_fails_is_named(checked):
    (finding,) = checked("choosing_badly", "colour: red").findings
    assert (finding.code, finding.line) == ("E502", 6)
    assert "choosing_badly" in finding.message
    assert "KeyError" in finding.message


def test_plugins_that_the_study_does_not_name_are_not_asked(plugins, active):
    manager = plugins("choosing", "choosing_badly")
    (asked,) = manager.study_settings(active(manager, "choosing"))
    assert asked[1].name == "choosing"


def test_two_of_one_plugin_are_refused(plugins, active):
    manager = plugins("choosing_twice")
    assert manager.study_settings(active(manager, "choosing_twice")) == ()
    assert "twice" in manager.failures[0].text
