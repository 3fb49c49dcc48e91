"""What this distribution registers."""

from acme_edc_country_ca.standard import HEALTH_CARD, canadian_standard
from edc_core.api import hookimpl


@hookimpl
def edc_register_country_standards(study):
    yield canadian_standard(study)


@hookimpl
def edc_register_scanners():
    yield HEALTH_CARD
