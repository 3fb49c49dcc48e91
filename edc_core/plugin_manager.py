"""The plugins of this installation: loaded once, asked through one typed method per hook, told apart by study.

A plugin that fails is listed in ``failures`` and the rest works. What only its author can have got wrong (a hook or
an argument that does not exist, a name taken twice) stops the start, naming the plugin.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from edc_core.domain.authenticator import Authenticator
from edc_core.domain.conformance import ConformanceEngine
from edc_core.domain.country import CountryStandard
from edc_core.domain.dataset import Exporter
from edc_core.domain.finding import EditCheck
from edc_core.domain.function import Function
from edc_core.domain.imported import Importer
from edc_core.domain.lock_check import LockCheck
from edc_core.domain.page import InstallationPage, JobKind, Page, Panel
from edc_core.domain.plugin_identity import PluginFailure, PluginIdentity
from edc_core.domain.scanner import Scanner
from edc_core.domain.study_settings import StudySettings
from edc_core.domain.study_view import CrossSubjectCheck
from edc_core.domain.widget import ItemWidget
from edc_core.identifiers import refusal_of_pattern
from edc_core.plugin_activation import Activation, activate
from edc_core.plugin_loading import LoadedPlugins, collected
from edc_core.plugin_offers import (
    RegisteredCheck,
    RegisteredCross,
    RegisteredJob,
    RegisteredLockCheck,
    RegisteredPage,
    RegisteredPanel,
    StudyChecks,
    StudyFunctions,
    StudyStandards,
    named_twice,
    refusal_of_check,
)
from edc_core.plugin_source import BUILTIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from edc_core.domain.fact import Fact
    from edc_core.domain.metadata import PluginUse
    from edc_core.domain.plugin_study import PluginStudy

NO_SETTINGS: Mapping[str, str] = MappingProxyType({})
_PART = r"(?:[a-z0-9.-]+|<[a-z_]+>)"
_ARGUMENT = re.compile(r"<([a-z_]+)>")
_PATH = re.compile(rf"(?:{_PART}(?:/{_PART})*)?")


class EdcPlugins(LoadedPlugins):
    """Everything that is installed, and what of it a study uses; see ``LoadedPlugins`` for what it is given."""

    def _all_loaded(self) -> None:
        self._activations: dict[tuple[PluginUse, ...], tuple[int, Activation]] = {}
        self._scanners = tuple(self._usable_scanners())

    def activate(self, uses: Iterable[PluginUse]) -> Activation:
        """Resolve the plugins a study names; what is missing or outside its range is a finding.

        Remembered, for every write of a live study asks; what is loaded does not change, only failures are added.
        """
        named = tuple(uses)
        failed = len(self._failures)
        before = self._activations.get(named)
        if before is not None and before[0] == failed:
            return before[1]
        known = {
            loaded.source: loaded.identity
            for loaded in self._loaded.values()
            if loaded.source.name != BUILTIN
        }
        found = activate(named, known, self.failures)
        named_here = {identity.name for identity in found.plugins}
        found = replace(found, scanners=tuple(one for name, one in self._scanners if name in named_here))
        self._activations[named] = (failed, found)
        return found

    # One typed method per hook

    def importers(self) -> tuple[Importer, ...]:
        """Formats that can be read, sorted by name."""
        return self._unique("edc_register_importers", Importer, lambda importer: importer.name)

    def exporters(self, settings: Mapping[str, str] = NO_SETTINGS) -> tuple[Exporter, ...]:
        """Formats that can be written, sorted by name.

        :param settings: of which each plugin gets its own; whoever only lists what there is needs none.
        """
        return self._unique("edc_register_exporters", Exporter, lambda one: one.name, given=_own(settings))

    def exporter_identity(self, name: str) -> dict[str, str]:
        """Distribution to version and digest of the plugin that brings an exporter, for the manifest."""
        for plugin, loaded in sorted(self._loaded.items()):
            if "edc_register_exporters" in self.hooks_of(plugin):
                caller = partial(self._caller("edc_register_exporters", plugin), settings={})
                offered, _ = collected(caller, Exporter, loaded.identity)
                if any(exporter.name == name for exporter in offered):
                    identity = loaded.identity
                    return {identity.distribution: f"{identity.version} {identity.sha256}"}
        return {}

    def commands(self) -> tuple[click.Command, ...]:
        """Commands for ``edc``, sorted by name."""
        return self._unique("edc_register_commands", click.Command, lambda command: command.name or "")

    def study_commands(self) -> tuple[click.Command, ...]:
        """Commands for ``edc study``, sorted by name."""
        return self._unique("edc_register_study_commands", click.Command, lambda command: command.name or "")

    def pages(self) -> tuple[RegisteredPage, ...]:
        """Pages of every study and above them, by plugin in the order in which it registers them."""
        found: list[RegisteredPage] = []
        kinds: tuple[type[Any], ...] = (Page, InstallationPage)
        for loaded, pages in self._of_each("edc_register_pages", kinds, _name_of_page):
            wrong = next((page.path for page in pages if not _is_path(page.path)), None)
            if wrong is not None:
                self._fail(
                    loaded, f"It registers a page at '{wrong}', which is no path; see the docs of Page."
                )
                continue
            templates = loaded.source.folder / "templates"
            found += (RegisteredPage(page, loaded.identity, templates) for page in pages)
        return tuple(found)

    def panels(self) -> tuple[RegisteredPanel, ...]:
        """Parts of pages of the core, by plugin in the order in which it registers them."""
        return tuple(
            RegisteredPanel(panel, loaded.identity, loaded.source.folder / "templates")
            for loaded, panels in self._of_each("edc_register_panels", Panel, lambda panel: panel.name)
            for panel in panels
        )

    def jobs(self) -> tuple[RegisteredJob, ...]:
        """Kinds of job, by plugin in the order in which it registers them."""
        return tuple(
            RegisteredJob(f"{loaded.identity.name}.{job.name}", job, loaded.identity.name)
            for loaded, jobs in self._of_each("edc_register_jobs", JobKind, lambda job: job.name)
            for job in jobs
        )

    def authenticators(self, settings: Mapping[str, str]) -> tuple[Authenticator, ...]:
        """Ways to prove who one is, sorted by name; each plugin gets its own settings and the address of the installation."""
        return self._unique(
            "edc_register_authenticators", Authenticator, lambda one: one.name, given=_own(settings)
        )

    def conformance_engines(self, settings: Mapping[str, str]) -> tuple[ConformanceEngine, ...]:
        """What looks through exports, sorted by name. :param settings: of which engines get those of the hook."""
        theirs = {name: text for name, text in settings.items() if name.startswith(OF_ENGINES)}
        return self._unique(
            "edc_register_conformance_engines",
            ConformanceEngine,
            lambda one: one.name,
            given=lambda plugin: {"settings": theirs},
        )

    def study_settings(self, active: Activation) -> tuple[tuple[StudySettings, PluginIdentity], ...]:
        """What the active plugins of a study make of its settings for them, by plugin."""
        names = {identity.name for identity in active.plugins}
        return tuple(
            (one, loaded.identity)
            for loaded, several in self._of_each("edc_register_study_settings", StudySettings, lambda _: "")
            if loaded.identity.name in names
            for one in several
        )

    def widgets(self, active: Activation | None = None) -> tuple[ItemWidget, ...]:
        """Controls for items, sorted by name: the core's own and those of a study's plugins; ``None`` gives all."""
        only = None if active is None else {BUILTIN, *(identity.name for identity in active.plugins)}
        return self._unique("edc_register_widgets", ItemWidget, lambda widget: widget.name, only=only)

    def checks(self, study: PluginStudy, active: Activation) -> StudyChecks:
        """The checks of a study's active plugins, sorted by OID. Plugins of other studies are not asked."""
        asked: list[tuple[EditCheck | CrossSubjectCheck | LockCheck, PluginIdentity]]
        kinds = (EditCheck, CrossSubjectCheck, LockCheck)
        asked, problems = self._of_study("edc_register_checks", kinds, study, active)
        offered: list[RegisteredCheck | RegisteredCross | RegisteredLockCheck] = []
        for check, identity in asked:
            if text := refusal_of_check(check, study):
                problems.append(PluginFailure(identity.name, identity.version, text))
            elif isinstance(check, CrossSubjectCheck):
                offered.append(RegisteredCross(check, identity))
            elif isinstance(check, LockCheck):
                offered.append(RegisteredLockCheck(check, identity))
            else:
                offered.append(RegisteredCheck(check, identity))
        twice = named_twice("Check", ((one.check.oid, one.plugin) for one in offered))
        single = sorted((one for one in offered if one.check.oid not in twice), key=lambda one: one.check.oid)
        return StudyChecks(
            tuple(one for one in single if isinstance(one, RegisteredCheck)),
            tuple(dict.fromkeys(problems + [problem for several in twice.values() for problem in several])),
            frozenset(check.form for check, _ in asked if not isinstance(check, LockCheck)),
            tuple(one for one in single if isinstance(one, RegisteredCross)),
            frozenset(
                item for check, _ in asked if isinstance(check, CrossSubjectCheck) for item in check.reads
            ),
            tuple(one for one in single if isinstance(one, RegisteredLockCheck)),
        )

    def functions(self, study: PluginStudy, active: Activation) -> StudyFunctions:
        """What a study's active plugins add to its expressions. Plugins of other studies are not asked."""
        asked, problems = self._of_study("edc_register_functions", Function, study, active)
        if not asked:
            return StudyFunctions(problems=tuple(problems))
        from edc_core.expressions.plugin_functions import refusal  # the language, which few studies extend

        offered: list[tuple[Function, PluginIdentity]] = []
        for function, identity in asked:
            if text := refusal(function):
                problems.append(PluginFailure(identity.name, identity.version, text))
            else:
                offered.append((replace(function, plugin=identity.stamp), identity))
        twice = named_twice("Function", ((function.name, identity) for function, identity in offered))
        return StudyFunctions(
            {function.name: function for function, _ in offered if function.name not in twice},
            tuple(dict.fromkeys(problems + [problem for several in twice.values() for problem in several])),
        )

    def country_standards(self, study: PluginStudy, active: Activation) -> StudyStandards:
        """What authorities ask of a study, by its active plugins. Plugins of other studies are not asked."""
        offered: list[tuple[CountryStandard, PluginIdentity]]
        offered, problems = self._of_study("edc_register_country_standards", CountryStandard, study, active)
        twice = named_twice("Country standard", ((one.name, identity) for one, identity in offered))
        return StudyStandards(
            tuple(sorted((one for one in offered if one[0].name not in twice), key=lambda one: one[0].name)),
            tuple(dict.fromkeys(problems + [problem for several in twice.values() for problem in several])),
        )

    def after_commit(self, facts: tuple[Fact, ...], active: Activation) -> tuple[PluginFailure, ...]:
        """Tell a study's plugins what was committed; a plugin that fails does not keep it from the others."""
        failures: list[PluginFailure] = []
        for identity in active.plugins:
            if "edc_after_commit" in self.hooks_of(identity.name):
                try:
                    self._caller("edc_after_commit", identity.name)(facts=facts)
                except Exception as error:  # noqa: BLE001 - becomes a failure of the plugin
                    # facts hold no collected values, yet the plugin may have fetched some: no message
                    failures.append(
                        PluginFailure(
                            identity.name, identity.version, f"{type(error).__name__} when notified."
                        )
                    )
        return tuple(failures)

    def _usable_scanners(self) -> Iterator[tuple[str, Scanner]]:
        """What tells identifiers in texts, each with its plugin; of a plugin with a pattern that is none, nothing."""
        for loaded, scanners in self._of_each("edc_register_scanners", Scanner, lambda scanner: scanner.name):
            wrong = next(filter(None, map(refusal_of_pattern, scanners)), "")
            if wrong:
                self._refuse(loaded.source, wrong)
            else:
                yield from ((loaded.identity.name, scanner) for scanner in scanners)


#: How the names of variables begin that say where the tools and rules of engines are.
OF_ENGINES = ("EDC_CONFORMANCE_", "EDC_CORE_")


def _name_of_page(page: Page | InstallationPage) -> str:
    above = "/" if isinstance(page, InstallationPage) else ""
    return f"{page.method} {above}{page.path}"


def settings_of(plugin: str, settings: Mapping[str, str]) -> dict[str, str]:
    """The variables ``EDC_PLUGIN_...`` of a plugin by the rest of their names, and ``BASE_URL``."""
    prefix = f"EDC_{plugin.upper().replace('-', '_')}_"
    own = {name.removeprefix(prefix): text for name, text in settings.items() if name.startswith(prefix)}
    return own | {"BASE_URL": settings.get("EDC_BASE_URL", "")}


def _own(settings: Mapping[str, str]) -> Callable[[str], dict[str, Any]]:
    """What a hook that takes settings is given: those of the plugin."""
    return lambda plugin: {"settings": settings_of(plugin, settings)}


def _is_path(path: str) -> bool:
    arguments = ["study", *_ARGUMENT.findall(path)]  # the study stands in every address
    return _PATH.fullmatch(path) is not None and len(set(arguments)) == len(arguments)
