"""The standard as a whole: each fact with its source."""

from __future__ import annotations

from dataclasses import replace

from edc_core.api import (
    CASEBOOKS,
    M5_DATASETS,
    CollectionUnit,
    Confidence,
    CountryProfile,
    CountryStandard,
    Era,
    ExportProfile,
    Gate,
    GateEvent,
    HeldFormat,
    Identifier,
    Locale,
    PackageLayout,
    PluginStudy,
    RoadmapStep,
    SafetyClock,
    TermWindow,
    TransportProfile,
    report_checks,
)
from edc_core_country_jp import forms, identity, privacy
from edc_core_country_jp.grades import GRADES
from edc_core_country_jp.rules import ENGINE, rules
from edc_core_country_jp.sources import APPI, CATALOG, GCP, held, says, seen

GIGABYTES_5 = 5 * 1024**3
PROFILE = CountryProfile(
    "JP-PMDA", "Pharmaceuticals and Medical Devices Agency", ("JP",), ("ja", "en"), ("Asia/Tokyo",),
    regions=("JP", *privacy.EQUIVALENT), retention="P3Y",
)  # fmt: skip
ERAS = (
    Era("R", "令和", "2019-05-01"),
    Era("H", "平成", "1989-01-08", "2019-04-30"),
    Era("S", "昭和", "1926-12-25", "1989-01-07"),
)
JAPANESE = (
    ("Demographics", "人口統計学的特性"), ("Date of birth", "生年月日"), ("Sex", "性別"), ("Adverse events", "有害事象"),
    ("Adverse event", "有害事象"), ("Serious adverse event", "重篤な有害事象"), ("Medical history", "既往歴"),
    ("Medications", "併用薬"), ("Vital signs", "バイタルサイン"), ("Informed consent", "同意"), ("Yes", "はい"), ("No", "いいえ"),
    ("Male", "男性"), ("Female", "女性"),
)  # fmt: skip
_DAY = r"\d{4}-\d{2}-\d{2}"
CTN = Identifier(
    "jp-ctn",
    says("Day on which the trial notification (CTN) was accepted", "治験計画届の受理日"),
    _DAY,
    "country",
    "2026-03-02",
)
JRCT = Identifier("jp-jrct", says("jRCT number", "jRCT番号"), r"jRCTs?\d{9,10}", "country", "jRCT2031260001")
IRB = Identifier(
    "jp-irb", says("Day of the IRB approval", "治験審査委員会の承認日"), _DAY, "site", "2026-03-02"
)
INVESTIGATOR = Identifier(
    "jp-investigator",
    says("Principal investigator, with the alias of the hospital", "治験責任医師と医療機関の略称"),
    r".{2,100}",
    "site",
    "PI-01 / JP-01",
)
FIRST_SUBJECT = Gate(
    "JP-B3", GateEvent.SUBJECT, says("The trial is notified, registered and approved.", "治験届、登録、審査委員会の承認が必要です。"),
    (CTN, JRCT, IRB, INVESTIGATOR),
)  # fmt: skip
UNITS = (CollectionUnit("CREAT", "umol/L", "umol/L", "1"), CollectionUnit("GLUC", "mmol/L", "mmol/L", "1"))
_KNOWN = "the sponsor holds the four minimum criteria"
CLOCKS = (
    SafetyClock("fatal", 7, _KNOWN, ("PMDA",), detail=8, elements=("J2.1 items",)),
    SafetyClock("susar", 15, _KNOWN, ("PMDA",), elements=("J2.1 items",)),
)
DUE = says(
    "The report to PMDA is due within two days, or is late: 7 days for a death, 15 for others. Please report it and enter its number.",
    "PMDAへの報告期限が2日以内か、過ぎています。死亡は7日、その他は15日です。報告して番号を入力してください。",
    ko="PMDA 보고 기한이 이틀 안이거나 지났습니다. 사망은 7일, 그 밖은 15일입니다. 보고하고 번호를 입력하십시오.",
    zh="向PMDA的报告将在两天内到期或已逾期：死亡7天，其他15天。请报告并填写编号。",
)
_LAYOUT = PackageLayout(
    (
        *M5_DATASETS,
        ("models", "m5/datasets/{study}/analysis/legacy/datasets/"),
    ),
    ("sdrg", "adrg"), "en", stops_on=("reject",), explains=("error",),
    holds=(
        CASEBOOKS,
        HeldFormat(
            "trail", "odm-1.3.2", "inspection/odm/", "PFSB Notification 0401022, 3.1: electronic records can be read and copied",
            on_request=True,
        ),
    ),
)  # fmt: skip
_GUESS = "Plan of the study: a usual length, to be replaced by its own"
ROADMAP = (
    held(RoadmapStep("jp-ctn", says("First trial notification (30 days)", "初回治験届（30日）"), days=30), "PMD Act, Art. 80-2", Confidence.HIGH),
    held(RoadmapStep("jp-ctn-later", says("Or: later notification (14 days)", "または：2回目以降（14日）"), days=14), "PMD Act, Art. 80-2", Confidence.HIGH),
    held(RoadmapStep("jp-irb", says("IRB approval", "治験審査委員会の承認"), days=30), GCP, Confidence.LOW),
    held(RoadmapStep("jp-first-subject", says("First subject in Japan", "国内最初の症例"), ("jp-ctn", "jp-irb"), days=30), _GUESS, Confidence.LOW),
    held(RoadmapStep("jp-end", says("End of the trial", "治験終了"), ("jp-first-subject",), months=24), _GUESS, Confidence.LOW),
    held(RoadmapStep("jp-consultation", says("Pre-NDA data consultation", "申請前・申請電子データ相談"), ("jp-end",), months=3), "PMDA consultations", Confidence.LOW),
    held(RoadmapStep("jp-nda", says("NDA filed", "承認申請"), ("jp-consultation",), months=3), _GUESS, Confidence.LOW),
    held(RoadmapStep("jp-priority", says("Approval, priority (9 months)", "承認・優先（9か月）"), ("jp-nda",), months=9), "PMDA review targets", Confidence.HIGH),
    held(RoadmapStep("jp-approval", says("Approval (12 months)", "承認（12か月）"), ("jp-nda",), months=12), "PMDA review targets", Confidence.HIGH),
)  # fmt: skip


GUIDES = ("en", "ja")  #: PMDA reads guides in both


def japanese_standard(study: PluginStudy) -> CountryStandard:
    """What PMDA asks of a study. The setting ``alternates`` names variables that may hold Japanese: ``AE.AETERMJ``; ``guide``
    says the language of the reviewer's guides.

    :raises ValueError: it is none that is taken.
    """
    settings = {name: str(text) for name, text in study.configuration.items()}
    alternates = frozenset(settings.get("alternates", "").split())
    language = settings.get("guide", GUIDES[0])
    if language not in GUIDES:
        message = f"The setting guide is one of {', '.join(GUIDES)}; here is '{language}'."
        raise ValueError(message)
    encoding = settings.get("encoding", "shift_jis") if alternates else "ascii"
    profile = ExportProfile(
        "JP-B5", f"XPT version 5, alternate variables in {encoding}" if alternates else "XPT version 5",
        TransportProfile("m5/datasets/", encoding, GIGABYTES_5), translated="en",
    )  # fmt: skip
    return CountryStandard(
        country_profile=held(PROFILE, f"{GCP}, Art. 26"),
        forbidden_items=(*identity.SCANNERS, privacy.INITIALS),
        extend_forms=tuple(held(one, f"{CATALOG}; JCOG; guideline on hepatitis B") for one in forms.extensions(study))
        + tuple(held(one, f"{APPI}, Art. 20(2) and 28") for one in privacy.consent_form(study)),
        codelists=tuple(held(one, "CTCAE v5.0-JCOG; words of this plugin") for one in forms.CODE_LISTS),
        edit_checks=(
            *(held(one, "YJ code of 12 characters") for one in forms.checks(study)),
            *(held(one, "PMD Act enforcement rules, Art. 273", Confidence.HIGH) for one in report_checks("JP-B12", CLOCKS, study, DUE)),
        ),
        units=tuple(held(one, "SI in principle") for one in UNITS),
        locale=(held(Locale("ja", JAPANESE, "YYYY-MM-DD", birth="month", eras=ERAS), "Era name act of 1979", Confidence.HIGH),),
        terminology=(
            held(TermWindow("MedDRA", "J, current", required=True), CATALOG),
            held(TermWindow("WHODrug", "Global", required=True), CATALOG),
            seen(TermWindow("Validation", ENGINE), "PMDA Validation Rules 6.0, 14 March 2025", may_change=True),
        ),
        identifiers=tuple(held(one, f"PMD Act; {GCP}; {APPI}") for one in (CTN, JRCT, IRB, INVESTIGATOR)),
        safety_clock=tuple(held(one, "PMD Act enforcement rules, Art. 273", Confidence.HIGH) for one in CLOCKS),
        export_profiles=(seen(profile, CATALOG, may_change=True),),
        conformance_rules=(*(seen(one, CATALOG) for one in rules(alternates)), *GRADES),
        package_layout=(seen(replace(_LAYOUT, language=language), CATALOG),),
        milestones=ROADMAP,
        consent_requirements=privacy.CONSENTS,
        gates=(
            held(FIRST_SUBJECT, f"PMD Act, Art. 80-2; {GCP}"),
            *(held(one, f"{APPI}, Art. 28; notice 1 of 2019 of the Commission", Confidence.HIGH, may_change=True) for one in privacy.gates(study)),
        ),
    )  # fmt: skip
