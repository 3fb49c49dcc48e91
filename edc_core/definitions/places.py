"""Where each definition stands, so that a finding about the model names a line of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edc_core.definitions.findings import DefinitionFinding

if TYPE_CHECKING:
    from edc_core.definitions.source import Source, Steps

#: Kind and OID of a definition, for example ``("item", "VS.SYSBP")``.
Subject = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    source: Source
    steps: Steps

    def at(self, *steps: str | int) -> Place:
        return Place(self.source, (*self.steps, *steps))


@dataclass(slots=True)
class Places:
    """Places by subject; a subject defined twice has several."""

    known: dict[Subject, list[Place]] = field(default_factory=dict)
    parts: dict[tuple[Subject, str, int], Place] = field(default_factory=dict)

    def put(self, kind: str, oid: str, place: Place) -> None:
        self.known.setdefault((kind, oid), []).append(place)

    def put_part(self, kind: str, oid: str, part: str, index: int, place: Place) -> None:
        """Note the place of a part whose position in the model differs from that in the file."""
        self.parts[(kind, oid), part, index] = place

    def add(self, others: Places) -> None:
        """Note everything that others have noted, after what is noted here."""
        for subject, places in others.known.items():
            self.known.setdefault(subject, []).extend(places)
        self.parts |= others.parts

    def finding(
        self, subject: Subject, steps: Steps, code: str, message: str, *, suggestion: str = "", nth: int = 0,
        at_key: bool = False,
    ) -> DefinitionFinding:  # fmt: skip
        """A finding about a definition, at the nearest place that is known."""
        places = self.known.get(subject)
        if not places:
            return DefinitionFinding(subject[1] or "study", 0, 0, code, message, suggestion)
        place = places[min(nth, len(places) - 1)]
        if len(steps) >= 2 and isinstance(steps[0], str) and isinstance(steps[1], int):
            part = self.parts.get((subject, steps[0], steps[1]))
            if part is not None:
                place, steps = part, steps[2:]
        where = (*place.steps, *steps)
        return place.source.finding(where, code, message, suggestion=suggestion, at_key=at_key)
