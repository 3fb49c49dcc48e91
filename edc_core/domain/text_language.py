"""Texts that are meant for a language of their own: the words of a site, or a translation, beside the English ones.

An item says so by an Alias of context ``edc:language``, named by a language tag (BCP 47): ``zh``. Whatever is written in an encoding
that lacks the letters of the language leaves the item out as a whole and says so; in any other item, such letters are refused there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edc_core.domain.metadata import ItemDef

TEXTS_LEFT_OUT = "texts in languages whose letters the encoding lacks"  #: as a manifest counts them
LANGUAGE = "edc:language"  #: context of the Alias
#: Letters by which a language is told from others, by its tag (BCP 47): the primary subtag, and where its script says more that too.
LETTERS = {
    "ar": "العربية", "bg": "Бъж", "cs": "Čřěů", "da": "Æøå", "de": "Äöüß", "el": "Ελ", "en": "En", "es": "Ñáé", "et": "Õäö",
    "fi": "Äö", "fr": "Éàçê", "he": "עברית", "hi": "हिन्दी", "hr": "Čćđ", "hu": "Őűá", "it": "Àèìò", "ja": "日本語かな", "ko": "한국어",
    "lt": "Ėųž", "lv": "Āģņ", "nb": "Æøå", "nl": "Ëï", "pl": "Łąęż", "pt": "Ãõç", "ro": "Ășț", "ru": "Жйю", "sk": "Ľčô",
    "sl": "Čšž", "sv": "Åäö", "th": "ไทย", "tr": "Ğış", "uk": "Їєґ", "vi": "Ệữđ", "zh": "汉语", "zh-Hant": "漢語這",
}  # fmt: skip


def text_language(item: ItemDef) -> str:
    """The tag that an item is meant for; empty for those whose texts every format takes or refuses as they are."""
    return next((alias.name for alias in item.aliases if alias.context == LANGUAGE), "")


def letters_of(tag: str) -> str:
    """Letters of a language; none of one that is not known."""
    return LETTERS.get(tag) or LETTERS.get(tag.partition("-")[0], "")


def holds(encoding: str, tag: str) -> bool:
    """Whether an encoding (as Python names it) has the letters of a language; of one that is not known it is taken to."""
    try:
        letters_of(tag).encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
