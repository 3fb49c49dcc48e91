"""How an entry is hashed.

hash = SHA-256(tag || prev || canonical JSON of every column but payload, prev and hash). The payload stands in it by
its own digest, so that a redacted payload leaves the chain whole. The tag names the recipe; stored bytes never change.
"""

from __future__ import annotations

import hashlib

import orjson

from edc_core.domain.ledger_entry import TAG


def canonical(value: object) -> bytes:
    """Canonical JSON: sorted keys, UTF-8, no blanks. Numbers inside payloads are text, never floats."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def payload_digest(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()


def entry_hash(prev: str, hashed_columns: dict[str, object]) -> str:
    """The hash of an entry as ``edc1:`` and 64 hex digits."""
    digest = hashlib.sha256(TAG.encode() + prev.encode() + canonical(hashed_columns))
    return f"{TAG}:{digest.hexdigest()}"
