"""What a country standard says of a package, and what the study adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import ExportRefused, Labels

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from edc_core.api import CountryStandard, ExportDataset, ExportProfile, HeldFormat, PackageLayout

DISTRIBUTION = "edc-core-packages"
SITES = "sites"  #: what a layout calls the place of what is told of each site
HOLDS = "holds"  #: setting that names what lies in a package on request
AUTHORITY = "authority"  #: setting that names the standard of ``package-other``
OWN = frozenset({HOLDS, AUTHORITY})  #: every other setting is an explanation of a rule


@dataclass(frozen=True, slots=True)
class Asked:
    """:param explanations: texts by rule, of the study. :param holds: other formats that the package holds."""

    standard: CountryStandard
    layout: PackageLayout
    profile: ExportProfile
    explanations: Mapping[str, str]
    holds: tuple[HeldFormat, ...] = ()

    def folder(self, what: str, study: str) -> str:
        """Where something goes: its own place, or where the layout has none that of what it belongs to."""
        named = dict(self.layout.folders)
        fallback = "analysis" if what == "programs" else "tabulations"
        return self.layout.folder(what if what in named else fallback, study)

    @property
    def wants_sites(self) -> bool:
        """Whether the layout has a place for what is told of each site (US-B9)."""
        return SITES in dict(self.layout.folders)

    @property
    def labels(self) -> Labels | None:
        """What datasets and variables are called, where the authority wants another language than English."""
        return Labels(self.layout.language, dict(self.profile.labels)) if self.profile.labels else None


def asked_by(authority: str, dataset: ExportDataset) -> Asked:
    """:param authority: name of its country standard.

    :raises ExportRefused: the study does not name a plugin with this standard, the standard describes no package, or the study asks
        that a package holds what it cannot hold.
    """
    standard = next((one for one in dataset.standards() if one.name == authority), None)
    if standard is None:
        raise ExportRefused(
            f"The study does not follow {authority}. Name the plugin that brings it (edc-core-country-"
            f"{authority.partition('-')[0].lower()}) under 'plugins' in study.yaml, and publish."
        )
    if not _describes_package(standard):
        raise ExportRefused(f"{authority} says nothing of packages.")
    layout = standard.package_layout[0].value
    settings = _settings(dataset)
    explanations = {rule: text for rule, text in settings.items() if rule not in OWN}
    held = _held(standard.name, layout, settings.get(HOLDS, "").replace(",", " ").split())
    return Asked(standard, layout, standard.export_profiles[0].value, explanations, held)


def other_authority(known: Collection[str], dataset: ExportDataset) -> str:
    """The standard of the study that describes a package and has no format of its own; of several the setting says which.

    :raises ExportRefused: there is none, or it is not said which.
    """
    found = [one.name for one in dataset.standards() if _describes_package(one) and one.name not in known]
    said = _settings(dataset).get(AUTHORITY, "")
    if said in found:
        return said
    if said or len(found) != 1:
        raise ExportRefused(
            f"This package is for one of: {', '.join(found)}. Say which: under 'plugins' in study.yaml, as the setting "
            f"'{AUTHORITY}' of {DISTRIBUTION}, and publish."
            if found
            else "No country standard of this study describes a package of its own, beside those that have a format. Name the "
            "plugin that brings one under 'plugins' in study.yaml, and publish."
        )
    return found[0]


def _describes_package(standard: CountryStandard) -> bool:
    return bool(standard.package_layout and standard.export_profiles)


def _settings(dataset: ExportDataset) -> dict[str, str]:
    uses = dataset.newest.version.plugins
    said = next((use.settings for use in uses if use.name == DISTRIBUTION), {})
    return {name: str(text) for name, text in dict(said).items()}


def _held(authority: str, layout: PackageLayout, said: list[str]) -> tuple[HeldFormat, ...]:
    """What a package holds; what is asked for by a name takes the place of what would be there by that name.

    :param said: names, each for all authorities or, as ``casebooks:US-FDA``, for one.
    """
    wanted = [name for name, _, only in (one.partition(":") for one in said) if only in ("", authority)]
    known = dict.fromkeys(one.name for one in layout.holds)
    if unknown := sorted(set(wanted) - set(known)):
        raise ExportRefused(
            f"The setting '{HOLDS}' of {DISTRIBUTION} names '{unknown[0]}', which a package does not hold. It can hold: "
            f"{', '.join(known) or 'nothing'}."
        )
    held = {one.name: one for one in layout.holds if not one.on_request}
    held |= {one.name: one for one in layout.holds if one.on_request and one.name in wanted}
    return tuple(held.values())
