"""Load the reference ranges of a study, and bring what was derived from them up to date (REQ-DAT-15)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from edc_core.domain.commands import Command, FormCommand
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.domain.protection import Protection, effective
from edc_core.domain.range_load import RangedTests, RangesLoaded
from edc_core.expressions.compiler import compile_expression
from edc_core.expressions.names import StudyNames
from edc_core.expressions.rules import rules_of
from edc_core.ids import new_id
from edc_core.ledger.append import Effect
from edc_core.services import following
from edc_core.services.checking import SYSTEM_ACTOR
from edc_core.services.open_form import open_form
from edc_core.services.operation import open_study, open_subject
from edc_core.store import lab_ranges as stored
from edc_core.store import readers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edc_core.core import Core
    from edc_core.domain.casebook import Subject
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.lab_range import LabRange
    from edc_core.domain.permission import Actor
    from edc_core.expressions.references import Home
    from edc_core.services.reading import StudyPicture
    from edc_core.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLabRanges(Command):
    """Put ranges in force for a study, instead of those before.

    :param ranges: as the ledger keeps them.
    """

    ranges: tuple[dict[str, str], ...]


def ranged_tests(picture: StudyPicture) -> RangedTests:
    """Which results the newest version of a study judges by ranges."""
    return ranged_in(picture.index)


def ranged_in(index: MetaDataIndex) -> RangedTests:
    """Which results a version judges by ranges."""
    ranged = [rule.expression for rule in rules_of(index).derivations if rule.expression.ranges]
    asked = sorted({oid for expression in ranged for _, oid in expression.ranges})
    units = {index.items[oid].name: index.items[oid].measurement_unit_oids for oid in asked}
    return RangedTests(units, _codes_of_sex(index, ranged[0].home) if ranged else frozenset())


def _codes_of_sex(index: MetaDataIndex, home: Home) -> frozenset[str]:
    """The codes that the sex may have; empty where they are not listed."""
    keys = index.version.lab_ranges
    assert keys is not None  # else no expression asks for a range
    refs = compile_expression(keys.sex, StudyNames(index), home).refs
    lists = [index.code_lists.get(index.items[ref.item].code_list_oid or "") for ref in refs]
    return frozenset(term.coded_value for one in lists if one is not None for term in one.items)


def load_lab_ranges(
    core: Core,
    actor: Actor,
    study_id: str,
    ranges: Iterable[LabRange],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> RangesLoaded:
    """Put ranges in force with one entry, then judge every result anew by them.

    Loading the same again changes no range and finishes what a killed load left. :raises NotAllowed: no such right.
    """
    payload = tuple(stored.as_payload(tuple(ranges)))
    with core.write(actor) as uow:
        changed = _put_in_force(
            uow, LoadLabRanges(study_id=study_id, op=f"ranges:{new_id()}", ranges=payload)
        )
    with core.read() as source:
        subjects = readers.all_subjects(source.connection, study_id)
        n = stored.lab_ranges(source.connection, study_id).n
    forms = protected = 0
    for done, subject in enumerate(subjects, 1):
        judged = _judge(core, subject, n)
        forms, protected = forms + judged[0], protected + judged[1]
        progress(done, len(subjects))
    return RangesLoaded(len(payload), changed, forms, protected)


def _put_in_force(uow: UnitOfWork, command: LoadLabRanges) -> bool:
    operation = open_study(uow, command)
    operation.require(Action.LOAD_RANGES, Place.every_site(command.study_id))
    before = stored.lab_ranges(uow.connection, command.study_id)
    if before.n and tuple(stored.as_payload(before.rows)) == command.ranges:
        return False
    payload: dict[str, Any] = {
        "ranges": list(command.ranges),
        "sha256": hashlib.sha256(orjson.dumps(command.ranges, option=orjson.OPT_SORT_KEYS)).hexdigest(),
    }
    operation.record([Effect(EntryKind.STUDY_RANGES, "", payload)])
    operation.finish({"ranges": len(command.ranges)})
    return True


def _judge(core: Core, subject: Subject, n: int) -> tuple[int, int]:
    """Bring the forms of a subject up to date, each in a transaction of its own: forms changed, forms protected."""
    with core.read() as source:
        book = readers.casebook(source, subject)
        ranged = [
            form.path
            for form in book.forms.values()
            if form.status is not EntryStatus.REMOVED
            and form.path.form is not None
            and not book.is_removed(form.path)
            and form.path.form.oid
            in rules_of(
                source.versions.get(source.connection, subject.study_id, form.meta_data_version)
            ).ranged_forms
        ]
    changed = protected = 0
    for path in sorted(ranged, key=str):
        if effective(path, dict(book.protections), book.above) is not Protection.OPEN:
            protected += 1
        else:
            changed += _judge_form(core, subject, path, n)
    return changed, protected


def _judge_form(core: Core, subject: Subject, path: ItemPath, n: int) -> bool:
    command = FormCommand(
        study_id=subject.study_id,
        op=f"ranges:{n}:{subject.subject_id}:{hashlib.sha256(str(path).encode()).hexdigest()}",
        subject_key=subject.subject_key,
        form=path,
    )
    with core.write(SYSTEM_ACTOR) as uow:
        operation = open_subject(uow, command)
        if operation.earlier is not None:
            return False
        form = open_form(operation, command)
        effects = following.follow(form, form.picture.items, dict(form.picture.groups), form.picture.status)
        if effects:
            form.finish(effects, form.picture.status)
        return any(effect.kind is EntryKind.DERIVED_SET for effect in effects)
