"""KR-B5, KR-B6 and KR-B8: what a Korean site writes beside a medicine, a disease, an adverse event and a serious one."""

from __future__ import annotations

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
    PluginStudy,
    TermWindow,
    TranslatedText,
)
from edc_core_country_kr.sources import says

KCD_SWITCH = "2026-01-01"  #: the first day of KCD-9
KCD = (TermWindow("KCD", "8", "2021-01-01", "2025-12-31"), TermWindow("KCD", "9", KCD_SWITCH))

KCD_LIST = CodeList(
    "KR.KCDVER",
    "Version of KCD",
    items=tuple(
        CodeListItem(code, says(code, f"한국표준질병사인분류 {code[-1]}차")) for code in ("KCD-8", "KCD-9")
    ),
)
TRANSLATION_LIST = CodeList(
    "KR.TRST",
    "State of a translation",
    items=(
        CodeListItem("PENDING", says("To be translated", "번역 예정")),
        CodeListItem("TRANSLATED", says("Translated", "번역됨")),
        CodeListItem("CHECKED", says("Translated and checked", "번역 확인됨")),
    ),
)
CODE_LISTS = (
    LocalCodeList(KCD_LIST, (("KCD-8", ""), ("KCD-9", ""))),
    LocalCodeList(TRANSLATION_LIST, (("PENDING", ""), ("TRANSLATED", ""), ("CHECKED", ""))),
)


def group_with(study: PluginStudy, form: str, item: str) -> str:
    """Name of the group in which an item of a form stands; empty where the study has none."""
    for one in study.index.version.forms:
        if one.name == form:
            for placed in study.index.placed_items(one.oid):
                if placed.item.name == item:
                    return placed.groups[-1].name
    return ""


def extensions(study: PluginStudy) -> list[FormExtension]:
    """For the logs that the study has."""
    wanted = (
        ("KR-B5", "CM", "CMTRT", _drug_codes()),
        ("KR-B5", "MH", "MHTERM", _disease_codes()),
        ("KR-B6", "AE", "AETERM", _translation()),
        ("KR-B8", "SAE", "SAEAWARE", _reports()),
    )
    return [
        FormExtension(rule, form, items=items, group=group)
        for rule, form, beside, items in wanted
        if (group := group_with(study, form, beside))
    ]


def checks(study: PluginStudy) -> list[CountryCheck]:
    """For the items that ``extensions`` adds."""
    found = []
    if group_with(study, "CM", "CMTRT"):
        found += [_of_length("CMEDI", 9), _of_length("CMKDSTD", 13)]
    if group_with(study, "MH", "MHTERM") and group_with(study, "MH", "MHSTDAT"):
        found.append(_kcd_by_date())
    if group_with(study, "AE", "AETERM"):
        found.append(_translated())
    return found


def _text(
    name: str,
    length: int,
    question: TranslatedText,
    help_text: TranslatedText,
    sdtm: str,
    *,
    code: bool = False,
) -> ItemDef:
    aliases = (Alias("SDTM", sdtm), *((Alias("edc:code", name),) if code else ()))
    return ItemDef("", name, DataType.TEXT, question, length=length, help=help_text, aliases=aliases)


def _drug_codes() -> tuple[AskedItem, ...]:
    edi = _text(
        "CMEDI", 9, says("EDI code", "EDI 코드"), says("Nine digits, beside WHODrug", "9자리, WHODrug와 함께"),
        "SUPPCM.CMEDI", code=True,
    )  # fmt: skip
    standard = _text(
        "CMKDSTD", 13, says("Standard code of the medicine", "의약품 표준코드"),
        says("Thirteen digits from the package", "포장에 적힌 13자리"), "SUPPCM.CMKDSTD", code=True,
    )  # fmt: skip
    return AskedItem(edi), AskedItem(standard)


def _disease_codes() -> tuple[AskedItem, ...]:
    code = _text(
        "MHKCD", 8, says("KCD code", "KCD 코드"), says("For example C50.9", "예: C50.9"), "SUPPMH.MHKCD", code=True
    )  # fmt: skip
    version = ItemDef(
        "", "MHKCDVER", DataType.TEXT, says("Version of KCD", "KCD 차수"), code_list_oid=KCD_LIST.oid,
        help=says("By the date of onset: KCD-9 from 1 January 2026", "발병일 기준: 2026년 1월 1일부터 KCD-9"),
        aliases=(Alias("SDTM", "SUPPMH.MHKCDVER"),),
    )  # fmt: skip
    return AskedItem(code), AskedItem(version, when="present(MHKCD)")


def _translation() -> tuple[AskedItem, ...]:
    english = _text(
        "AETERMEN", 200, says("Event in English", "이상반응명(영문)"),
        says("A translation of the words of the site, which stay", "기관이 적은 용어의 번역. 원문은 그대로 둡니다"),
        "SUPPAE.AETERMEN",
    )  # fmt: skip
    state = ItemDef(
        "", "AETRST", DataType.TEXT, says("State of the translation", "번역 상태"),
        code_list_oid=TRANSLATION_LIST.oid, aliases=(Alias("SDTM", "[NOT SUBMITTED]"),),
    )  # fmt: skip
    return AskedItem(english), AskedItem(state)


def _reports() -> tuple[AskedItem, ...]:
    sponsor = ItemDef(
        "", "KRSPNDAT", DataType.DATE, says("Reported to the sponsor on", "의뢰자 보고일"),
        aliases=(Alias("SDTM", "[NOT SUBMITTED]"),),
    )  # fmt: skip
    board = ItemDef(
        "", "KRIRBDAT", DataType.DATE, says("Reported to the IRB on", "IRB 보고일"),
        aliases=(Alias("SDTM", "[NOT SUBMITTED]"),),
    )  # fmt: skip
    return AskedItem(sponsor), AskedItem(board)


def _of_length(item: str, length: int) -> CountryCheck:
    return CountryCheck(
        f"KR-B5.{item}", "CM", item,
        f"missing({item}) or (length({item}) == {length} and present(number({item})))",
        says(f"The code has {length} digits. Please check it.", f"코드는 숫자 {length}자리입니다. 확인하십시오."),
        examples=(
            CheckExample(True, ((item, "12345"),)),
            CheckExample(False, ((item, "645302130123456789"[:length]),)),
        ),
    )  # fmt: skip


def _kcd_by_date() -> CountryCheck:
    return CountryCheck(
        "KR-B5.KCD", "MH", "MHKCDVER",
        f"missing(MHKCDVER) or missing(MHSTDAT) or (MHKCDVER == 'KCD-8' and possible(MHSTDAT < '{KCD_SWITCH}')) "
        f"or (MHKCDVER == 'KCD-9' and possible(MHSTDAT >= '{KCD_SWITCH}'))",
        says(
            "KCD-9 holds for diseases from 1 January 2026 on, KCD-8 before. Please check version and date of onset.",
            "2026년 1월 1일 이후 발병은 KCD-9, 그 전은 KCD-8입니다. 차수와 발병일을 확인하십시오.",
        ),
        examples=(
            CheckExample(True, (("MHKCD", "C50.9"), ("MHKCDVER", "KCD-8"), ("MHSTDAT", "2026-02-01"))),
            CheckExample(False, (("MHKCD", "C50.9"), ("MHKCDVER", "KCD-9"), ("MHSTDAT", "2026-02-01"))),
            CheckExample(False, (("MHKCD", "C50.9"), ("MHKCDVER", "KCD-8"), ("MHSTDAT", "2025"))),
        ),
    )  # fmt: skip


def _translated() -> CountryCheck:
    return CountryCheck(
        "KR-B6.TRANSLATED", "AE", "AETERMEN",
        "missing(AETRST) or AETRST == 'PENDING' or present(AETERMEN)",
        says(
            "The translation is said to be there, and is missing. Please check its state.",
            "번역되었다고 표시되어 있습니다. 번역 상태를 확인하십시오.",
        ),
        examples=(
            CheckExample(True, (("AETRST", "CHECKED"),)),
            CheckExample(False, (("AETRST", "CHECKED"), ("AETERMEN", "Headache"))),
        ),
    )  # fmt: skip
