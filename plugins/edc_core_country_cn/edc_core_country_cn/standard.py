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
from edc_core_country_cn import forms, gates, identity
from edc_core_country_cn.labels import labels
from edc_core_country_cn.rules import ENCODINGS, MOST_LABEL, MOST_VALUE, rules
from edc_core_country_cn.sources import CN_DM, GUIDE, HGR, PIPL, held, says, seen

GIGABYTES_4 = 4 * 1024**3
PROFILE = CountryProfile(
    "CN-NMPA", "National Medical Products Administration", ("CN",), ("zh", "en"), ("Asia/Shanghai",), ("CN",), retention="P5Y"
)  # fmt: skip
CHINESE = (
    ("Demographics", "人口学资料"), ("Date of birth", "出生日期"), ("Sex", "性别"), ("Adverse events", "不良事件"),
    ("Adverse event", "不良事件"), ("Serious adverse event", "严重不良事件"), ("Medical history", "病史"),
    ("Medications", "合并用药"), ("Vital signs", "生命体征"), ("Informed consent", "知情同意"), ("Yes", "是"), ("No", "否"),
    ("Male", "男"), ("Female", "女"),
)  # fmt: skip
UNITS = (CollectionUnit("CREAT", "umol/L", "umol/L", "1"), CollectionUnit("GLUC", "mmol/L", "mmol/L", "1"))
_KNOWN = "the sponsor holds the four minimum criteria"
CLOCKS = (
    SafetyClock("fatal", 7, _KNOWN, ("CDE",), detail=8, elements=("D.CN patient", "G.k.CN drug")),
    SafetyClock("susar", 15, _KNOWN, ("CDE",), elements=("D.CN patient", "G.k.CN drug")),
)
DUE = says(
    "The report to CDE is due within two days, or is late: 7 days for a death, 15 for others. Please report it and enter its number.",
    "向药审中心的报告将在两天内到期或已逾期：死亡7天，其他15天。请报告并填写编号。",
    ko="CDE 보고 기한이 이틀 안이거나 지났습니다. 사망은 7일, 그 밖은 15일입니다. 보고하고 번호를 입력하십시오.",
    ja="CDEへの報告期限が2日以内か、過ぎています。死亡は7日、その他は15日です。報告して番号を入力してください。",
)
_GUESS = "Plan of the study: a usual length, to be replaced by its own"
ROADMAP = (
    held(RoadmapStep("cn-ind", says("Implied permission (60 working days)", "默示许可（60个工作日）"), days=60, working=True), "Drug Registration Regulation, Art. 23"),
    held(
        RoadmapStep("cn-ind-30", says("Or: 30-day channel for innovative drugs", "或：创新药30日通道"), days=30, working=True),
        "NMPA pilot and notice on 30-day review", may_change=True,
    ),
    held(RoadmapStep("cn-ctr", says("Registered (CTR)", "登记（CTR）"), ("cn-ind",), days=30), "Drug Registration Regulation"),
    held(RoadmapStep("cn-hgr", says("HGR approval or filing", "人类遗传资源审批或备案"), ("cn-ind",), days=30), HGR, Confidence.LOW),
    held(RoadmapStep("cn-first-subject", says("First subject in China", "中国首例受试者"), ("cn-ind", "cn-ctr", "cn-hgr"), days=30), _GUESS, Confidence.LOW),
    held(RoadmapStep("cn-dsur", says("First DSUR", "首份研发期间安全性更新报告"), ("cn-ind",), months=12, days=60), "ICH E2F, CDE"),
    held(RoadmapStep("cn-end", says("End of the trial", "试验结束"), ("cn-first-subject",), months=24), _GUESS, Confidence.LOW),
    held(RoadmapStep("cn-nda", says("NDA accepted", "上市申请受理"), ("cn-end",), months=6), _GUESS, Confidence.LOW),
    held(RoadmapStep("cn-inspection", says("CFDI inspection", "核查中心现场核查"), ("cn-nda",), days=120), "CFDI", Confidence.LOW),
    held(RoadmapStep("cn-priority", says("Decision, priority (130 working days)", "审批，优先（130个工作日）"), ("cn-nda",), days=130, working=True), "Drug Registration Regulation, Art. 96"),
    held(RoadmapStep("cn-decision", says("Decision (200 working days)", "审批（200个工作日）"), ("cn-nda",), days=200, working=True), "Drug Registration Regulation, Art. 96"),
)  # fmt: skip


ON_REQUEST = (
    CASEBOOKS,
    HeldFormat(
        "trail", "odm-1.3.2", "inspection/odm/", "CFDI, points of inspection of drug registration: audit trail of the database",
        on_request=True,
    ),
)  # fmt: skip


def chinese_standard(study: PluginStudy) -> CountryStandard:
    """What NMPA asks of a study. The setting ``encoding`` declares that of its packages.

    :raises ValueError: it is none that is taken.
    """
    encoding = str(study.configuration.get("encoding", ENCODINGS[0]))
    if encoding not in ENCODINGS:
        message = f"The setting encoding is one of {', '.join(ENCODINGS)}; here is '{encoding}'."
        raise ValueError(message)
    profile = ExportProfile(
        "CN-B6", f"XPT version 5 in {encoding}", TransportProfile("m5/datasets/", encoding, GIGABYTES_4),
        (8, MOST_LABEL, MOST_VALUE), translated="zh", labels=labels(),
    )  # fmt: skip
    layout = PackageLayout(
        M5_DATASETS,
        ("guide",),
        "zh",
        encoding,
        holds=ON_REQUEST,
    )
    return CountryStandard(
        country_profile=held(PROFILE, "GCP 2020, Art. 80"),
        forbidden_items=identity.SCANNERS,
        extend_forms=tuple(held(one, f"{GUIDE}; {PIPL}; GB/T 3304") for one in forms.extensions(study)),
        codelists=tuple(held(one, "GB/T 3304-1991; words of this plugin") for one in forms.CODE_LISTS),
        edit_checks=(
            *(held(one, GUIDE) for one in forms.checks(study)),
            *(seen(one, "CDE rapid reporting") for one in report_checks("CN-B10", CLOCKS, study, DUE)),
        ),
        units=tuple(held(one, "SI units") for one in UNITS),
        locale=(held(Locale("zh", CHINESE, "YYYY-MM-DD", birth="month"), PIPL),),
        terminology=(
            held(TermWindow("MedDRA", "Chinese, current", required=True), GUIDE),
            held(TermWindow("WHODrug", "China", required=True), GUIDE),
        ),
        identifiers=tuple(held(one, f"Drug Registration Regulation; {HGR}") for one in gates.IDENTIFIERS),
        consent_requirements=tuple(held(one, f"{PIPL}, Art. 13, 29 and 39") for one in forms.CONSENTS),
        safety_clock=tuple(seen(one, "CDE rapid reporting; E2B(R3) CN items") for one in CLOCKS),
        export_profiles=(seen(profile, GUIDE, may_change=True),),
        conformance_rules=tuple(
            held(one, f"{GUIDE}; provisions of Mar 2024 on data across the border", may_change=True)
            for one in rules(encoding)
        ),
        package_layout=(seen(layout, "eCTD m5, Chinese module 1", may_change=True),),
        milestones=ROADMAP,
        gates=tuple(held(one, f"{HGR}; {PIPL}; {CN_DM}") for one in gates.gates(study)),
    )
