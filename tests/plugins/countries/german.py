"""A standard as another author would write it: a German site asks why race is needed, and does not ask race."""

from edc_core.api import (
    AskedItem,
    Confidence,
    CountryProfile,
    CountryStandard,
    DataType,
    FormExtension,
    ItemDef,
    Sourced,
    TranslatedText,
    hookimpl,
)


def so(value):
    return Sourced(value, "A source of the tests", "2026-11-22", Confidence.HIGH)


REASON = ItemDef("", "DEREASON", DataType.TEXT, TranslatedText.of("Why is it needed?", "en"), length=100)


@hookimpl
def edc_register_country_standards(study):
    profile = CountryProfile("DE-BFARM", "An authority", ("DE",), ("de",), ("Europe/Berlin",))
    extension = FormExtension("DE-B1", "DM", items=(AskedItem(REASON),), hides=("RACE",))
    return [CountryStandard(so(profile), extend_forms=(so(extension),))]
