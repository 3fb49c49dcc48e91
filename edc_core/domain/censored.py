"""Results outside the limits of quantification, as laboratories report them: ``<0.5``, ``>=1000``. Pure.

Such a result is no number but every number on one side of its limit, so what reads a plain number finds none in it.
Canonical text is the sign, then the number (the comparators of HL7 FHIR R4, Quantity.comparator).
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from edc_core.domain.metadata import ItemDef

#: An end of what a number may be: a number, with 1 or -1 where it lies just above or just below it.
End: TypeAlias = tuple[Any, int]
_SIGN = re.compile(r"[<>]=?")
_ENDLESS = float("inf")  #: compares with Decimal and Fraction alike


def split_sign(item: ItemDef, text: str) -> tuple[str, str]:
    """``<``, ``>``, ``<=`` or ``>=`` and what follows it, as typed or as stored.

    The sign is empty, and the text as it was, without one and where the item takes none.
    """
    if not item.censored:
        return "", text
    folded = unicodedata.normalize("NFKC", text).replace("\u2264", "<=").replace("\u2265", ">=").strip()
    sign = _SIGN.match(folded)
    return (sign[0], folded[sign.end() :].strip()) if sign else ("", text)


def ends(sign: str, number: Any) -> tuple[End, End]:
    """The lowest and the highest that a result may be; twice the number itself where there is no sign."""
    past = 0 if "=" in sign or not sign else 1
    low: End = (-_ENDLESS, 0) if "<" in sign else (number, past)
    return low, (_ENDLESS, 0) if ">" in sign else (number, -past)


def number_of(text: str) -> Decimal | None:
    """The number that canonical text is; ``None`` for any other text, a censored result too."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
