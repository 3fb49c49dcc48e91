"""A casebook whose forms keep several versions: which plugins judge each, and the answers taken together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edc_core.domain.check_report import CheckReport

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.domain.finding import Found
    from edc_core.domain.metadata import PluginUse
    from edc_core.plugin_activation import Activation
    from edc_core.plugin_manager import EdcPlugins


def as_at_site(uses: tuple[PluginUse, ...], at_site: tuple[PluginUse, ...]) -> tuple[PluginUse, ...]:
    """The plugins of an older version, in the versions in force at the site: a plugin is installed once."""
    here = {use.name: use for use in at_site}
    return tuple(
        replace(use, version=now.version, sha256=now.sha256) if (now := here.get(use.name)) else use
        for use in uses
    )


def usable(plugins: EdcPlugins, uses: tuple[PluginUse, ...]) -> Activation:
    """Those plugins alone that are installed as they are in force; in live no other one may judge."""
    return plugins.activate(use for use in uses if plugins.activate((use,)).is_as_published)


def merged(reports: Iterable[CheckReport]) -> CheckReport:
    """One report of several. A check is settled when it looked at its forms of every version without failure."""
    several = list(reports)
    failures = tuple(dict.fromkeys(failure for report in several for failure in report.failures))
    unfinished = tuple(dict.fromkeys(oid for report in several for oid in report.unfinished))
    found: dict[tuple[str, str, str], Found] = {}
    for report in several:
        for one in report.found:
            found.setdefault(one.identity, one)
    settled = frozenset[str]().union(*(report.settled for report in several))
    return CheckReport(
        tuple(sorted(found.values(), key=lambda one: one.check_oid)),  # places stay in the study's order
        failures,
        tuple(pair for report in several for pair in report.ran),
        settled - {failure.check_oid for failure in failures} - set(unfinished),
        unfinished,
        tuple(answer for report in several for answer in report.answers),
    )
