"""Plugins as a study meets them: what is installed, what the study uses, how their checks fare."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.domain.permission import Action, Place
from edc_core.errors import NotAllowed
from edc_core.plugin_source import BUILTIN
from edc_core.services.plugin_standing import differences
from edc_core.store import checks

if TYPE_CHECKING:
    from edc_core.domain.metadata import PluginUse
    from edc_core.plugin_manager import EdcPlugins
    from edc_core.services.plugin_standing import Difference
    from edc_core.services.reading import StudyPicture

#: Kinds of failure in words (domain/check_report.FailureKind).
KINDS = {
    "timeout": "took too long",
    "crashed": "ended its process",
    "raised": "broke off",
    "nonsense": "gave an answer that cannot be used",
}


@dataclass(frozen=True, slots=True)
class CheckHealth:
    """A check that failed. :param resting: it is left out until ``until``, then tried again."""

    check: str
    resting: bool
    kind: str
    error: str
    failures: int
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class PluginLine:
    """:param in_force: the version in force in the study; empty when the study does not use the plugin.

    :param always: part of the core, in use whatever the study says.
    :param difference: how what is installed differs from what is in force.
    """

    name: str
    distribution: str
    version: str
    in_force: str
    hooks: tuple[str, ...]
    used: bool
    always: bool
    problem: str
    checks: tuple[CheckHealth, ...]
    difference: Difference | None = None


@dataclass(frozen=True, slots=True)
class PluginPicture:
    """:param may_ask: the person may ask for an upgrade. :param may_approve: and this one may approve it."""

    plugins: tuple[PluginLine, ...]
    failing: int
    may_ask: bool = False
    may_approve: bool = False


def plugin_picture(picture: StudyPicture, plugins: EdcPlugins) -> PluginPicture:
    """:raises NotAllowed: the person's role does not look after plugins."""
    if not picture.actor.may(Action.VIEW_PLUGINS, Place(picture.study.study_id)):
        raise NotAllowed(
            f"Your role does not include: {Action.VIEW_PLUGINS}.", action=str(Action.VIEW_PLUGINS)
        )
    failed: dict[str, list[CheckHealth]] = defaultdict(list)
    for row in checks.health(picture.source.connection, picture.study.study_id):
        if row["failures"] or row["state"]:
            words = KINDS.get(row["kind"], row["kind"].replace("_", " "))
            failed[row["plugin"].split(" ")[0]].append(
                CheckHealth(
                    row["check_oid"], bool(row["until"]), words, row["error"], row["failures"], row["since"],
                    row["until"],
                )
            )  # fmt: skip
    uses = {use.name: use for use in _in_force(picture)}
    refused = {failure.name: failure for failure in plugins.failures}
    differ = {one.plugin: one for one in differences(picture.source, plugins.activate, picture.study)}

    def line(
        name: str, distribution: str = "", version: str = "", *, in_force: str = "", problem: str = "",
        hooks: tuple[str, ...] = (),
    ) -> PluginLine:  # fmt: skip
        names = (name, distribution)
        return PluginLine(
            name, distribution, version, in_force, hooks, any(n in uses for n in names), name == BUILTIN, problem,
            tuple(failed.pop(distribution, []) + failed.pop(name, [])),
            next((differ[n] for n in names if n in differ), None),
        )  # fmt: skip

    lines = []
    for one in plugins.installed:
        in_force = next((uses[n].version for n in (one.name, one.distribution) if n in uses), "")
        hooks = plugins.hooks_of(one.name)
        lines.append(line(one.name, one.distribution, one.version, in_force=in_force, hooks=hooks))
    lines += [line(name, version=one.version, problem=one.text) for name, one in refused.items()]
    known = {name for one in lines for name in (one.name, one.distribution)}
    lines += [
        line(name, in_force=use.version, problem="is not installed")
        for name, use in uses.items()
        if name not in known
    ]
    lines += [line(name, name, problem="is not installed any more") for name in tuple(failed)]
    lines.sort(key=lambda line: (not _needs_a_look(line), not line.used, line.name))
    everywhere = Place.every_site(picture.study.study_id)
    return PluginPicture(
        tuple(lines),
        sum(_needs_a_look(line) for line in lines),
        may_ask=picture.actor.may(Action.UPGRADE_PLUGIN, everywhere),
        may_approve=picture.actor.may(Action.APPROVE_PLUGIN, everywhere),
    )


def _in_force(picture: StudyPicture) -> tuple[PluginUse, ...]:
    study = picture.study
    if not study.meta_data_version:
        return ()
    return picture.source.versions.plugins(
        picture.source.connection, study.study_id, study.meta_data_version, upgraded_n=study.upgraded_n
    )


def _needs_a_look(line: PluginLine) -> bool:
    return bool(line.problem or line.checks or (line.difference and line.difference.closes))
