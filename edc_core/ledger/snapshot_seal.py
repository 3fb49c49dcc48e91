"""Whether a sealed snapshot is what was sealed: from its file alone, without a database."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from edc_core.domain.snapshot_signature import SEAL
from edc_core.ledger.anchor_key import is_signed
from edc_core.ledger.cut import merkle_root
from edc_core.ledger.hashing import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NEEDS = ("manifest", "sha256", "vector", "signatures", "key", "seal")


def problems(sealed: Mapping[str, Any], key: str = "") -> tuple[str, ...]:
    """What is not as it was sealed, in words; nothing when all is.

    :param key: public key of the installation (64 hex digits) as it was handed over; without it, whose key sealed is not told.
    """
    if sealed.get("format") != SEAL or any(name not in sealed for name in NEEDS):
        return (f"This is no sealed snapshot ({SEAL}).",)
    try:
        return tuple(_problems(sealed, key.strip().lower()))
    except (TypeError, ValueError, KeyError, AttributeError):
        return ("The file is not as the framework writes it.",)


def _problems(sealed: Mapping[str, Any], key: str) -> Iterator[str]:
    manifest = sealed["manifest"]
    if hashlib.sha256(canonical(manifest)).hexdigest() != sealed["sha256"]:
        yield "The manifest was changed: it has another SHA-256."
    vector = [(chain, int(n), hashed) for chain, n, hashed in sealed["vector"]]
    if merkle_root(manifest["study_id"], vector) != manifest["root"]:
        yield "The positions of the chains were changed: they have another root."
    for one in sealed["signatures"]:
        if one["sha256"] != sealed["sha256"]:
            yield f"{one['full_name'] or one['login']} signed another manifest."
    said = {name: value for name, value in sealed.items() if name not in ("key", "seal")}
    if not is_signed(sealed["key"], canonical(said), sealed["seal"]):
        yield "The seal is not of this file."
    if key and sealed["key"] != key:
        yield "Another key sealed it than the one of the installation."
