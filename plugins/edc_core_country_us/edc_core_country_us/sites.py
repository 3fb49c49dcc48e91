"""US-B9: the summary of sites for inspections (BIMO), one record for each site and arm."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from edc_core.api import DataType, TabularDataset, Variable, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from edc_core.api import Record

_TEXTS = (("STUDY", "Study Number"), ("SITEID", "Site ID"), ("COUNTRY", "Country"), ("ARM", "Treatment Arm"))
_NUMBERS = (
    ("ENROLL", "Number of Subjects Enrolled"), ("SCREEN", "Number of Subjects Screened"),
    ("DISCONT", "Number of Subject Discontinuations"), ("IMPDEV", "Number of Important Deviations"),
    ("NSAE", "Number of Non-Serious Adverse Events"), ("SAE", "Number of Serious Adverse Events"),
    ("DEATH", "Number of Deaths"),
)  # fmt: skip
VARIABLES = (
    *(Variable(name, label, DataType.TEXT) for name, label in _TEXTS),
    *(Variable(name, label, DataType.INTEGER) for name, label in _NUMBERS),
)
NOT_ENROLLED = "Screen Failure or Not Assigned"


def clinical_sites(datasets: Mapping[str, TabularDataset]) -> TabularDataset:
    """Clinsite, of DM, DS, DV and AE. Screened subjects of a site are counted in the record of no arm."""

    def records() -> Iterator[Record]:
        subjects = {row["USUBJID"]: row for row in rows_of(datasets, "DM")}
        counts: dict[str, Counter[tuple[str, str]]] = {
            name: Counter(
                _place(subjects[row["USUBJID"]])
                for row in rows_of(datasets, domain)
                if row["USUBJID"] in subjects and wanted(row)
            )
            for name, domain, wanted in _COUNTED
        }
        for place in sorted({_place(row) for row in subjects.values()}):
            row = next(row for row in subjects.values() if _place(row) == place)
            facts = (row["STUDYID"], place[0], row["COUNTRY"], place[1])
            yield (*facts, *(str(counts[name][place]) for name, _ in _NUMBERS))

    return TabularDataset("CLINSITE", "Summary-Level Clinical Site Data", VARIABLES, records)


def _place(row: Mapping[str, str]) -> tuple[str, str]:
    return row["SITEID"], row["ARM"] or NOT_ENROLLED


def _always(_row: Mapping[str, str]) -> bool:
    return True


_COUNTED: tuple[tuple[str, str, Callable[[Mapping[str, str]], bool]], ...] = (
    ("ENROLL", "DM", lambda row: bool(row["ARM"])),
    ("SCREEN", "DM", _always),
    (
        "DISCONT",
        "DS",
        lambda row: row["DSCAT"] == "DISPOSITION EVENT" and row["DSDECOD"] != "COMPLETED",
    ),
    ("IMPDEV", "DV", _always),
    ("NSAE", "AE", lambda row: row["AESER"] != "Y"),
    ("SAE", "AE", lambda row: row["AESER"] == "Y"),
    ("DEATH", "DM", lambda row: row["DTHFL"] == "Y"),
)
