"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import CountryStandard, PluginStudy, Scanner, hookimpl
from edc_core_country_kr.identity import SCANNERS
from edc_core_country_kr.standard import korean_standard


@hookimpl
def edc_register_country_standards(study: PluginStudy) -> Iterable[CountryStandard]:
    yield korean_standard(study)


@hookimpl
def edc_register_scanners() -> Iterable[Scanner]:
    return (fact.value for fact in SCANNERS)
