"""Ask the plugins of a study what they want settled before it is locked: before the transaction, never within it.

A plugin that fails is an answer too: nobody knows what is open (REQ-LCK-02).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from edc_core.domain.item_path import ItemPath
from edc_core.domain.lock_blocker import Looked, Said, Waived, unknown
from edc_core.domain.lock_check import LONGEST, Unsettled
from edc_core.domain.permission import Actor
from edc_core.domain.plugin_study import PluginStudy
from edc_core.plugin_activation import ActivationCode
from edc_core.services.entry_gate import standing
from edc_core.services.study_access import CoreStudyAccess
from edc_core.store import readers, waivers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.core import Core
    from edc_core.plugin_offers import RegisteredLockCheck
    from edc_core.store.readers import StudyRow
    from edc_core.store.unit_of_work import Source


def look(core: Core, study_id: str) -> Looked:
    """What the lock checks say that the versions in force at the sites name: as their plugins, who see everything."""
    with core.read(consistent=True) as source:
        study = readers.study_by_id(source.connection, study_id)
        checks, failed = _registered(core, source, study)
        if not checks:
            return Looked(failed=tuple(failed))
        entries = waivers.entries_of(source.connection, study_id)
        known = set(
            readers.subject_keys(source.connection, study_id, readers.sites(source.connection, study_id))
        )
    found: dict[str, list[Said]] = defaultdict(list)
    for one in checks:
        access = CoreStudyAccess(
            core, Actor(f"system:{one.plugin.name}", trusted=True), study, one.plugin.name
        )
        try:
            said = _told(one, one.check.check(access), known)
        except Exception as error:  # noqa: BLE001 - becomes what is in the way
            # the message may hold a collected value
            text = f"Check {one.check.oid} of plugin {one.plugin.name} {one.plugin.version} failed: {type(error).__name__}."
            failed.append(unknown(one.check.oid, text))
        else:
            for key, thing in said:
                found[key].append(thing)
    return Looked(entries, {key: tuple(things) for key, things in found.items()}, tuple(failed))


def _told(one: RegisteredLockCheck, answered: Iterable[Unsettled], known: set[str]) -> list[tuple[str, Said]]:
    """:raises ValueError: it names a subject that the study does not have, or is too long. :raises TypeError: it is none."""
    said = []
    page = "" if one.check.page is None else f"{one.plugin.name}/{one.check.page}".rstrip("/")
    for each in answered:
        if not isinstance(each, Unsettled):
            raise TypeError
        is_there = each.subject_key in known or (not each.subject_key and each.path == ItemPath())
        if not is_there or len(each.text) > LONGEST:
            raise ValueError
        ref = f"{one.check.oid} {each.key}".strip()
        said.append((each.subject_key, Said(Waived(each.path, one.check.why, ref), each.text, page)))
    return said


def _registered(core: Core, source: Source, study: StudyRow) -> tuple[list[RegisteredLockCheck], list[Said]]:
    """The lock checks of a study by OID, and what of its plugins nobody can ask."""
    sites = readers.sites(source.connection, study.study_id).values()
    found: dict[str, RegisteredLockCheck] = {}
    failed: dict[str, Said] = {}
    for version in sorted({site.meta_data_version for site in sites} - {""}):
        active = standing(source, core.plugins.activate, study, meta_data_version=version)
        for finding in active.findings:
            if study.environment == "live" or finding.code is not ActivationCode.CHANGED:
                failed[finding.name] = unknown(finding.name, finding.text)
        index = source.versions.get(source.connection, study.study_id, version)
        offered = core.plugins.checks(PluginStudy.of(index, study.environment), active)
        for problem in offered.problems:
            failed[problem.name] = unknown(problem.name, problem.text)
        found.update({one.check.oid: one for one in offered.before_lock})
    return [found[oid] for oid in sorted(found)], list(failed.values())
