"""The standard as a whole: each fact with its source."""

from __future__ import annotations

from edc_core.api import (
    CASEBOOKS,
    M5_DATASETS,
    CollectionUnit,
    Confidence,
    CountryProfile,
    CountryStandard,
    ExportProfile,
    HeldFormat,
    Locale,
    PackageLayout,
    PluginStudy,
    RoadmapStep,
    SafetyClock,
    TermWindow,
    TransportProfile,
    report_checks,
)
from edc_core_country_kr import consent, identity, logs
from edc_core_country_kr.rules import UNTRANSLATED
from edc_core_country_kr.sources import APPROVAL_RULE, KGCP, PIPA, held, says, seen
from edc_core_country_kr.texts import KOREAN

GIGABYTES_5 = 5 * 1024**3

PROFILE = CountryProfile(
    "KR-MFDS",
    "Ministry of Food and Drug Safety",
    ("KR",),
    ("ko", "en"),
    ("Asia/Seoul",),
    ("KR",),
    retention="P3Y",
)
UNITS = (
    CollectionUnit("CREAT", "mg/dL", "umol/L", "88.42"),
    CollectionUnit("GLUC", "mg/dL", "mmol/L", "0.0555"),
    CollectionUnit("BILI", "mg/dL", "umol/L", "17.1"),
    CollectionUnit("HGB", "g/dL", "g/L", "10"),
)
TERMS = (
    *logs.KCD,
    TermWindow("MedDRA", "Korean, current", required=True),
    TermWindow("WHODrug", "Global B3 or KR product code", required=True),
)
DUE = says(
    "The report to MFDS is due within two days, or is late: 7 days for a death, 15 for others. Please report it and enter its number.",
    "식약처 보고 기한이 이틀 안이거나 지났습니다. 사망은 7일, 그 밖은 15일입니다. 보고하고 번호를 입력하십시오.",
    ja="MFDSへの報告期限が2日以内か、過ぎています。死亡は7日、その他は15日です。報告して番号を入力してください。",
    zh="向MFDS的报告将在两天内到期或已逾期：死亡7天，其他15天。请报告并填写编号。",
)
CLOCKS = (
    SafetyClock(
        "fatal", 7, "the sponsor holds the four minimum criteria", ("MFDS",), detail=8,
        elements=("KR product code", "KR study type"),
    ),
    SafetyClock(
        "susar", 15, "the sponsor holds the four minimum criteria", ("MFDS",),
        elements=("KR product code", "KR study type"),
    ),
)  # fmt: skip
EXPORTS = (
    ExportProfile(
        "KR-B9", "CDISC-basis 2021-38",
        TransportProfile("m5/datasets/", encoding="ascii", most_bytes=GIGABYTES_5), translated="en",
    ),
)  # fmt: skip
LAYOUT = PackageLayout(
    (
        *M5_DATASETS,
        ("guides", "m5/datasets/{study}/tabulations/sdtm/"),
        ("reports", "m5/53-clin-stud-rep/{study}/"),
        ("misc", "m5/datasets/{study}/misc/"),
    ),
    ("csdrg", "adrg"), language="ko",
    holds=(
        CASEBOOKS,
        HeldFormat("trail", "odm-1.3.2", "inspection/odm/", f"{KGCP}: electronic records, shown on inspection", on_request=True),
    ),
)  # fmt: skip

ROADMAP = (
    held(RoadmapStep("kr-ind", says("Trial approved by MFDS (IND)", "임상시험계획 승인"), days=30, working=True), KGCP),
    held(RoadmapStep("kr-irb", says("Approved by the IRB of the first site", "첫 기관 IRB 승인"), days=30), KGCP),
    held(
        RoadmapStep("kr-first-subject", says("First subject in Korea", "국내 첫 대상자 등록"), ("kr-ind", "kr-irb"), days=30),
        KGCP,
    ),
    held(RoadmapStep("kr-inspection", says("KGCP inspection", "임상시험 실태조사"), ("kr-bla",), days=120), KGCP),
    held(
        RoadmapStep("kr-last-subject", says("Last subject out in Korea", "국내 마지막 대상자 종료"), ("kr-first-subject",), months=24),
        "Plan of the study: a usual length, to be replaced by its own",
        Confidence.LOW,
    ),
    held(RoadmapStep("kr-bla", says("Application filed", "품목허가 신청"), ("kr-last-subject",), months=6), APPROVAL_RULE, Confidence.LOW),
    seen(
        RoadmapStep("kr-rmp", says("Risk management plan and DUR agreed", "위해성관리계획 및 DUR"), ("kr-bla",), days=180),
        f"{APPROVAL_RULE}, risk management", may_change=True,
    ),
    seen(
        RoadmapStep("kr-approval", says("Approved (target 240 days)", "품목허가 (목표 240일)"), ("kr-bla",), days=240),
        "MFDS plan of 2 Jan 2026: 406 days on average, 295 in 2026, 240 as target from Q4 2026", may_change=True,
    ),
    held(
        RoadmapStep("kr-reexamination", says("Re-examination ends (4 to 6 years)", "재심사 종료 (4~6년)"), ("kr-approval",), months=72),
        APPROVAL_RULE,
    ),
    held(
        RoadmapStep("kr-records", says("Records may be destroyed", "기록 보존 만료"), ("kr-approval",), months=36), KGCP,
    ),
)  # fmt: skip


def korean_standard(study: PluginStudy) -> CountryStandard:
    """What MFDS asks of a study: as far as forms are concerned, of the forms that it has."""
    samples = bool(logs.group_with(study, consent.FORM, consent.SAMPLES))
    birth = next((one for one in ("BRTHDAT", "BRTHDTC") if logs.group_with(study, "DM", one)), "")
    checks = [*identity.birth_checks(birth)] if birth else []
    return CountryStandard(
        country_profile=held(PROFILE, KGCP),
        forbidden_items=(*identity.SCANNERS, *identity.FORBIDDEN),
        extend_forms=tuple(
            held(one, KGCP) for one in (consent.consent_form(samples=samples), *logs.extensions(study))
        ),
        codelists=tuple(held(one, "KCD; SDTMIG: words of this plugin") for one in logs.CODE_LISTS),
        edit_checks=(
            *(held(one, f"{PIPA}, Art. 3: no more than is needed") for one in checks),
            *(held(one, KGCP) for one in logs.checks(study)),
            *(held(one, KGCP, Confidence.HIGH) for one in report_checks("KR-B8", CLOCKS, study, DUE)),
        ),
        units=tuple(held(one, "Practice of Korean laboratories: conventional units") for one in UNITS),
        locale=(held(Locale("ko", KOREAN, birth="month"), PIPA),),
        terminology=tuple(held(one, "Statistics Korea, KCD; MedDRA MSSO", may_change=True) for one in TERMS),
        identifiers=consent.IDENTIFIERS,
        consent_requirements=tuple(
            held(element, source) for element, source in consent.consents(samples=samples)
        ),
        safety_clock=tuple(held(one, f"{KGCP}; E2B(R3) KR items", Confidence.HIGH) for one in CLOCKS),
        export_profiles=tuple(
            seen(one, "MFDS notice 2021-38, Art. 6 of the approval rule") for one in EXPORTS
        ),
        conformance_rules=(held(UNTRANSLATED, "MFDS notice 2021-38"),),
        package_layout=(held(LAYOUT, "eCTD m5, Korean module 1"),),
        milestones=ROADMAP,
        gates=tuple(held(one, KGCP, Confidence.HIGH) for one in consent.gates(study)),
    )
