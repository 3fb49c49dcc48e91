"""The small parts of ODM 2.0 definitions that are spelled otherwise than in ODM 1.3.2."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from edc_core.api import Alias, FormalExpression, TranslatedText
from edc_core_odm.odm2.kept import Kept, arranged, of
from edc_core_odm.odm2.vocabulary import PLAIN
from edc_core_odm.own_marks import text_from_json
from edc_core_odm.vocabulary import LANGUAGE
from edc_core_odm.write_xml import Extras, body, element


def texts(name: str, text: TranslatedText, *, needed: bool = False) -> str:
    """A Description, Question and so on. Where ODM demands one and there is none, an empty text stands for it."""
    if not text and not needed:
        return ""
    return f"<{name}>{''.join(translated(*pair) for pair in text.texts or (('', ''),))}</{name}>\n"


def translated(language: str, words: str) -> str:
    tag = f' xml:lang="{language}"' if LANGUAGE.fullmatch(language) else ""
    return f'<TranslatedText{tag} Type="{PLAIN}">{body(words)}</TranslatedText>'


def kept_text(text: str, kept: Kept) -> TranslatedText:
    """A text of the model that has no language, in the languages in which it was found unless it has changed since."""
    found = kept.attributes.get("Description")
    if found:
        try:
            known = text_from_json(json.loads(found))
        except (ValueError, TypeError):
            known = TranslatedText()
        if known.in_language("en") == text:
            return known
    return TranslatedText.of(text)


def expressions(found: Iterable[FormalExpression]) -> str:
    return "".join(
        element("FormalExpression", {"Context": e.context}, f"<Code>{body(e.code)}</Code>") for e in found
    )


def defined(
    name: str,
    attributes: Mapping[str, object],
    written: Mapping[str, str],
    extras: Extras,
    aliases: Iterable[Alias],
    kept: Kept | None = None,
) -> str:
    """A definition: what was written for it, its aliases, and what was kept of it, in the order of the standard."""
    found, codings, others = of(aliases)
    kept = kept or found
    content = {**written, "Coding": "".join(codings), "Alias": extras.aliases(others)}
    known = {key: text for key, text in kept.attributes.items() if key != "Description"}
    return element(name, {**attributes, **known}, arranged(name, content, kept))
