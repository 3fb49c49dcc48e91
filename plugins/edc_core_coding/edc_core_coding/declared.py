"""Which items of a study are coded, as its definition says: an alias ``Coding`` of the item. Pure.

``alias: {Coding: MedDRA}`` names the dictionary; ``MedDRA with approval`` asks a second person to agree to each term. The
version of the dictionary is no part of the definition, since it changes twice a year and no form with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import MetaDataIndex

CONTEXT = "Coding"  #: of the alias
_SAID = re.compile(r"(?P<dictionary>\S+)(?P<approval> with approval)?")


@dataclass(frozen=True, slots=True)
class CodedItem:
    """An item whose values are coded. :param approval: a term counts when another person agrees to it."""

    oid: str
    dictionary: str
    approval: bool
    question: str


@dataclass(frozen=True, slots=True)
class Declared:
    """:param items: by OID, in the order of the definition. :param problems: what cannot be understood, in words."""

    items: dict[str, CodedItem]
    problems: tuple[str, ...] = ()

    @property
    def dictionaries(self) -> tuple[str, ...]:
        return tuple(sorted({item.dictionary for item in self.items.values()}))


def declared(index: MetaDataIndex, language: str = "en") -> Declared:
    """What a version of a study codes."""
    found: dict[str, CodedItem] = {}
    problems: list[str] = []
    for oid, said in _aliases(index):
        item, match = index.items[oid], _SAID.fullmatch(said.strip())
        if match is None:
            problems.append(
                f"{item.name}: '{said}' does not say how it is coded. Write the name of a dictionary, such as MedDRA, and "
                "'with approval' after it where another person has to agree."
            )
        elif item.data_type not in TEXTS:
            problems.append(
                f"{item.name} is no text, so there is nothing to code. Take its alias {CONTEXT} away."
            )
        else:
            question = item.question.in_language(language) or item.name
            found[oid] = CodedItem(oid, match["dictionary"], bool(match["approval"]), question)
    return Declared(found, tuple(problems))


def _aliases(index: MetaDataIndex) -> Iterator[tuple[str, str]]:
    for item in index.version.items:
        for alias in item.aliases:
            if alias.context == CONTEXT:
                yield item.oid, alias.name
