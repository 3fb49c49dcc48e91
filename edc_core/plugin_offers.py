"""What plugins have registered, each thing with the plugin it is from, and why something is not taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edc_core.domain.finding import EditCheck, Severity
from edc_core.domain.form_checks import RESERVED, declared_oids
from edc_core.domain.lock_check import LockCheck
from edc_core.domain.plugin_identity import PluginFailure
from edc_core.domain.study_view import CrossSubjectCheck, read_items

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from edc_core.domain.country import CountryStandard
    from edc_core.domain.function import Function
    from edc_core.domain.page import InstallationPage, JobKind, Page, Panel
    from edc_core.domain.plugin_identity import PluginIdentity
    from edc_core.domain.plugin_study import PluginStudy


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
class RegisteredLockCheck:
    """A check before the lock and the plugin it is from."""

    check: LockCheck
    plugin: PluginIdentity


@dataclass(frozen=True, slots=True)
class RegisteredPage:
    """A page and the plugin it is from. :param templates: where its templates are."""

    page: Page | InstallationPage
    plugin: PluginIdentity
    templates: Path


@dataclass(frozen=True, slots=True)
class RegisteredPanel:
    """A panel and the plugin it is from. :param templates: where its templates are."""

    panel: Panel
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
    before_lock: tuple[RegisteredLockCheck, ...] = ()

    @property
    def all(self) -> tuple[RegisteredCheck | RegisteredCross, ...]:
        """Both kinds, for lists."""
        return (*self.checks, *self.across)


@dataclass(frozen=True, slots=True)
class StudyFunctions:
    """The functions that the plugins of one study add to its expressions.

    :param functions: by name, each with the stamp of its plugin.
    :param problems: functions and plugins that were left out, with the reason; a study with problems is not published.
    """

    functions: Mapping[str, Function] = field(default_factory=dict)
    problems: tuple[PluginFailure, ...] = ()


@dataclass(frozen=True, slots=True)
class StudyStandards:
    """The country standards of one study, by name, each with its plugin.

    :param problems: standards and plugins that were left out, with the reason; a study with problems is not published.
    """

    standards: tuple[tuple[CountryStandard, PluginIdentity], ...] = ()
    problems: tuple[PluginFailure, ...] = ()


def named_twice(what: str, named: Iterable[tuple[str, PluginIdentity]]) -> dict[str, list[PluginFailure]]:
    """What several plugins register under one name, with what to say of each."""
    plugins: dict[str, list[PluginIdentity]] = {}
    for name, identity in named:
        plugins.setdefault(name, []).append(identity)
    found = {}
    for name, same in plugins.items():
        if len(same) > 1:
            culprits = " and ".join(identity.stamp for identity in same)
            text = f"{what} '{name}' is registered more than once, by {culprits}; none of them runs."
            found[name] = [PluginFailure(identity.name, identity.version, text) for identity in same]
    return found


def refusal_of_check(check: EditCheck | CrossSubjectCheck | LockCheck, study: PluginStudy) -> str:
    """Why a check is not taken; empty when it is."""
    if not str(check.oid).strip():
        return "A check without an OID is registered."
    if isinstance(check, LockCheck):
        from edc_core.domain.lock_blocker import OF_PLUGINS  # which few studies need

        if check.why in OF_PLUGINS:
            return ""
        return f"Check '{check.oid}' looks before the lock and says neither UNCODED nor UNRECONCILED."
    if check.severity == Severity.HARD:
        return (
            f"Check '{check.oid}' asks to refuse values. Plugin checks run after a value is stored, so theirs is "
            "'query' or 'warning'; declare a hard RangeCheck in the form instead."
        )
    if check.severity not in (Severity.QUERY, Severity.WARNING):
        return f"Check '{check.oid}' has no severity of 'query' or 'warning'."
    if all(check.form not in (form.oid, form.name) for form in study.index.version.forms):
        return f"Check '{check.oid}' looks at form '{check.form}', which the study does not have."
    if check.oid.startswith(RESERVED) or check.oid in declared_oids(study.index):
        return (
            f"Check '{check.oid}' has the OID of a check that the study has already. Give it one of its own."
        )
    if isinstance(check, CrossSubjectCheck):
        try:
            read_items(study.index, check.reads)
        except KeyError as error:
            return f"Check '{check.oid}' cannot look at all it reads. {error.args[0]}"
    return ""
