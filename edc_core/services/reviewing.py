"""Verify against the source and review, or take that back: one entry for each value and group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Action
from edc_core.domain.protection import Touch, require
from edc_core.domain.review import RIGHTS, ReviewAction, ReviewState, question_digest, state_of, transition
from edc_core.domain.review_plan import wanted
from edc_core.errors import BadRequest, EditConflict, NotFound, ReasonRequired, WrongState
from edc_core.ledger.append import Effect
from edc_core.services.operation import SubjectOperation, open_subject
from edc_core.services.reading import SHOWS
from edc_core.store import readers
from edc_core.store.together import together

if TYPE_CHECKING:
    from edc_core.domain.casebook import Casebook
    from edc_core.domain.commands import Review, Seen, TakeBackReview
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.review_plan import ReviewGroup, Wanted
    from edc_core.store.unit_of_work import UnitOfWork

MAX_VALUES = 5000  #: of one command: more than a casebook holds


def review(uow: UnitOfWork, command: Review) -> dict[str, Any]:
    """Mark the values that the person was shown, all of them or none.

    :returns: ``{"marked": n}``. :raises EditConflict: a value changed since the person saw it.
    :raises WrongState: a value is not to be reviewed, or is already. :raises Protected: it is locked.
    """
    operation = open_subject(uow, command)
    if operation.earlier is not None:
        return operation.earlier
    operation.require(RIGHTS[command.group])
    _require_some([seen.path for seen in command.values])
    desk = _Desk(operation, command.group, command.values[0].path, len(command.values))
    changed = [seen for seen in command.values if desk.version(seen.path) != seen.version]
    if changed:
        raise EditConflict(_changed(len(changed)), paths=[str(seen.path) for seen in changed])
    effects = [desk.verified(seen) for seen in command.values]
    return _recorded(operation, effects, {"marked": len(effects)})


def take_back(uow: UnitOfWork, command: TakeBackReview) -> dict[str, Any]:
    """Take marks back, with a reason: the values are to be reviewed again.

    :returns: ``{"taken_back": n}``. :raises WrongState: there is no mark to be taken back.
    """
    operation = open_subject(uow, command)
    if operation.earlier is not None:
        return operation.earlier
    operation.require(RIGHTS[command.group])
    _require_some(list(command.paths))
    if not command.reason:
        raise ReasonRequired("Say why the mark is taken back.")
    desk = _Desk(operation, command.group, command.paths[0], len(command.paths))
    effects = []
    for path in command.paths:
        desk.step(path, ReviewAction.TAKE_BACK)
        payload = {"review": command.group.value, "cause": "person"}
        version = desk.index(path).version.oid
        effects.append(Effect(EntryKind.REVIEW_DROP, str(path), payload, version, command.reason))
    return _recorded(operation, effects, {"taken_back": len(effects)})


def _recorded(operation: SubjectOperation, effects: list[Effect], result: dict[str, Any]) -> dict[str, Any]:
    with together(operation.uow.connection):
        operation.record(effects)
        operation.finish(result)
    return result


class _Desk:
    """A subject's values before one group of reviewers."""

    def __init__(self, operation: SubjectOperation, group: ReviewGroup, first: ItemPath, many: int) -> None:
        self.operation, self.group = operation, group
        form = first.form_path if many == 1 else None
        self.book: Casebook = readers.casebook(operation.uow, operation.subject, form=form)
        site = operation.site
        plan = self._version(site.meta_data_version).version.review_plan if site.meta_data_version else ()
        self.wanted: Wanted = wanted(plan, group, operation.subject.subject_id, site.number, site.risk)

    def version(self, path: ItemPath) -> int:
        data = self.book.items.get(path)
        return data.version if data is not None else 0

    def verified(self, seen: Seen) -> Effect:
        self.step(seen.path, ReviewAction.VERIFY)
        index = self.index(seen.path)
        payload = {
            "review": self.group.value,
            "version": seen.version,
            "question": question_digest(index, seen.path, self.book.items[seen.path]),
        }
        return Effect(EntryKind.REVIEW_SET, str(seen.path), payload, index.version.oid)

    def step(self, path: ItemPath, action: ReviewAction) -> ReviewState:
        """:raises NotFound: no such item, or the person may not see it; the words are the same."""
        if path.item is None or path.form_path not in self.book.forms:
            raise NotFound(f"There is no value at '{path}' yet.")
        item = self.index(path).place(path).item
        if not self.operation.uow.actor.may(
            SHOWS.get(item.sensitivity, Action.VIEW_DATA), self.operation.place
        ):
            raise NotFound(f"The study has no item '{path.item}' at '{path.parent}'.")
        require(self.book.protection(path), Touch.REVIEW)
        return transition(review_state(self.book, self.group, path, self.wanted), action)

    def index(self, path: ItemPath) -> MetaDataIndex:
        return self._version(self.book.forms[path.form_path].meta_data_version)

    def _version(self, oid: str) -> MetaDataIndex:
        uow = self.operation.uow
        return uow.versions.get(uow.connection, self.operation.command.study_id, oid)


def review_state(book: Casebook, group: ReviewGroup, path: ItemPath, asked: Wanted) -> ReviewState:
    """Where the value at an item's path stands for a group."""
    data, form = book.items.get(path), book.forms.get(path.form_path)
    is_there = data is not None and not data.is_blank and not book.is_removed(path)
    return state_of(
        book.marks.get((path, group)),
        is_there=is_there and not book.is_not_done(path),
        is_complete=form is not None and form.status is EntryStatus.COMPLETE,
        required=asked.asks(path),
    )


def _require_some(paths: list[ItemPath]) -> None:
    if not paths:
        raise BadRequest("Choose at least one value.")
    if len(paths) > MAX_VALUES:
        raise BadRequest(f"At most {MAX_VALUES} values are marked at once; here are {len(paths)}.")
    if len(set(paths)) < len(paths):
        raise WrongState("A value is named twice.")


def _changed(number: int) -> str:
    what = "A value was" if number == 1 else f"{number} values were"
    return f"{what} changed since you saw this page, so nothing was marked. Look at the page again."
