"""Plugins as a study meets them: what is installed, what the study uses, how their checks fare."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.domain.permission import Action, Place
from edc_core.errors import NotAllowed
from edc_core.plugin_source import BUILTIN
from edc_core.store import checks

if TYPE_CHECKING:
    from edc_core.plugin_manager import EdcPlugins
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
    """:param published: the version the study was published with; empty when the study does not use the plugin.

    :param always: part of the core, in use whatever the study says.
    """

    name: str
    distribution: str
    version: str
    published: str
    hooks: tuple[str, ...]
    used: bool
    always: bool
    problem: str
    checks: tuple[CheckHealth, ...]


@dataclass(frozen=True, slots=True)
class PluginPicture:
    plugins: tuple[PluginLine, ...]
    failing: int


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
                    row["check_oid"],
                    bool(row["until"]),
                    words,
                    row["error"],
                    row["failures"],
                    row["since"],
                    row["until"],
                )
            )
    uses = {use.name: use for use in picture.index.version.plugins} if picture.study.meta_data_version else {}
    refused = {failure.name: failure for failure in plugins.failures}
    lines = [
        PluginLine(
            name=identity.name,
            distribution=identity.distribution,
            version=identity.version,
            published=next(
                (uses[n].version for n in (identity.name, identity.distribution) if n in uses), ""
            ),
            hooks=plugins.hooks_of(identity.name),
            used=identity.name in uses or identity.distribution in uses,
            always=identity.name == BUILTIN,
            problem="",
            checks=tuple(failed.pop(identity.distribution, []) + failed.pop(identity.name, [])),
        )
        for identity in plugins.installed
    ]
    lines += [
        PluginLine(name, "", failure.version, "", (), name in uses, False, failure.text, ())
        for name, failure in refused.items()
    ]
    known = {name for line in lines for name in (line.name, line.distribution)}
    lines += [
        PluginLine(
            name, "", "", use.version, (), used=True, always=False, problem="is not installed", checks=()
        )
        for name, use in uses.items()
        if name not in known
    ]
    lines += [
        PluginLine(
            name,
            name,
            "",
            "",
            (),
            used=False,
            always=False,
            problem="is not installed any more",
            checks=tuple(checks),
        )
        for name, checks in failed.items()
    ]
    lines.sort(key=lambda line: (not (line.problem or line.checks), not line.used, line.name))
    return PluginPicture(tuple(lines), sum(1 for line in lines if line.problem or line.checks))
