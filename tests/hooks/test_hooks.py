"""The set of hooks as a whole: each is tested and documented, and the loading of plugins is as promised."""

import inspect
import re
from pathlib import Path

import pytest

from edc_core import hookspecs
from edc_core.domain.metadata import PluginUse
from edc_core.domain.plugin_identity import PluginIdentity, digest_of_files
from edc_core.errors import PluginError
from edc_core.plugin_activation import ActivationCode, activate
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource, installed_sources

ROOT = Path(__file__).parents[2]
HOOKS = {name: hook for name, hook in vars(hookspecs).items() if name.startswith("edc_")}
PAGE = (ROOT / "docs/reference/hooks.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_is_tested(name):
    assert (Path(__file__).parent / f"test_hook_{name.removeprefix('edc_')}.py").exists()


def test_every_hook_is_documented_and_no_other():
    headings = set(re.findall(r"^## (edc_.*)$", PAGE, re.MULTILINE))
    assert headings == {
        f"{name}({', '.join(inspect.signature(hook).parameters)})" for name, hook in HOOKS.items()
    }


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
def test_every_hook_says_since_when(hook):
    assert ".. versionadded::" in hook.__doc__


def test_the_documented_version_is_the_real_one():
    assert f"= `{hookspecs.HOOK_API}`" in PAGE


def test_a_misspelt_hook_stops_the_start_and_names_plugin_and_hook():
    with pytest.raises(PluginError, match=r"'bad'.*edc_register_chekcs"):
        EdcPlugins([PluginSource("bad", "tests.plugins.misspelt")])


def test_an_argument_that_does_not_exist_stops_the_start(plugins):
    with pytest.raises(PluginError, match=r"'wrong_argument'.*session"):
        plugins("wrong_argument")


def test_a_plugin_name_taken_twice_names_both():
    sources = [
        PluginSource("same", "tests.hooks.plugins_at_hand:exporting", "edc-one", "1"),
        PluginSource("same", "tests.hooks.plugins_at_hand:importing", "edc-two", "2"),
    ]
    with pytest.raises(PluginError, match=r"'same' is taken twice: by edc-one 1 and by edc-two 2"):
        EdcPlugins(sources)


@pytest.mark.parametrize("module", ["tests.plugins.breaks_on_import", "tests.no_such_module"])
def test_a_plugin_that_cannot_be_imported_is_reported_and_the_rest_works(module):
    manager = EdcPlugins(
        [PluginSource("bad", module, "", "3"), PluginSource("good", "tests.hooks.plugins_at_hand:exporting")]
    )
    assert len(manager.exporters()) == 2
    (failure,) = manager.failures
    assert (failure.name, failure.version) == ("bad", "3")
    assert "cannot be imported" in failure.text


def test_allow_list_and_disable_list(plugins):
    def names(**kwargs):
        return [identity.name for identity in plugins("exporting", "importing", **kwargs).installed]

    assert names() == ["builtin", "exporting", "importing"]
    assert names(allow=["exporting"]) == ["builtin", "exporting"]
    assert names(disable=["Exporting"]) == ["builtin", "importing"]
    assert names(allow=[]) == ["builtin"]


def test_installed_plugins_load():
    assert {identity.name for identity in EdcPlugins().installed} >= {"builtin"} | {
        source.name for source in installed_sources()
    } - {failure.name for failure in EdcPlugins().failures}


def test_a_plugin_says_which_hooks_it_implements(plugins):
    assert plugins("raising").hooks_of("raising") == ("edc_register_checks", "edc_register_exporters")


def test_digest_is_stable_and_notices_moved_bytes():
    files = [("a.py", b"one"), ("b/c.py", b"two")]
    assert digest_of_files(files) == digest_of_files(reversed(files))
    assert digest_of_files([("a.py", b"on"), ("b/c.py", b"etwo")]) != digest_of_files(files)


def test_identity_carries_version_and_digest(plugins):
    (identity,) = [i for i in plugins("exporting").installed if i.name == "exporting"]
    assert identity.stamp == f"exporting 0 {identity.sha256[:12]}"
    assert identity == PluginSource("exporting", "tests.hooks.plugins_at_hand:exporting").identify()


SOURCE = PluginSource("trial_x", "tests.hooks.plugins_at_hand:checking", "edc-core-trial-x", "1.4.2")


@pytest.fixture
def installed():
    return {SOURCE: PluginIdentity("trial_x", "edc-core-trial-x", "1.4.2", "ab" * 32)}


@pytest.mark.parametrize("name", ["trial_x", "edc-core-trial-x", "edc_core_trial_x", "Trial.X"])
def test_a_study_may_call_a_plugin_by_entry_point_or_distribution(installed, name):
    activation = activate((PluginUse(name, ">=1.4,<2"),), installed)
    assert activation.is_as_published
    assert activation.sources == (SOURCE,)
    assert activation.resolved == (PluginUse(name, ">=1.4,<2", "1.4.2", "ab" * 32),)


@pytest.mark.parametrize(
    ("use", "code", "text"),
    [
        (PluginUse("other", ">=1"), ActivationCode.MISSING, "not installed"),
        (
            PluginUse("trial_x", ">=2"),
            ActivationCode.OUTSIDE_RANGE,
            "installed as 1.4.2; the study allows >=2",
        ),
        (PluginUse("trial_x", "latest"), ActivationCode.BAD_RANGE, "cannot be read"),
    ],
)
def test_what_cannot_be_activated_is_a_finding(installed, use, code, text):
    activation = activate((use,), installed)
    assert activation.plugins == ()
    assert not activation.is_whole
    (finding,) = activation.findings
    assert finding.code is code
    assert text in finding.text


@pytest.mark.parametrize(("version", "sha256"), [("1.4.1", "ab" * 32), ("1.4.2", "cd" * 32)])
def test_another_plugin_than_published_is_active_and_said(installed, version, sha256):
    activation = activate((PluginUse("trial_x", ">=1", version, sha256),), installed)
    assert len(activation.plugins) == 1
    assert activation.is_whole
    assert not activation.is_as_published
    assert activation.findings[0].code is ActivationCode.CHANGED


def test_a_plugin_named_twice_is_a_finding(installed):
    activation = activate((PluginUse("trial_x", ""), PluginUse("edc-core-trial-x", "")), installed)
    assert len(activation.plugins) == 1
    assert activation.findings[0].code is ActivationCode.NAMED_TWICE


def test_the_reason_of_a_failed_import_is_told_to_the_study():
    manager = EdcPlugins([PluginSource("bad", "tests.plugins.breaks_on_import")])
    assert "broken on purpose" in manager.activate([PluginUse("bad", "")]).findings[0].text
