"""What a check is and what it finds. A finding is a value, never an exception."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata import CheckExample, TranslatedText

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edc_core.domain.casebook_view import FormView


NOT_CALCULATED = "EDC.NOT_CALCULATED"  #: a value waits for the answer of a plugin's function


class Severity(StrEnum):
    """What a finding leads to. ``hard`` is for declared checks only: plugin code runs after the value is stored."""

    HARD = "hard"  #: the value is not stored
    QUERY = "query"  #: a message while the form is In progress, a query from Complete on
    WARNING = "warning"  #: a message, never a query


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has to say about one place.

    :param target: the item it is about: an item name of the form at hand, or the ``ItemPath`` a view gave.
    :param message: what was found, what is expected, what to do; at most 280 characters; plain text or translated.
    :param key: tells several findings of one check on one item apart; it stays the same when the finding stays.
    """

    target: str | ItemPath
    message: str | TranslatedText
    key: str = ""


@dataclass(frozen=True, slots=True)
class EditCheck:
    """A coded check of a plugin. It must be pure: the same picture gives the same findings.

    :param oid: stable id, unique in the study (``EC05``).
    :param title: what it asks, in words, for lists and reports.
    :param form: name or OID of the form it looks at; it runs for each occurrence of it.
    :param check: called with the form's view; returns a finding, several, or ``None``.
    :param severity: ``Severity.QUERY`` or ``Severity.WARNING``.
    :param examples: data on which it fires and on which it does not; without both it is not published to uat or live.
    """

    oid: str
    title: str
    form: str
    check: Callable[[FormView], Finding | Iterable[Finding] | None]
    severity: Severity = Severity.QUERY
    examples: tuple[CheckExample, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with everything the reconciliation needs.

    :param fingerprint: SHA-256 of the inputs that the check read.
    :param plugin: name, version and source digest of its plugin; empty for declared checks.
    :param subject_id: whose casebook it stands in, for a check across subjects; empty for the one looked at.
    """

    check_oid: str
    path: ItemPath
    message: TranslatedText
    severity: Severity
    fingerprint: str
    key: str = ""
    plugin: str = ""
    subject_id: str = ""

    @property
    def identity(self) -> tuple[str, str, str]:
        """Check OID, finding key and path: at most one unfinished query per identity."""
        return (self.check_oid, self.key, str(self.path))
