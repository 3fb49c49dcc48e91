"""Which country standards concern a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import Action

if TYPE_CHECKING:
    from edc_core.api import CountryStandard, StudyAccess


def standards_seen(study: StudyAccess) -> list[CountryStandard]:
    """Those of the countries of the person's sites; who sees the whole study sees every one, of countries to come too."""
    every = [standard for standard, _ in study.country_standards()]
    if study.may(Action.VIEW_DATA, "*"):
        return every
    countries = {site.country for site in study.sites()}
    return [one for one in every if not countries.isdisjoint(one.countries)]
