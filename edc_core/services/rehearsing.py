"""A migration carried out on a copy of the study, and what it would leave behind; the study itself is only read.

The copy is an SQLite file on both databases: the same services, rules and entries, but not PostgreSQL's locks.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from edc_core.core import Core
from edc_core.domain.permission import Actor
from edc_core.ids import new_id
from edc_core.services import activating, migrating, studies
from edc_core.services.operation import Command, open_study
from edc_core.services.verifying import verify
from edc_core.store import amendment_readers, readers
from edc_core.store.study_copy import copy_study

if TYPE_CHECKING:
    from collections.abc import Callable

    from edc_core.domain.casebook import ItemData
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.metadata import MetaDataVersion
    from edc_core.services.migrating import MigrationOrder, MigrationReport
    from edc_core.store.readers import StudyRow
    from edc_core.store.unit_of_work import UnitOfWork

BUILDER = Actor("rehearsal", full_name="Rehearsal", trusted=True)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """:param untouched: values that people entered are what they were. :param problems: what ``edc verify --rebuild`` says."""

    report: MigrationReport
    untouched: bool
    problems: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        return {
            "rehearsal": True,
            "values_untouched": self.untouched,
            "verify": {"ok": not self.problems, "problems": list(self.problems)},
        } | self.report.as_json()


def rehearse(
    core: Core,
    study: StudyRow,
    version: MetaDataVersion,
    order: MigrationOrder,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Rehearsal:
    """Copy the study, put the version in force at the sites there, migrate, and prove the copy.

    :param version: published or not yet; what narrows the data is refused here as it would be there.
    :raises NarrowsData: see ``narrowing``.
    """
    with tempfile.TemporaryDirectory(prefix="edc-rehearsal-") as folder:
        with core.read(consistent=True) as source:
            address = copy_study(source.connection, study.study_id, Path(folder) / "copy.db")
        settings = replace(core.settings, database_url=address, anchor_file="", anchor_key_file="")
        copy = Core(settings, core.plugins, core.clock)
        try:
            with copy.write(BUILDER) as uow:
                _put_in_force(uow, study, version, order)
            before = _entered(copy, study, order)
            report = migrating.migrate(copy, BUILDER, study, order, progress=progress)
            untouched = _entered(copy, study, order) == before
            found = verify(copy, study=str(study), rebuild=True)
        finally:
            copy.close()
    problems = tuple(
        f"{problem.chain} {problem.n} {problem.code}: {problem.text}" for problem in found.problems
    )
    return Rehearsal(report, untouched, problems)


def _put_in_force(uow: UnitOfWork, study: StudyRow, version: MetaDataVersion, order: MigrationOrder) -> None:
    publish = studies.Publish(
        study_id=study.study_id, op=new_id(), environment=study.environment, version=version, activate=False
    )
    studies.publish(uow, publish)
    operation = open_study(uow, Command(study_id=study.study_id, op=new_id()))
    sites = readers.sites(uow.connection, study.study_id)
    effects = [
        activating.activation_effect(sites[site_id], version.oid, uow.clock.now(), approval=order.approval)
        for site_id in sorted(order.site_ids)
        if sites[site_id].meta_data_version != version.oid
    ]
    operation.record(effects, meta_data_version=version.oid)


def _entered(core: Core, study: StudyRow, order: MigrationOrder) -> dict[tuple[str, ItemPath], ItemData]:
    """Every value that a person or a file gave; calculated ones may be calculated anew."""
    found: dict[tuple[str, ItemPath], ItemData] = {}
    with core.read() as source:
        for subject in amendment_readers.subjects_of(source.connection, study.study_id, order.site_ids):
            book = readers.casebook(source, subject)
            for path, data in book.items.items():
                form = book.forms[path.form_path]
                index = source.versions.get(source.connection, study.study_id, form.meta_data_version)
                if path.item in index.items and index.items[path.item].origin != "derived":
                    found[subject.subject_key, path] = data
    return found
