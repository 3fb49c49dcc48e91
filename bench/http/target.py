"""What a client has to know to save items on a server: where, with which headers, and what it sends."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """One run of clients.

    :param paths: for each client the addresses of its own items, saved in turn.
    :param bases: for each client how often these items were saved before.
    """

    port: int
    headers: dict[str, str]
    paths: list[list[str]]
    bases: list[int]
    rounds: int

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Plan:
        return cls(**json.loads(text))
