"""US-B1: race and ethnicity as they are asked, and as SDTM has them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
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
from edc_core_country_us.sources import says

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edc_core.api import PluginStudy

MULTIPLE = "MULTIPLE"
HISPANIC, NOT_HISPANIC = "HISPANIC OR LATINO", "NOT HISPANIC OR LATINO"
MENA, WHITE = "MIDDLE EASTERN OR NORTH AFRICAN", "WHITE"
FIVE = (
    ("AMERICAN INDIAN OR ALASKA NATIVE", "American Indian or Alaska Native"),
    ("ASIAN", "Asian"),
    ("BLACK OR AFRICAN AMERICAN", "Black or African American"),
    ("NATIVE HAWAIIAN OR OTHER PACIFIC ISLANDER", "Native Hawaiian or other Pacific Islander"),
    (WHITE, "White"),
)
SEVEN = (*FIVE[:3], (HISPANIC, "Hispanic or Latino"), (MENA, "Middle Eastern or North African"), *FIVE[3:])
ETHNIC = ((HISPANIC, "Hispanic or Latino"), (NOT_HISPANIC, "Not Hispanic or Latino"))
STUDY_ITEMS = ("ETHNIC", "RACE", "RACEOTH")  #: what the block takes the place of at sites in the country


class RaceMode(StrEnum):
    """Which standard of the Office of Management and Budget a study asks by; it stays for the study."""

    OMB1997 = "OMB1997"  #: two questions, ethnicity first, five categories of race
    OMB2024 = "OMB2024"  #: one question with seven categories (SPD 15 of March 2024)


@dataclass(frozen=True, slots=True)
class SdtmRace:
    """DM.ETHNIC, DM.RACE and the rows of SUPPDM by QNAM; empty where nothing is known."""

    ethnic: str = ""
    race: str = ""
    supplement: tuple[tuple[str, str], ...] = ()


def mode_of(settings: dict[str, str]) -> RaceMode:
    """:raises ValueError: the study asks by a standard that is none."""
    asked = settings.get("race", RaceMode.OMB1997)
    try:
        return RaceMode(asked)
    except ValueError as error:
        message = f"The setting race is {' or '.join(RaceMode)}; here is '{asked}'."
        raise ValueError(message) from error


def form_extension(mode: RaceMode, study: PluginStudy) -> FormExtension:
    """The block of the form DM."""
    race = _asked("USRACE", "Race: all that apply", RACE_LIST, "DM.RACE", multiple=True)
    ethnic = _asked("USETHNIC", "Ethnicity", ETHNIC_LIST, "DM.ETHNIC")
    both = _asked("USRACEET", "Race and ethnicity: all that apply", COMBINED_LIST, "DM.RACE", multiple=True)
    items = (ethnic, race) if mode is RaceMode.OMB1997 else (both,)
    own = {item.name for item in study.index.version.items}
    hidden = tuple(name for name in STUDY_ITEMS if name in own)
    return FormExtension("US-B1", "DM", says("Race and ethnicity"), items, hides=hidden)


def as_sdtm(
    mode: RaceMode, races: Sequence[str], ethnic: str = "", *, unticked_is_not: bool = False
) -> SdtmRace:
    """What was ticked, in the terms of SDTM.

    :param races: codes of the list of the mode. :param ethnic: answer to the question of its own in ``OMB1997``.
    :param unticked_is_not: the study declares that who ticked other categories and not Hispanic is not Hispanic.
    """
    if mode is RaceMode.OMB2024:
        told = HISPANIC if HISPANIC in races else NOT_HISPANIC if unticked_is_not and races else ""
        return _mapped([one for one in races if one != HISPANIC], told)
    return _mapped(races, ethnic)


def _mapped(races: Iterable[str], ethnic: str) -> SdtmRace:
    collected = list(dict.fromkeys(races))
    rolled = list(dict.fromkeys(WHITE if one == MENA else one for one in collected))
    kept = [("RACEORIG", MENA)] if MENA in collected else []
    if len(rolled) > 1:
        kept += [(f"RACE{number}", one) for number, one in enumerate(rolled, 1)]
    race = rolled[0] if len(rolled) == 1 else MULTIPLE if rolled else ""
    return SdtmRace(ethnic, race, tuple(kept))


def _asked(name: str, question: str, terms: CodeList, sdtm: str, *, multiple: bool = False) -> AskedItem:
    item = ItemDef(
        "", name, DataType.TEXT, says(question), code_list_oid=terms.oid, multiple=multiple,
        help=says("As the subject says"), aliases=(Alias("SDTM", sdtm),),
    )  # fmt: skip
    return AskedItem(item)


def _list(oid: str, name: str, terms: Iterable[tuple[str, str]]) -> CodeList:
    return CodeList(oid, name, items=tuple(CodeListItem(code, says(decode)) for code, decode in terms))


RACE_LIST = _list("US.RACE", "Race, five categories", FIVE)
ETHNIC_LIST = _list("US.ETHNIC", "Ethnicity", ETHNIC)
COMBINED_LIST = _list("US.RACEET", "Race and ethnicity, seven categories", SEVEN)
_SAME = {code for code, _ in FIVE}
CODE_LISTS = (
    LocalCodeList(RACE_LIST, tuple((code, code) for code, _ in FIVE)),
    LocalCodeList(ETHNIC_LIST, tuple((code, code) for code, _ in ETHNIC)),
    LocalCodeList(
        COMBINED_LIST,
        tuple((code, code if code in _SAME else WHITE if code == MENA else "") for code, _ in SEVEN),
    ),
)
