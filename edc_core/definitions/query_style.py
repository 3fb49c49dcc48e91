"""How a query reads well, by language: data for the checks of texts. A language that is not here is held to lengths only.

The words are those that blame or command in each language; a query says what was
found, what is expected and what to do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueryStyle:
    """:param name: of the language in English. :param characters: of a whole text, at most.

    :param words: of a sentence, at most; in writing without blanks ``sentence_characters`` counts.
    :param unwelcome: pattern of words that blame or command.
    """

    name: str = ""
    characters: int = 160
    words: int = 20
    sentence_characters: int = 0
    unwelcome: str = ""

    def unwelcome_in(self, text: str) -> list[str]:
        """Words of a text that people do not like to read, exclamation marks among them."""
        pattern = f"{self.unwelcome}|[!\uff01]" if self.unwelcome else "[!\uff01]"
        return [match[0] for match in re.finditer(pattern, text, re.IGNORECASE)]

    def too_long(self, text: str) -> str:
        """What of a text is too long, in words; empty when nothing is."""
        if len(text) > self.characters:
            return f"The query text has {len(text)} characters; at most {self.characters} are read willingly."
        sentences = re.split(r"[.?;]\s|[\u3002\uff1f\uff1b]", text)
        if self.sentence_characters:
            if any(len(sentence) > self.sentence_characters for sentence in sentences):
                return f"A sentence of the query text has more than {self.sentence_characters} characters."
        elif any(len(sentence.split()) > self.words for sentence in sentences):
            return f"A sentence of the query text has more than {self.words} words."
        return ""


#: By primary language subtag (RFC 5646). Romance and German sentences run longer for the same content.
STYLES: dict[str, QueryStyle] = {
    "en": QueryStyle("English", unwelcome=r"\b(?:invalid|illegal|must|wrong|error(?:\s+\d+)?)\b"),
    "ko": QueryStyle("Korean", unwelcome="잘못|틀린|틀렸|오류|에러|무효|불법|반드시"),
    "ja": QueryStyle(
        "Japanese", 100, sentence_characters=60, unwelcome="不正|無効|間違|誤り|誤って|エラー|必ず|なければなりません"
    ),
    "zh": QueryStyle(
        "Chinese", 80, sentence_characters=40, unwelcome="错误|錯誤|无效|無效|非法|违规|違規|必须|必須|务必|務必"
    ),
    "de": QueryStyle(
        "German", 200, 22, unwelcome=r"\b(?:ungültig\w*|unzulässig\w*|falsch\w*|fehler\w*|illegal\w*|muss|müssen)\b"
    ),
    "fr": QueryStyle(
        "French", 200, 26,
        unwelcome=r"\b(?:invalides?|illégale?s?|illégaux|faux|fausses?|erreurs?|erronée?s?|doit|doivent|devez)\b",
    ),
    "es": QueryStyle(
        "Spanish", 200, 26,
        unwelcome=r"\b(?:inválid[oa]s?|ilegal(?:es)?|erróne[oa]s?|error(?:es)?|equivocad[oa]s?|debe[ns]?)\b",
    ),
}  # fmt: skip


def style_of(tag: str) -> QueryStyle:
    """The style for a language tag."""
    return STYLES.get(tag.partition("-")[0].lower(), QueryStyle())


def language_named(tag: str) -> str:
    """A language tag with its name, where it is known: ``Japanese (ja)``."""
    name = style_of(tag).name
    return f"{name} ({tag})" if name else f"'{tag}'"
