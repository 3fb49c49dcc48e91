"""What the Union asks, at sites in every member state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import (
    CASEBOOKS,
    M5_DATASETS,
    Alias,
    AskedItem,
    CheckExample,
    CountryCheck,
    CountryProfile,
    CountryStandard,
    DataType,
    ExportProfile,
    FormExtension,
    Gate,
    GateEvent,
    HeldFormat,
    Identifier,
    ItemDef,
    PackageLayout,
    SafetyClock,
    TransportProfile,
    report_checks,
)
from edc_core_country_eu import identity, special
from edc_core_country_eu.roadmap import ROADMAP
from edc_core_country_eu.sources import ADEQUATE, CTR, EEA, ENDS, GDPR, MEMBERS, held, says, seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import PluginStudy

PROFILE = CountryProfile(
    "EU-EMA", "European Medicines Agency", MEMBERS, ("en",), ("Europe/Amsterdam",), regions=(*EEA, *ADEQUATE), until=ENDS,
    retention="P25Y",
)  # fmt: skip
CT_NUMBER = Identifier(
    "eu-ct", says("EU CT number"), r"\d{4}-5\d{5}-\d{2}-\d{2}", "study", "2026-500001-00-00"
)
AUTHORISED = Identifier(
    "eu-authorised",
    says("Day of the authorisation in the member state"),
    r"\d{4}-\d{2}-\d{2}",
    "country",
    "2026-03-02",
)
COPY = Identifier(
    "eu-copy",
    says("Day on which the investigator has received the copy of the site"),
    r"\d{4}-\d{2}-\d{2}",
    "site",
    "2026-03-02",
)
GATES = (
    held(
        Gate(
            "EU-B1",
            GateEvent.SUBJECT,
            says("The member state has authorised the trial."),
            (CT_NUMBER, AUTHORISED),
        ),
        f"{CTR} Art. 8 and 36",
    ),
    held(
        Gate(
            "EU-B7", GateEvent.LOCK, says("The investigator holds a copy of what the site entered."), (COPY,)
        ),
        "EMA guideline on computerised systems 2023, 6.4 to 6.6",
    ),
    held(
        Gate(
            "PRV-05",
            GateEvent.EXPORT,
            says(
                "Data lie in the European Economic Area or in a country with an adequacy decision, else with a legal basis."
            ),
            regions=PROFILE.allowed,
        ),
        f"{GDPR} Art. 44 to 46 and 49; decisions under Art. 45; in France CNIL MR-001",
        may_change=True,
    ),
)
_KNOWN = "the sponsor knows the minimum criteria"
CLOCKS = (
    SafetyClock("fatal", 7, _KNOWN, ("EudraVigilance",), detail=8),
    SafetyClock("susar", 15, _KNOWN, ("EudraVigilance",)),
)
DUE = says(
    "The report to EudraVigilance is due within two days, or is late: 7 days for a death, 15 for others. Please report it and enter "
    "its number.",
    ko="EudraVigilance 보고 기한이 이틀 안이거나 지났습니다. 사망은 7일, 그 밖은 15일입니다. 보고하고 번호를 입력하십시오.",
    ja="EudraVigilanceへの報告期限が2日以内か、過ぎています。死亡は7日、その他は15日です。報告して番号を入力してください。",
    zh="向EudraVigilance的报告将在两天内到期或已逾期：死亡7天，其他15天。请报告并填写编号。",
)
PILOT = ExportProfile("EU-B7", "EMA data pilot", TransportProfile("m5/datasets/"))
LAYOUT = PackageLayout(
    M5_DATASETS,
    ("sdrg", "adrg", "programs list"),
    holds=(
        CASEBOOKS,
        HeldFormat(
            "trail", "odm-1.3.2", "inspection/odm/", "EMA/INS/GCP/112288/2023, 6.2: audit trail, at the inspectors' disposal",
            on_request=True,
        ),
    ),
)  # fmt: skip
#: Days on which something is collected at a visit; what a registry or the site's own records tell stays possible.
VISIT_DAYS = ("VSDAT", "LBDAT", "EGDAT", "PEDAT", "RSDAT")
WITHDRAWN = "WITHDRAWDAT"


def european_standard(study: PluginStudy) -> CountryStandard:
    """What holds in every member state. The setting ``necessity_NAME`` says why a special item is needed."""
    return CountryStandard(
        country_profile=held(PROFILE, f"{CTR} Art. 58: 25 years"),
        forbidden_items=(*identity.SCANNERS["EU"], identity.INITIALS),
        extend_forms=(
            *(held(one, f"{GDPR} Art. 9 and 25") for one in special.without_need(study)),
            *(held(one, f"{CTR} Art. 42(3)") for one in _unblinded(study)),
        ),
        edit_checks=(
            *(held(one, f"{CTR} Art. 28(3)") for one in _after_withdrawal(study)),
            *(held(one, f"{CTR} Art. 42(2)") for one in report_checks("EU-B6", CLOCKS, study, DUE)),
        ),
        identifiers=tuple(held(one, f"{CTR} Art. 8") for one in (CT_NUMBER, AUTHORISED, COPY)),
        safety_clock=tuple(held(one, f"{CTR} Art. 42(2)") for one in CLOCKS),
        export_profiles=(
            seen(PILOT, "CHMP raw data pilot, since Sep 2022; interim report 2024", may_change=True),
        ),
        package_layout=(seen(LAYOUT, "CHMP raw data pilot", may_change=True),),
        milestones=ROADMAP,
        gates=GATES,
    )


def _unblinded(study: PluginStudy) -> Iterator[FormExtension]:
    """EU-B6: which report names the treatment; sites do not see it."""
    if any(form.name == "SAE" for form in study.index.version.forms):
        item = ItemDef(
            "", "EUUNBL", DataType.TEXT, says("Number of the unblinded report to EudraVigilance"), length=40,
            sensitivity="blinded", aliases=(Alias("SDTM", "[NOT SUBMITTED]"),),
        )  # fmt: skip
        yield FormExtension("EU-B6", "SAE", says("Reports in the European Union"), (AskedItem(item),))


def _after_withdrawal(study: PluginStudy) -> Iterator[CountryCheck]:
    """EU-B9: nothing new is collected of who has withdrawn; what was collected before is kept."""
    forms = {
        form.name: {placed.item.name for placed in study.index.placed_items(form.oid)}
        for form in study.index.version.forms
    }
    if WITHDRAWN not in forms.get("CONSENT", ()):
        return
    last = f"max(CONSENT, {WITHDRAWN})"
    for form, names in forms.items():
        for name in sorted(names.intersection(VISIT_DAYS)):
            yield CountryCheck(
                f"EU-B9.{form}.{name}", form, name, f"missing({name}) or missing({last}) or day_of({name}) <= {last}"
                if _is_datetime(study, form, name) else f"missing({name}) or missing({last}) or {name} <= {last}",
                says("Consent was withdrawn before this day. Please check both days; nothing new is collected after it."),
                examples=(
                    CheckExample(True, ((name, _sample(study, form, name, "03")), (f"CONSENT.{WITHDRAWN}", "2026-03-02"))),
                    CheckExample(False, ((name, _sample(study, form, name, "02")), (f"CONSENT.{WITHDRAWN}", "2026-03-02"))),
                    CheckExample(False, ((name, _sample(study, form, name, "03")),)),
                ),
            )  # fmt: skip


def _is_datetime(study: PluginStudy, form: str, name: str) -> bool:
    oid = next(one.oid for one in study.index.version.forms if one.name == form)
    return any(
        placed.item.name == name and placed.item.data_type is DataType.DATETIME
        for placed in study.index.placed_items(oid)
    )


def _sample(study: PluginStudy, form: str, name: str, day: str) -> str:
    return f"2026-03-{day}" + ("T09:00" if _is_datetime(study, form, name) else "")
