"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import CountryStandard, PluginStudy, Scanner, hookimpl
from edc_core_country_eu.identity import SCANNERS
from edc_core_country_eu.member_states import of_member_states
from edc_core_country_eu.standard import european_standard


@hookimpl
def edc_register_country_standards(study: PluginStudy) -> Iterable[CountryStandard]:
    yield european_standard(study)
    yield from of_member_states(study)


@hookimpl
def edc_register_scanners() -> Iterable[Scanner]:
    return (fact.value for facts in SCANNERS.values() for fact in facts)
