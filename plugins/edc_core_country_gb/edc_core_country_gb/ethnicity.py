"""GB-B2: ethnic groups of the Office for National Statistics (2021), with the race and ethnicity of CDISC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import (
    Alias,
    AskedItem,
    CodeList,
    CodeListItem,
    DataType,
    FormExtension,
    ItemDef,
    LocalCodeList,
)
from edc_core_country_gb.sources import says

if TYPE_CHECKING:
    from edc_core.api import PluginStudy

_ASIAN, _BLACK, _WHITE, _MIXED = "ASIAN", "BLACK OR AFRICAN AMERICAN", "WHITE", "MULTIPLE"
#: Group: the categories with code, words and the submission value of RACE; empty where CDISC has none.
GROUPS = {
    "Asian or Asian British": (
        ("INDIAN", "Indian", _ASIAN), ("PAKISTANI", "Pakistani", _ASIAN), ("BANGLADESHI", "Bangladeshi", _ASIAN),
        ("CHINESE", "Chinese", _ASIAN), ("OTHER ASIAN", "Any other Asian background", _ASIAN),
    ),
    "Black, Black British, Caribbean or African": (
        ("CARIBBEAN", "Caribbean", _BLACK), ("AFRICAN", "African", _BLACK),
        ("OTHER BLACK", "Any other Black, Black British or Caribbean background", _BLACK),
    ),
    "Mixed or multiple ethnic groups": (
        ("WHITE AND BLACK CARIBBEAN", "White and Black Caribbean", _MIXED),
        ("WHITE AND BLACK AFRICAN", "White and Black African", _MIXED),
        ("WHITE AND ASIAN", "White and Asian", _MIXED),
        ("OTHER MIXED", "Any other mixed or multiple ethnic background", _MIXED),
    ),
    "White": (
        ("WHITE BRITISH", "English, Welsh, Scottish, Northern Irish or British", _WHITE), ("IRISH", "Irish", _WHITE),
        ("GYPSY OR IRISH TRAVELLER", "Gypsy or Irish Traveller", _WHITE), ("ROMA", "Roma", _WHITE),
        ("OTHER WHITE", "Any other White background", _WHITE),
    ),
    "Other ethnic group": (("ARAB", "Arab", _WHITE), ("OTHER", "Any other ethnic group", "")),
}  # fmt: skip
_TERMS = [(group, *term) for group, terms in GROUPS.items() for term in terms]
ETHNIC_LIST = CodeList(
    "GB.ETHNIC",
    "Ethnic group (ONS 2021)",
    items=tuple(CodeListItem(code, says(f"{group}: {words}")) for group, code, words, _ in _TERMS),
)
LOCAL = LocalCodeList(ETHNIC_LIST, tuple((code, race) for _, code, _, race in _TERMS))
STUDY_ITEMS = ("RACE", "RACEOTH", "ETHNIC")


def form_extension(study: PluginStudy) -> FormExtension:
    """One question in form DM in place of those of the study; the words of the subject stay beside the race of CDISC."""
    item = ItemDef(
        "", "GBETHNIC", DataType.TEXT, says("Ethnic group"), code_list_oid=ETHNIC_LIST.oid,
        help=says("As the subject says"), aliases=(Alias("SDTM", "SUPPDM.GBETHNIC"),),
    )  # fmt: skip
    own = {one.name for one in study.index.version.items}
    hidden = tuple(name for name in STUDY_ITEMS if name in own)
    return FormExtension("GB-B2", "DM", says("Ethnic group"), (AskedItem(item),), hides=hidden)
