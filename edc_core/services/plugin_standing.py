"""How the installed plugins stand to those in force in a study: for the plugin page, home and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.services.entry_gate import standing
from edc_core.services.plugin_upgrades import pending
from edc_core.store import going_live, readers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edc_core.domain.metadata import PluginUse
    from edc_core.plugin_activation import Activation
    from edc_core.store.readers import StudyRow
    from edc_core.store.unit_of_work import Source


@dataclass(frozen=True, slots=True)
class Difference:
    """A plugin that is not installed as it is in force in a study.

    :param plugin: as ``study.yaml`` names it.
    :param installed: empty when it is not there, or in a version that the study does not allow.
    :param closes: entry is closed by it (the study is live).
    :param requested_by: who asked for the installed version, while nobody has approved it; empty for nobody.
    """

    study: str
    plugin: str
    in_force: str
    installed: str
    text: str
    closes: bool
    requested_by: str = ""
    reason: str = ""
    requested_at: str = ""

    @property
    def may_be_approved(self) -> bool:
        """Whether the installed version is one that the study allows."""
        return bool(self.installed)


def differences(
    source: Source, activate: Callable[[Iterable[PluginUse]], Activation], study: StudyRow
) -> tuple[Difference, ...]:
    """Plugins of the versions in force in a study that are missing or of another version, by name."""
    sites = readers.sites(source.connection, study.study_id).values()
    found: dict[str, Difference] = {}
    for version in sorted({study.meta_data_version, *(site.meta_data_version for site in sites)} - {""}):
        active = standing(source, activate, study, meta_data_version=version)
        if active.is_as_published:
            continue
        asked = going_live.upgrades(source.connection, study.study_id)
        uses = source.versions.plugins(
            source.connection, study.study_id, version, upgraded_n=study.upgraded_n
        )
        in_force = {use.name: use.version for use in uses}
        now = {use.name: use for use in active.resolved}
        for finding in active.findings:
            use, request = now.get(finding.name), pending(asked, finding.name)
            if request is not None and (
                use is None or (request.version, request.sha256) != (use.version, use.sha256)
            ):
                request = None  # for a version that is not installed any more
            found[finding.name] = Difference(
                study=str(study),
                plugin=finding.name,
                in_force=in_force.get(finding.name, ""),
                installed=use.version if use else "",
                text=finding.text,
                closes=study.environment == "live",
                requested_by=request.actor if request else "",
                reason=request.reason if request else "",
                requested_at=request.at if request else "",
            )
    return tuple(found[name] for name in sorted(found))
