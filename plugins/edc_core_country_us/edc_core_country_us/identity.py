"""US-B2: identifiers of HIPAA that no text holds."""

from __future__ import annotations

from edc_core.api import Scanner
from edc_core_country_us.sources import HIPAA, held, says

_SITES = ("US",)

#: The areas 000, 666 and 900 to 999, group 00 and serial 0000 were never given out. RE2 knows no look-ahead, so the ranges are spelt out.
_AREA = r"(00[1-9]|0[1-9]\d|[1-57-8]\d\d|6[0-57-9]\d|66[0-57-9])"
_GROUP = r"(0[1-9]|[1-9]\d)"
_SERIAL = r"(000[1-9]|00[1-9]\d|0[1-9]\d\d|[1-9]\d{3})"

SSN = Scanner(
    "us-ssn",
    rf"{_AREA}-{_GROUP}-{_SERIAL}",
    says("This holds a social security number. It is never stored: write it without."),
    by_law=True,
)
MRN = Scanner(
    "us-mrn",
    r"(?i)\bMRN\b[^\d\n]{0,6}\d{4,12}",
    says("This holds a medical record number. Use the subject number instead."),
    countries=_SITES,
)
ZIP = Scanner(
    "us-zip",
    r"\d{5}-\d{4}",
    says("This holds a ZIP code of nine digits. Write it without."),
    countries=_SITES,
)
PHONE = Scanner(
    "us-phone",
    r"(\+1[ .-]?)?(\(\d{3}\) ?|\d{3}[.-])\d{3}[ .-]\d{4}",
    says("This holds a telephone number. Write it without."),
    countries=_SITES,
)
EMAIL = Scanner(
    "us-e-mail",
    r"(?i)[A-Z0-9._%+-]{1,64}@[A-Z0-9-]{1,63}(\.[A-Z0-9-]{1,63}){0,4}\.[A-Z]{2,24}",
    says("This holds an e-mail address. Write it without."),
    countries=_SITES,
)
SCANNERS = tuple(held(one, HIPAA) for one in (SSN, MRN, ZIP, PHONE, EMAIL))
