"""What is kept of signatures: the manifest of each, and the picture that was drawn of it. The ledger itself, read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import orjson
from sqlalchemy import or_, select

from edc_core.domain.file_value import FileValue
from edc_core.domain.ledger_entry import EntryKind
from edc_core.store.file_entries import file_of
from edc_core.store.ledger_tables import ledger_entry
from edc_core.store.signature_readers import hidden_kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

_ENTRY = ledger_entry.c
_PICTURES = (_ENTRY.kind == EntryKind.FILE_ADD.value) & _ENTRY.payload.contains('"signature":')


class SignedEntry(NamedTuple):
    """A signature and what is kept of it.

    :param n: position of its ``sign.set``. :param sha256: of the manifest as it was signed.
    :param hides: sensitivities of items that the signer did not see.
    :param manifest: that, or what two persons left of it. :param picture: the PDF that was drawn of ``manifest``.
    """

    chain: str
    n: int
    path: str
    sha256: str
    hides: frozenset[str]
    manifest: FileValue
    picture: FileValue | None


def signed_entries(
    connection: Connection, study_id: str, *, chain: str = "", upto: Mapping[str, int] | None = None
) -> list[SignedEntry]:
    """Every signature of a study, or of one subject, chain by chain. :param upto: of each chain the last entry that counts."""
    wanted = or_(_ENTRY.kind == EntryKind.SIGN_SET.value, _PICTURES)
    statement = select(_ENTRY.chain, _ENTRY.n, _ENTRY.path, _ENTRY.payload).where(
        _ENTRY.study_id == study_id, wanted
    )
    if chain:
        statement = statement.where(_ENTRY.chain == chain)
    found: dict[tuple[str, int], SignedEntry] = {}
    for row in connection.execute(statement.order_by(_ENTRY.chain, _ENTRY.n)):
        if upto is not None and row.n > upto.get(row.chain, 0):
            continue
        said = orjson.loads(row.payload)
        file = file_of(said)
        if file is None:
            continue
        if "signature" not in said:
            hides = hidden_kinds(said["hides"])
            found[row.chain, row.n] = SignedEntry(
                row.chain, row.n, row.path, said["sha256"], hides, file, None
            )
            continue
        one = found[row.chain, said["signature"]]
        if said["manifest"] == one.manifest.sha256:
            found[row.chain, one.n] = one._replace(picture=file)
    return list(found.values())
