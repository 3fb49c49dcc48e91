"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import CountryStandard, PluginStudy, Scanner, hookimpl
from edc_core_country_us.identity import SCANNERS
from edc_core_country_us.standard import american_standard


@hookimpl
def edc_register_country_standards(study: PluginStudy) -> Iterable[CountryStandard]:
    yield american_standard(study)


@hookimpl
def edc_register_scanners() -> Iterable[Scanner]:
    return (fact.value for fact in SCANNERS)
