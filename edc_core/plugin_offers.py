"""What plugins have registered, each thing with the plugin it is from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from edc_core.domain.finding import EditCheck
    from edc_core.domain.page import JobKind, Page
    from edc_core.domain.plugin_identity import PluginFailure, PluginIdentity
    from edc_core.domain.study_view import CrossSubjectCheck


@dataclass(frozen=True, slots=True)
class RegisteredCheck:
    """A check and the plugin it is from."""

    check: EditCheck
    plugin: PluginIdentity


@dataclass(frozen=True, slots=True)
class RegisteredCross:
    """A check across subjects and the plugin it is from."""

    check: CrossSubjectCheck
    plugin: PluginIdentity


@dataclass(frozen=True, slots=True)
class RegisteredPage:
    """A page and the plugin it is from. :param templates: where its templates are."""

    page: Page
    plugin: PluginIdentity
    templates: Path


@dataclass(frozen=True, slots=True)
class RegisteredJob:
    """A kind of job. :param kind: ``PLUGIN.NAME``, as the queue calls it."""

    kind: str
    job: JobKind
    plugin: str


@dataclass(frozen=True, slots=True)
class StudyChecks:
    """The checks of one study.

    :param across: those that look across subjects.
    :param problems: checks and plugins that were left out, with the reason; a study with problems is not published.
    """

    checks: tuple[RegisteredCheck, ...] = ()
    problems: tuple[PluginFailure, ...] = ()
    forms: frozenset[str] = frozenset()  #: every form a check names, also those the study does not have
    across: tuple[RegisteredCross, ...] = ()
    reads: frozenset[str] = (
        frozenset()
    )  #: every item (``FORM.ITEM``) that a check across subjects names, likewise

    @property
    def all(self) -> tuple[RegisteredCheck | RegisteredCross, ...]:
        """Both kinds, for lists."""
        return (*self.checks, *self.across)
