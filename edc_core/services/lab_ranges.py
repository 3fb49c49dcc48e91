"""Load the reference ranges of a study, and bring what was derived from them up to date (REQ-DAT-15)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from edc_core.definitions.lab_ranges import RangeProblem, read_ranges
from edc_core.domain.commands import Command, FormCommand
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action, Place
from edc_core.domain.protection import Protection, effective
from edc_core.errors import WrongState
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
    from collections.abc import Callable

    from edc_core.core import Core
    from edc_core.domain.casebook import Subject
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.permission import Actor
    from edc_core.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLabRanges(Command):
    """Put ranges in force for a study, instead of those before.

    :param ranges: as the ledger keeps them.
    """

    ranges: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class RangesLoaded:
    """What a load did.

    :param ranges: how many are in force now. :param changed: they differ from those before.
    :param forms: forms in which something derived changed. :param protected: frozen or locked ones left as they are.
    :param problems: why nothing was loaded.
    """

    ranges: int = 0
    changed: bool = False
    forms: int = 0
    protected: int = 0
    problems: tuple[RangeProblem, ...] = ()


def load_lab_ranges(
    core: Core,
    actor: Actor,
    study_id: str,
    text: str,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> RangesLoaded:
    """Read ranges, put them in force with one entry, then judge every result anew by them.

    Loading the same file again changes no range and finishes what a killed load left.

    :raises NotAllowed: the actor has no such right. :raises WrongState: the study has no definition yet.
    """
    with core.read() as source:
        study = readers.study_by_id(source.connection, study_id)
        if not study.meta_data_version:
            raise WrongState("Publish a definition first: it says which tests have ranges.")
        index = source.versions.get(source.connection, study_id, study.meta_data_version)
    read = read_ranges(text, index)
    if read.problems:
        return RangesLoaded(problems=read.problems)
    command = LoadLabRanges(
        study_id=study_id, op=f"ranges:{new_id()}", ranges=tuple(stored.as_payload(read.rows))
    )
    with core.write(actor) as uow:
        changed = _put_in_force(uow, command)
    with core.read() as source:
        subjects = readers.all_subjects(source.connection, study_id)
        n = stored.lab_ranges(source.connection, study_id).n
    forms = protected = 0
    for done, subject in enumerate(subjects, 1):
        judged = _judge(core, subject, n)
        forms, protected = forms + judged[0], protected + judged[1]
        progress(done, len(subjects))
    return RangesLoaded(len(read.rows), changed, forms, protected)


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
