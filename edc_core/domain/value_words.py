"""A value of a ledger entry as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edc_core.domain.redaction import MASK
from edc_core.domain.values import display

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.index import MetaDataIndex

#: Reasons why there is no value, by the codes that every study may offer, as they stand within a sentence.
MISSING_WORDS: Mapping[str, str] = {
    "ND": "not done", "NA": "not applicable", "UNK": "unknown", "NASK": "not asked", "NAV": "not available",
    "REF": "refused by subject", "LOST": "lost", "OTH": "other reason",
}  # fmt: skip


def value_words(data: Mapping[str, Any], index: MetaDataIndex, oid: str) -> str:
    """The decode of a code, the number with the symbol of its unit, the reason why there is none; nothing for a blank.

    :param data: ``value``, ``missing``, ``raw`` and ``unit``, as the payload of ``item.set`` has them. :param oid: of the item.
    """
    if data.get("missing"):
        return MISSING_WORDS.get(data["missing"], str(data["missing"]))
    value = data.get("value")
    if value is None:
        return f"'{data['raw']}'" if data.get("raw") else ""
    item = index.items.get(oid)
    if value == MASK or item is None:
        return str(value)
    decodes = index.decodes.get(item.code_list_oid or "")
    unit = index.units.get(data.get("unit") or "")
    symbol = (unit.symbol.in_language("en") or unit.name) if unit else data.get("unit") or ""
    return f"{display(item, decodes, str(value))} {symbol}".strip()
