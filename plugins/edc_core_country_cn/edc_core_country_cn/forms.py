"""CN-B3, CN-B5, CN-B7, CN-B8 and CN-B10: what a Chinese site writes besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import (
    Alias,
    AskedItem,
    CheckExample,
    CodeList,
    CodeListItem,
    ConsentElement,
    CountryCheck,
    DataType,
    FormExtension,
    ItemDef,
    LocalCodeList,
    TranslatedText,
)
from edc_core_country_cn.sources import says

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import PluginStudy

CONSENTS = tuple(
    ConsentElement("CN-B3", says(*words), "CONSENT", f"{name}VER", f"{name}DAT", keeps_home=name == "CNXB")
    for name, words in (
        ("CNPI", ("Consent to the processing of personal information", "个人信息处理同意")),
        ("CNSEN", ("Separate consent to sensitive information", "敏感个人信息单独同意")),
        ("CNXB", ("Separate consent to transfer across the border", "个人信息出境单独同意")),
    )
)
ETHNIC_LIST = CodeList(
    "CN.ETHNIC", "Ethnic group (GB/T 3304)",
    items=(CodeListItem("HAN", says("Han", "汉族")), CodeListItem("OTHER", says("Another of the 56 groups", "其他民族"))),
)  # fmt: skip
RANGE_LIST = CodeList(
    "CN.LABSRC", "Source of the normal range",
    items=(CodeListItem("CENTRAL", says("Central laboratory", "中心实验室")), CodeListItem("LOCAL", says("Local laboratory", "本地实验室"))),
)  # fmt: skip
CODE_LISTS = (
    LocalCodeList(ETHNIC_LIST, (("HAN", "ASIAN"), ("OTHER", ""))),
    LocalCodeList(RANGE_LIST, (("CENTRAL", ""), ("LOCAL", ""))),
)
STUDY_ITEMS = ("RACE", "RACEOTH", "ETHNIC")


def items_by_form(study: PluginStudy) -> dict[str, dict[str, str]]:
    """Of each form, its items by name with the group in which they stand."""
    return {
        form.name: {one.item.name: one.groups[-1].name for one in study.index.placed_items(form.oid)}
        for form in study.index.version.forms
    }


def extensions(study: PluginStudy) -> Iterator[FormExtension]:
    """For the forms that the study has."""
    forms = items_by_form(study)
    yield FormExtension(
        "CN-B3",
        "CONSENT",
        says("Consents in China", "中国同意书"),
        tuple(asked for one in CONSENTS for asked in _consent(one)),
    )
    own = tuple(name for name in STUDY_ITEMS if name in forms.get("DM", ()))
    ethnic = _item("CNETHNIC", says("Ethnic group", "民族"), "SUPPDM.CNETHNIC", code_list=ETHNIC_LIST.oid)
    yield FormExtension(
        "CN-B7", "DM", says("Ethnic group", "民族"), (AskedItem(ethnic, required=True),), hides=own
    )
    for form, beside, name, english in (
        ("AE", "AETERM", "AETERMZH", "Event"),
        ("CM", "CMTRT", "CMTRTZH", "Medicine"),
    ):
        if beside in forms.get(form, ()):
            words = says(f"{english} in Chinese", "中文术语")
            told = _item(name, words, f"SUPP{form}.{name}", length=200, language="zh")
            yield FormExtension(
                "CN-B5", form, items=(AskedItem(told, required=True),), group=forms[form][beside]
            )
    for form, items in forms.items():
        if form.startswith("LB") and "LBDAT" in items:
            yield FormExtension("CN-B8", form, says("Laboratory", "实验室"), _laboratory(form))
    if "SAE" in forms:
        words = says("Narrative in Chinese", "中文病例叙述")
        told = _item("CNNARR", words, "SUPPAE.CNNARR", length=4000, language="zh")
        yield FormExtension(
            "CN-B10", "SAE", says("Report to CDE", "向药审中心报告"), (AskedItem(told, required=True),)
        )


def checks(study: PluginStudy) -> Iterator[CountryCheck]:
    """EC67, and the certificate of the laboratory."""
    forms = items_by_form(study)
    for form, beside, name in (("AE", "AETERM", "AETERMZH"), ("CM", "CMTRT", "CMTRTZH")):
        if beside in forms.get(form, ()):
            yield CountryCheck(
                f"CN-B5.{name}", form, name, f"missing({beside}) or present({name})",
                says("Key texts stand in Chinese too. Please write the Chinese term.", "关键文本需有中文。请填写中文术语。"),
                examples=(
                    CheckExample(True, ((beside, "Headache"),)),
                    CheckExample(False, ((beside, "Headache"), (name, "头痛"))),
                ),
            )  # fmt: skip
    for form, items in forms.items():
        if form.startswith("LB") and "LBDAT" in items:
            expires = _expiry(form)
            yield CountryCheck(
                f"CN-B8.{form}", form, expires, f"missing({expires}) or missing(LBDAT) or LBDAT <= {expires}",
                says("The certificate of the laboratory had expired on the day of the sample. Please check both days.",
                     "采样当日实验室质评证书已过期。请核对两个日期。"),
                examples=(
                    CheckExample(True, ((expires, "2026-03-01"), ("LBDAT", "2026-03-02"))),
                    CheckExample(False, ((expires, "2026-03-02"), ("LBDAT", "2026-03-02"))),
                ),
            )  # fmt: skip


def _laboratory(form: str) -> tuple[AskedItem, ...]:
    source = _item(
        f"CNSRC{_short(form)}", says("Source of the normal range", "正常值范围来源"), "SUPPLB.CNLABSRC", code_list=RANGE_LIST.oid
    )  # fmt: skip
    expires = _item(
        _expiry(form), says("The certificate (EQA) expires on", "室间质评证书有效期至"), "[NOT SUBMITTED]", kind=DataType.DATE
    )  # fmt: skip
    return AskedItem(source), AskedItem(expires)


def _expiry(form: str) -> str:
    return f"CNEQA{_short(form)}"


def _short(form: str) -> str:
    return "".join(one for one in form if one.isalnum())


def _consent(one: ConsentElement) -> tuple[AskedItem, AskedItem]:
    english, chinese = (one.title.in_language(tag) for tag in ("en", "zh"))
    version = _item(
        one.version, says(f"{english}: version", f"{chinese}：版本"), f"SUPPDM.{one.version}", length=20
    )
    day = _item(
        one.date, says(f"{english}: date", f"{chinese}：日期"), f"SUPPDM.{one.date}", kind=DataType.DATE
    )
    required = not one.keeps_home
    return AskedItem(version, required), AskedItem(day, required)


def _item(
    name: str, question: TranslatedText, sdtm: str, *, kind: DataType = DataType.TEXT, length: int | None = None,
    code_list: str | None = None, language: str = "",
) -> ItemDef:  # fmt: skip
    aliases = (Alias("SDTM", sdtm), *((Alias("edc:language", language),) if language else ()))
    return ItemDef("", name, kind, question, length=length, code_list_oid=code_list, aliases=aliases)
