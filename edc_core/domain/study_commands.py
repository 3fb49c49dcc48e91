"""What can be asked of a study as a whole: how it is protected, its versions, sites, people, checks and copies."""

from __future__ import annotations

from dataclasses import dataclass, field

from edc_core.domain.check_pause import PauseStep
from edc_core.domain.commands import Command, Reason
from edc_core.domain.evidence import EvidenceKind
from edc_core.domain.metadata import SiteDef
from edc_core.domain.protection import ProtectAction


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectStudy(Command):
    """Change the protection of the study, or of one site.

    :param site_id: empty for the study as a whole.
    """

    action: ProtectAction
    site_id: str = ""
    reason: Reason = field(default_factory=Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivateVersion(Command):
    """Put a version in force at sites.

    :param effective_from: day at each site, ISO 8601; empty for today there. A later one is a plan.
    :param approval: what allows it there: the decision of the ethics committee or the authority. Needed in live.
    """

    meta_data_version: str
    site_ids: tuple[str, ...]
    effective_from: str = ""
    approval: str = ""
    reason: Reason = field(default_factory=Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelActivation(Command):
    """Give up what is planned at sites."""

    site_ids: tuple[str, ...]
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEvidence(Command):
    """Put a training or a delegation on record; a later record of the same kind, site and task takes its place.

    :param site: number of the site; a delegation has one, a training may.
    :param document: what shows it: certificate, log page. :param tasks: what was delegated, in words, with commas between; ``sign`` lets a
        sub-investigator sign there.
    :param starts: ISO date, today when empty. :param ends: the last day; empty for open.
    :param task: a ``Task`` that is delegated by itself; empty for all that the person's role includes.
    """

    login: str
    kind: EvidenceKind
    document: str
    site: str = ""
    tasks: str = ""
    starts: str = ""
    ends: str = ""
    task: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordIdentifier(Command):
    """Put a number or a date of an authority on record; a later one takes its place.

    :param name: of an ``Identifier`` that a gate of the study needs. :param site: number of a site for which it holds; its whole country
        or the study where the identifier is for that. :param document: what shows it.
    """

    name: str
    value: str
    document: str
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSite(Command):
    """End a site: nothing is entered there any more, everything can be read. :param open_again: take that back."""

    number: str
    open_again: bool = False
    reason: Reason = field(default_factory=Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSiteRisk(Command):
    """Say in which tier of risk a site is, which rules of the review plan name. :param risk: one of ``RISKS``."""

    number: str
    risk: str
    reason: Reason = field(default_factory=Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseCheck(Command):
    """Ask that a check be switched off. :param check: its OID. :param sites: numbers; empty for the whole study.

    :param since: the first day; ``until`` the last one; ISO 8601, UTC.
    """

    check: str
    since: str
    until: str
    sites: tuple[str, ...] = ()
    reason: Reason = field(default_factory=Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidePause(Command):
    """Approve or refuse that a check is switched off, or switch it on again. :param n: of the ``CheckPause``."""

    n: int
    step: PauseStep
    reason: Reason = field(default_factory=Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverCopy(Command):
    """Hand the copy of a site to its investigator, who gets a code by mail. :param copy: id of the job that made it."""

    copy: str
    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetHosting(Command):
    """Say who hosts the study. :param hosting: a ``Hosting``. :param every_days: between copies that nobody asks for; 0 for none."""

    hosting: str
    every_days: int
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepSnapshot(Command):
    """Keep the present state of the study under a name, for good."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSites(Command):
    """Add sites that are not there yet, by number."""

    sites: tuple[SiteDef, ...]
