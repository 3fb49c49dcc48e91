"""Who signed the anchor file: every line from the first key on, and every change of key as the ledger has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from sqlalchemy import select

from edc_core.domain.ledger_entry import SYSTEM_CHAIN, SYSTEM_STUDY, EntryKind
from edc_core.ledger.anchor import AnchorLine, KeyLine
from edc_core.ledger.anchor_key import is_signed
from edc_core.store.ledger_tables import ledger_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from edc_core.ledger.verify import Report


def verify_signatures(connection: Connection, report: Report, lines: Sequence[AnchorLine | KeyLine]) -> None:
    """Add a problem for each line that the key in force did not sign, and for each key the ledger does not have."""
    for study_id, text in unsigned(lines):
        report.add(study_id, "", 0, "signature", text)
    _compare(connection, report, [line for line in lines if isinstance(line, KeyLine)])


def unsigned(lines: Iterable[AnchorLine | KeyLine]) -> Iterator[tuple[str, str]]:
    """Of each line that the key in force did not sign the study, where it has one, and what is wrong."""
    in_force = ""
    for line in lines:
        if isinstance(line, KeyLine):
            for text in _what_is_wrong(line, in_force):
                yield "", f"The change of key of {line.at} {text}."
            in_force = line.key
        elif line.key != in_force or (
            in_force and not is_signed(in_force, line.signed_bytes(), line.signature)
        ):
            yield line.study_id, f"The anchor of {line.at} is not signed by the key that was in force."


def _what_is_wrong(line: KeyLine, in_force: str) -> list[str]:
    message, wrong = line.signed_bytes(), []
    if line.prev_key != in_force:
        wrong.append("does not follow from the key before")
    if not is_signed(line.key, message, line.signature):
        wrong.append("is not signed by the new key")
    if line.prev_signature and not is_signed(line.prev_key, message, line.prev_signature):
        wrong.append("is not signed by the key before")
    return wrong


def _compare(connection: Connection, report: Report, lines: Sequence[KeyLine]) -> None:
    entry = ledger_entry.c
    statement = select(entry.n, entry.payload).where(
        entry.study_id == SYSTEM_STUDY, entry.chain == SYSTEM_CHAIN, entry.kind == EntryKind.ANCHOR_KEY.value
    )
    kept = [(row.n, orjson.loads(row.payload)) for row in connection.execute(statement.order_by(entry.n))]
    ours = [(payload["key"], payload["prev_key"], payload["lost"]) for _, payload in kept]
    theirs = [(line.key, line.prev_key, bool(line.prev_key and not line.prev_signature)) for line in lines]
    if ours != theirs:
        at = next((n for (n, _), *pair in zip(kept, ours, theirs, strict=False) if pair[0] != pair[1]), 0)
        text = "The keys in the anchor file are not those that the ledger has."
        report.add(SYSTEM_STUDY, SYSTEM_CHAIN, at, "signature", text)
