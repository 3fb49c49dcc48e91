"""The standard as a whole: each fact with its source."""

from __future__ import annotations

from edc_core.api import (
    CASEBOOKS,
    M5_DATASETS,
    CollectionUnit,
    CountryProfile,
    CountryStandard,
    ExportProfile,
    Gate,
    GateEvent,
    HeldFormat,
    Identifier,
    Locale,
    PackageLayout,
    PluginStudy,
    SafetyClock,
    TransportProfile,
    report_checks,
)
from edc_core_country_gb import ethnicity, identity
from edc_core_country_gb.roadmap import ROADMAP
from edc_core_country_gb.sources import ADEQUATE, EEA, PRIVACY, REGULATIONS, held, says, seen

#: The decisions of the United Kingdom and of the Union on each other are looked at again by this day.
DECISION_ENDS = "2031-12-27"
PROFILE = CountryProfile(
    "GB-MHRA", "Medicines and Healthcare products Regulatory Agency", ("GB",), ("en-GB", "en"), ("Europe/London",),
    regions=("GB", *EEA, *ADEQUATE), until=tuple((one, DECISION_ENDS) for one in EEA), retention="P25Y",
)  # fmt: skip
ON_REQUEST = (
    CASEBOOKS,
    HeldFormat(
        "trail", "odm-1.3.2", "inspection/odm/", "MHRA GxP data integrity guidance, Mar 2018, 6.13: audit trail", on_request=True
    ),
)  # fmt: skip
_DAY = r"\d{4}-\d{2}-\d{2}"
IRAS = Identifier("gb-iras", says("IRAS project ID"), r"\d{6,7}", "country", "1000001")
REGISTRY = Identifier(
    "gb-registry",
    says("ISRCTN or ClinicalTrials.gov number"),
    r"ISRCTN\d{8}|NCT\d{8}",
    "study",
    "ISRCTN00000000",
)
REVIEW = Identifier(
    "gb-review",
    says("Reference of the combined review"),
    r"CTA \d{5}/\d{4}/\d{3}-\d{4}",
    "country",
    "CTA 00001/0001/001-0001",
)
AUDIT_REVIEW = Identifier(
    "gb-audit-review",
    says("Day of the report of the audit-trail review, as often as the risk of the site asks"),
    _DAY,
    "site",
    "2026-03-02",
)
FIRST_SUBJECT = Gate(
    "GB-B1",
    GateEvent.SUBJECT,
    says("The combined review is positive and the trial is registered."),
    (IRAS, REGISTRY, REVIEW),
)
BEFORE_LOCK = Gate(
    "GB-B7",
    GateEvent.LOCK,
    says("The audit trail of the site was reviewed before its lock."),
    (AUDIT_REVIEW,),
)
IN_THE_KINGDOM = Gate(
    "GB-B5",
    GateEvent.EXPORT,
    says(
        "Data lie in the United Kingdom or in a country that it takes as adequate, else with a legal basis."
    ),
    regions=PROFILE.allowed,
)
DUE = says(
    "The report to MHRA is due within two days, or is late: 7 days for a death, 15 for others. Please report it and enter its number.",
    ko="MHRA 보고 기한이 이틀 안이거나 지났습니다. 사망은 7일, 그 밖은 15일입니다. 보고하고 번호를 입력하십시오.",
    ja="MHRAへの報告期限が2日以内か、過ぎています。死亡は7日、その他は15日です。報告して番号を入力してください。",
    zh="向MHRA的报告将在两天内到期或已逾期：死亡7天，其他15天。请报告并填写编号。",
)
SPELLING = (
    ("Hemoglobin", "Haemoglobin"),
    ("Tumor", "Tumour"),
    ("Anemia", "Anaemia"),
    ("Randomization", "Randomisation"),
    ("Pediatric", "Paediatric"),
    ("Leukocytes", "Leucocytes"),
)
UNITS = (
    CollectionUnit("WEIGHT", "kg", "kg", "1"),
    CollectionUnit("CREAT", "umol/L", "umol/L", "1"),
    CollectionUnit("GLUC", "mmol/L", "mmol/L", "1"),
)


def british_standard(study: PluginStudy) -> CountryStandard:
    """What MHRA asks of a study. The setting ``legacy: "yes"`` keeps the safety rules of before 28 April 2026."""
    legacy = study.configuration.get("legacy") == "yes"
    return CountryStandard(
        country_profile=held(PROFILE, f"{REGULATIONS}; UK adequacy decision of the EU", may_change=True),
        forbidden_items=identity.SCANNERS,
        extend_forms=(held(ethnicity.form_extension(study), "ONS ethnic group classification 2021"),),
        codelists=(held(ethnicity.LOCAL, "ONS ethnic group classification 2021"),),
        edit_checks=tuple(
            seen(one, REGULATIONS) for one in report_checks("GB-B4", _clocks(legacy=legacy), study, DUE)
        ),
        units=tuple(held(one, "SI units") for one in UNITS),
        locale=(held(Locale("en-GB", SPELLING, "DD-MMM-YYYY", birth="year"), PRIVACY),),
        identifiers=tuple(held(one, REGULATIONS) for one in (IRAS, REGISTRY, REVIEW, AUDIT_REVIEW)),
        safety_clock=tuple(seen(one, REGULATIONS) for one in _clocks(legacy=legacy)),
        export_profiles=(
            held(
                ExportProfile("GB-B6", "On request", TransportProfile("m5/datasets/")),
                "No dataset mandate",
                may_change=True,
            ),
        ),
        package_layout=(
            held(
                PackageLayout(
                    M5_DATASETS,
                    ("sdrg", "adrg"),
                    language="en-GB",
                    holds=ON_REQUEST,
                ),
                "eCTD m5",
            ),
        ),
        milestones=ROADMAP,
        gates=(
            held(FIRST_SUBJECT, REGULATIONS),
            held(BEFORE_LOCK, "MHRA GxP data integrity guidance, Mar 2018, 6.13"),
            held(
                IN_THE_KINGDOM,
                "UK GDPR Art. 44 to 46; Data Protection Act 2018, Sch. 21, para. 4 and 5",
                may_change=True,
            ),
        ),
    )


def _clocks(*, legacy: bool) -> tuple[SafetyClock, ...]:
    known = "the sponsor holds the four minimum criteria"
    to = ("MHRA", "REC") if legacy else ("MHRA",)
    return (
        SafetyClock("fatal", 7, known, to, detail=8),
        SafetyClock("susar", 15, known, to),
        SafetyClock("measure", 3 if legacy else 7, "an urgent safety measure is taken", to),
    )
