"""What is left of a ledger entry when words are taken out of it for good: its structure, and that something was there.

The one change that an audit trail may undergo (EMA guideline on computerised systems, 6.2.1; GDPR articles 5 and 16):
an identity that was entered by mistake is masked; the entry, its place and its link in the chain stay.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from edc_core.domain.file_value import FileValue
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.manifest import as_canonical
from edc_core.domain.redaction import MASK

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Shorter texts are looked for as a whole only: a part of one would be found everywhere.
SHORTEST_PART = 3
_VALUES = frozenset({EntryKind.ITEM_SET.value, EntryKind.DERIVED_SET.value})
_QUERIES = frozenset({EntryKind.QUERY_OPEN.value, EntryKind.QUERY_STATE.value, EntryKind.QUERY_MESSAGE.value})
NUMBERS = frozenset({EntryKind.SUBJECT_ADD.value, EntryKind.SUBJECT_KEY.value})
_FILE = EntryKind.FILE_ADD.value
_PROTECT = EntryKind.PROTECT_SET.value
_NOTE = EntryKind.NOTE_ADD.value
CAN_HOLD = _VALUES | _QUERIES | NUMBERS | {_FILE, _NOTE}


def words_in(kind: str, payload: Mapping[str, Any]) -> frozenset[str]:
    """The words that an entry was written with, unless they were taken out: what was typed and how it was read, what was
    said in a query, typed in a note at an item, the subject number it gave or gave up. A file is found by its digest, whatever its name.
    """
    gone = payload.get("redacted", ())
    if kind == _FILE:
        is_picture = "signature" in payload  # it goes with what it is of
        return frozenset() if gone or is_picture else frozenset({f"{payload['sha256']}/"})
    if kind == _NOTE:
        payload = _typed(payload)
    if kind in NUMBERS:
        names: tuple[str, ...] = ("subject_key",) if "subject_key" in payload else ("old",)
    else:
        names = ("raw", "value") if kind in _VALUES | {_NOTE} else ("text",) if kind in _QUERIES else ()
    found = [str(payload.get(name) or "").strip() for name in names if name not in gone]
    return frozenset(_sought(text) for text in found if text)


def _typed(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a note at an item holds of a value; nothing where it is of another kind, or was taken out."""
    content: Mapping[str, Any] = payload.get("content") or {}
    return content if payload.get("note") == "form" else {}


def _sought(text: str) -> str:
    try:
        return f"{FileValue.parse(text).sha256}/"
    except ValueError:
        return text


def holds(words: frozenset[str], text: str | None) -> bool:
    """Whether one of the words stands in a text."""
    if not text:
        return False
    return any(text.strip() == word or (len(word) >= SHORTEST_PART and word in text) for word in words)


def masked(
    kind: str, payload: Mapping[str, Any], words: frozenset[str], *, number: str = MASK
) -> dict[str, Any] | None:
    """A payload without words; ``redacted`` names what was taken out. ``None`` when it holds none of them.

    :param number: stands for a subject number, so that two of one study stay apart in its earlier states.
    """
    left = dict(payload)
    if kind == _PROTECT:
        gone = _mask_since(left, words)
    elif kind not in CAN_HOLD:
        return None
    elif kind == _NOTE:
        typed = _typed(payload)
        gone = ["text"] if any(holds(words, typed.get(name)) for name in ("raw", "value")) else []
        left |= {"content": {}, "salt": ""} if gone else {}
    elif kind in _VALUES:
        gone = _mask_value(left, words)
    elif kind in NUMBERS:
        gone = _mask_number(left, words, number)
    else:
        gone = _mask_file(left, words) if kind == _FILE else _mask_query(left, words)
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
        left["old"] = {"value": MASK, "missing": "", "raw": "", "unit": ""}
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


def _mask_number(left: dict[str, Any], words: frozenset[str], number: str) -> list[str]:
    gone = [name for name in ("subject_key", "old", "new") if left.get(name) in words]
    left |= dict.fromkeys(gone, number)
    if left.get("source") and holds(words, json.dumps(left["source"], ensure_ascii=False)):
        left["source"] = {}
        gone.append("source")
    return gone


def _mask_since(left: dict[str, Any], words: frozenset[str]) -> list[str]:
    """A request to unlock says once more why it was locked."""
    if not holds(words, (left.get("since") or {}).get("reason")):
        return []
    left["since"] = left["since"] | {"reason": MASK}
    return ["since"]


def _mask_file(left: dict[str, Any], words: frozenset[str]) -> list[str]:
    if not holds(words, f"{left['sha256']}/{left['bytes']}/{left['name']}"):
        return []
    left["name"] = MASK
    return ["file"]


def manifest_left(signed: bytes, path: str, words: frozenset[str]) -> bytes | None:
    """What is left of the manifest of a signature (``manifest.Manifest``); ``None`` when it holds none of the words.

    :param path: the place that words are taken from; empty for the subject's number.
    """
    said: dict[str, Any] = json.loads(signed)
    gone = False
    if not path and said["subject"] in words:
        said["subject"], gone = MASK, True
    for item in (item for form in said["forms"] for item in form["items"] if item["path"] == path):
        if holds(words, item["value"]) or holds(words, item["shown"]):
            item |= {"value": MASK, "shown": MASK}
            gone = True
    for query in said["queries"]:
        if query["path"] == path and holds(words, query["text"]):
            query["text"], gone = MASK, True
    if not gone:
        return None
    return as_canonical(said | {"redacted": True})
