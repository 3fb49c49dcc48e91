"""Studies: publish a definition into an environment, its sites, and which version is in force where."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from edc_core.domain import metadata_json
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.metadata import MetaDataVersion, SiteDef
from edc_core.domain.permission import Action, Place
from edc_core.domain.study_commands import AddSites
from edc_core.errors import AlreadyExists, InvalidDefinition
from edc_core.ids import new_id
from edc_core.ledger.append import Effect
from edc_core.services.activating import activation_effect
from edc_core.services.narrowing import require_room
from edc_core.services.operation import Command, once, open_study
from edc_core.store import readers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.services.operation import Operation
    from edc_core.store.unit_of_work import UnitOfWork

ENVIRONMENTS = ("dev", "uat", "live")


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish(Command):
    """Freeze a definition as the next MetaDataVersion of a study in an environment.

    :param study_id: empty begins the study in that environment.
    :param version: with plugins resolved (version and source digest); its sites are added or changed.
    :param activate: put it in force at every site at once; otherwise sites keep the version they have.
    """

    environment: str
    version: MetaDataVersion
    activate: bool = True


def find_or_begin(uow: UnitOfWork, oid: str, environment: str, name: str) -> str:
    """The study id of (OID, environment), begun when it is not there yet.

    :raises InvalidDefinition: an unknown environment. :raises NotAllowed: the actor may not publish.
    """
    if environment not in ENVIRONMENTS:
        raise InvalidDefinition(f"'{environment}' is no environment; there are dev, uat and live.")
    for row in readers.studies(uow.connection):
        if (row.oid, row.environment) == (oid, environment):
            return row.study_id
    study_id = new_id()
    operation = open_study(uow, Command(study_id=study_id, op=f"study.add:{study_id}"))
    operation.role = uow.actor.role_for(Action.PUBLISH, Place(study_id))
    operation.record(
        [Effect(EntryKind.STUDY_ADD, "", {"oid": oid, "environment": environment, "name": name})]
    )
    operation.finish({"study_id": study_id})
    return study_id


def in_force_when_published(uow: UnitOfWork, oid: str, environment: str) -> bool:
    """Whether a version comes into force as it is published: everywhere but in a live study that has one already.

    There each site takes it on the day and with the approval that ``activating`` records (REQ-BLD-04).
    """
    rows = readers.studies(uow.connection)
    return environment != "live" or not any(
        (row.oid, row.environment) == (oid, environment) and row.meta_data_version for row in rows
    )


def publish(uow: UnitOfWork, command: Publish) -> dict[str, Any]:
    """Publish a MetaDataVersion.

    :returns: ``{"study_id", "meta_data_version", "sha256", "changed"}``; publishing what is in force changes nothing.
    :raises AlreadyExists: another definition was published under this OID.
    :raises NarrowsData: values collected before would be unknown to it, or be read differently.
    """
    version = command.version
    study_id = command.study_id or find_or_begin(
        uow, version.study.oid, command.environment, version.study.name
    )
    command = replace(command, study_id=study_id)
    operation = open_study(uow, command)
    if operation.earlier is not None:
        return operation.earlier | {"changed": False}
    operation.require(Action.PUBLISH, Place.every_site(study_id))
    definition = metadata_json.canonical_bytes(version)
    digest = hashlib.sha256(definition).hexdigest()
    published = readers.versions(uow.connection, study_id)
    result: dict[str, Any] = {
        "study_id": study_id,
        "meta_data_version": version.oid,
        "sha256": digest,
        "changed": True,
    }
    if published and version.oid not in published:
        require_room(uow, study_id, MetaDataIndex(version), readers.sites(uow.connection, study_id))
    if version.oid in published:
        if published[version.oid] != digest:
            raise AlreadyExists(
                f"MetaDataVersion '{version.oid}' was published with another content. Give the changed one a new OID."
            )
        return result | {"changed": False}
    payload = {"seq": len(published) + 1, "sha256": digest, "definition": definition.decode()}
    record_version(operation, version, payload, activate=command.activate)
    operation.finish(result)
    return result


def record_version(
    operation: Operation, version: MetaDataVersion, payload: dict[str, Any], *, activate: bool
) -> None:
    """Write down a version and the sites that it names.

    :param payload: its place among the versions of the study, its digest and its canonical JSON.
    :param activate: put it in force at every site, also at those that it does not name.
    """
    uow, oid = operation.uow, version.oid
    payload = {"oid": oid, "name": version.name, "study_name": version.study.name, **payload}
    effects = [Effect(EntryKind.STUDY_PUBLISH, "", payload, meta_data_version=oid)]
    known = {site.number: site for site in readers.sites(uow.connection, operation.command.study_id).values()}
    for site in version.sites:
        effects += _site_effects(site, known.get(site.number), oid if activate else None)
    if activate:
        effects += [
            activation_effect(row, oid, uow.clock.now())
            for row in known.values()
            if row.meta_data_version != oid
        ]
    operation.record(effects, meta_data_version=oid)


@once(open_study)
def add_sites(operation: Operation, command: AddSites) -> dict[str, Any]:
    """Add sites that are not there yet (by number).

    A new site takes the newest version in force at another one, or the study's first; in live it has none before one
    is approved for it (``activating``).

    :returns: ``{"sites": {number: site_id}}`` for every site named.
    """
    uow = operation.uow
    operation.require(Action.MANAGE_SITES, Place.every_site(command.study_id))
    study = readers.study_by_id(uow.connection, command.study_id)
    known = {site.number: site for site in readers.sites(uow.connection, command.study_id).values()}
    version = "" if study.environment == "live" else _newest_in_force(uow, study, known.values())
    effects = [
        effect
        for site in command.sites
        if site.number not in known
        for effect in _site_effects(site, None, version)
    ]
    operation.record(effects, meta_data_version=study.meta_data_version)
    ids = {site.number: site.site_id for site in known.values()}
    ids |= {effect.payload["number"]: effect.payload["site_id"] for effect in effects}
    return {"sites": {site.number: ids[site.number] for site in command.sites}}


def _newest_in_force(uow: UnitOfWork, study: readers.StudyRow, sites: Iterable[readers.SiteRow]) -> str:
    in_force = {site.meta_data_version for site in sites}
    known = [oid for oid in readers.versions(uow.connection, study.study_id) if oid in in_force]
    return known[-1] if known else study.meta_data_version


def _site_effects(site: SiteDef, known: readers.SiteRow | None, version: str | None) -> list[Effect]:
    active = known.meta_data_version if known else version or ""
    payload = {
        "site_id": known.site_id if known else new_id(),
        "number": site.number,
        "name": site.name,
        "country": site.country,
        "zone": site.zone or "UTC",
        "meta_data_version": active,
    }
    if known is None:
        return [Effect(EntryKind.SITE_ADD, "", payload)]
    payload |= {"closed_at": known.closed_at, "risk": known.risk}
    same = (known.name, known.country, known.zone, known.meta_data_version) == (
        site.name,
        site.country,
        site.zone or "UTC",
        active,
    )
    return [] if same else [Effect(EntryKind.SITE_CHANGE, "", payload)]
