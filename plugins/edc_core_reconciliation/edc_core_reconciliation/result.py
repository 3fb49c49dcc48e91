"""A file of the safety database compared with the events of the study, as one person may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import BadRequest
from edc_core_reconciliation.compare import Comparison, Ours, Theirs, compared
from edc_core_reconciliation.events import SUBJECT, columns_of, events_of, item_of
from edc_core_reconciliation.strangers import Fate, newest_said, placed, strangers_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edc_core.api import ItemPath, ListingColumn, StudyAccess
    from edc_core_reconciliation.compare import Table
    from edc_core_reconciliation.events import Choice, Column
    from edc_core_reconciliation.strangers import Stranger

HEADER = ("What", "Subject", "Site", "Line of the file", "Item", "Here", "Safety database")
FATES = {
    Fate.SUBJECT: "said to be of subject {}",
    Fate.NONE: "said to be none of this study's",
    Fate.OPEN: "subject not known",
}


@dataclass(frozen=True, slots=True)
class Result:
    """:param columns: the items compared, by position. :param events: of the study. :param theirs: how many are there.

    :param strangers: lines of subjects whom the study does not know; they are compared only where somebody said whose they
        are. :param places: where each item that differs stands, by the position of the pair in ``found`` and of the item.
    """

    columns: tuple[Column, ...]
    found: Comparison
    events: tuple[Ours, ...]
    theirs: int
    strangers: tuple[Stranger, ...]
    places: tuple[dict[int, ItemPath], ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Of the items compared."""
        return tuple(column.label for column in self.columns)

    @property
    def ours(self) -> int:
        """How many events are here."""
        return len(self.events)

    @property
    def for_all(self) -> tuple[int, ...]:
        """Positions of items that everybody sees."""
        return tuple(n for n, column in enumerate(self.columns) if not column.sensitivity)

    def told(self, cells: Sequence[str]) -> str:
        """What a question to the site may tell of an event: nothing that not everybody may see."""
        return ", ".join(cells[n] for n in self.for_all if cells[n])

    @property
    def unplaced(self) -> int:
        """How many events nobody has said anything of."""
        return sum(one.is_open for one in self.strangers)

    def counts(self) -> dict[str, int]:
        """What is kept for everybody: nothing in it rests on an item that not everybody may see."""
        found = self.found.of(self.for_all)
        return {
            "here": self.ours, "there": self.theirs, "same": found.same, "differ": len(found.pairs),
            "only here": len(found.only_ours), "only there": len(found.only_theirs),
            "of unknown subjects": len(self.strangers),
        }  # fmt: skip


def result_of(study: StudyAccess, table: Table, mapping: Choice, items: Sequence[ListingColumn]) -> Result:
    """:raises BadRequest: a column is missing or stands twice, or an item that not everybody may see chooses events."""
    known = {one.oid: one for one in items}
    subject = [n for n, heading in enumerate(table.columns) if mapping.columns.get(heading) == SUBJECT]
    used = [
        (n, heading, mapping.columns[heading])
        for n, heading in enumerate(table.columns)
        if mapping.columns.get(heading, "") in known
    ]
    if len(subject) != 1:
        raise BadRequest("Choose the one column that holds the number of the subject.")
    if len({oid for _, _, oid in used}) < len(used):
        raise BadRequest(
            "Two columns are compared with the same item. Choose another item, or none, for one of them."
        )
    keys = [place for place, (_, heading, _) in enumerate(used) if heading in mapping.keys]
    if not keys:
        raise BadRequest("Tick at least one column that names the event, such as its term or its start date.")
    for oid in (*(used[place][2] for place in keys), mapping.only[0]):
        if oid in known and known[oid].sensitivity:
            raise BadRequest(
                f"Not everybody may see {known[oid].name}, so it can name no events and choose none: what comes of the "
                "comparison is for all. It can be compared."
            )
    columns = columns_of(study, mapping.part, [oid for _, _, oid in used])
    theirs = [
        Theirs(line, row[subject[0]], tuple(row[n] for n, _, _ in used))
        for line, row in enumerate(table.rows, start=2)
    ]
    subjects = [one.subject_key for one in study.subjects()]
    strangers = strangers_of(theirs, subjects, newest_said(study), keys, columns)
    ours = events_of(study, mapping, columns)
    found = compared(ours, placed(theirs, strangers), keys, [column.read for column in columns])
    index = study.session()[1].index
    places = tuple(
        {n: item_of(index, mapping.part, pair.ours, columns[n].oid) for n in pair.differs}
        for pair in found.pairs
    )
    return Result(columns, found, tuple(ours), len(theirs), strangers, places)


def rows_of(result: Result) -> list[tuple[object, ...]]:
    """Every difference as a line of ``HEADER``."""
    rows: list[tuple[object, ...]] = []
    for pair in result.found.pairs:
        one, other = pair.ours, pair.theirs
        rows += [
            ("differs", one.subject_key, one.site, other.line, result.labels[n], one.cells[n], other.cells[n])
            for n in pair.differs
        ]
    rows += [
        ("only here", one.subject_key, one.site, "", "", _joined(one.cells), "")
        for one in result.found.only_ours
    ]
    rows += [
        ("only in the safety database", other.subject_key, "", other.line, "", "", _joined(other.cells))
        for other in result.found.only_theirs
    ]
    for stranger in result.strangers:
        fate = Fate.OPEN if stranger.is_open else stranger.fate
        words, line = FATES[fate].format(stranger.subject_key), stranger.line
        rows.append((words, line.subject_key, "", line.line, "", "", _joined(line.cells)))
    return rows


def _joined(cells: Sequence[str]) -> str:
    return "; ".join(filter(None, cells))
