"""Another version of a plugin than a study was published with: asked for, approved by a second person in live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.errors import NotFound, ReasonRequired, SecondPersonRequired, WrongState
from edc_core.ledger.append import Effect
from edc_core.services import entry_gate
from edc_core.services.operation import Command, Operation, once, open_study
from edc_core.store import going_live, readers
from edc_core.store.locks import take_sites_exclusively

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.commands import Reason
    from edc_core.domain.metadata import PluginUse
    from edc_core.store.going_live import UpgradeRow
    from edc_core.store.unit_of_work import UnitOfWork

REQUESTED, APPROVED = "requested", "approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradePlugin(Command):
    """Ask that the installed version of a plugin be the one in force in a study, or approve that.

    :param plugin: as ``study.yaml`` names it.
    """

    plugin: str
    reason: Reason
    approve: bool = False


def _alone(uow: UnitOfWork, command: UpgradePlugin) -> Operation:
    """With no save under way that would see half of it."""
    take_sites_exclusively(uow.connection, command.study_id, readers.sites(uow.connection, command.study_id))
    return open_study(uow, command)


@once(_alone)
def upgrade_plugin(operation: Operation, command: UpgradePlugin) -> dict[str, Any]:
    """Ask for the installed version of a plugin, or approve what was asked for; outside live asking is enough.

    :returns: ``{"plugin", "from_version", "version", "sha256", "state"}``; state is ``requested`` or ``approved``.
    :raises WrongState: nothing to upgrade, nothing asked for, or another version is installed than was asked for.
    :raises SecondPersonRequired: the same person asked. :raises NotFound: the study uses no such plugin.
    """
    uow = operation.uow
    right = Action.APPROVE_PLUGIN if command.approve else Action.UPGRADE_PLUGIN
    operation.require(right, Place.every_site(command.study_id))
    study = readers.study_by_id(uow.connection, command.study_id)
    before, now = _versions(uow, command, study)
    if not command.reason:
        raise ReasonRequired(
            "Say why this version is approved." if command.approve else "Say why the plugin is upgraded."
        )
    asked = pending(going_live.upgrades(uow.connection, command.study_id), command.plugin)
    if command.approve:
        _require_asked(operation, command, asked, now)
    state = APPROVED if command.approve or study.environment != "live" else REQUESTED
    payload = {
        "plugin": command.plugin,
        "state": state,
        "from_version": before.version,
        "from_sha256": before.sha256,
        "version": now.version,
        "sha256": now.sha256,
        "requested_by": asked.actor if asked is not None and command.approve else uow.actor.name,
        "seq": going_live.newest_seq(uow.connection, command.study_id),
    }
    operation.record(
        [Effect(EntryKind.PLUGIN_UPGRADE, "", payload, reason=command.reason)],
        meta_data_version=study.meta_data_version,
    )
    return {key: payload[key] for key in ("plugin", "from_version", "version", "sha256", "state")}


def pending(upgrades: Mapping[tuple[str, str], UpgradeRow], plugin: str) -> UpgradeRow | None:
    """The request for a plugin that no approval has answered yet."""
    asked, approved = upgrades.get((plugin, REQUESTED)), upgrades.get((plugin, APPROVED))
    return asked if asked is not None and (approved is None or approved.n < asked.n) else None


def _versions(
    uow: UnitOfWork, command: UpgradePlugin, study: readers.StudyRow
) -> tuple[PluginUse, PluginUse]:
    """The plugin as it is in force and as it is installed, in the version where they differ."""
    named = False
    in_force = {site.meta_data_version for site in readers.sites(uow.connection, study.study_id).values()}
    for version in sorted({study.meta_data_version, *in_force} - {""}):
        uses = uow.versions.plugins(uow.connection, study.study_id, version, upgraded_n=study.upgraded_n)
        use = next((use for use in uses if use.name == command.plugin), None)
        if use is None:
            continue
        named = True
        active = entry_gate.standing(uow, uow.activate, study, meta_data_version=version)
        now = next((one for one in active.resolved if one.name == command.plugin), None)
        if now is None:
            text = next(finding.text for finding in active.findings if finding.name == command.plugin)
            raise WrongState(
                f"{text} Such a plugin cannot be approved: install the version in force, {use.version}, again, "
                "or publish a version of the study that names what is installed."
            )
        if (now.version, now.sha256) != (use.version, use.sha256):
            return use, now
    if not named:
        raise NotFound(f"{study} uses no plugin '{command.plugin}'.")
    raise WrongState(
        f"Plugin '{command.plugin}' is installed as it is in force in {study}; there is nothing to do."
    )


def _require_asked(
    operation: Operation, command: UpgradePlugin, asked: UpgradeRow | None, now: PluginUse
) -> None:
    if asked is None or (asked.version, asked.sha256) != (now.version, now.sha256):
        raise WrongState(
            f"Nobody asked for {now.version} of plugin '{command.plugin}' as it is installed now. "
            "A trial builder asks for it first."
        )
    if asked.actor == operation.uow.actor.name:
        raise SecondPersonRequired("You asked for this already. Another person has to approve it.")
