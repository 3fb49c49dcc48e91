"""How a query reads well, by language: data for the checks of texts. A language that is not here is held to lengths only.

The words are those that blame or command in each language; a query says what was
found, what is expected and what to do.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class QueryStyle:
    """:param name: of the language in English. :param characters: of a whole text, at most.

    :param words: of a sentence, at most; in writing without blanks ``sentence_characters`` counts.
    :param unwelcome: pattern of words that blame or command.
    :param leading: pattern of words that tell what to answer, or to change the value.
    """

    name: str = ""
    characters: int = 160
    words: int = 20
    sentence_characters: int = 0
    unwelcome: str = ""
    leading: str = ""

    def unwelcome_in(self, text: str) -> list[str]:
        """Words of a text that people do not like to read, exclamation marks among them."""
        pattern = f"{self.unwelcome}|[!\uff01]" if self.unwelcome else "[!\uff01]"
        return [match[0] for match in re.finditer(pattern, text, re.IGNORECASE)]

    def leading_in(self, text: str) -> list[str]:
        """Words of a question that lead to an answer."""
        found = re.finditer(self.leading, text, re.IGNORECASE) if self.leading else ()
        return [match[0] for match in found]

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


#: By primary language subtag, read from a file of their own, so that who adds a language needs no Python.
STYLES: dict[str, QueryStyle] = {
    tag: QueryStyle(**style)
    for tag, style in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")).items()
}


def style_of(tag: str) -> QueryStyle:
    """The style for a language tag."""
    return STYLES.get(tag.partition("-")[0].lower(), QueryStyle())


def language_named(tag: str) -> str:
    """A language tag with its name, where it is known: ``Japanese (ja)``."""
    name = style_of(tag).name
    return f"{name} ({tag})" if name else f"'{tag}'"
