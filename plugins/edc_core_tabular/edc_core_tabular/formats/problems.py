"""What a format can't hold, gathered over all datasets so that a person sees it at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, cast

from edc_core.api import ExportRefused

RECORDS_NAMED = 5  #: of one problem; the others are counted
NOTES_NAMED = 8
LINES_SAID = 20  #: in the message; all of them stand in its details


@dataclass(slots=True)
class Problem:
    """One rule that a variable, or a dataset as a whole, breaks.

    :param says: what is wrong. :param remedy: what to do. :param records: the first that break it, counted from 1.
    :param count: of all records that break it, 0 where it isn't about records. :param notes: such as the characters met.
    """

    dataset: str
    variable: str
    says: str
    remedy: str
    records: list[int] = field(default_factory=list)
    count: int = 0
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        place = " ".join(filter(None, (self.dataset, self.variable)))
        if self.count:
            more = f" and {self.count - len(self.records):,} more" if self.count > len(self.records) else ""
            place += f", record{'s' if self.count > 1 else ''} {', '.join(map(str, self.records))}{more}"
        notes = f" ({', '.join(self.notes)})" if self.notes else ""
        return f"{place}: {self.says}{notes}. {self.remedy}"


class Problems:
    """Those of one export; memory is bounded by the number of variables."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], Problem] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(
        self, dataset: str, variable: str, says: str, remedy: str, *, record: int = 0, note: str = ""
    ) -> None:
        """Remember one breach. The same rule in the same place is one problem, however many records break it."""
        problem = self._found.setdefault((dataset, variable, says), Problem(dataset, variable, says, remedy))
        if record:
            problem.count += 1
            if len(problem.records) < RECORDS_NAMED:
                problem.records.append(record)
        if note and note not in problem.notes and len(problem.notes) < NOTES_NAMED:
            problem.notes.append(note)

    def refuse(self, format_name: str) -> None:
        """:raises ExportRefused: where anything was found; nothing of a collected value stands in it but single characters."""
        if self._found:
            head = f"Nothing was written: '{format_name}' can't hold these data as they are."
            raise _refusal(head, list(self._found.values()))


def together(refused: Sequence[ExportRefused]) -> ExportRefused:
    """What refuses several datasets of one format at once: the problems of all, or the first where a format stops at it."""
    every = [cast("Iterable[dict[str, Any]]", one.details.get("problems", ())) for one in refused]
    found = [Problem(**problem) for problems in every for problem in problems]
    return _refusal(refused[0].message.split("\n")[0], found) if all(every) else refused[0]


def _refusal(head: str, found: Sequence[Problem]) -> ExportRefused:
    lines = [str(problem) for problem in found]
    said = "\n".join(f"  {line}" for line in lines[:LINES_SAID])
    more = f"\n  and {len(lines) - LINES_SAID} more" if len(lines) > LINES_SAID else ""
    return ExportRefused(f"{head}\n{said}{more}", problems=[asdict(problem) for problem in found])


def character(one: str) -> str:
    """A character by its number and its Unicode name."""
    return f"U+{ord(one):04X} {unicodedata.name(one, '')}".rstrip()
