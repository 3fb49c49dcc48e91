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


#: The columns in the hash that entries share, parted by the four that they do not.
_BETWEEN = (HASHED[:5], HASHED[6:7], HASHED[8:9], HASHED[11:])


class EntryHasher:
    """``entry_hash`` for entries that share most columns: what they share is made JSON once.

    :param shared: the columns in the hash but ``n``, ``op_index``, ``path`` and ``payload_sha256``.
    """

    __slots__ = ("_pieces",)

    def __init__(self, shared: Mapping[str, object]) -> None:
        self._pieces = tuple(
            canonical({name: shared[name] for name in names})[1:-1].decode() for names in _BETWEEN
        )

    def __call__(self, prev: str, n: int, op_index: int, path: str, payload_sha256: str) -> str:
        """The hash of an entry as ``edc1:`` and 64 hex digits."""
        to_n, to_op_index, to_path, rest = self._pieces
        text = (
            f'{TAG}{prev}{{{to_n},"n":{n},{to_op_index},"op_index":{op_index},{to_path},'
            f'"path":{orjson.dumps(path).decode()},"payload_sha256":"{payload_sha256}",{rest}}}'
        )
        return f"{TAG}:{hashlib.sha256(text.encode()).hexdigest()}"
