"""US-B4, US-B5 and US-B7: what FDA looks at in datasets."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from edc_core.api import ConformanceRule, RuleFinding, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.api import TabularDataset

    Datasets = Mapping[str, TabularDataset]

MOST_NAME, MOST_LABEL, MOST_BYTES = 8, 40, 200
_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,7}")
#: Domains in which an epoch is expected of each record (SDTMIG 3.4: general observation classes).
_WITH_EPOCH = ("AE", "CM", "DS", "EC", "EX", "LB", "PC", "PE", "PR", "QS", "RS", "TR", "VS")


def transport_limits(datasets: Datasets) -> Iterator[RuleFinding]:
    """US-B4: names, labels and values as SAS XPORT version 5 takes them; ASCII only."""
    for name, dataset in datasets.items():
        what = [(name, dataset.label, "")] + [(one.name, one.label, one.name) for one in dataset.variables]
        for called, label, variable in what:
            if not _NAME.fullmatch(called):
                text = f"'{called}' is no name of at most {MOST_NAME} capital letters, digits and _."
                yield RuleFinding("US-B4", "error", name, text, variable=variable)
            if len(label) > MOST_LABEL or not label.isascii():
                text = f"The label '{label}' is longer than {MOST_LABEL} characters, or not ASCII."
                yield RuleFinding("US-B4", "error", name, text, variable=variable)
        yield from _values(name, datasets)


def _values(name: str, datasets: Datasets) -> Iterator[RuleFinding]:
    for number, row in enumerate(rows_of(datasets, name), 1):
        for variable, cell in row.items():
            if not cell.isascii():
                odd = next(one for one in cell if not one.isascii())
                text = f"Record {number} holds '{odd}' (U+{ord(odd):04X}), which is not ASCII."
                yield RuleFinding("US-B4", "error", name, text, number, variable)
            elif len(cell) > MOST_BYTES:
                text = f"Record {number} holds {len(cell)} bytes; {MOST_BYTES} are the most."
                yield RuleFinding("US-B4", "error", name, text, number, variable)


def trial_summary(datasets: Datasets) -> Iterator[RuleFinding]:
    """TS with the start of the study (SSTDTC): without it FDA does not take the package (rule 1734)."""
    if not any(row["TSPARMCD"] == "SSTDTC" and row["TSVAL"] for row in rows_of(datasets, "TS")):
        yield RuleFinding("US-B5.TS", "reject", "TS", "TS has no record SSTDTC with the start of the study.")


def everybody_in_dm(datasets: Datasets) -> Iterator[RuleFinding]:
    """DM with every subject that was screened, screen failures too (rule 1736)."""
    known = {row["USUBJID"] for row in rows_of(datasets, "DM")}
    if not known:
        yield RuleFinding("US-B5.DM", "reject", "DM", "DM is missing or empty.")
    missing: dict[str, str] = {}
    for name, dataset in datasets.items():
        if "USUBJID" in _names(dataset):
            for row in rows_of(datasets, name):
                if row["USUBJID"] and row["USUBJID"] not in known:
                    missing.setdefault(row["USUBJID"], name)
    for subject, name in sorted(missing.items()):
        text = f"Subject {subject} of {name} is not in DM, where screen failures belong too."
        yield RuleFinding("US-B5.DM", "reject", "DM", text, variable="USUBJID")


def epoch_is_there(datasets: Datasets) -> Iterator[RuleFinding]:
    for name in _WITH_EPOCH:
        if name in datasets and "EPOCH" not in _names(datasets[name]):
            yield RuleFinding("US-B5.EPOCH", "error", name, "EPOCH is missing.", variable="EPOCH")


def treatment_emergent(datasets: Datasets) -> Iterator[RuleFinding]:
    """AETRTEM of each adverse event, in AE or SUPPAE."""
    beside = _supplement(datasets, "AE", "AETRTEM")
    for number, row in enumerate(rows_of(datasets, "AE"), 1):
        if not row["AETRTEM"] and (row["USUBJID"], row["AESEQ"]) not in beside:
            text = "It is not said whether the event is treatment-emergent (AETRTEM)."
            yield RuleFinding("US-B5.AETRTEM", "error", "AE", text, number, "AETRTEM")


def loinc_filled(datasets: Datasets) -> Iterator[RuleFinding]:
    for number, row in enumerate(rows_of(datasets, "LB"), 1):
        if not row["LBLOINC"]:
            text = f"LBLOINC of {row['LBTESTCD'] or 'a test'} is empty."
            yield RuleFinding("US-B5.LBLOINC", "warning", "LB", text, number, "LBLOINC")


def unique_subjects(datasets: Datasets) -> Iterator[RuleFinding]:
    """USUBJID is one person in all studies of an application: twice in DM is another person, or a person twice."""
    studies: dict[str, str] = {}
    for number, row in enumerate(rows_of(datasets, "DM"), 1):
        if row["USUBJID"] in studies:
            other = studies[row["USUBJID"]]
            text = f"USUBJID {row['USUBJID']} stands in DM before, of study {other}."
            yield RuleFinding("US-B5.USUBJID", "error", "DM", text, number, "USUBJID")
        studies.setdefault(row["USUBJID"], row["STUDYID"])


def treated_have_start(datasets: Datasets) -> Iterator[RuleFinding]:
    """RFSTDTC of everybody in EX."""
    treated = {row["USUBJID"] for row in rows_of(datasets, "EX")}
    for number, row in enumerate(rows_of(datasets, "DM"), 1):
        if row["USUBJID"] in treated and not row["RFSTDTC"]:
            yield RuleFinding(
                "US-B5.RFSTDTC", "error", "DM", "A treated subject has no RFSTDTC.", number, "RFSTDTC"
            )


def dictionaries(settings: Mapping[str, str], datasets: Datasets) -> Iterator[RuleFinding]:
    """US-B7: versions of MedDRA and WHODrug are declared, and each medicine has its code."""
    for setting, name, domain in (("meddra", "MedDRA", "AE"), ("whodrug", "WHODrug Global B3", "CM")):
        if domain in datasets and not settings.get(setting):
            text = f"No version of {name} is declared: the plugin's setting {setting} in study.yaml."
            yield RuleFinding("US-B7", "error", domain, text)
    coded = _supplement(datasets, "CM", "CMDRGCD")
    for number, row in enumerate(rows_of(datasets, "CM"), 1):
        if not row["CMDRGCD"] and (row["USUBJID"], row["CMSEQ"]) not in coded:
            text = f"'{row['CMTRT']}' has no WHODrug code (CMDRGCD)."
            yield RuleFinding("US-B7", "error", "CM", text, number, "CMTRT")


def rules(settings: Mapping[str, str]) -> tuple[ConformanceRule, ...]:
    """All of them, those that reject a package first."""
    return (
        ConformanceRule("US-B5.TS", "TS says when the study began", trial_summary),
        ConformanceRule("US-B5.DM", "DM holds everybody who was screened", everybody_in_dm),
        ConformanceRule("US-B4", "Datasets fit the transport format", transport_limits),
        ConformanceRule("US-B5.EPOCH", "Records have an epoch", epoch_is_there),
        ConformanceRule("US-B5.AETRTEM", "Events are treatment-emergent or not", treatment_emergent),
        ConformanceRule("US-B5.LBLOINC", "Laboratory tests have LOINC codes", loinc_filled),
        ConformanceRule("US-B5.USUBJID", "A subject has one USUBJID", unique_subjects),
        ConformanceRule("US-B5.RFSTDTC", "Treated subjects have a first day", treated_have_start),
        ConformanceRule("US-B7", "Dictionaries are declared and used", partial(dictionaries, settings)),
    )


def _names(dataset: TabularDataset) -> list[str]:
    return [one.name for one in dataset.variables]


def _supplement(datasets: Datasets, domain: str, name: str) -> set[tuple[str, str]]:
    """Subjects and sequence numbers of which the supplement of a domain has a qualifier."""
    return {
        (row["USUBJID"], row["IDVARVAL"])
        for row in rows_of(datasets, f"SUPP{domain}")
        if row["QNAM"] == name and row["QVAL"]
    }
