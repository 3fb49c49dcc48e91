"""What is to be verified or reviewed, as a person may see it: counted, in a casebook, and value by value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edc_core.domain.review import ReviewState

if TYPE_CHECKING:
    from edc_core.domain.casebook import Subject
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.review import ReviewMark


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many values the plan asks for, how many of them are marked, and how many marks a change took away."""

    planned: int = 0
    done: int = 0
    dropped: int = 0

    @property
    def remaining(self) -> int:
        return self.planned - self.done

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(self.planned + other.planned, self.done + other.done, self.dropped + other.dropped)


NO_COVERAGE = Coverage()


@dataclass(frozen=True, slots=True)
class ReviewSite:
    """A site at which a group has work."""

    site_id: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class SubjectCoverage:
    subject_key: str
    site_id: str
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class StudyCoverage:
    """One group's work in a study.

    :param has_plan: the plan in force at one of the sites has a rule for the group.
    :param sites: those where the person may give the group's marks, with what is planned there.
    """

    has_plan: bool
    sites: tuple[tuple[ReviewSite, Coverage], ...]
    subjects: tuple[SubjectCoverage, ...]

    @property
    def total(self) -> Coverage:
        return sum((coverage for _, coverage in self.sites), Coverage())


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A value as a reviewer sees it.

    :param row: its row of a table, where it stands in one.
    :param text: the value or the reason why there is none, in words.
    """

    path: ItemPath
    question: str
    row: str
    text: str
    version: int
    state: ReviewState
    mark: ReviewMark | None
    open: bool

    @property
    def is_waiting(self) -> bool:
        return self.open and self.state in (ReviewState.REQUIRED, ReviewState.DROPPED)


@dataclass(frozen=True, slots=True)
class ReviewForm:
    """One form before a reviewer, its values in the order of its page."""

    path: ItemPath
    event: str
    title: str
    rows: tuple[ReviewRow, ...]
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Desk:
    """A subject's forms that hold something, in the order of the study, for one group."""

    subject: Subject
    site: ReviewSite
    has_plan: bool
    forms: tuple[ReviewForm, ...]

    def at(self, place: ItemPath) -> Desk:
        """The part below a place: a form, a visit, or all."""
        return replace(self, forms=tuple(form for form in self.forms if place.contains(form.path)))

    @property
    def coverage(self) -> Coverage:
        return sum((form.coverage for form in self.forms), Coverage())

    @property
    def waiting(self) -> tuple[ReviewRow, ...]:
        return tuple(row for form in self.forms for row in form.rows if row.is_waiting)

    def after(self, place: ItemPath) -> ItemPath | None:
        """The next form with something to do: those after a place first, then those before it."""
        paths = [form.path for form in self.forms]
        at = paths.index(place) + 1 if place in paths else 0
        ahead = [*self.forms[at:], *self.forms[: max(at - 1, 0)]]
        return next((form.path for form in ahead if any(row.is_waiting for row in form.rows)), None)
