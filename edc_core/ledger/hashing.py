"""How an entry is hashed.

hash = SHA-256(tag || prev || canonical JSON of every column but payload, prev and hash). The payload stands in it by
its own digest, so that a redacted payload leaves the chain whole. The tag names the recipe; stored bytes never change.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import orjson

from edc_core.domain.ledger_entry import HASHED, TAG

if TYPE_CHECKING:
    from collections.abc import Mapping


def canonical(value: object) -> bytes:
    """Canonical JSON: sorted keys, UTF-8, no blanks. Numbers inside payloads are text, never floats."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def payload_digest(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()


def entry_hash(prev: str, hashed_columns: dict[str, object]) -> str:
    """The hash of an entry as ``edc1:`` and 64 hex digits."""
    digest = hashlib.sha256(TAG.encode() + prev.encode() + canonical(hashed_columns))
    return f"{TAG}:{digest.hexdigest()}"


class EntryHasher:
    """``entry_hash`` for entries that share most columns: what they share is made JSON once.

    :param shared: the columns in the hash but ``n``, ``op_index``, ``path`` and ``payload_sha256``.
    """

    __slots__ = ("_after_digest", "_before_n", "_before_op_index", "_before_path", "_before_payload_sha256")

    def __init__(self, shared: Mapping[str, object]) -> None:
        text = ""
        pieces: list[str] = []
        for name in HASHED:
            text += f'{"," if text or pieces else "{"}"{name}":'
            if name in shared:
                text += canonical(shared[name]).decode()
            else:
                pieces.append(text)
                text = ""
        (self._before_n, self._before_op_index, self._before_path, self._before_payload_sha256) = pieces
        self._after_digest = text + "}"

    def __call__(self, prev: str, n: int, op_index: int, path: str, payload_sha256: str) -> str:
        """The hash of an entry as ``edc1:`` and 64 hex digits."""
        text = (
            f"{TAG}{prev}{self._before_n}{n}{self._before_op_index}{op_index}{self._before_path}"
            f"{orjson.dumps(path).decode()}"
            f'{self._before_payload_sha256}"{payload_sha256}"{self._after_digest}'
        )
        return f"{TAG}:{hashlib.sha256(text.encode()).hexdigest()}"
