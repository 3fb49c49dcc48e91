"""CN-B5: what datasets and variables of SDTMIG 3.4 are called in Chinese, and what frequent tests and answers are.

The words are those of this plugin, at most 13 characters each, so that a label has no more than 40 bytes in any encoding that is
taken. Source of the limit and of the wish: NMPA/CDE, guideline on the submission of clinical trial data (Jul 2020).
"""

from __future__ import annotations

import csv
from importlib.resources import files

#: Their texts go on in further variables, numbered from 1: COVAL1, TSVAL1.
CONTINUED = ("Comment", "Parameter Value")
#: Domains of observations in SDTMIG 3.4, and DM and SV: each may have a SUPP--.
DOMAINS = (
    "AE", "AG", "BE", "BS", "CE", "CM", "CO", "CP", "CV", "DA", "DD", "DM", "DS", "DV", "EC", "EG", "EX", "FA", "FT", "GF", "HO",
    "IE", "IS", "LB", "MB", "MH", "MI", "MK", "ML", "MS", "NV", "OE", "PC", "PE", "PP", "PR", "QS", "RE", "RP", "RS", "SC", "SE",
    "SR", "SS", "SU", "SV", "TR", "TU", "UR", "VS",
)  # fmt: skip


def labels() -> tuple[tuple[str, str], ...]:
    """In English, as SDTMIG 3.4 and CDISC Controlled Terminology (TEST) have them, and in Chinese."""
    known = _read("labels.tsv")
    further = ((f"{one} {n}", f"{known[one]}{n}") for one in CONTINUED for n in range(1, 10))
    beside = ((f"Supplemental Qualifiers for {one}", f"{one}补充修饰语") for one in DOMAINS)
    return (*known.items(), *further, *beside, *_read("terms.tsv").items())


def _read(name: str) -> dict[str, str]:
    with files("edc_core_country_cn.facts").joinpath(name).open(encoding="utf-8") as file:
        return dict(csv.reader(file, delimiter="\t"))
