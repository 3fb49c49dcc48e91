"""GB-B3: numbers and places that tell who somebody is."""

from __future__ import annotations

from edc_core.api import CheckDigit, Scanner
from edc_core_country_gb.sources import PRIVACY, held, says

_SITES = ("GB",)
#: Modulo 11: the digit is 11 less the remainder, 0 for 11; a number that would need 10 is never given out.
NHS_DIGIT = CheckDigit(
    tuple(range(10, 1, -1)), 11, tuple({0: "0", 1: ""}.get(one, str(11 - one)) for one in range(11))
)
NHS = Scanner(
    "gb-nhs",
    r"\d{3}[ -]?\d{3}[ -]?\d{4}",
    says("This holds an NHS number. Write it without."),
    check=NHS_DIGIT,
    countries=_SITES,
)
INSURANCE = Scanner(
    "gb-ni",
    r"(?i)\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b",
    says("This holds a National Insurance number. Write it without."),
    countries=_SITES,
)
POSTCODE = Scanner(
    "gb-postcode",
    r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b",
    says("This holds a postcode. Write it without."),
    countries=_SITES,
)
SCANNERS = tuple(held(one, PRIVACY) for one in (NHS, INSURANCE, POSTCODE))
