"""What plugins say of the settings that a study has for them, and what of it is fixed with the version."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edc_core.definitions.findings import DefinitionFinding, closest
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.plugin_study import PluginStudy
from edc_core.domain.study_settings import ChosenSettings
from edc_core.plugin_manager import settings_of
from edc_core.plugin_source import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.definitions.places import Places
    from edc_core.domain.metadata import MetaDataVersion, PluginUse
    from edc_core.domain.study_settings import SettingFinding
    from edc_core.plugin_manager import EdcPlugins

WRONG, UNKNOWN, FAILED = "E508", "W324", "E502"
_STUDY = ("study", "")


def settings_checked(
    plugins: EdcPlugins, version: MetaDataVersion, installation: Mapping[str, str], places: Places
) -> tuple[MetaDataVersion, list[DefinitionFinding]]:
    """The version with what is fixed in it, and every finding at its place in study.yaml.

    :param installation: every variable ``EDC_...``.
    """
    active = plugins.activate(version.plugins)
    asked = plugins.study_settings(active)
    if not asked:
        return version, []
    study = PluginStudy.of(MetaDataIndex(version), "dev")
    standards = tuple(one for one, _ in plugins.country_standards(study, active).standards)
    engines = plugins.conformance_engines(installation)
    findings: list[DefinitionFinding] = []
    uses: dict[str, PluginUse] = {canonical(use.name): use for use in version.plugins}
    for one, plugin in asked:
        name = next(name for name in plugins.source(plugin.name).names if name in uses)
        use = uses[name]
        own = ChosenSettings(dict(use.settings), settings_of(plugin.name, installation), standards, engines)
        try:
            found = list(one.look(own))
            more = {} if any(not problem.is_unknown for problem in found) else one.fix(own)
        except Exception as error:  # noqa: BLE001 - of the plugin, whatever it is; told at its place
            text = f"Plugin {plugin.stamp} failed at its settings: {type(error).__name__}: {error}"
            findings.append(places.finding(_STUDY, ("plugins", use.name), FAILED, text))
            continue
        findings += [_placed(problem, use, places) for problem in found]
        if more:
            uses[name] = replace(use, settings=tuple(sorted((dict(use.settings) | dict(more)).items())))
    return replace(version, plugins=tuple(uses.values())), findings


def _placed(problem: SettingFinding, use: PluginUse, places: Places) -> DefinitionFinding:
    word = problem.name if problem.is_about_name else dict(use.settings).get(problem.name, "")
    return places.finding(
        _STUDY, ("plugins", use.name, "settings", problem.name), UNKNOWN if problem.is_unknown else WRONG, problem.message,
        suggestion=closest(word, problem.known), at_key=problem.is_about_name,
    )  # fmt: skip
