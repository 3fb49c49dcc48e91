"""What a version would mean for the data of a study, found without changing them (REQ-BLD-04, REQ-BLD-06)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from edc_core.domain.change_class import ChangeClass
    from edc_core.domain.check_report import CheckFailure
    from edc_core.domain.protection import Protection
    from edc_core.domain.signed_line import SignedLine

Deed = Literal["opens", "opens again", "resolves"]


@dataclass(frozen=True, slots=True)
class AffectedForm:
    """One form that keeps an older version.

    :param site: its number. :param path: the form's, as text. :param status: an ``EntryStatus``.
    :param places: ``(path, what would become of its value)`` of each place that breaks.
    :param protection: what protects it now; a frozen or locked form keeps its version.
    """

    subject_key: str
    site: str
    path: str
    from_version: str
    status: str
    change_class: ChangeClass
    moves: bool
    protection: Protection
    held_back_by: str
    places: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AffectedQuery:
    """A query that a new or changed check would open, or that would be resolved."""

    subject_key: str
    site: str
    path: str
    check_oid: str
    deed: Deed
    text: str


@dataclass(frozen=True, slots=True)
class AffectedMark:
    """A mark of verification or review that would fall, or a signature that stands on or above a form that would move.

    :param what: the review group, or ``signature``.
    :param lines: of a signature: what was signed and would read otherwise. It breaks if there is one, and stands otherwise.
    """

    subject_key: str
    site: str
    path: str
    what: str
    lines: tuple[SignedLine, ...] = ()

    @property
    def falls(self) -> bool:
        return self.what != "signature" or bool(self.lines)


@dataclass(frozen=True, slots=True)
class Foresight:
    """:param subjects: how many were looked at.

    :param calculated: ``(subject key, path)`` of each value that would be calculated anew.
    :param failures: plugin checks that gave no answer, so that their queries are not counted.
    :param partial: there are items that the person may not see; nothing of them is listed or counted.
    """

    study: str
    version: str
    subjects: int
    forms: tuple[AffectedForm, ...] = ()
    queries: tuple[AffectedQuery, ...] = ()
    calculated: tuple[tuple[str, str], ...] = ()
    marks: tuple[AffectedMark, ...] = ()
    failures: tuple[CheckFailure, ...] = ()
    partial: bool = False
