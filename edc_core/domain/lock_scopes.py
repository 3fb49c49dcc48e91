"""How the parts of a study are protected, which steps may be taken there, and what is open in each subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edc_core.domain.protection import ProtectAction, ProtectionRow


@dataclass(frozen=True, slots=True)
class AtLock:
    """:param own: set on this part itself. :param actions: steps that the person may take from here.

    :param by: name of who set it. :param confirm: the step that ``asked_by`` asked for and that this person may confirm.
    """

    own: ProtectionRow
    by: str
    asked_by: str
    actions: tuple[ProtectAction, ...]
    confirm: ProtectAction | None


@dataclass(frozen=True, slots=True)
class SiteScope:
    site_id: str
    number: str
    name: str
    at: AtLock


@dataclass(frozen=True, slots=True)
class SubjectScope:
    """:param in_progress: how many forms were begun and are not complete. :param answered: queries that wait to be closed."""

    subject_key: str
    site_id: str
    at: AtLock
    in_progress: int
    open_queries: int
    answered: int


@dataclass(frozen=True, slots=True)
class LockScopes:
    """The study, and its sites and subjects in the person's part of it, each in their order."""

    study: AtLock
    sites: tuple[SiteScope, ...]
    subjects: tuple[SubjectScope, ...]
