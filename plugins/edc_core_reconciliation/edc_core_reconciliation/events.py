"""Events of the study as they are compared, and what a reconciliation keeps of each: that it was the same, as it stood.

Of items that everybody sees, that is kept for everybody; what was found of an item that not everybody may see is kept in
notes that tell of it (``AddNote.items``), so that it is there for those who may see the item and for nobody else.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edc_core.api import DataType, ListingWanted
from edc_core_reconciliation.compare import Ours, coded, dated, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from edc_core.api import ItemPath, ListingColumn, MetaDataIndex, StudyAccess
    from edc_core_reconciliation.compare import Comparison

KEPT = "reconciliation.kept"  #: topic of what a person kept
EVENTS = "reconciliation.events"  #: topic of what was found of each event then
SENSITIVE = "reconciliation.sensitive"  #: topic of what was found of items that not everybody may see
SUBJECT = "subject"  #: what a column holds that names the subject
READ = 2000  #: events of the study read at once
IN_A_NOTE = 200  #: events
MOST_IN_A_NOTE = 12_000  #: characters of their states, where each has several
DATES = (DataType.DATE, DataType.PARTIAL_DATE, DataType.INCOMPLETE_DATE, DataType.DATETIME)


#: A digest in letters alone: a scanner of identifiers takes a long number for that of a person.
_LETTERS = str.maketrans("0123456789", "ghijklmnop")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which column is what. :param part: form and group OID. :param only: item OID and words that narrow the events.

    :param columns: ``subject``, an item OID or nothing by the heading of the column. :param keys: headings.
    """

    part: tuple[str, str]
    only: tuple[str, str]
    columns: Mapping[str, str]
    keys: frozenset[str]

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Choice:
        """As ``as_json`` makes it."""
        (form, group), (item, words) = said["part"], said["only"]
        return cls((form, group), (item, words), said["columns"], frozenset(said["keys"]))

    def as_json(self) -> dict[str, Any]:
        """As a note keeps it."""
        return {
            "part": list(self.part), "only": list(self.only), "columns": dict(self.columns), "keys": sorted(self.keys),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """An item that is compared. :param read: makes comparable what a cell holds.

    :param sensitivity: of an item that not everybody may see, from a digest of which it could be guessed.
    """

    oid: str
    label: str
    read: Callable[[str], str]
    sensitivity: str


def items_of(study: StudyAccess, part: tuple[str, str]) -> tuple[ListingColumn, ...]:
    """The items of a form or a log that the person may see."""
    return study.listing(ListingWanted(form=part[0], group=part[1], limit=1)).offered


def events_of(study: StudyAccess, choice: Choice, columns: Sequence[Column]) -> list[Ours]:
    """The chosen events, with these items."""
    oids = tuple(column.oid for column in columns)
    only, words = choice.only
    filters = ((only, words),) if only and words else ()
    events: list[Ours] = []
    after = ""
    while True:
        page = study.listing(
            ListingWanted(
                form=choice.part[0], group=choice.part[1], columns=oids, filters=filters, after=after, limit=READ
            )
        )  # fmt: skip
        events += [Ours(row.subject_key, row.site, row.path, row.cells, row.subject_id) for row in page.rows]
        after = page.after
        if not after:
            return events


def columns_of(study: StudyAccess, part: tuple[str, str], oids: Iterable[str]) -> tuple[Column, ...]:
    """Items of a form or a log that the person may see, in their order; what is not there (any more) is left out."""
    index = study.session()[1].index
    lists = {one.oid: one for one in index.version.code_lists}

    def read_of(item: ListingColumn) -> Callable[[str], str]:
        newest = index.items.get(item.oid)
        code_list = lists.get(newest.code_list_oid or "") if newest else None
        if code_list is not None and code_list.items:
            words = {
                term.coded_value: [text for _, text in term.decode.texts] if term.decode else []
                for term in code_list.items
            }
            return coded(words)
        return dated if item.data_type in DATES else plain

    known = {item.oid: item for item in items_of(study, part)}
    return tuple(
        Column(oid, known[oid].label, read_of(known[oid]), known[oid].sensitivity)
        for oid in oids
        if oid in known
    )


def item_of(index: MetaDataIndex, part: tuple[str, str], event: Ours, oid: str) -> ItemPath:
    """Where an item of an event stands; the event itself where this version has no such item."""
    form, group = part
    places = index.places_in_row.get(group) if group else index.places_outside_rows.get(form)
    path = event.path
    if not places or oid not in places:
        return path
    for step in places[oid][0]:
        path = path.with_group(step.oid, step.key)
    return path.with_item(oid)


def name_of(event: Ours) -> str:
    """What stays the same of an event, whatever is changed in it; of 64 bits."""
    return digest([event.subject_id, str(event.path)])


def state_of(event: Ours, columns: Sequence[Column], of: Collection[str]) -> str:
    """What changes when the value of one of some items says something else; of 64 bits.

    :param columns: as the event has cells. :param of: OIDs of the items.
    """
    read = {column.oid: column.read(cell) for column, cell in zip(columns, event.cells, strict=True)}
    return digest([[oid, read.get(oid)] for oid in sorted(of)])


def subject_of(subject_key: str) -> str:
    """A subject as a note names it: by no number that people know."""
    return digest(plain(subject_key))


def digest(said: object) -> str:
    """Of 64 bits, in letters. :param said: JSON values."""
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16].translate(_LETTERS)


def found_of(
    of: str, ours: Sequence[Ours], found: Comparison, columns: Sequence[Column]
) -> Iterator[dict[str, Any]]:
    """What was found of each event, in as many parts as notes are needed: its state where both lists say the same, else
    nothing; and how many events each subject has that are only in the safety database.

    :param of: the name of the note of the reconciliation. :param found: by ``columns`` that everybody sees.
    """
    oids = sorted(column.oid for column in columns if not column.sensitivity)
    differs = {name_of(one) for one in (*(pair.ours for pair in found.pairs), *found.only_ours)}
    states = {name_of(one): state_of(one, columns, oids) for one in ours}
    events = sorted((name, "" if name in differs else state) for name, state in states.items())
    there = sorted(Counter(subject_of(one.subject_key) for one in found.only_theirs).items())
    for begin in range(0, max(len(events), len(there), 1), IN_A_NOTE):
        part = slice(begin, begin + IN_A_NOTE)
        yield {"of": of, "oids": oids, "events": dict(events[part]), "there": dict(there[part])}


def sensitive_of(
    of: str, ours: Sequence[Ours], found: Comparison, columns: Sequence[Column], headings: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """What was found of items that not everybody may see, for events that both lists have: the state of each item where
    it says the same, else nothing; in as many parts as notes are needed, none without such an item.

    :param found: by all columns. :param headings: item OID by the heading of its column.
    """
    hidden = [n for n, column in enumerate(columns) if column.sensitivity]
    if not hidden:
        return
    oids = [columns[n].oid for n in hidden]
    differs = {name_of(pair.ours): pair.differs for pair in found.pairs}
    alone = {name_of(one) for one in found.only_ours}
    states = sorted(
        (
            name,
            [
                ("" if n in differs.get(name, ()) else state_of(one, columns, [columns[n].oid]))
                for n in hidden
            ],
        )
        for one in ours
        if (name := name_of(one)) not in alone
    )
    chosen = {heading: oid for heading, oid in headings.items() if oid in oids}
    size = max(1, min(IN_A_NOTE, MOST_IN_A_NOTE // (24 + 19 * len(oids))))
    for begin in range(0, max(len(states), 1), size):
        yield {"of": of, "oids": oids, "columns": chosen, "events": dict(states[begin : begin + size])}
