"""The standard as a whole: each fact with its source."""

from __future__ import annotations

from edc_core.api import (
    M5_DATASETS,
    CountryProfile,
    CountryStandard,
    ExportProfile,
    HeldFormat,
    Locale,
    PackageLayout,
    PluginStudy,
    SafetyClock,
    TermWindow,
    TransportProfile,
    report_checks,
)
from edc_core_country_us import gates, identity, race
from edc_core_country_us.laboratory import UNITS
from edc_core_country_us.roadmap import ROADMAP
from edc_core_country_us.rules import rules
from edc_core_country_us.sources import CATALOG, IND, REJECTION, held, says, seen

GIGABYTES_5 = 5 * 1024**3
PROFILE = CountryProfile(
    "US-FDA", "Food and Drug Administration", ("US",), ("en",), ("America/New_York",), retention="P2Y"
)
ELEMENTS = (
    "FDA.D.11 patient race",
    "FDA.D.12 patient ethnicity",
    "FDA.C.5.5a IND number",
    "FDA.C.5.6.r cross-reported IND",
)
CLOCKS = (
    SafetyClock("fatal", 7, "initial receipt of the information", ("FDA",), elements=ELEMENTS),
    SafetyClock("susar", 15, "the sponsor determines that it qualifies", ("FDA",), elements=ELEMENTS),
)
TRANSPORT = ExportProfile(
    "US-B4", "XPT version 5",
    TransportProfile("m5/datasets/", encoding="ascii", most_bytes=GIGABYTES_5), units="both",
)  # fmt: skip
LAYOUT = PackageLayout(
    (
        *M5_DATASETS,
        ("misc", "m5/datasets/{study}/misc/"),
        ("split", "m5/datasets/{study}/tabulations/sdtm/split/"),
        ("sites", "m5/datasets/{study}/misc/"),
    ),
    ("csdrg", "adrg", "sdsp"),
    holds=(
        HeldFormat(
            "casebooks", "casebook-pdf", "m5/53-clin-stud-rep/537-crf-ipl/{study}/", "21 CFR 314.50(f)(2)", "died or stopped"
        ),
        HeldFormat(  # further ones that FDA asks for
            "casebooks", "casebook-pdf", "m5/53-clin-stud-rep/537-crf-ipl/{study}/", "21 CFR 314.50(f)(3)", on_request=True
        ),
        HeldFormat("trail", "odm-1.3.2", "inspection/odm/", "21 CFR 11.10(b) and (e), 21 CFR 312.58", on_request=True),
    ),
)  # fmt: skip
DUE = says(
    "The report to FDA is due within two days, or is late: 7 days for a death, 15 for others. Please report it and enter its number.",
    ko="FDA 보고 기한이 이틀 안이거나 지났습니다. 사망은 7일, 그 밖은 15일입니다. 보고하고 번호를 입력하십시오.",
    ja="FDAへの報告期限が2日以内か、過ぎています。死亡は7日、その他は15日です。報告して番号を入力してください。",
    zh="向FDA的报告将在两天内到期或已逾期：死亡7天，其他15天。请报告并填写编号。",
)


def american_standard(study: PluginStudy) -> CountryStandard:
    """What FDA asks of a study.

    :raises ValueError: the study chooses what there is not.
    """
    settings = {name: str(text) for name, text in study.configuration.items()}
    mode = race.mode_of(settings)
    return CountryStandard(
        country_profile=held(PROFILE, f"{IND}.57: two years after approval or discontinuation"),
        forbidden_items=identity.SCANNERS,
        extend_forms=(
            seen(
                race.form_extension(mode, study),
                "FDA guidance on race and ethnicity data; OMB SPD 15",
                may_change=True,
            ),
        ),
        codelists=tuple(seen(one, "OMB SPD 15; CDISC CT", may_change=True) for one in race.CODE_LISTS),
        edit_checks=tuple(held(one, f"{IND}.32(c)") for one in report_checks("US-B8", CLOCKS, study, DUE)),
        units=tuple(held(one, "AMA Manual of Style, SI conversion") for one in UNITS),
        locale=(held(Locale("en", dates="DD-MMM-YYYY"), "Common rules of the requirements"),),
        terminology=(
            held(TermWindow("MedDRA", settings.get("meddra", "current"), required=True), CATALOG),
            held(
                TermWindow("WHODrug Global", settings.get("whodrug", "B3"), "2019-03-15", required=True),
                CATALOG,
            ),
            held(TermWindow("LOINC", "current", "2020-03-15", required=True), CATALOG),
        ),
        identifiers=gates.IDENTIFIERS,
        safety_clock=tuple(held(one, f"{IND}.32(c)(1) and (2)") for one in CLOCKS),
        export_profiles=(seen(TRANSPORT, CATALOG, may_change=True),),
        conformance_rules=tuple(
            seen(one, REJECTION if one.rule in ("US-B5.TS", "US-B5.DM") else CATALOG)
            for one in rules(settings)
        ),
        package_layout=(held(LAYOUT, "eCTD m5 and the FDA study data folders"),),
        milestones=ROADMAP,
        gates=(held(gates.FIRST_SUBJECT, f"{IND}.40, {IND}.53, 21 CFR 54.4, 42 CFR 11"),),
    )
