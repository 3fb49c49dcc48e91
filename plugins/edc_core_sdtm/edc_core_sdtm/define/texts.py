"""What Define-XML says in words: in English and, for an authority that asks for it, in another language beside it.

Source: ODM 1.3.2, TranslatedText with xml:lang, which Define-XML 2.1 takes in Description and Decode. Sentences of this plugin are
in ``words/``, a file for each language; other texts are those of the study's definition, of terminologies, and of derivations.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from edc_core.api import TranslatedText, Words
from edc_core_sdtm.define.xml import element, translated
from edc_core_sdtm.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lxml import etree

    from edc_core.api import Labels

WORDS = Path(__file__).parents[1] / "words"
ENGLISH, OTHERS = "en", ("zh",)
NOTHING = TranslatedText()


def in_english(text: str) -> TranslatedText:
    return TranslatedText.of(text, ENGLISH)


def joined(names: Sequence[str]) -> TranslatedText:
    """Names with a word between."""
    return TranslatedText(
        tuple((language, _words(language).say("and").join(names)) for language in (ENGLISH, *OTHERS))
    )


def sentence(key: str, *values: TranslatedText | str) -> TranslatedText:
    """A sentence of this plugin in each of its languages. :param values: texts in it; one that has no such language is English."""
    said = []
    for language in (ENGLISH, *OTHERS):
        texts = [one if isinstance(one, str) else one.in_language(language) for one in values]
        said.append((language, _words(language).say(key, *texts)))
    return TranslatedText(tuple(said))


def method(rule: str) -> TranslatedText:
    """A rule of ``RULES`` in each language."""
    return _rules()[rule]


@cache
def _words(language: str) -> Words:
    return Words(WORDS, language)


@cache
def _rules() -> Mapping[str, TranslatedText]:
    known = {language: _words(language).group("rules") for language in OTHERS}
    return {
        text: TranslatedText(((ENGLISH, text), *((language, known[language][key]) for language in OTHERS)))
        for key, text in RULES.items()
    }


class Texts:
    """Writes texts, and remembers which are in English alone where another language was asked for.

    :param labels: the language, and what has no word of its own in it by the English text; none for English alone.
    """

    def __init__(self, labels: Labels | None) -> None:
        self._labels = labels
        self._known = {text.casefold(): own for text, own in labels.texts.items()} if labels else {}
        self._said: dict[str, dict[str, bool]] = {}  #: by kind and text: whether it stayed English somewhere

    @property
    def english(self) -> Mapping[str, tuple[int, tuple[str, ...]]]:
        """By kind, how many different texts there are and which stayed English; nothing where English alone was asked for."""
        return {
            kind: (len(said), tuple(text for text, is_english in said.items() if is_english))
            for kind, said in sorted(self._said.items())
        }

    def described(self, kind: str, text: TranslatedText) -> etree._Element:
        return element("Description", None, *self.written(kind, text))

    def written(self, kind: str, text: TranslatedText) -> list[etree._Element]:
        """The other language, where there is a text in it, and then English. :param kind: by which texts are counted."""
        english = text.in_language(ENGLISH)
        if self._labels is None:
            return [translated(english)]
        own = _own(text, self._labels.language) or self._known.get(english.casefold(), "")
        said = self._said.setdefault(kind, {})
        said[english] = said.get(english, False) or not own
        if not own:
            return [translated(english)]
        local = translated(own, self._labels.language)
        return [local] if own == english else [local, translated(english)]


def _own(text: TranslatedText, language: str) -> str:
    """In a language, whatever script or country its tag says: ``zh-CN`` is ``zh``."""
    base = language.partition("-")[0]
    return next((said for tag, said in text.texts if tag.partition("-")[0] == base), "")
