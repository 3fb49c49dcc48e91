"""What this plugin registers."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import Action, CountryStandard, MenuEntry, Page, PluginStudy, Scanner, hookimpl
from edc_core_country_jp.identity import SCANNERS
from edc_core_country_jp.sheet import inspection_sheet
from edc_core_country_jp.standard import japanese_standard


@hookimpl
def edc_register_country_standards(study: PluginStudy) -> Iterable[CountryStandard]:
    yield japanese_standard(study)


@hookimpl
def edc_register_scanners() -> Iterable[Scanner]:
    return (fact.value for fact in SCANNERS)


@hookimpl
def edc_register_pages() -> Iterable[Page]:
    yield Page(
        path="inspection-sheet.csv", action=Action.READ_TRAIL, handler=inspection_sheet,
        menu=MenuEntry("EDC inspection sheet (PMDA)", under="Country rules"),
    )  # fmt: skip
