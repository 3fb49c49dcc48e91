"""What a plugin learns of a study when it registers its checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from edc_core.domain.index import MetaDataIndex


@dataclass(frozen=True, slots=True)
class PluginStudy:
    """Read-only description of one study in one environment.

    :param index: the MetaDataVersion and its lookups.
    :param countries: ISO 3166 alpha-2 codes of the study's sites, sorted.
    :param configuration: what ``study.yaml`` says to plugins, as plain JSON values by distribution name; a plugin
        gets the study with its own part only.
    """

    oid: str
    environment: str
    index: MetaDataIndex
    countries: tuple[str, ...] = ()
    configuration: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def of(
        cls, index: MetaDataIndex, environment: str, *, configuration: Mapping[str, object] | None = None
    ) -> PluginStudy:
        """Describe a version of a study; the countries are those of its sites."""
        countries = sorted({site.country for site in index.version.sites if site.country})
        chosen = {use.name: dict(use.settings) for use in index.version.plugins if use.settings}
        return cls(index.version.study.oid, environment, index, tuple(countries), configuration or chosen)

    @property
    def title(self) -> str:
        """The study as people write it: ``HERSC-301@uat``."""
        return f"{self.oid}@{self.environment}"

    def narrowed_to(self, distribution: str) -> PluginStudy:
        """The study as one plugin gets it."""
        own = self.configuration.get(distribution)
        return replace(self, configuration=own if isinstance(own, Mapping) else {})
