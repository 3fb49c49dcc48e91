"""How an entry is hashed.

hash = SHA-256(tag || prev || canonical JSON of every column but payload, prev and hash). The payload stands in it by
its own digest, so that a redacted payload leaves the chain whole; since ``edc2`` the words of a reason do, too: the digest
takes their place in the JSON. The tag names the recipe; stored bytes never change.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson

from edc_core.domain.ledger_entry import HASHED, TAG, TAGS
from edc_core.domain.redaction import digest_left

if TYPE_CHECKING:
    from collections.abc import Mapping


def canonical(value: object) -> bytes:
    """Canonical JSON: sorted keys, UTF-8, no blanks. Numbers inside payloads are text, never floats."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def payload_digest(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()


def reason_digest(reason: str) -> str:
    """What stands for the words of a reason: nothing for none, else their SHA-256, also when they were taken out."""
    return digest_left(reason) or (hashlib.sha256(reason.encode()).hexdigest() if reason else "")


def tag_of(digest: str) -> str:
    """The recipe of a stored hash; the newest where it names none that is known."""
    tag = digest.partition(":")[0]
    return tag if tag in TAGS else TAG


def entry_hash(prev: str, hashed_columns: dict[str, Any], tag: str = TAG) -> str:
    """The hash of an entry as the tag of its recipe, ``:`` and 64 hex digits."""
    if tag != "edc1":
        hashed_columns = hashed_columns | {"reason_text": reason_digest(hashed_columns["reason_text"])}
    digest = hashlib.sha256(tag.encode() + prev.encode() + canonical(hashed_columns))
    return f"{tag}:{digest.hexdigest()}"


#: The columns in the hash that entries share, parted by the four that they do not.
_BETWEEN = (HASHED[:5], HASHED[6:7], HASHED[8:9], HASHED[11:])


class EntryHasher:
    """``entry_hash`` for entries that share most columns: what they share is made JSON once.

    :param shared: the columns in the hash but ``n``, ``op_index``, ``path`` and ``payload_sha256``.
    """

    __slots__ = ("_pieces",)

    def __init__(self, shared: Mapping[str, Any]) -> None:
        shared = {**shared, "reason_text": reason_digest(shared["reason_text"])}
        self._pieces = tuple(
            canonical({name: shared[name] for name in names})[1:-1].decode() for names in _BETWEEN
        )

    def __call__(self, prev: str, n: int, op_index: int, path: str, payload_sha256: str) -> str:
        """The hash of an entry as its tag, ``:`` and 64 hex digits."""
        to_n, to_op_index, to_path, rest = self._pieces
        text = (
            f'{TAG}{prev}{{{to_n},"n":{n},{to_op_index},"op_index":{op_index},{to_path},'
            f'"path":{orjson.dumps(path).decode()},"payload_sha256":"{payload_sha256}",{rest}}}'
        )
        return f"{TAG}:{hashlib.sha256(text.encode()).hexdigest()}"
