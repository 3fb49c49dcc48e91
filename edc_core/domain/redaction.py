"""What is left of a ledger entry when words are taken out of it for good: its structure, and that something was there.

The one change that an audit trail may undergo (EMA guideline on computerised systems, 6.2.1; GDPR articles 5 and 16):
an identity that was entered by mistake is masked; the entry, its place and its link in the chain stay.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edc_core.domain.ledger_entry import EntryKind

if TYPE_CHECKING:
    from collections.abc import Mapping

MASK = "[redacted]"
#: Shorter texts are looked for as a whole only: a part of one would be found everywhere.
SHORTEST_PART = 3
_VALUES = frozenset({EntryKind.ITEM_SET.value, EntryKind.DERIVED_SET.value})
_QUERIES = frozenset({EntryKind.QUERY_OPEN.value, EntryKind.QUERY_STATE.value, EntryKind.QUERY_MESSAGE.value})
CAN_HOLD = _VALUES | _QUERIES


@dataclass(frozen=True, slots=True)
class WaitingRedaction:
    """A redaction that somebody asked for and nobody decided.

    :param request: position of the entry that asked. :param mine: the person who looks asked for it.
    """

    subject_key: str
    site: str
    request: int
    path: str
    place: str
    asked_by: str
    at: str
    reason: str
    mine: bool


def words_in(kind: str, payload: Mapping[str, Any]) -> frozenset[str]:
    """The words that an entry was written with: what was typed and how it was read, or what was said in a query."""
    names = ("raw", "value") if kind in _VALUES else ("text",) if kind in _QUERIES else ()
    found = [str(payload.get(name) or "") for name in names]
    return frozenset(text.strip() for text in found if text.strip())


def holds(words: frozenset[str], text: str | None) -> bool:
    """Whether one of the words stands in a text."""
    if not text:
        return False
    return any(text.strip() == word or (len(word) >= SHORTEST_PART and word in text) for word in words)


def masked(kind: str, payload: Mapping[str, Any], words: frozenset[str]) -> dict[str, Any] | None:
    """A payload without words; ``redacted`` names what was taken out. ``None`` when it holds none of them."""
    if kind not in CAN_HOLD:
        return None
    left = dict(payload)
    gone = _mask_value(left, words) if kind in _VALUES else _mask_query(left, words)
    if not gone:
        return None
    return left | {"redacted": sorted({*payload.get("redacted", ()), *gone})}


def _mask_value(left: dict[str, Any], words: frozenset[str]) -> list[str]:
    gone = []
    old = left["old"]
    if holds(words, left["raw"]) or holds(words, left["value"]):
        left |= {"raw": "", "value": None, "unit": "", "parsed": "ok", "standard": None}
        left.pop("site_time", None)
        gone.append("value")
    if old and (holds(words, old.get("raw")) or holds(words, old["value"])):
        left["old"] = {"value": MASK, "missing": "", "raw": ""}
        gone.append("old")
    if holds(words, json.dumps(left["source"], ensure_ascii=False)):
        left["source"] = {}
        gone.append("source")
    if gone:
        left["salt"] = ""  # with it, the digest of what was there could be guessed back to it
    return gone


def _mask_query(left: dict[str, Any], words: frozenset[str]) -> list[str]:
    if not holds(words, left.get("text")):
        return []
    left["text"] = MASK
    if "fingerprint" in left:
        left["fingerprint"] = ""  # made of the values that the check had read
    return ["text"]
