"""KR-B3 and KR-B4: consents, each with its version and date, and what has to be there before the first subject."""

from __future__ import annotations

from edc_core.api import (
    Alias,
    AskedItem,
    ConsentElement,
    DataType,
    FormExtension,
    Gate,
    GateEvent,
    Identifier,
    ItemDef,
    PluginStudy,
)
from edc_core_country_kr.sources import KGCP, PIPA, held, says

FORM = "CONSENT"
SAMPLES = "ICSAMP"  #: the item of the study that says whether samples are kept

_BIOETHICS = "Bioethics and Safety Act, Art. 37, and its form of consent for human-derived material"
CONSENTS = (
    (
        ConsentElement(
            "KR-B3", says("Consent to the trial", "임상시험 참여 동의"), FORM, "KRCTVER", "KRCTDAT"
        ),
        KGCP,
    ),
    (
        ConsentElement(
            "KR-B3",
            says("Consent to the use of sensitive data", "민감정보 처리 동의"),
            FORM,
            "KRSENVER",
            "KRSENDAT",
        ),
        f"{PIPA}, Art. 23",
    ),
    (
        ConsentElement(
            "KR-B3",
            says("Consent to transfer overseas", "국외 이전 동의"),
            FORM,
            "KROVSVER",
            "KROVSDAT",
            keeps_home=True,
        ),
        f"{PIPA}, Art. 28-8",
    ),
)
_MATERIAL = ConsentElement(
    "KR-B3",
    says("Consent to the research use of human-derived material", "인체유래물 연구 동의"),
    FORM,
    "KRHDMVER",
    "KRHDMDAT",
    when=f"{SAMPLES} == 'Y'",
)

APPROVAL = Identifier(
    "kr-mfds-approval",
    says("MFDS approval number of the trial", "임상시험계획 승인번호"),
    r"[0-9A-Za-z가-힣 ()-]{3,40}",
    "country",
    "제 100234 호",
)
IRB = Identifier(
    "kr-irb", says("Date of the IRB approval", "IRB 승인일"), r"\d{4}-\d{2}-\d{2}", "site", "2026-03-02"
)
CRIS = Identifier(
    "kr-cris",
    says("Number in CRIS or ClinicalTrials.gov", "CRIS 또는 ClinicalTrials.gov 등록번호"),
    r"KCT\d{7}|NCT\d{8}",
    "country",
    "KCT0000001",
)
IDENTIFIERS = (held(APPROVAL, KGCP), held(IRB, KGCP), held(CRIS, "CRIS, registration of clinical trials"))


def consents(*, samples: bool) -> tuple[tuple[ConsentElement, str], ...]:
    """Each with its source. :param samples: the study asks whether samples are kept."""
    return (*CONSENTS, (_MATERIAL, _BIOETHICS)) if samples else CONSENTS


def consent_form(*, samples: bool) -> FormExtension:
    """The block of the consent form."""
    return FormExtension(
        "KR-B3",
        FORM,
        says("Consents in Korea", "국내 동의"),
        tuple(asked for element, _ in consents(samples=samples) for asked in _items(element)),
    )


def gates(study: PluginStudy) -> tuple[Gate, ...]:
    """Before a subject is added, and before data leave the country."""
    first = Gate(
        "KR-B4",
        GateEvent.SUBJECT,
        says(
            "The trial is approved by MFDS and the IRB of the site, and registered.",
            "식약처와 기관 IRB의 승인, 등록이 필요합니다.",
        ),
        (APPROVAL, IRB, CRIS),
    )
    form = next((one for one in study.index.version.forms if one.name == FORM), None)
    if form is None:
        return (first,)
    text = says(
        "Without consent to transfer overseas the data stay in Korea.",
        "국외 이전 동의가 없으면 자료는 국내에 남습니다.",
    )
    return first, Gate("KR-B3", GateEvent.EXPORT, text, item=f"{form.oid}.KROVSDAT")


def _items(element: ConsentElement) -> tuple[AskedItem, AskedItem]:
    english, korean = (element.title.in_language(one) for one in ("en", "ko"))
    version = ItemDef(
        "",
        element.version,
        DataType.TEXT,
        says(f"{english}: version of the form", f"{korean}: 동의서 버전"),
        length=20,
        missing_reasons=(),
        aliases=(Alias("SDTM", f"SUPPDM.{element.version}"),),
    )
    day = ItemDef(
        "",
        element.date,
        DataType.DATE,
        says(f"{english}: date", f"{korean}: 동의일"),
        missing_reasons=(),
        aliases=(Alias("SDTM", f"SUPPDM.{element.date}"),),
    )
    # who refuses the transfer takes part all the same, and what is asked of samples depends on them
    required = not (element.keeps_home or element.when)
    return AskedItem(version, required, element.when), AskedItem(day, required, element.when)
