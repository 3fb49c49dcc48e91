"""Identifier scanners: what must not be written in a text, as data that the core itself evaluates.

A scanner is a pattern and at most one rule of check digits; ``edc_core.identifiers`` looks through texts with them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from edc_core.domain.metadata import DataType, ItemDef

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edc_core.domain.metadata import Policy
    from edc_core.domain.translated_text import TranslatedText

_NAME = re.compile(r"[a-z][a-z0-9-]*")
CODE = "edc:code"  #: context of the Alias of an item that holds a code: a kit, a bar code, a number in a registry


class OnHit(StrEnum):
    """What a hit does: refuse, or refuse until the person says that the value is no identifier."""

    BLOCK = "block"
    ASK = "ask"


class TextKind(StrEnum):
    """The texts that are looked through. Only a value can be asked about: everything else can be worded anew."""

    VALUE = "value"
    QUERY = "query"
    REASON = "reason"
    FILE_NAME = "file name"
    SUBJECT_KEY = "subject number"


@dataclass(frozen=True, slots=True)
class CheckDigit:
    """A weighted sum modulo a number that chooses the end of an identifier.

    :param weights: of the digits from the left, without the end.
    :param ends: by remainder, what the identifier ends in; ``""`` where no identifier has that remainder.
    """

    weights: tuple[int, ...]
    modulus: int
    ends: tuple[str, ...]

    def holds(self, text: str) -> bool:
        """Whether an identifier, letters and digits only, ends as its digits say."""
        body, end = text[: len(self.weights)], text[len(self.weights) :]
        if len(body) < len(self.weights) or not body.isdecimal():
            return False
        total = sum(weight * int(digit) for weight, digit in zip(self.weights, body, strict=True))
        return end != "" and end == self.ends[total % self.modulus]


@dataclass(frozen=True, slots=True)
class Scanner:
    """One kind of identifier.

    :param name: lower case, unique in the installation.
    :param pattern: in the syntax of RE2, matched on the text after Unicode NFKC. A match that begins or ends with a
        digit beside another digit does not count.
    :param message: what was found and what to do, for who typed it; never with the text itself.
    :param check: rule of check digits over the letters and digits of a match; a match that breaks it does not count.
    :param texts: kinds of text that are looked through.
    :param by_law: it is never to be stored, so no study does without the scanner or has it ask.
    :param as_typed: the pattern is matched on the text before Unicode NFKC.
    :param countries: ISO 3166; at whose sites it looks; empty for everywhere.
    :raises ValueError: the name cannot be used.
    """

    name: str
    pattern: str
    message: TranslatedText
    on_hit: OnHit = OnHit.BLOCK
    check: CheckDigit | Literal["luhn", "iban"] | None = None
    texts: frozenset[TextKind] = frozenset(TextKind)
    by_law: bool = False
    countries: tuple[str, ...] = ()
    as_typed: bool = False

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"'{self.name}' is no scanner name: lower-case letters, digits and - are.")


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a scanner found something. :param span: start and end in the text after NFKC."""

    scanner: Scanner
    span: tuple[int, int]


def wanted(scanners: Sequence[Scanner], policy: Policy) -> tuple[Scanner, ...]:
    """Scanners as a study wants them; what ``refusals`` names stays as it is."""
    if not (policy.scanners_off or policy.scanners_ask or policy.scanners_block):
        return tuple(scanners)
    here = dict.fromkeys(policy.scanners_ask, OnHit.ASK) | dict.fromkeys(policy.scanners_block, OnHit.BLOCK)
    return tuple(
        one if one.by_law else replace(one, on_hit=here.get(one.name, one.on_hit))
        for one in scanners
        if one.by_law or one.name not in policy.scanners_off
    )


def refusals(scanners: Sequence[Scanner], policy: Policy) -> list[str]:
    """What a study says of scanners and cannot have: one that is not there, is set twice, or is asked for by law."""
    known, said = {one.name: one for one in scanners}, []
    less = (*policy.scanners_off, *policy.scanners_ask)
    for name, times in Counter((*less, *policy.scanners_block)).items():
        if name not in known:
            said.append(
                f"'{name}' is no scanner of the plugins that this study names; there are: {', '.join(known) or 'none'}."
            )
        elif times > 1:
            said.append(f"Scanner '{name}' is named {times} times: it is off, asks or blocks.")
        elif name in less and known[name].by_law:
            said.append(f"Scanner '{name}' blocks by law, so no study does without it or has it ask.")
    return said


#: Looks through a text and answers the scanner that refuses it.
Look = Callable[[TextKind, str], Scanner | None]


def is_looked_through(item: ItemDef, reading: str) -> bool:
    """Whether a value may be any text: of free text, or one that cannot be read as what its item asks for."""
    if any(alias.context == CODE for alias in item.aliases):
        return False
    free = item.data_type in (DataType.TEXT, DataType.STRING) and not item.code_list_oid and item.file is None
    return free or reading != "ok"
