"""What differs between two states of a study: the definition, and the entries of the trail that lie between them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from edc_core.api import BadRequest, TrailWanted
from edc_core_snapshots.lines import KINDS, lines_of
from edc_core_snapshots.structure import structure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from edc_core.api import KeptState, MetaDataIndex, StudyAccess, TrailEntry
    from edc_core_snapshots.lines import Line

NOW = "now"
PAGE = 5_000  #: entries that are asked for at a time
#: A transaction that was under way when a state was kept wrote entries after it that are dated before; none takes a day.
UNDER_WAY = timedelta(days=1)
ORDER = ("column", "term", "subject", "visit", "form", "row", "value")


@dataclass(frozen=True, slots=True)
class Difference:
    """:param older: the state compared with; ``newer`` the other. :param lines: of the definition, then of the data.

    :param titles: of each form by its OID.
    """

    older: KeptState
    newer: KeptState
    lines: tuple[Line, ...]
    titles: Mapping[str, str]

    @property
    def counts(self) -> Mapping[tuple[str, str], int]:
        """How many lines there are of each (what, change), what is larger first."""
        found = Counter((line.what, line.change) for line in self.lines)
        return dict(sorted(found.items(), key=lambda one: (ORDER.index(one[0][0]), one[0][1])))

    def of(self, form: str, items: Collection[str] = ()) -> Difference:
        """With the lines of one form alone, and of chosen items (OIDs); of all without them."""
        lines = tuple(
            line for line in self.lines if form in ("", line.form) and (not items or line.item in items)
        )
        return replace(self, lines=lines)

    def rows(self) -> Iterator[tuple[object, ...]]:
        """As a table below ``HEADER``."""
        return (line.cells for line in self.lines)


def compare(study: StudyAccess, first: str, second: str, *, most: int = 0) -> Difference:
    """What differs between two states, whichever is named first.

    :param most: entries between them that are looked at; any number without it.
    :raises NotFound: no such state. :raises NotAllowed: the person does not export the study, or reads no trail.
    :raises BadRequest: there are more entries.
    """
    states = (study.snapshots.state(first), study.snapshots.state(second))
    older, newer = sorted(states, key=lambda state: sum(state.positions.values()))
    version = cache(study.version)
    entries = sorted(
        (entry for entry in _between(study, older, newer, most) if not entry.is_withheld),
        key=lambda entry: (entry.subject_key, position(entry)),
    )

    @cache
    def begun() -> frozenset[tuple[str, str]]:
        wanted = TrailWanted(kinds=("form.status",), until=older.at, limit=PAGE)
        return frozenset(
            (str(entry.columns["chain"]), str(entry.columns["path"]))
            for entry in entries_of(study, wanted)
            if position(entry) <= older.positions.get(str(entry.columns["chain"]), 0)
        )

    def newest(state: KeptState) -> MetaDataIndex | None:
        return version(state.versions[-1]) if state.versions else None

    lines = (*structure(newest(older), newest(newer)), *lines_of(entries, version, begun))
    titles = {
        form.oid: form.title.in_language("en") or form.name
        for oid in newer.versions
        for form in version(oid).forms.values()
    }
    return Difference(older, newer, lines, titles)


def _between(study: StudyAccess, older: KeptState, newer: KeptState, most: int) -> Iterator[TrailEntry]:
    """Entries that are in the newer state and not in the older one, as far as the person reads them."""
    since = datetime.fromisoformat(older.at) - UNDER_WAY
    wanted = TrailWanted(
        kinds=KINDS, since=since.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        until="" if newer.name == NOW else newer.at, limit=PAGE,
    )  # fmt: skip
    seen = 0
    for entry in entries_of(study, wanted):
        chain, n = str(entry.columns["chain"]), position(entry)
        if older.positions.get(chain, 0) < n <= newer.positions.get(chain, 0):
            seen += 1
            if most and seen > most:
                raise BadRequest(
                    f"More than {most:,} entries lie between these states. Compare them on the command line: "
                    f"edc snapshot diff {study.name} '{older.name}' '{newer.name}'."
                )
            yield entry


def entries_of(study: StudyAccess, wanted: TrailWanted) -> Iterator[TrailEntry]:
    """All that is found, newest first."""
    while True:
        found = study.trail(wanted)
        yield from found.entries
        if not found.older:
            return
        wanted = replace(wanted, before=found.older)


def position(entry: TrailEntry) -> int:
    return int(str(entry.columns["n"]))
