"""Which fonts show the writing of a study. What no font can show stops the print: a box in place of a word helps nobody."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import typst

from edc_core.api import BadRequest

LATIN = "Libertinus Serif"  #: comes with typst

#: For each script: the characters that need it, and the families that have it, the first choice first.
HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
KANA = re.compile(r"[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]")
KOREAN = (
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "Source Han Sans K",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
    "NanumGothic",
)
JAPANESE = ("Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans", "Hiragino Sans", "Yu Gothic", "IPAGothic")
SIMPLIFIED = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans CN", "PingFang SC", "Microsoft YaHei")
TRADITIONAL = ("Noto Sans CJK TC", "Noto Sans TC", "Source Han Sans TW", "PingFang TC", "Microsoft JhengHei")

_REMEDY = (
    "Install one (on Debian: apt-get install fonts-noto-cjk). Without that, 'edc study crf --fonts FOLDER' takes a folder that "
    "holds the TTF, OTF or TTC file."
)


def families(texts: Iterable[str], language: str, folder: Path | None = None) -> list[str]:
    """Fonts for some texts, the first choice first. Chinese characters look as the language of the print has them.

    :param folder: holds fonts besides those of the system.
    :raises BadRequest: no font here shows one of the scripts; the message names the remedy.
    """
    text = "".join(texts)
    here = set(typst.Fonts(font_paths=[folder] if folder else []).families())
    wanted = [LATIN]
    for script, name, candidates in _scripts(text, language):
        found = next((family for family in candidates if family in here), None)
        if found is None:
            sample = script.search(text)
            assert sample is not None
            raise BadRequest(
                f"No font here shows {name}, for example '{sample[0]}' ({unicodedata.name(sample[0])}). {_REMEDY}"
            )
        wanted.append(found)
    return list(dict.fromkeys(wanted))


def _scripts(text: str, language: str) -> Iterable[tuple[re.Pattern[str], str, tuple[str, ...]]]:
    tag = language.lower()
    han, name = SIMPLIFIED, "Chinese characters"
    if tag.startswith("ko"):
        han = KOREAN
    elif tag.startswith("ja"):
        han = JAPANESE
    elif tag.startswith(("zh-hant", "zh-tw", "zh-hk")):
        han = TRADITIONAL
    if HAN.search(text):
        yield HAN, name, han
    if HANGUL.search(text):
        yield HANGUL, "Korean", KOREAN
    if KANA.search(text):
        yield KANA, "Japanese", JAPANESE
