"""What Germany, France and Spain ask besides: how exact a date of birth is, origin, identity numbers, language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import (
    CheckExample,
    CountryCheck,
    CountryProfile,
    CountryStandard,
    ForbiddenItem,
)
from edc_core_country_eu import identity, numbers, special, words
from edc_core_country_eu.sources import ADEQUATE, CTR, EEA, ENDS, GDPR, held, says, seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import Locale, PluginStudy

FRENCH_ORIGIN = seen(
    ForbiddenItem(
        "EU-B2.FR",
        rf"^({'|'.join(special.ORIGIN)})$",
        says("In France race and ethnic origin are asked only with a scientific justification."),
    ),
    "CNIL MR-001: ethnic origin only with scientific justification",
)
_BIRTH = {
    # with a month, the months since a day are a number; with a year alone they lie between two, and nothing equals those
    "year": "missing({0}) or not decided(months({0}, '1900-01-01') == months({0}, '1900-01-01'))",
    "month": "missing({0}) or not is_complete({0})",
}


def of_member_states(study: PluginStudy) -> Iterator[CountryStandard]:
    """France asks no origin unless the setting ``fr_ethnic_justification`` says why it is needed."""
    justified = bool(study.configuration.get("fr_ethnic_justification"))
    french = () if justified else (FRENCH_ORIGIN,)
    yield _state(study, "DE", "BfArM and PEI", "Europe/Berlin", words.GERMAN)
    yield _state(study, "FR", "ANSM and CNIL", "Europe/Paris", words.FRENCH, french)
    yield _state(study, "ES", "AEMPS", "Europe/Madrid", words.SPANISH)


def _state(
    study: PluginStudy,
    country: str,
    authority: str,
    zone: str,
    locale: Locale,
    bans: tuple = (),  # type: ignore[type-arg]
) -> CountryStandard:
    profile = CountryProfile(
        f"EU-{country}", authority, (country,), (locale.language,), (zone,), (*EEA, *ADEQUATE), ENDS, "P25Y"
    )
    return CountryStandard(
        country_profile=held(profile, f"{CTR} Art. 58"),
        forbidden_items=(*identity.SCANNERS[country], *bans),
        edit_checks=(
            *(held(one, f"{GDPR} Art. 5(1)(c)") for one in _birth(study, country, locale)),
            *(held(one, "Decimal comma") for one in numbers.ambiguous(study, f"EU-B4.{country}")),
        ),
        locale=(held(locale, f"{CTR} Art. 26"),),
    )  # fmt: skip


def _birth(study: PluginStudy, country: str, locale: Locale) -> Iterator[CountryCheck]:
    form = next((one for one in study.index.version.forms if one.name == "DM"), None)
    names = {placed.item.name for placed in study.index.placed_items(form.oid)} if form else set()
    if locale.birth == "day" or "BRTHDAT" not in names:
        return
    fine, too_much = ("1980", "1980-01") if locale.birth == "year" else ("1980-01", "1980-01-02")
    yield CountryCheck(
        f"EU-B2.{country}.BIRTH", "DM", "BRTHDAT", _exact(locale.birth),
        says(f"Here a date of birth is known to the {locale.birth} alone. Please leave out what is more exact."),
        examples=(CheckExample(True, (("BRTHDAT", too_much),)), CheckExample(False, (("BRTHDAT", fine),))),
    )  # fmt: skip


def _exact(birth: str) -> str:
    return _BIRTH[birth].format("BRTHDAT")
