"""The trial of tests/web/trial.py with a review plan, a complete form and one that is begun."""

import dataclasses

from edc_core.domain.change import ItemInput
from edc_core.domain.commands import SaveItems
from edc_core.domain.index import MetaDataIndex
from edc_core.domain.metadata import ReviewRule
from edc_core.domain.review_plan import ReviewGroup
from edc_core.ids import new_id
from edc_core.services import capture
from edc_core.store import readers
from edc_core.testing.subject_builder import find_path
from tests.rendering.vital_signs import version
from tests.web.trial import CLI, STUDY, SUBJECT, limited

ANSWERS = {"VSPERF": "Y", "VSDAT": "2026-03-04", "WEIGHT": "72.4", "SYSBP": "128", "NOTE": "Sat down first"}


def definition():
    plan = (ReviewRule(ReviewGroup.SDV, items=("SYSBP", "WEIGHT", "VSDAT")), ReviewRule(ReviewGroup.DM))
    return dataclasses.replace(limited(version()), review_plan=plan)


def path_of(item):
    return find_path(MetaDataIndex(definition()), item, event="V2")


def save(core, answers, *, study=STUDY, subject=SUBJECT, complete=True, by=CLI, reason=None):
    with core.read() as source:
        study_id = readers.find_study(source.connection, study).study_id
        found = readers.subject_by_key(source.connection, study_id, subject)
        now = readers.casebook(source, found).items
    items = tuple(
        ItemInput(path_of(item), raw, base_version=now[path_of(item)].version if path_of(item) in now else 0)
        for item, raw in answers.items()
    )
    more = {"reason": reason} if reason else {}
    command = SaveItems(
        study_id=study_id, op=new_id(), subject_key=subject, form=items[0].path.form_path, items=items,
        complete=complete, **more,
    )  # fmt: skip
    with core.write(by) as uow:
        capture.save_items(uow, command)
