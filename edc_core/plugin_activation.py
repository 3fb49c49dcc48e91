"""Which of the installed plugins a study uses: names and version ranges of ``study.yaml`` against what is there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from edc_core.domain.plugin_identity import digest_of_files
from edc_core.plugin_source import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.metadata import PluginUse
    from edc_core.domain.plugin_identity import PluginFailure, PluginIdentity
    from edc_core.domain.scanner import Scanner
    from edc_core.plugin_source import PluginSource


class ActivationCode(StrEnum):
    """What is wrong with a plugin that a study names."""

    MISSING = "missing"  #: not installed, disabled, or it could not be imported
    OUTSIDE_RANGE = "outside range"  #: installed, in a version the study does not allow
    BAD_RANGE = "bad range"  #: the version range cannot be read
    NAMED_TWICE = "named twice"
    CHANGED = "changed"  #: active, yet another version or other sources than are in force in the study


@dataclass(frozen=True, slots=True)
class ActivationFinding:
    """One thing to put right. ``CHANGED`` leaves the plugin active; all others leave it out."""

    name: str
    code: ActivationCode
    text: str


@dataclass(frozen=True, slots=True)
class Activation:
    """The plugins of one study.

    :param plugins: active ones, sorted by name.
    :param sources: how another process loads the same.
    :param resolved: the study's uses with version and digest filled in, as they are published.
    :param scanners: what tells identifiers in its texts, sorted by name.
    """

    plugins: tuple[PluginIdentity, ...] = ()
    sources: tuple[PluginSource, ...] = ()
    resolved: tuple[PluginUse, ...] = ()
    findings: tuple[ActivationFinding, ...] = ()
    scanners: tuple[Scanner, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every plugin the study names is active."""
        return all(finding.code is ActivationCode.CHANGED for finding in self.findings)

    @property
    def is_as_published(self) -> bool:
        """Whether every plugin is the very one that was published; a live study takes entries only then."""
        return not self.findings


def activate(
    uses: tuple[PluginUse, ...],
    installed: Mapping[PluginSource, PluginIdentity],
    failures: tuple[PluginFailure, ...] = (),
) -> Activation:
    """Resolve what a study names against what is installed."""
    by_name: dict[str, list[PluginSource]] = {}  # a distribution may bring several plugins
    for source in sorted(installed):
        for name in source.names:
            by_name.setdefault(name, []).append(source)
    failed = {canonical(failure.name): failure.text for failure in failures}
    active: dict[PluginSource, PluginIdentity] = {}
    resolved: list[PluginUse] = []
    findings: list[ActivationFinding] = []
    for use in uses:
        named = by_name.get(canonical(use.name), [])
        if not named:
            why = failed.get(canonical(use.name), "It is not installed, or it is disabled.")
            text = f"Plugin '{use.name}' is not there. {why}"
            findings.append(ActivationFinding(use.name, ActivationCode.MISSING, text))
        elif any(source in active for source in named):
            text = f"Plugin '{use.name}' is named twice."
            findings.append(ActivationFinding(use.name, ActivationCode.NAMED_TWICE, text))
        elif finding := _range_finding(use, installed[named[0]]):
            findings.append(finding)
        else:
            active.update({source: installed[source] for source in named})
            now = replace(
                use, version=installed[named[0]].version, sha256=_digest([active[s] for s in named])
            )
            resolved.append(now)
            findings += _changes(use, now)
    order = sorted(active.items(), key=lambda pair: pair[1])
    return Activation(
        tuple(identity for _, identity in order),
        tuple(source for source, _ in order),
        tuple(resolved),
        tuple(findings),
    )


def _range_finding(use: PluginUse, identity: PluginIdentity) -> ActivationFinding | None:
    try:
        allowed = SpecifierSet(use.specifier)
        version = Version(identity.version)
    except (InvalidSpecifier, InvalidVersion) as error:
        text = f"The version range of plugin '{use.name}' cannot be read: {error}"
        return ActivationFinding(use.name, ActivationCode.BAD_RANGE, text)
    if allowed.contains(version, prereleases=True):
        return None
    text = f"Plugin '{use.name}' is installed as {identity.version}; the study allows {use.specifier}."
    return ActivationFinding(use.name, ActivationCode.OUTSIDE_RANGE, text)


def _digest(plugins: list[PluginIdentity]) -> str:
    """The digest of a plugin; of several that come together, one over theirs."""
    if len(plugins) == 1:
        return plugins[0].sha256
    return digest_of_files((plugin.name, plugin.sha256.encode()) for plugin in plugins)


def _changes(use: PluginUse, now: PluginUse) -> list[ActivationFinding]:
    if use.version and use.version != now.version:
        text = f"Plugin '{use.name}' is installed as {now.version}; in this study {use.version} is in force."
    elif use.sha256 and use.sha256 != now.sha256:
        text = f"Plugin '{use.name}' {now.version} has other sources than the {use.version} in force in this study."
    else:
        return []
    return [ActivationFinding(use.name, ActivationCode.CHANGED, text)]
