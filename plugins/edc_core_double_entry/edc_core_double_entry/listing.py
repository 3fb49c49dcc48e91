"""What waits in the study or at a site, how often the two entries differed, and both as files."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import STATE_WORDS, Attachment, BadRequest, SecondEntryState
from edc_core_double_entry.comparing import DECISION, VALUE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.api import PageRequest, PanelRequest, SecondEntry, Times

WAITS = tuple(state for state in SecondEntryState if state is not SecondEntryState.AGREED)
HEADER = (
    "Subject",
    "Site",
    "Visit",
    "Form",
    "Place",
    "State",
    "Since (UTC)",
    "Fields",
    "Differences",
    "First",
    "Second",
)
RATES = ("Form", "First", "Second", "Forms compared", "Fields", "Differences", "Percent")
VALUES = ("Subject", "Place", "What", "Typed", "Value", "Missing", "Unit", "Read", "Right", "By", "At (UTC)")


@dataclass(frozen=True, slots=True)
class Rate:
    """How often the entries of two people differed. :param percent: of the fields, with one decimal place."""

    form: str
    first: str
    second: str
    forms: int
    fields: int
    differences: int

    @property
    def percent(self) -> str:
        return f"{100 * self.differences / self.fields:.1f}" if self.fields else ""


@dataclass(frozen=True, slots=True)
class ListPage:
    """:param counts: (state, in words, how many) over all. :param lines: those of the state that was asked for."""

    study: str
    state: str
    counts: tuple[tuple[str, str, int], ...]
    lines: tuple[tuple[SecondEntry, str], ...]
    rates: tuple[Rate, ...]
    times: Times


@dataclass(frozen=True, slots=True)
class Waiting:
    """:param counts: (state, in words, how many), only of what is not agreed."""

    counts: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class OfSubject:
    """:param lines: each with its state in words."""

    lines: tuple[tuple[SecondEntry, str], ...]


def look(asked: PageRequest) -> ListPage:
    """The work, and how often the two entries differed."""
    state = asked.text("state")
    if state not in ("", *SecondEntryState):
        raise BadRequest(
            f"'{state}' is no state of a second entry. Known are: {', '.join(SecondEntryState)}."
        )
    every = asked.study.second_entries()
    lines = tuple((one, STATE_WORDS[one.state]) for one in every if state in ("", one.state))
    return ListPage(
        asked.study.name, state, _counts(every, SecondEntryState), lines, tuple(_rates(every)), asked.times
    )


def _counts(
    every: Iterable[SecondEntry], states: Iterable[SecondEntryState]
) -> tuple[tuple[str, str, int], ...]:
    counted = Counter(one.state for one in every)
    return tuple((state.value, STATE_WORDS[state], counted[state]) for state in states)


def waiting(asked: PanelRequest) -> Waiting | None:
    """What is not agreed in the list of subjects; nothing where nothing waits."""
    counts = tuple(one for one in _counts(asked.study.second_entries(), WAITS) if one[2])
    return Waiting(counts) if counts else None


def of_subject(asked: PanelRequest) -> OfSubject | None:
    """The forms of a casebook that are entered twice."""
    lines = tuple((one, STATE_WORDS[one.state]) for one in asked.study.second_entries(asked.subject_key))
    return OfSubject(lines) if lines else None


def _rates(every: Iterable[SecondEntry]) -> Iterable[Rate]:
    """By form and by who typed the first and the second entry, the most differences first."""
    found: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in every:
        if not one.said.get("compared"):
            continue
        key = (one.title, ", ".join(one.said["first"]), ", ".join(one.said["second"]))
        for i, number in enumerate((1, one.said["fields"], one.said["differences"])):
            found[key][i] += number
    rates = [Rate(*key, *numbers) for key, numbers in found.items()]
    return sorted(rates, key=lambda one: (-one.differences, one.form, one.first, one.second))


def as_csv(asked: PageRequest) -> Attachment:
    """A row for each form."""
    rows = (
        (
            one.subject_key, one.site, one.visit, one.title, one.path, STATE_WORDS[one.state], one.since,
            one.said.get("fields", ""), one.said.get("differences", ""), ", ".join(one.said.get("first", ())),
            ", ".join(one.said.get("second", ())),
        )
        for one in asked.study.second_entries()
    )  # fmt: skip
    return Attachment.table("second-entries.csv", HEADER, rows)


def rates_csv(asked: PageRequest) -> Attachment:
    """A row for each form and pair of people."""
    rows = (
        (one.form, one.first, one.second, one.forms, one.fields, one.differences, one.percent)
        for one in _rates(asked.study.second_entries())
    )
    return Attachment.table("second-entry-rates.csv", RATES, rows)


def values_csv(asked: PageRequest) -> Attachment:
    """Everything that was typed the second time and everything that was decided: no other export has it.

    What was typed has its place in the second entry, a decision its place in the form; rows of logs may differ.
    """
    notes = [("typed", one) for one in asked.study.form_notes(VALUE)]
    notes += [("decided", one) for one in asked.study.form_notes(DECISION)]
    rows = (
        (
            note.subject_key, note.path, what,
            *(note.content.get(name) or "" for name in ("raw", "value", "missing", "unit", "parsed", "choice")),
            note.full_name, note.at,
        )
        for what, note in sorted(notes, key=lambda one: (one[1].subject_key, one[1].n))
    )  # fmt: skip
    return Attachment.table("second-entry-values.csv", VALUES, rows)
