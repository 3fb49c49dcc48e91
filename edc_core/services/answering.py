"""Answers of plugins' functions to rules, brought in after the commit with everything that follows from them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from edc_core.domain.item_path import ItemPath
from edc_core.domain.migration import BEGUN
from edc_core.ids import new_id
from edc_core.services import following, review_drops, scheduling
from edc_core.services.operation import SubjectCommand, SubjectOperation, open_subject
from edc_core.store import readers, rule_answers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.domain.casebook import Casebook, Subject
    from edc_core.domain.rule_answer import RuleAnswer
    from edc_core.ledger.append import Effect
    from edc_core.store.unit_of_work import UnitOfWork


def bring_in(
    uow: UnitOfWork, subject: Subject, answers: Iterable[RuleAnswer], *, again: bool = False
) -> bool:
    """Keep answers, and write what follows: calculated values, queries of what is hidden or shown, marks that fall.

    An answer holds for what was asked, so it does not matter whether the subject was written to meanwhile.

    :param again: look without a new answer too: a place was opened in which nothing could follow before.
    :returns: whether any was new or it looked again, so that the subject has to be looked at again.
    """
    command = SubjectCommand(
        study_id=subject.study_id, op=f"answers:{new_id()}", subject_key=subject.subject_key
    )
    operation = open_subject(uow, command)
    if not rule_answers.put(uow.connection, operation.subject, answers) and not again:
        return False
    effects = judged_anew(operation, readers.casebook(uow, operation.subject))
    operation.record(effects, meta_data_version=operation.site.meta_data_version)
    return True


def judged_anew(operation: SubjectOperation, book: Casebook, gone: ItemPath | None = None) -> list[Effect]:
    """What follows where no value was entered and rules read others all the same, each under the version of its form.

    :param book: as it is now. :param gone: a place that is no longer read, whose queries are looked at.
    """
    uow, site = operation.uow, operation.site
    index_of = partial(uow.versions.get, uow.connection, book.subject.study_id)
    begun = [
        path
        for path, form in book.forms.items()
        if form.status in BEGUN and (not book.is_removed(path) or (gone is not None and gone.contains(path)))
    ]
    effects = following.follow_versions(uow, book, site, begun, index_of).effects
    index = index_of(site.meta_data_version)
    language = index.version.language_at(site.number)
    effects += scheduling.kept_forms(uow, book, index, site, effects, language)
    effects += review_drops.of_versions(book, (), index, effects)
    versions = {path: form.meta_data_version for path, form in book.forms.items()}
    return [
        replace(
            effect, meta_data_version=versions.get(ItemPath.parse(effect.path).form_path, index.version.oid)
        )
        for effect in effects
    ]
