"""How a query reads well, by language: the checks of texts. A language that is not here is held to lengths only.

A query says what was found, what is expected and what to do. It blames and commands nobody, asks one thing, and does not
say which answer is wanted: a site that is told the answer gives it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class QueryStyle:
    """:param name: of the language in English. :param characters: of a whole text, at most.

    :param words: of a sentence, at most; in writing without blanks ``sentence_characters`` counts.
    :param unwelcome: pattern of words that blame or command.
    :param leading: pattern of words that tell the answer, as "change to Yes" does, or ask for a change and nothing else.
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
        """Words of a text that tell which answer is wanted."""
        found = re.finditer(self.leading, text, re.IGNORECASE) if self.leading else ()
        return [match[0].strip() for match in found]

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


#: By primary language subtag (RFC 5646), in a file of their own for who translates. Romance and German sentences run longer
#: for the same content.
STYLES: dict[str, QueryStyle] = {
    tag: QueryStyle(**style)
    for tag, style in json.loads(Path(__file__).with_suffix(".json").read_text("utf-8")).items()
}


@lru_cache(maxsize=4096)
def remarks(text: str, tag: str) -> tuple[tuple[str, str], ...]:
    """What is to say about a query text in a language: (code, message) of each finding."""
    style = style_of(tag)
    said = [("W304", message)] if (message := style.too_long(text)) else []
    said += [
        ("W305", f"The query text has '{word}'. Say what was found, what is expected and what to do.")
        for word in dict.fromkeys(style.unwelcome_in(text))
    ]
    said += [
        ("W317", f"The query text has '{word}', which tells the answer. Ask for what the source says.")
        for word in dict.fromkeys(style.leading_in(text))
    ]
    if (questions := len(re.findall(r"[?\uff1f]", text))) > 1:
        said.append(("W318", f"The query text asks {questions} things. Ask one, or make a check of each."))
    return tuple(said)


def style_of(tag: str) -> QueryStyle:
    """The style for a language tag."""
    return STYLES.get(tag.partition("-")[0].lower(), QueryStyle())


def language_named(tag: str) -> str:
    """A language tag with its name, where it is known: ``Japanese (ja)``."""
    name = style_of(tag).name
    return f"{name} ({tag})" if name else f"'{tag}'"
