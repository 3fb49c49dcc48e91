"""Which findings of an authority are about texts that its package does not hold."""

import pytest
from edc_core_conformance.taken import of_packages

from edc_core.api import (
    Alias,
    Confidence,
    ConformanceFinding,
    ConformanceReport,
    CountryProfile,
    CountryStandard,
    DataType,
    ExportDataset,
    ExportProfile,
    ItemDef,
    MetaDataIndex,
    MetaDataVersion,
    Sourced,
    StudyInfo,
    TransportProfile,
)

PLACE = "V1[1]/AE[1]/AE.AELOG[1]"
DATASET = ExportDataset(
    "DEMO", "Demo", "dev",
    {"1": MetaDataIndex(MetaDataVersion(
        "1", "1", StudyInfo("DEMO", "Demo"),
        items=(ItemDef("AE.AETERM", "AETERM", DataType.TEXT),
               ItemDef("AE.ZH", "ZH", DataType.TEXT, aliases=(Alias("edc:language", "zh"),))),
    ))},
    "0" * 64, "2026-06-01T00:00:00.000000Z", {}, {}, lambda: iter(()),
)  # fmt: skip


def sourced(value):
    return Sourced(value, "A source", "2026-01-01", Confidence.HIGH)


def standard(name, encoding):
    profile = CountryProfile(name, name, ("US",), ("en",), ("UTC",), retention="P2Y")
    return CountryStandard(
        country_profile=sourced(profile),
        export_profiles=(sourced(ExportProfile("X", "X", TransportProfile(encoding=encoding))),),
    )


@pytest.mark.parametrize(
    ("rule_set", "item", "is_told"),
    [("US-FDA", "AE.ZH", False), ("US-FDA", "AE.AETERM", True), ("CN-NMPA", "AE.ZH", True), ("CDISC CORE", "AE.ZH", True)],
)  # fmt: skip
def test_what_a_package_leaves_out_is_no_finding_of_its_authority(rule_set, item, is_told):
    found = ConformanceFinding(
        rule="R", rule_set=rule_set, text="It is not ASCII.", dataset="AE", record=1, variable="AETERM", subject="S-1",
        item=f"{PLACE}/{item}",
    )  # fmt: skip
    report = ConformanceReport((), (found,))
    kept = of_packages(report, (standard("US-FDA", "ascii"), standard("CN-NMPA", "gb18030")), DATASET)
    assert kept.findings == ((found,) if is_told else ())


def test_a_finding_that_names_no_item_stays():
    found = ConformanceFinding(rule="R", rule_set="US-FDA", text="DM is missing.", dataset="DM")
    report = ConformanceReport((), (found,))
    assert of_packages(report, (standard("US-FDA", "ascii"),), DATASET) == report
