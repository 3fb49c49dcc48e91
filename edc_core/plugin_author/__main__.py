"""The process in which a plugin is imported and asked. What it prints itself goes to standard error."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edc_core.definitions import loader
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import (
    DataType,
    FormDef,
    ItemDef,
    ItemGroupDef,
    ItemGroupRef,
    ItemRef,
    MetaDataVersion,
    PluginUse,
    StudyInfo,
)
from edc_core.domain.plugin_study import PluginStudy
from edc_core.errors import PluginError
from edc_core.plugin_manager import EdcPlugins
from edc_core.plugin_source import PluginSource

if TYPE_CHECKING:
    from edc_core.domain.plugin_identity import PluginFailure
    from edc_core.plugin_activation import Activation
    from edc_core.plugin_offers import StudyChecks

Pairs = list[tuple[str, str]]

#: Hooks asked for the installation, and how what they give is named.
_REGISTERS = {
    "edc_register_importers": "importers",
    "edc_register_exporters": "exporters",
    "edc_register_commands": "commands",
    "edc_register_widgets": "widgets",
}


class _Looking:
    def __init__(self, request: dict[str, Any]) -> None:
        self.request = request
        self.findings: list[tuple[str, str, str]] = []
        self.offers: Pairs = []

    def find(self, code: str, place: str, text: str) -> None:
        if (code, place, text) not in self.findings:
            self.findings.append((code, place, text))

    def one(self, name: str, target: str) -> None:
        """Load one entry point and ask every hook it implements, twice."""
        source = PluginSource(name, target, self.request["distribution"], self.request["version"])
        plugins = EdcPlugins([source], strict=False)
        if self._failed(plugins.failures, target):
            return
        hooks = plugins.hooks_of(name)
        if not hooks:
            self.find("P303", target, "It implements no hook. Is @hookimpl missing?")
        for hook in hooks:
            self._ask(plugins, hook, target)

    def _failed(self, failures: tuple[PluginFailure, ...], place: str) -> bool:
        for failure in failures:
            code = "P302" if "does not fit the hooks" in failure.text else "P301"
            self.find(code, place, failure.text)
        return bool(failures)

    def _ask(self, plugins: EdcPlugins, hook: str, target: str) -> None:
        if hook == "edc_register_checks":
            first, again = self._checks(plugins), self._checks(plugins)
        elif hook == "edc_register_functions":
            first, again = self._functions(plugins), self._functions(plugins)
        elif hook in _REGISTERS:
            first, again = self._registered(plugins, hook, target), self._registered(plugins, hook, target)
        else:
            self.offers.append((hook, ""))
            return
        self.offers += first
        if first != again:
            self.find("P305", hook, "Asked twice, it offers different things.")
        if not first:
            self.find("W301", hook, "It offers nothing.")

    def _registered(self, plugins: EdcPlugins, hook: str, target: str) -> Pairs:
        own = EdcPlugins([]) if hook == "edc_register_widgets" else None
        known = {widget.name for widget in own.widgets()} if own else set()
        try:
            offered = getattr(plugins, _REGISTERS[hook])()
        except PluginError as error:
            self.find("P304", hook, error.message)
            return []
        for failure in plugins.failures:
            self.find("P304", hook, failure.text)
        return [(hook, one.name or "") for one in offered if one.name not in known]

    def _functions(self, plugins: EdcPlugins) -> Pairs:
        active = plugins.activate([PluginUse(self.request["distribution"], "")])
        version = self._version(plugins, active)
        if version is None:
            return []
        offered = plugins.functions(PluginStudy.of(MetaDataIndex(version), "dev"), active)
        for problem in offered.problems:
            self.find("P304", "edc_register_functions", problem.text)
        return [("edc_register_functions", one.signature()) for one in offered.functions.values()]

    def _checks(self, plugins: EdcPlugins) -> Pairs:
        active = plugins.activate([PluginUse(self.request["distribution"], "")])
        version = self._version(plugins, active)
        if version is None:
            return []
        offered = plugins.checks(PluginStudy.of(MetaDataIndex(version), "dev"), active)
        for problem in offered.problems:
            self.find("P304", "edc_register_checks", problem.text)
        said = [("edc_register_checks", one.check.oid) for one in offered.all]
        # asked in the server, not in the check host: it may look at what is kept beside the study
        return said + [("edc_register_checks, before a lock", one.check.oid) for one in offered.before_lock]

    def _version(self, plugins: EdcPlugins, active: Activation) -> MetaDataVersion | None:
        """The study to ask for: the one given, or one with just the forms and items that the checks name."""
        if self.request["study"]:
            loaded = loader.load(
                Path(self.request["study"]),
                functions=lambda version: (
                    plugins.functions(PluginStudy.of(MetaDataIndex(version), "dev"), active).functions
                ),
            )
            if loaded.version is None:
                text = "The study has findings of its own; 'edc study check' lists them."
                self.find("P306", self.request["study"], text)
            return loaded.version
        empty = MetaDataVersion("1", "1", StudyInfo("LOOK", "A study without forms"))
        asked = plugins.checks(PluginStudy.of(MetaDataIndex(empty), "dev"), active)
        return _with_what_is_named(empty, asked)


def _with_what_is_named(empty: MetaDataVersion, asked: StudyChecks) -> MetaDataVersion:
    items: dict[str, list[str]] = {form: [] for form in sorted(asked.forms)}
    for address in sorted(asked.reads):
        form, _, name = address.partition(".")
        items.setdefault(form, []).append(name)
    return replace(
        empty,
        forms=tuple(FormDef(form, form, group_refs=(ItemGroupRef(form),)) for form in items),
        item_groups=tuple(
            ItemGroupDef(form, form, item_refs=tuple(ItemRef(f"{form}.{name}") for name in names))
            for form, names in items.items()
        ),
        items=tuple(
            ItemDef(f"{form}.{name}", name, DataType.TEXT) for form, names in items.items() for name in names
        ),
    )


def main() -> None:
    """Answer the request in the first argument on standard output."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # a print while importing must not end in the answer
    request = json.loads(sys.argv[1])
    folder = Path(request["folder"])
    for place in (folder / "src", folder):
        sys.path.insert(0, str(place))
    looking = _Looking(request)
    with contextlib.redirect_stdout(sys.stderr):
        for name, target in sorted(request["entries"].items()):
            looking.one(name, target)
    json.dump({"findings": looking.findings, "offers": sorted(looking.offers)}, out)
    out.flush()


if __name__ == "__main__":
    main()
