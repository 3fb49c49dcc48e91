"""What the Act on the Protection of Personal Information asks of a Japanese site: consents, and no initials (REQ-PRV-07).

Data of health are special-care information, had with consent alone (Art. 20(2)). Who gets data in a foreign country gets them with
the consent of the person, who was told of that country and its protection (Art. 28(1) and (2)); the countries that the Commission
takes as equivalent are none in this sense. Who refuses takes part all the same: the data stay in Japan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import (
    Alias,
    AskedItem,
    Confidence,
    ConsentElement,
    DataType,
    ForbiddenItem,
    FormExtension,
    Gate,
    GateEvent,
    ItemDef,
    TranslatedText,
)
from edc_core_country_jp.sources import APPI, held, says

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import PluginStudy

FORM = "CONSENT"
RULE = "PRV-07"
#: The countries of the European Economic Area and the United Kingdom.
EQUIVALENT = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU",
    "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
SPECIAL = ConsentElement(
    RULE,
    says("Consent to the use of special-care information", "要配慮個人情報の取得の同意"),
    FORM,
    "JPSPCVER",
    "JPSPCDAT",
)
TRANSFER = ConsentElement(
    RULE,
    says("Consent to transfer to a foreign country", "外国にある第三者への提供の同意"),
    FORM,
    "JPXFRVER",
    "JPXFRDAT",
    keeps_home=True,
)
CONSENTS = (
    held(SPECIAL, f"{APPI}, Art. 20(2)", Confidence.HIGH),
    held(TRANSFER, f"{APPI}, Art. 28(1) and (2)", Confidence.HIGH),
)
INITIALS = held(
    ForbiddenItem(
        RULE,
        r"\binitials?\b|イニシャル",
        says(
            "Initials are better not collected in Japan: the subject number stands for the subject.",
            "イニシャルの収集は避け、被験者番号を用いてください。",
        ),
        blocks=False,
    ),
    f"{APPI}; practice of Japanese data management",
)


def consent_form(study: PluginStudy) -> Iterator[FormExtension]:
    """The block of the consent form, where the study has one."""
    if _has_form(study):
        asked = tuple(item for one in (SPECIAL, TRANSFER) for item in _items(one))
        yield FormExtension(RULE, FORM, says("Consents in Japan", "日本での同意"), asked)


def gates(study: PluginStudy) -> Iterator[Gate]:
    """Before data leave the country, but for one that is taken as equivalent."""
    oid = next((one.oid for one in study.index.version.forms if one.name == FORM), "")
    if oid:
        text = says(
            "Without consent to transfer to a foreign country the data stay in Japan or go to the European Economic Area "
            "or the United Kingdom.",
            "外国への提供の同意がない場合、データは日本国内、欧州経済領域または英国に限られます。",
        )
        yield Gate(
            RULE, GateEvent.EXPORT, text, item=f"{oid}.{TRANSFER.date}", regions=tuple((one, "") for one in EQUIVALENT)
        )  # fmt: skip


def _has_form(study: PluginStudy) -> bool:
    return any(one.name == FORM for one in study.index.version.forms)


def _items(element: ConsentElement) -> tuple[AskedItem, AskedItem]:
    english, japanese = (element.title.in_language(one) for one in ("en", "ja"))
    version = _item(
        element.version, says(f"{english}: version of the form", f"{japanese}：同意書の版"), length=20
    )
    day = _item(element.date, says(f"{english}: date", f"{japanese}：同意日"), kind=DataType.DATE)
    required = not element.keeps_home  # who refuses the transfer takes part all the same
    return AskedItem(version, required), AskedItem(day, required)


def _item(
    name: str, question: TranslatedText, *, kind: DataType = DataType.TEXT, length: int | None = None
) -> ItemDef:
    return ItemDef(
        "",
        name,
        kind,
        question,
        length=length,
        missing_reasons=(),
        aliases=(Alias("SDTM", f"SUPPDM.{name}"),),
    )
