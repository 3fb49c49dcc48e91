"""What is known of a trial beyond its definition, so that its made-up data make sense to a clinician."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from edc_core_simulate.case import Case, Place


class Profile(Protocol):
    """Every answer may be ``None``: then the definition alone decides."""

    scenarios: dict[str, str]  #: planted stories by name, each with what it shows
    overnight: frozenset[str]  #: those of them that a check asks about only when days have passed
    at_home: dict[
        str, tuple[str, str]
    ]  #: those told at a site of a country, with an item that its country standard adds

    def days_to(self, event_oid: str) -> int | None:
        """Days from the scheduled visit before to this one."""

    def enrolled(self, number: int) -> int | None:
        """Days from the base date to a subject's first visit, for trials that enrol in turns."""

    def last_visit(self, case: Case) -> str | None:
        """OID of the visit a subject has come to so far; an empty text for all."""

    def occurrences(self, event_oid: str) -> int | None:
        """How often a visit that is not in the schedule takes place."""

    def wants(self, case: Case, event_oid: str, form: str) -> bool | None:
        """Whether a form is done at a visit."""

    def rows(self, case: Case, place: Place) -> int | None:
        """How many rows a repeating group gets."""

    def values(self, case: Case, place: Place) -> dict[str, str] | None:
        """Values by item name; an empty one stays blank, an item that is not named is up to its definition."""

    def record(self, subjects: int, first_day: date) -> list[tuple[str, str, dict[str, str]]]:
        """Forms of the study as a whole: event OID, form name and values by item name, an occurrence for each."""


class NoProfile:
    """For studies of which only the definition is known."""

    scenarios: dict[str, str] = {}  # noqa: RUF012 - never changed
    overnight: frozenset[str] = frozenset()
    at_home: dict[str, tuple[str, str]] = {}  # noqa: RUF012 - never changed

    def days_to(self, event_oid: str) -> int | None:
        return None

    def enrolled(self, number: int) -> int | None:
        return None

    def record(self, subjects: int, first_day: date) -> list[tuple[str, str, dict[str, str]]]:
        return []

    def last_visit(self, case: Case) -> str | None:
        return None

    def occurrences(self, event_oid: str) -> int | None:
        return None

    def wants(self, case: Case, event_oid: str, form: str) -> bool | None:
        return None

    def rows(self, case: Case, place: Place) -> int | None:
        return None

    def values(self, case: Case, place: Place) -> dict[str, str] | None:
        return None
