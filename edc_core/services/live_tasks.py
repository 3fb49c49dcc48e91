"""What of a live study waits for a person before data can come in, and what everybody should know of its state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from edc_core.domain.permission import Action, Place
from edc_core.domain.version_release import ReleaseStep
from edc_core.services import releasing
from edc_core.services.plugin_standing import differences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edc_core.domain.metadata import PluginUse
    from edc_core.domain.permission import Actor
    from edc_core.plugin_activation import Activation
    from edc_core.store.readers import StudyRow
    from edc_core.store.unit_of_work import Source


@dataclass(frozen=True, slots=True)
class LiveTask:
    """Something that keeps data out until this person acts.

    :param what: the version to approve (``sign``) or to release, or the plugin with its version. :param who: who asked for it, or published it.
    """

    study: StudyRow
    kind: Literal["sign", "release", "ask", "approve"]
    what: str
    who: str
    at: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LiveStudies:
    """Live studies of a person. :param closed: ids of studies where entry is closed by a plugin.

    :param unreleased: ids of studies whose newest version is not released.
    """

    tasks: tuple[LiveTask, ...]
    closed: frozenset[str]
    unreleased: frozenset[str]


def live_studies(
    source: Source,
    actor: Actor,
    activate: Callable[[Iterable[PluginUse]], Activation],
    studies: Iterable[StudyRow],
) -> LiveStudies:
    """Look at the live ones among the studies of a person."""
    tasks: list[LiveTask] = []
    closed: set[str] = set()
    unreleased: set[str] = set()
    for study in studies:
        state = releasing.release_state(source, study)
        if state is None:
            continue
        everywhere = Place.every_site(study.study_id)
        if state.release is None:
            unreleased.add(study.study_id)
            version = state.version
            if steps := state.steps(actor):
                kind: Literal["release", "sign"] = "release" if ReleaseStep.RELEASE in steps else "sign"
                tasks.append(LiveTask(study, kind, version.oid, version.actor, version.published_at))
        for one in differences(source, activate, study):
            closed.add(study.study_id)
            what = f"{one.plugin} {one.installed}"
            if one.requested_by:
                if actor.may(Action.APPROVE_PLUGIN, everywhere) and one.requested_by != actor.name:
                    tasks.append(
                        LiveTask(study, "approve", what, one.requested_by, one.requested_at, one.reason)
                    )
            elif one.may_be_approved and actor.may(Action.UPGRADE_PLUGIN, everywhere):
                tasks.append(LiveTask(study, "ask", what, "", ""))
    return LiveStudies(tuple(tasks), frozenset(closed), frozenset(unreleased))
