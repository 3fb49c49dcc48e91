"""Copies of sites: made by who runs the installation, handed to the investigator, opened once, received with a signature.

Every step is an entry of the study's chain, and what stands on the pages is read from there (REQ-LCK-04 to -07).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edc_core.clock import iso
from edc_core.domain.export_choice import ExportChoice
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.page import Attachment
from edc_core.domain.permission import SITE_ROLES, Action, Place
from edc_core.domain.site_copy import (
    COPY,
    COPY_FORMAT,
    COPY_LASTS_DAYS,
    COPY_STATEMENT,
    MOST_DAYS,
    Handed,
    Hosting,
    HostingStanding,
    SiteAtCopy,
    SiteCopy,
)
from edc_core.domain.study_commands import HandOverCopy, SetHosting
from edc_core.errors import BadRequest, NotFound, ReasonRequired, WrongState
from edc_core.ledger import site_chains
from edc_core.ledger.append import Effect
from edc_core.services import account_links, export_jobs, exporting, mailing, site_access, users
from edc_core.services.operation import Command, once, open_study
from edc_core.store import accounts, jobs, listing_queries, readers
from edc_core.store.investigators import investigators

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edc_core.core import Core
    from edc_core.domain.job import Job
    from edc_core.domain.permission import Actor
    from edc_core.services.operation import Operation
    from edc_core.store.readers import SiteRow, StudyRow
    from edc_core.store.unit_of_work import Source

STEPS = (EntryKind.EXPORT_HAND_OVER, EntryKind.EXPORT_OPEN, EntryKind.EXPORT_RECEIPT)
NOT_YOURS = "This copy is not there for you, or the code was used already, is wrong or too old. Ask for it to be handed over again."


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOfCopy(Command):
    """A copy is opened or received.

    :param code_sha256: of the code it is opened with. :param component: what proved the person besides the login.
    """

    copy: str
    code_sha256: str = ""
    component: str = ""


@once(open_study)
def hand_over(operation: Operation, command: HandOverCopy) -> dict[str, Any]:
    """Have a code mailed with which the investigator of the site opens the copy once.

    :raises NotFound: no such copy or person. :raises BadRequest: the person is not this site's investigator, is of the
        sponsor too, or has no mail address.
    """
    uow = operation.uow
    operation.require(Action.MAKE_COPY, Place.every_site(command.study_id))
    job, site = _copy(uow, command.study_id, command.copy)
    user = users.named(uow, command.login)
    if why := _not_for(users.actor_of(uow, command.login, users.today(uow.clock)), site):
        raise BadRequest(why)
    if not user.email:
        raise BadRequest(
            f"'{command.login}' has no mail address, so no code can be sent. Give the account one first."
        )
    operation.record([Effect(EntryKind.EXPORT_HAND_OVER, "", _facts(job, site) | {"login": user.login})])
    study = readers.study_by_id(uow.connection, command.study_id)
    facts = {"study": str(study), "site": site.number, "copy": command.copy, "days": str(COPY_LASTS_DAYS)}
    mailing.post(uow, user, account_links.COPY, **facts)
    return {"login": user.login}


@once(open_study)
def open_copy(operation: Operation, command: StepOfCopy) -> dict[str, Any]:
    """Note that the investigator takes the copy out; the code opens nothing any more.

    :raises NotFound: it was handed to nobody of this code, or the code was used or is too old.
    """
    uow = operation.uow
    job, site = _copy(uow, command.study_id, command.copy)
    operation.require(Action.TAKE_COPY, _place(site))
    spent = accounts.spend_links(
        uow.connection, uow.actor.user_id, iso(uow.clock.now()), [f"{account_links.COPY}:{command.copy}"],
        only=command.code_sha256,
    )  # fmt: skip
    if _not_for(uow.actor, site) or spent != 1:
        raise NotFound(NOT_YOURS)
    operation.record([Effect(EntryKind.EXPORT_OPEN, "", _facts(job, site) | {"login": uow.actor.name})])
    accounts.log_access(
        uow.connection, iso(uow.clock.now()), uow.actor.name, "copy of the site opened",
        study_id=command.study_id, detail=f"site {site.number}, copy {command.copy}",
    )  # fmt: skip
    return {"opened": True}


@once(open_study)
def confirm_receipt(operation: Operation, command: StepOfCopy) -> dict[str, Any]:
    """Sign that the copy arrived. The caller has proved the person by both components.

    :raises WrongState: the person has not opened it, or has signed already.
    """
    uow = operation.uow
    job, site = _copy(uow, command.study_id, command.copy)
    operation.require(Action.TAKE_COPY, _place(site))
    own = [one for one in _happened(uow, command.study_id).get(job.job_id, ()) if one.login == uow.actor.name]
    kinds = {one.kind for one in own}
    if EntryKind.EXPORT_OPEN not in kinds:
        raise WrongState("Open the copy first: the receipt says that you can read it.")
    if EntryKind.EXPORT_RECEIPT in kinds:
        raise WrongState("You have signed the receipt of this copy already.")
    said = {
        "full_name": uow.actor.full_name,
        "statement": COPY_STATEMENT,
        "component": command.component,
        "login": uow.actor.name,
    }
    operation.record([Effect(EntryKind.EXPORT_RECEIPT, "", _facts(job, site) | said)])
    return {"received": True}


@once(open_study)
def set_hosting(operation: Operation, command: SetHosting) -> dict[str, Any]:
    """Note who hosts the study, and how often copies are made by themselves.

    :raises BadRequest: no such hosting or days; a sponsor that hosts has copies made. :raises ReasonRequired: no reason.
    """
    operation.require(Action.MAKE_COPY, Place.every_site(command.study_id))
    if command.hosting not in set(Hosting):
        raise BadRequest("Choose who hosts the study.")
    if not 0 <= command.every_days <= MOST_DAYS:
        raise BadRequest(f"Copies are made every 1 to {MOST_DAYS} days, or 0 for never.")
    if command.hosting == Hosting.SPONSOR and not command.every_days:
        raise BadRequest(
            "Where the sponsor hosts the study, each site has a copy of its own: say every how many days."
        )
    if not command.reason.text:
        raise ReasonRequired("Say which document it stands in, for example the contract.")
    payload = {"hosting": command.hosting, "every_days": command.every_days}
    operation.record([Effect(EntryKind.STUDY_HOSTING, "", payload, reason=command.reason)])
    return payload


def hosting_of(source: Source, study_id: str) -> HostingStanding:
    """As it was said last."""
    found = site_chains.said(source.connection, study_id, (EntryKind.STUDY_HOSTING,))
    if not found:
        return HostingStanding()
    row, said = found[-1]
    who = listing_queries.full_names(source.connection, {row.actor}).get(row.actor, row.actor)
    return HostingStanding(said["hosting"], said["every_days"], row.at, who)


class CoreCopyDesk:
    """The ``CopyDesk`` of an installation. :param prove: what proved the person; raises why the person is not proved."""

    def __init__(self, core: Core, actor: Actor, study: StudyRow, prove: Callable[[str, str], str]) -> None:
        self._core, self._actor, self._study, self._prove = core, actor, study, prove

    def sites(self) -> tuple[SiteAtCopy, ...]:
        """See ``CopyDesk``."""
        study_id = self._study.study_id
        self._actor.role_for(Action.MAKE_COPY, Place.every_site(study_id))
        with self._core.read() as source:
            copies = self._copies(source)
            stays = site_access.why_access_stays(source, self._study)
            heads = site_chains.heads(source.connection, study_id)
            chains = site_chains.by_site(source.connection, study_id, heads)
            return tuple(
                SiteAtCopy(
                    site.number, site.name,
                    len(chains.get(site.site_id, ())),
                    stays.get(site.site_id, ""),
                    tuple(_receivers(source, site, users.today(self._core.clock)).items()),
                    tuple(one for one in copies if one.site == site.number),
                )
                for site in readers.sites(source.connection, study_id).values()
            )  # fmt: skip

    def mine(self) -> tuple[SiteCopy, ...]:
        """See ``CopyDesk``."""
        self._actor.role_for(Action.TAKE_COPY, Place(self._study.study_id))
        with self._core.read() as source:
            copies = self._copies(source)
        return tuple(own for own in (one.of(self._actor.name) for one in copies) if own.happened)

    def hosting(self) -> HostingStanding:
        """See ``CopyDesk``."""
        with self._core.read() as source:
            return hosting_of(source, self._study.study_id)

    def ask(self, site: str, *, op: str) -> str:
        """See ``CopyDesk``."""
        with self._core.read() as source:
            numbers = {one.number for one in readers.sites(source.connection, self._study.study_id).values()}
        self._actor.role_for(Action.MAKE_COPY, Place.every_site(self._study.study_id))
        if site not in numbers:
            raise NotFound(f"There is no site '{site}' in this study.")
        command = exporting.CopySite(
            study_id=self._study.study_id, op=op, choice=ExportChoice(COPY_FORMAT, unlocked=True), site=site,
            scheduled=self._actor.trusted,
        )  # fmt: skip
        with self._core.write(self._actor) as uow:
            return export_jobs.ask(self._core, uow, command)

    def open(self, copy: str, code: str, *, op: str) -> Attachment:
        """See ``CopyDesk``."""
        study_id = self._study.study_id
        self._actor.role_for(Action.TAKE_COPY, Place(study_id))
        with self._core.read() as source:
            job, _ = _copy(source, study_id, copy)
        archive = export_jobs.archive_of(self._core, job)
        command = StepOfCopy(study_id=study_id, op=op, copy=copy, code_sha256=users.token_digest(code))
        with self._core.write(self._actor) as uow:
            open_copy(uow, command)
        name = f"{self._study.oid}-{self._study.environment}-site-{job.request['site']}-{job.created_at[:10]}.zip"
        return Attachment(name, "application/zip", archive)

    def confirm(self, copy: str, *, login: str, password: str, op: str) -> None:
        """See ``CopyDesk``."""
        self._actor.role_for(Action.TAKE_COPY, Place(self._study.study_id))
        component = self._prove(login, password)
        command = StepOfCopy(study_id=self._study.study_id, op=op, copy=copy, component=component)
        with self._core.write(self._actor) as uow:
            confirm_receipt(uow, command)

    def _copies(self, source: Source) -> list[SiteCopy]:
        study_id = self._study.study_id
        happened = _happened(source, study_id)
        folder = self._core.settings.exports_dir
        return [
            SiteCopy(
                job, job.request["site"], job.result.get("manifest_sha256", ""),
                job.is_done and (folder / job.result["archive"]).is_file(), happened.get(job.job_id, ()),
            )
            for job in jobs.of_study(source.connection, study_id, COPY, limit=export_jobs.MOST_COPIES)
        ]  # fmt: skip


def _copy(source: Source, study_id: str, copy: str) -> tuple[Job, SiteRow]:
    """:raises NotFound: there is none, or it is not made."""
    job = jobs.find(source.connection, copy)
    if job is None or (job.study_id, job.kind) != (study_id, COPY) or not job.is_done:
        raise NotFound("There is no such copy, or it is not made yet. Reload the page.")
    sites = readers.sites(source.connection, study_id).values()
    return job, next(site for site in sites if site.number == job.request["site"])


def _facts(job: Job, site: SiteRow) -> dict[str, str]:
    facts = {name: job.result[name] for name in ("cut", "manifest_sha256")}
    return {"copy": job.job_id, "site_id": site.site_id, "site": site.number, **facts}


def _place(site: SiteRow) -> Place:
    return Place(site.study_id, site.site_id, site.country)


def _not_for(person: Actor, site: SiteRow) -> str:
    """Why a copy of the site is not for a person: it goes to the investigator and past the sponsor (REQ-LCK-06)."""
    if not person.may(Action.TAKE_COPY, _place(site)):
        return f"'{person.name}' is not the investigator of site {site.number}."
    if not set(person.roles(Place(site.study_id))) <= SITE_ROLES:
        return f"'{person.name}' has a role beyond the site too. A copy goes to people of the site alone."
    return ""


def _receivers(source: Source, site: SiteRow, today: str) -> dict[str, str]:
    """Logins and names of the investigators that the copy of a site can be handed to."""
    held = investigators(source.connection, today)
    here = [
        one for one in held if one.study_id == site.study_id and one.grant.covers(site.site_id, site.country)
    ]
    return {
        one.login: one.full_name
        for one in here
        if one.email and not _not_for(users.actor_of(source, one.login, today), site)
    }


def _happened(source: Source, study_id: str) -> Mapping[str, tuple[Handed, ...]]:
    """By copy, oldest first."""
    rows = site_chains.said(source.connection, study_id, STEPS)
    names = listing_queries.full_names(
        source.connection, {row.actor for row, _ in rows} | {said["login"] for _, said in rows}
    )
    found: dict[str, tuple[Handed, ...]] = {}
    for row, said in rows:
        step = Handed(row.kind, row.at, said["login"], names.get(row.actor, row.actor))
        found[said["copy"]] = (*found.get(said["copy"], ()), step)
    return found
