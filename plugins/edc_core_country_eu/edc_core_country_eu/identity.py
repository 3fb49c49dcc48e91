"""EU-B3: what tells who somebody is, in the Union and in member states."""

from __future__ import annotations

from edc_core.api import CheckDigit, ForbiddenItem, Scanner
from edc_core_country_eu.sources import GDPR, MEMBERS, held, says

_MINIMAL = f"{GDPR} Art. 5(1)(c)"


def _by_number(digits: int, modulus: int, ends: tuple[str, ...]) -> CheckDigit:
    """A check by the number itself: its digits weigh as in the decimal system."""
    return CheckDigit(tuple(10**place for place in range(digits - 1, -1, -1)), modulus, ends)


EMAIL = Scanner(
    "eu-e-mail",
    r"(?i)[A-Z0-9._%+-]{1,64}@[A-Z0-9-]{1,63}(\.[A-Z0-9-]{1,63}){0,4}\.[A-Z]{2,24}",
    says("This holds an e-mail address. Write it without."),
    countries=MEMBERS,
)
PHONE = Scanner(
    "eu-phone",
    r"(\+\d{2,3}[ ./-]?\(?0?\)?[ ./-]?\d{1,4}|\(?0\d{1,4}\)?)([ ./-]\d{2,4}){2,4}",
    says("This holds a telephone number. Write it without."),
    countries=MEMBERS,
)
IBAN = Scanner(
    "eu-iban",
    r"(?i)\b[A-Z]{2}\d{2}( ?[A-Z0-9]{4}){2,7}( ?[A-Z0-9]{1,3})?\b",
    says("This holds a bank account number. Write it without."),
    check="iban",
    countries=MEMBERS,
)
#: The key is 97 less the remainder of the first thirteen digits.
NIR = Scanner(
    "fr-nir",
    r"[12] ?\d{2} ?\d{2} ?\d{2} ?\d{3} ?\d{3} ?\d{2}",
    says("This holds a French social security number (NIR). Write it without."),
    check=_by_number(13, 97, tuple(f"{97 - rest:02d}" for rest in range(97))),
    countries=("FR",),
)
KVNR = Scanner(
    "de-kvnr",
    r"\b[A-Z]\d{9}",
    says("This holds a German health-insurance number. Write it without."),
    countries=("DE",),
)
DNI = Scanner(
    "es-dni",
    r"\d{8}[ -]?[A-Z]\b",
    says("This holds a Spanish identity number (DNI). Write it without."),
    check=_by_number(8, 23, tuple("TRWAGMYFPDXBNJZSQVHLCKE")),
    countries=("ES",),
)
SCANNERS = {
    "EU": tuple(held(one, _MINIMAL) for one in (EMAIL, PHONE, IBAN)),
    "FR": (held(NIR, "CNIL MR-001"),),
    "DE": (held(KVNR, "SGB V § 290"),),
    "ES": (held(DNI, "Real Decreto 1553/2005"),),
}
INITIALS = held(
    ForbiddenItem(
        "EU-B3",
        r"\binitials?\b|\binitialen\b|\biniciales\b",
        says("Initials are not collected in the European Union. The subject number stands for the subject."),
    ),
    _MINIMAL,
)
