"""Transfers of a study as its ledger has them, and the maps by which they were read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from edc_core.api import Action, TrailWanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.api import StudyAccess

MOST = 400  #: entries that are read: a beginning and an end for each transfer


@dataclass(frozen=True, slots=True)
class KeptMap:
    """A map that a transfer was read by. :param text: as it was sent; kept in the ledger."""

    name: str
    sha256: str
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class PastTransfer:
    """:param counts: of its end; empty while there is none."""

    transfer: str
    at: str
    who: str
    facts: Mapping[str, Any]
    counts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Past:
    """:param transfers: newest first. :param maps: the newest of each content."""

    transfers: tuple[PastTransfer, ...] = ()
    maps: tuple[KeptMap, ...] = ()


def past(study: StudyAccess) -> Past:
    """What was transferred; nothing for a person who reads no trail."""
    if not study.may(Action.READ_TRAIL):
        return Past()
    entries = study.trail(TrailWanted(kinds=("import.",), limit=MOST)).entries
    ends: dict[str, Mapping[str, Any]] = {}
    begun: list[PastTransfer] = []
    for entry in entries:
        facts = {} if entry.is_withheld else json.loads(str(entry.columns["payload"]))
        transfer = facts.get("transfer", "")
        if transfer and entry.columns["kind"] == "import.end":
            ends[transfer] = facts
        elif transfer:
            begun.append(
                PastTransfer(transfer, str(entry.columns["at"]), entry.who, facts, ends.get(transfer, {}))
            )
    maps: dict[str, KeptMap] = {}
    for one in begun:
        if text := one.facts.get("map_text"):
            kept = KeptMap(one.facts["map"], one.facts["map_sha256"], one.facts["source"], text)
            maps.setdefault(kept.sha256, kept)
    return Past(tuple(begun), tuple(maps.values()))
