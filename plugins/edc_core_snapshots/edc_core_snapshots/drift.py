"""How a study drifts: what each kept state held, counted from the entries of the trail that the person reads."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from edc_core.api import QueryState, TrailWanted
from edc_core_snapshots.difference import NOW, PAGE, entries_of, position
from edc_core_snapshots.lines import payload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from edc_core.api import KeptState, StudyAccess, TrailEntry

KINDS = (
    "subject.add", "form.status", "query.open", "query.state", "item.set", "event.remove", "event.restore",
    "form.remove", "form.restore", "group.remove", "group.restore",
)  # fmt: skip
WAITING = (QueryState.OPEN.value, QueryState.ANSWERED.value)
ENDED = (QueryState.CLOSED.value, QueryState.RESOLVED.value, QueryState.CANCELLED.value)
#: What is counted, in the order of pages and files: name, title, what it means.
MEASURES = (
    ("queries_ended", "Queries closed", "Closed by a person, resolved or cancelled."),
    ("queries_waiting", "Queries open", "They wait for the site, or for whoever asked."),
    ("values_missing", "Values missing", "Said to be missing, with a reason, in what is not removed."),
    ("forms_complete", "Forms complete", "Complete and not removed."),
    ("forms_in_progress", "Forms in progress", "Begun, not complete and not removed."),
    ("subjects", "Subjects", "Added to the study."),
)
_FORMS = {"complete": "forms_complete", "in_progress": "forms_in_progress"}


@dataclass(frozen=True, slots=True)
class Moment:
    """A kept state, or that of now, and what it held. :param at: of its last entry, UTC ISO 8601."""

    name: str
    at: str
    counts: dict[str, int]


class _Span(NamedTuple):
    """Something that counts from one state up to another, which it is not in any more."""

    measure: str
    chain: str
    path: str
    first: int
    end: int


@dataclass(slots=True)
class _Count:
    """Reads entries from the newest to the oldest: what stands at a place in a state is what its newest entry there says.

    :param positions: of the states, from the oldest to the newest.
    """

    positions: Sequence[KeptState]
    _spans: list[_Span] = field(default_factory=list)
    _told: dict[tuple[str, ...], int] = field(default_factory=dict)  #: from which state on a place is known
    _removed: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    _until: dict[str, list[int]] = field(default_factory=dict)

    def take(self, entry: TrailEntry) -> None:
        chain, path, kind = (str(entry.columns[name]) for name in ("chain", "path", "kind"))
        first = self._first(chain, position(entry))
        thing, _, done = kind.partition(".")
        if thing == "subject":
            self._spans.append(_Span("subjects", chain, path, first, len(self.positions)))
            return
        said = payload(entry)
        is_place = done in ("remove", "restore")
        key = (
            ("query", str(said.get("query_id")))
            if thing == "query"
            else (chain, path, "place" if is_place else thing)
        )
        end = self._told.get(key, len(self.positions))
        if first >= end:
            return
        self._told[key] = first
        if is_place:
            if done == "remove":
                self._removed.setdefault((chain, path), set()).update(range(first, end))
        elif measure := _measure(thing, said):
            self._spans.append(_Span(measure, chain, path, first, end))

    def _first(self, chain: str, n: int) -> int:
        """The first state that an entry is in."""
        if chain not in self._until:
            self._until[chain] = [state.positions.get(chain, 0) for state in self.positions]
        return bisect_left(self._until[chain], n)

    def counts(self) -> list[dict[str, int]]:
        found = [dict.fromkeys((name for name, *_ in MEASURES), 0) for _ in self.positions]
        for span in self._spans:
            gone: set[int] = set()
            if span.measure in ("values_missing", *_FORMS.values()):
                gone = self._gone(span)
            for state in range(span.first, span.end):
                found[state][span.measure] += state not in gone
        return found

    def _gone(self, span: _Span) -> set[int]:
        """States in which a place, or one around it, was removed."""
        parts = span.path.split("/")
        around = ("/".join(parts[:n]) for n in range(1, len(parts) + 1))
        return set().union(*(self._removed.get((span.chain, path), set()) for path in around))


def _measure(thing: str, said: dict[str, object]) -> str:
    if thing == "form":
        return _FORMS.get(str(said.get("status")), "")
    if thing == "query":
        state = said.get("state")
        return "queries_waiting" if state in WAITING else "queries_ended" if state in ENDED else ""
    return "values_missing" if said.get("missing") else ""


def counted(states: Iterable[KeptState], entries: Iterable[TrailEntry]) -> tuple[Moment, ...]:
    """What each state held, the oldest first.

    :param entries: newest first; those that the person does not read count nowhere.
    """
    in_order = sorted(states, key=lambda state: (sum(state.positions.values()), state.name == NOW))
    count = _Count(in_order)
    for entry in entries:
        if not entry.is_withheld:
            count.take(entry)
    return tuple(
        Moment(state.name, state.at, found) for state, found in zip(in_order, count.counts(), strict=True)
    )


def drift(
    study: StudyAccess, tell: Callable[[int, int], None] = lambda _done, _all: None
) -> tuple[Moment, ...]:
    """Every kept state and that of now. :param tell: takes how many entries were read, for a page to show.

    :raises NotAllowed: the person does not export the study, or reads no trail.
    """
    states = tuple(study.snapshots.state(one.name) for one in study.snapshots.all())

    def told() -> Iterable[TrailEntry]:
        for n, entry in enumerate(entries_of(study, TrailWanted(kinds=KINDS, limit=PAGE)), start=1):
            if n % PAGE == 0:
                tell(n, 0)
            yield entry

    return counted(states, told())
