"""US-B9: what FDA's inspectors are told of each site and arm, as far as the tabulations know it.

Source: FDA, Specifications for Preparing and Submitting Summary Level Clinical Site Data (BIMO), names and labels of its table.
What only the sponsor knows (applications, financial disclosure, efficacy results, the address of the investigator) is not made up:
the guide lists those variables as the sponsor's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from edc_core.api import DataType, TabularDataset, Variable, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CLINSITE = "CLINSITE"
OF_THE_SPONSOR = (
    "SPONNO", "SPONNAME", "IND", "UNDERIND", "NDA", "BLA", "SUPPNUM", "ENDPOINT", "ENDPTYPE", "TRTEFFR", "TRTEFFS", "SITEEFFE",
    "SITEEFFS", "CENSOR", "FINLMAX", "FINLDISC", "LASTNAME", "FRSTNAME", "MINITIAL", "PHONE", "FAX", "EMAIL", "STATE", "CITY",
    "POSTAL", "STREET",
)  # fmt: skip
_TEXT = (
    ("STUDY", "Study Number"), ("STUDYTL", "Study Title"), ("DOMAIN", "Domain Abbreviation"), ("SITEID", "Study Site Identifier"),
    ("COUNTRY", "Country"), ("ARM", "Treatment Arm"),
)  # fmt: skip
_COUNTED = (
    ("SCREEN", "Number of Subjects Screened"), ("ENROLL", "Number of Subjects Enrolled"),
    ("DISCONT", "Number of Subject Discontinuations"), ("NSAE", "Number of Non-Serious Adverse Events"),
    ("SAE", "Number of Serious Adverse Events"), ("DEATH", "Number of Deaths"), ("PROTVIOL", "Number of Protocol Violations"),
)  # fmt: skip
_NOT_RANDOMISED = ("", "SCRNFAIL", "NOTASSGN", "NOTTRT")
_ENDED_AS_PLANNED = ("COMPLETED", "SCREEN FAILURE")

Place = tuple[str, str, str]  #: site, country, arm


def clinical_sites(study: str, title: str, tables: Mapping[str, TabularDataset]) -> TabularDataset:
    """One record for each site and planned arm.

    :param tables: SDTM datasets by name. Deviations are counted where there is DV; without it PROTVIOL is blank. A subject that
        is not in DM belongs to no site: the rule US-B5.DM finds it.
    """
    records = list(_records(study, title, tables))
    longest = [max([1, *(len(row[n] or "") for row in records)]) for n in range(len(_TEXT))]
    variables = (
        *(
            Variable(name, label, DataType.TEXT, name, length)
            for (name, label), length in zip(_TEXT, longest, strict=True)
        ),
        *(Variable(name, label, DataType.INTEGER, name) for name, label in _COUNTED),
    )
    return TabularDataset(
        CLINSITE, "Summary Level Clinical Site Data", variables, lambda: iter(records), CLINSITE
    )


def _records(study: str, title: str, tables: Mapping[str, TabularDataset]) -> Iterator[list[str | None]]:
    counts: dict[Place, Counter[str]] = defaultdict(Counter)
    places: dict[str, Place] = {}
    for row in rows_of(tables, "DM"):
        arm = "" if row["ARMCD"] in _NOT_RANDOMISED else row["ARM"]
        place = places[row["USUBJID"]] = (row["SITEID"], row["COUNTRY"], arm)
        found = counts[place]
        found["SCREEN"] += 1
        found["ENROLL"] += bool(arm)
        found["DEATH"] += row["DTHFL"] == "Y"
    for name, of_row in (("AE", _seriousness), ("DV", lambda _row: "PROTVIOL")):
        for row in rows_of(tables, name):
            if row["USUBJID"] in places:
                counts[places[row["USUBJID"]]][of_row(row)] += 1
    ended = {
        row["USUBJID"]
        for row in rows_of(tables, "DS")
        if row["DSCAT"] == "DISPOSITION EVENT" and row["DSDECOD"] not in _ENDED_AS_PLANNED
    }
    for subject in ended & places.keys():
        counts[places[subject]]["DISCONT"] += 1
    unknown = frozenset() if "DV" in tables else frozenset({"PROTVIOL"})
    for (site, country, arm), found in sorted(counts.items()):
        numbers = [None if name in unknown else str(found[name]) for name, _ in _COUNTED]
        yield [study, title, "DE", site, country, arm or None, *numbers]


def _seriousness(row: Mapping[str, str]) -> str:
    return "SAE" if row["AESER"] == "Y" else "NSAE"
