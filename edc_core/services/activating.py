"""Put a version in force at sites: each on the day and with the approval that hold there (REQ-BLD-04, REQ-BLD-07).

A day to come is a plan; the worker carries it out once that day has begun at the site. Forms begun before keep their
version (decision "Versions"), and a site that is not named goes on with the version it has.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from edc_core.domain.commands import Reason
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.domain.study_commands import ActivateVersion, CancelActivation
from edc_core.errors import NarrowsData, NotFound, WrongState
from edc_core.ledger.append import Effect
from edc_core.services import users
from edc_core.services.checking import SYSTEM_ACTOR
from edc_core.services.narrowing import require_room
from edc_core.services.operation import Command, Operation, once, open_study
from edc_core.store import amendment_readers, going_live, readers
from edc_core.store.locks import take_sites_exclusively

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from edc_core.core import Core
    from edc_core.domain.study_versions import SiteActivation
    from edc_core.store.readers import SiteRow
    from edc_core.store.unit_of_work import UnitOfWork

log = logging.getLogger("edc.activating")


@once(open_study)
def activate_version(operation: Operation, command: ActivateVersion) -> dict[str, Any]:
    """Put a version in force, or plan it; a site where it is in force already is left as it is.

    :returns: ``{"meta_data_version", "sites": {number: "in force"|"planned"|"in force already"}}``.
    :raises NotFound: no such version or site. :raises BadRequest: no date. :raises WrongState: in live, the version is
        not released or no approval is named. :raises NarrowsData: values collected there would be lost.
    """
    uow = operation.uow
    sites = _sites(operation, command.site_ids)
    target = uow.versions.get(uow.connection, command.study_id, command.meta_data_version)
    effective = users.day_of(command.effective_from) if command.effective_from else ""
    _require_approved(operation, command)
    take_sites_exclusively(uow.connection, command.study_id, command.site_ids)
    require_room(uow, command.study_id, target, command.site_ids)
    plans = _plans(uow, command.study_id, command.site_ids)
    said: dict[str, str] = {}
    effects: list[Effect] = []
    for site in sites:
        if site.meta_data_version == command.meta_data_version:
            said[site.number] = "in force already"
            continue
        effects += [_end(plan, "cancelled", command.reason) for plan in plans if plan.site_id == site.site_id]
        effect = activation_effect(
            site, command.meta_data_version, uow.clock.now(), effective_from=effective,
            approval=command.approval.strip(), reason=command.reason,
        )  # fmt: skip
        effects.append(effect)
        said[site.number] = "planned" if effect.payload["state"] == "planned" else "in force"
    operation.record(effects, meta_data_version=command.meta_data_version)
    return {"meta_data_version": command.meta_data_version, "sites": said}


@once(open_study)
def cancel_activation(operation: Operation, command: CancelActivation) -> dict[str, Any]:
    """Give up the plans of sites.

    :returns: ``{"sites": [numbers]}`` of those that had one. :raises WrongState: none of them has one.
    """
    uow = operation.uow
    sites = {site.site_id: site.number for site in _sites(operation, command.site_ids)}
    plans = _plans(uow, command.study_id, command.site_ids)
    if not plans:
        raise WrongState("Nothing is planned at these sites.")
    operation.record([_end(plan, "cancelled", command.reason) for plan in plans])
    return {"sites": sorted({sites[plan.site_id] for plan in plans})}


def activate_due(core: Core) -> int:
    """Carry out the plans whose day has begun at their site, as the system; called by the worker.

    :returns: how many. A plan that would lose data by now is refused, which its history says.
    """
    now = core.clock.now()
    with core.read() as source:
        waiting = [
            (study_id, plan)
            for study_id, plan in amendment_readers.planned(source.connection)
            if plan.effective_from <= site_day(readers.sites(source.connection, study_id)[plan.site_id], now)
        ]
    return sum(_carry_out(core, study_id, plan) for study_id, plan in waiting)


def _carry_out(core: Core, study_id: str, plan: SiteActivation) -> bool:
    command = Command(study_id=study_id, op=f"activate:{plan.n}")
    with core.write(SYSTEM_ACTOR) as uow:
        operation = open_study(uow, command)
        if operation.earlier is not None or plan not in _plans(uow, study_id, (plan.site_id,)):
            return False  # another worker was here, or somebody cancelled it meanwhile
        take_sites_exclusively(uow.connection, study_id, (plan.site_id,))
        site = readers.sites(uow.connection, study_id)[plan.site_id]
        target = uow.versions.get(uow.connection, study_id, plan.meta_data_version)
        reason = Reason(text=plan.reason)
        try:
            require_room(uow, study_id, target, (plan.site_id,))
        except NarrowsData as refused:
            effect = _end(plan, "refused", Reason(text=refused.message))
            log.warning(
                "version %s not put in force at %s: %s", target.version.oid, site.number, refused.code
            )
        else:
            effect = activation_effect(
                site, plan.meta_data_version, uow.clock.now(), effective_from=plan.effective_from,
                approval=plan.approval, reason=reason, plan_n=plan.n,
            )  # fmt: skip
        operation.record([effect], meta_data_version=plan.meta_data_version)
        operation.finish({"state": effect.payload["state"]})
    return True


def _plans(uow: UnitOfWork, study_id: str, site_ids: Iterable[str]) -> list[SiteActivation]:
    wanted = set(site_ids)
    rows = amendment_readers.activations(uow.connection, study_id)
    return [row for row in rows if row.state == "planned" and row.site_id in wanted]


def _end(plan: SiteActivation, state: str, reason: Reason) -> Effect:
    payload = {
        "site_id": plan.site_id,
        "meta_data_version": plan.meta_data_version,
        "state": state,
        "plan_n": plan.n,
    }
    return Effect(EntryKind.STUDY_ACTIVATE, "", payload, reason=reason)


def _sites(operation: Operation, site_ids: Iterable[str]) -> list[SiteRow]:
    """The sites named, each one where the actor may do it.

    :raises NotFound: there is no such site. :raises NotAllowed: the actor may not, at one of them.
    """
    study_id = operation.command.study_id
    known = readers.sites(operation.uow.connection, study_id)
    found = [known[site_id] for site_id in dict.fromkeys(site_ids) if site_id in known]
    if not found or len(found) != len(set(site_ids)):
        raise NotFound("There is no such site in this study.")
    for site in found:
        operation.require(Action.ACTIVATE_VERSION, Place(study_id, site.site_id, site.country))
    return found


def _require_approved(operation: Operation, command: ActivateVersion) -> None:
    connection = operation.uow.connection
    study = readers.study_by_id(connection, command.study_id)
    if study.environment != "live":
        return
    if not command.approval.strip():
        raise WrongState(
            "Name the approval: the reference of the ethics committee's or the authority's decision for these sites."
        )
    if going_live.release(connection, command.study_id, command.meta_data_version) is None:
        raise WrongState(
            f"Version {command.meta_data_version} is not released for live. Release it first, then put it in force."
        )


def activation_effect(
    site: SiteRow,
    version: str,
    now: datetime,
    *,
    effective_from: str = "",
    approval: str = "",
    reason: Reason | None = None,
    plan_n: int = 0,
) -> Effect:
    """A version in force at a site from now on, or planned when its day there has not come.

    :param plan_n: the entry of the plan that this carries out.
    """
    today = site_day(site, now)
    payload: dict[str, Any] = {
        "site_id": site.site_id,
        "meta_data_version": version,
        "state": "planned" if effective_from > today else "in_force",
        "effective_from": effective_from or today,
        "approval": approval,
    }
    if plan_n:
        payload["plan_n"] = plan_n
    return Effect(EntryKind.STUDY_ACTIVATE, "", payload, reason=reason or Reason())


def site_day(site: SiteRow, now: datetime) -> str:
    """The calendar day at a site, ISO 8601."""
    return now.astimezone(ZoneInfo(site.zone or "UTC")).date().isoformat()
