"""JP-B7, JP-B8 and JP-B9: codes kept beside those of the world, and what Japanese sites watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import (
    Alias,
    AskedItem,
    CheckExample,
    CodeList,
    CodeListItem,
    CountryCheck,
    DataType,
    FormExtension,
    ItemDef,
    LocalCodeList,
    TranslatedText,
)
from edc_core_country_jp.sources import says

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import PluginStudy

IMAGE_LIST = CodeList(
    "JP.CT", "Chest CT",
    items=(CodeListItem("NORMAL", says("Normal", "異常なし")), CodeListItem("ILD", says("Interstitial changes", "間質性変化")),
           CodeListItem("OTHER", says("Other changes", "その他の変化"))),
)  # fmt: skip
JCOG_LIST = CodeList(
    "JP.JCOG", "Grade (CTCAE v5.0-JCOG)",
    items=tuple(CodeListItem(str(grade), says(f"Grade {grade}", f"グレード{grade}")) for grade in range(1, 6)),
)  # fmt: skip
CODE_LISTS = (
    LocalCodeList(IMAGE_LIST, (("NORMAL", "NORMAL"), ("ILD", "ABNORMAL"), ("OTHER", "ABNORMAL"))),
    LocalCodeList(JCOG_LIST, tuple((str(grade), str(grade)) for grade in range(1, 6))),
)


def items_by_form(study: PluginStudy) -> dict[str, dict[str, str]]:
    """Of each form, its items by name with the group in which they stand."""
    return {
        form.name: {one.item.name: one.groups[-1].name for one in study.index.placed_items(form.oid)}
        for form in study.index.version.forms
    }


def extensions(study: PluginStudy) -> Iterator[FormExtension]:
    """For the forms that the study has."""
    forms = items_by_form(study)
    if "CMTRT" in forms.get("CM", ()):
        code = _item("CMYJ", says("YJ code", "YJコード"), "SUPPCM.CMYJ", length=12, code=True)
        yield FormExtension("JP-B8", "CM", items=(AskedItem(code),), group=forms["CM"]["CMTRT"])
    if "AETERM" in forms.get("AE", ()):
        grade = _item(
            "AEJCOG",
            says("Grade (CTCAE v5.0-JCOG)", "グレード(CTCAE v5.0-JCOG)"),
            "SUPPAE.AEJCOG",
            code_list=JCOG_LIST.oid,
        )
        yield FormExtension("JP-B9", "AE", items=(AskedItem(grade),), group=forms["AE"]["AETERM"])
    for form in (name for name in forms if name.startswith(("LB_", "LB-")) or name == "LB"):
        jlac = _item(
            f"JLAC{_short(form)}", says("JLAC code", "JLACコード"), "SUPPLB.JLAC", length=17, code=True
        )
        yield FormExtension("JP-B7", form, says("Codes in Japan", "国内コード"), (AskedItem(jlac),))
    if "VS" in forms:
        yield FormExtension(
            "JP-B9", "VS", says("Watch for interstitial lung disease", "間質性肺疾患の観察"), _lung()
        )
    for form, items in forms.items():
        if "HBCAB" in items:
            viral = _item("JPHBVDNA", says("HBV DNA", "HBV-DNA定量"), "SUPPLB.JPHBVDNA", kind=DataType.FLOAT)
            followed = AskedItem(viral, required=True, when="HBCAB == 'POSITIVE'")
            yield FormExtension(
                "JP-B9.HBV", form, says("Hepatitis B follow-up", "B型肝炎の追跡"), (followed,)
            )


def checks(study: PluginStudy) -> Iterator[CountryCheck]:
    """The length of the YJ code."""
    if "CMTRT" in items_by_form(study).get("CM", ()):
        yield CountryCheck(
            "JP-B8.CMYJ", "CM", "CMYJ", "missing(CMYJ) or length(CMYJ) == 12",
            says("The YJ code has 12 characters. Please check it.", "YJコードは12桁です。確認してください。"),
            examples=(CheckExample(True, (("CMYJ", "1234"),)), CheckExample(False, (("CMYJ", "4291400A1024"),))),
        )  # fmt: skip


def _lung() -> tuple[AskedItem, ...]:
    numbers = (
        ("JPKL6", says("KL-6 (U/mL)", "KL-6 (U/mL)")), ("JPSPD", says("SP-D (ng/mL)", "SP-D (ng/mL)")),
        ("JPSPO2", says("SpO2 (%)", "SpO2 (%)")),
    )  # fmt: skip
    found = [AskedItem(_item(name, words, f"SUPPVS.{name}", kind=DataType.FLOAT)) for name, words in numbers]
    image = _item("JPCT", says("Chest CT", "胸部CT"), "SUPPVS.JPCT", code_list=IMAGE_LIST.oid)
    return (*found, AskedItem(image))


def _short(form: str) -> str:
    return "".join(one for one in form if one.isalnum())


def _item(
    name: str, question: TranslatedText, sdtm: str, *, kind: DataType = DataType.TEXT, length: int | None = None,
    code_list: str | None = None, code: bool = False,
) -> ItemDef:  # fmt: skip
    aliases = (Alias("SDTM", sdtm), *((Alias("edc:code", name),) if code else ()))
    return ItemDef("", name, kind, question, length=length, code_list_oid=code_list, aliases=aliases)
