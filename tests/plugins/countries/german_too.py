"""A second author who defines the item of the first one."""

import dataclasses

from edc_core.api import hookimpl
from tests.plugins.countries import german


@hookimpl
def edc_register_country_standards(study):
    [one] = german.edc_register_country_standards(study)
    profile = dataclasses.replace(one.country_profile.value, name="DE-PEI")
    return [dataclasses.replace(one, country_profile=german.so(profile))]
