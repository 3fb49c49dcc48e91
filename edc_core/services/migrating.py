"""Move forms to another version of the study: an entry for each form, nothing of its values, and what follows from it.

One operation per subject, so that a run that was stopped goes on where it stood; a form that has the version already is
no work. What moves and what follows is ``amendment_plan``, which the impact list shows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from edc_core.domain.commands import Reason
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.migration import MigrationOrder
from edc_core.domain.permission import Action
from edc_core.errors import ReasonRequired, WrongState
from edc_core.ids import new_id
from edc_core.ledger.append import Effect
from edc_core.services import amendment_plan, checking
from edc_core.services.amendment_plan import Target
from edc_core.services.operation import SubjectCommand, open_subject
from edc_core.store import amendment_readers, readers, rule_answers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edc_core.core import Core
    from edc_core.domain.casebook import Subject
    from edc_core.domain.migration import FormMove
    from edc_core.domain.permission import Actor
    from edc_core.domain.rule_answer import RuleAnswer
    from edc_core.plugin_manager import EdcPlugins
    from edc_core.services.amendment_plan import SubjectPlan
    from edc_core.store.readers import StudyRow
    from edc_core.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrateSubject(SubjectCommand):
    """Move the forms of one subject to the version in force at its site.

    :param approval: what allows it: the decision of the ethics committee or the sponsor; kept in each entry.
    """

    meta_data_version: str
    approval: str = ""
    reason: Reason


@dataclass(slots=True)
class MigrationReport:
    """What a migration did.

    :param kept: ``(subject key, form path, why)`` of each form that keeps its version.
    :param deeds: how many queries were opened, opened again and resolved.
    """

    study: str
    version: str
    subjects: int = 0
    moved: int = 0
    calculated: int = 0
    kept: list[tuple[str, str, str]] = field(default_factory=list)
    deeds: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, object]:
        return {
            "study": self.study,
            "meta_data_version": self.version,
            "subjects": self.subjects,
            "forms_moved": self.moved,
            "values_calculated": self.calculated,
            "queries": {deed: self.deeds[deed] for deed in ("opened", "opened again", "resolved")},
            "kept": [{"subject": key, "form": form, "why": why} for key, form, why in self.kept],
        }


def migrate_subject(
    uow: UnitOfWork, command: MigrateSubject, plugins: EdcPlugins, answers: Sequence[RuleAnswer] = ()
) -> dict[str, Any]:
    """Move what can move of one subject, with everything that follows, in one operation.

    :param answers: of functions of plugins to what the rules will ask, asked before the transaction.

    :returns: ``{"moved", "calculated", "kept": [[form, why]], "queries": {opened|opened again|resolved: n}}``.
    :raises NotAllowed: the actor may not. :raises ReasonRequired: no reason.
    :raises WrongState: another version is in force at the subject's site.
    """
    operation = open_subject(uow, command)
    if operation.earlier is not None:
        return operation.earlier
    operation.require(Action.MIGRATE_FORMS)
    if not command.reason:
        raise ReasonRequired("Say why the forms are moved.")
    if operation.site.meta_data_version != command.meta_data_version:
        raise WrongState(
            f"Version {command.meta_data_version} is not in force at site {operation.site.number}. "
            "Put it in force there first."
        )
    rule_answers.put(uow.connection, operation.subject, answers)
    study = readers.study_by_id(uow.connection, command.study_id)
    index = uow.versions.get(uow.connection, command.study_id, command.meta_data_version)
    plan = amendment_plan.plan_subject(
        uow, Target(uow, plugins, study, index), operation.subject, operation.site
    )
    operation.record([*_moves(plan, command), *_followed(plan)], meta_data_version=index.version.oid)
    result = {
        "moved": len(plan.going),
        "calculated": sum(effect.kind is EntryKind.DERIVED_SET for effect in plan.effects),
        "kept": [[str(move.path), move.held_back_by] for move in plan.moves if not move.moves],
        "queries": dict(Counter(filter(None, map(_deed(plan), plan.effects)))),
    }
    operation.finish(result)
    return result


def _moves(plan: SubjectPlan, command: MigrateSubject) -> list[Effect]:
    def effect(move: FormMove) -> Effect:
        payload = {
            "from": move.from_version,
            "to": command.meta_data_version,
            "class": move.change_class.value,
            "approval": command.approval.strip(),
        }
        return Effect(EntryKind.FORM_MIGRATE, str(move.path), payload, reason=command.reason)

    return [effect(move) for move in plan.going]


def _followed(plan: SubjectPlan) -> list[Effect]:
    """What follows, each entry under the version its form has."""
    return [
        replace(
            effect,
            meta_data_version=plan.after.forms[ItemPath.parse(effect.path).form_path].meta_data_version,
        )
        for effect in plan.effects
    ]


def _deed(plan: SubjectPlan) -> Callable[[Effect], str]:
    def deed(effect: Effect) -> str:
        if effect.kind is EntryKind.QUERY_OPEN:
            return "opened"
        if effect.kind is not EntryKind.QUERY_STATE or "text" not in effect.payload:
            return ""
        before = plan.book.queries[effect.payload["query_id"]].state.value
        after = effect.payload["state"]
        return "" if after == before else "resolved" if after == "Resolved" else "opened again"

    return deed


def migrate(
    core: Core,
    actor: Actor,
    study: StudyRow,
    order: MigrationOrder,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> MigrationReport:
    """Move the forms of every subject of some sites, one operation each; running it again moves what is left.

    The plugin checks of a subject look once its forms are moved; what they cannot finish stays due for the worker.
    """
    report = MigrationReport(str(study), order.meta_data_version)
    with core.read() as source:
        subjects = amendment_readers.subjects_of(source.connection, study.study_id, order.site_ids)
    for done, subject in enumerate(subjects, start=1):
        command = MigrateSubject(
            study_id=study.study_id,
            op=f"migrate:{new_id()}",
            subject_key=subject.subject_key,
            meta_data_version=order.meta_data_version,
            approval=order.approval,
            reason=order.reason,
        )
        answers = _answers(core, study, subject, order.meta_data_version)
        with core.write(actor) as uow:
            result = migrate_subject(uow, command, core.plugins, answers)
        _note(report, subject.subject_key, result)
        if result["moved"]:
            _check(core, report, study.study_id, subject.subject_id)
        progress(done, len(subjects))
    return report


def _answers(core: Core, study: StudyRow, subject: Subject, oid: str) -> Sequence[RuleAnswer]:
    """What functions of plugins say of the subject once it has moved, so that no value is cleared and comes back."""
    with core.read() as source:
        index = source.versions.get(source.connection, study.study_id, oid)
        if not index.version.functions:
            return ()
        site = readers.sites(source.connection, study.study_id)[subject.site_id]
        target = Target(source, core.plugins, study, index)
        return amendment_plan.foretell(core, target, subject, site).answers


def _note(report: MigrationReport, subject_key: str, result: dict[str, Any]) -> None:
    report.subjects += 1
    report.moved += result["moved"]
    report.calculated += result["calculated"]
    report.kept += [(subject_key, form, why) for form, why in result["kept"]]
    report.deeds.update(result["queries"])


def _check(core: Core, report: MigrationReport, study_id: str, subject_id: str) -> None:
    before = _states(core, study_id, subject_id)
    if not checking.check_subject(core, study_id, subject_id).queries:
        return
    for query_id, state in _states(core, study_id, subject_id).items():
        was = before.get(query_id)
        if was is None:
            report.deeds["opened"] += 1
        elif was != state:
            report.deeds["resolved" if state == "Resolved" else "opened again"] += 1


def _states(core: Core, study_id: str, subject_id: str) -> dict[str, str]:
    with core.read() as source:
        subject = readers.subject_by_id(source.connection, study_id, subject_id)
        book = readers.casebook(source, subject)
    return {query.query_id: query.state.value for query in book.queries.values()}
