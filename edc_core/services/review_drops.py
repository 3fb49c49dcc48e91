"""Marks of verification and review that a change takes away: the cascade's part for the review axis.

Nothing but a change of the value, or of the words it was read by, drops a mark. A row that is struck, a form that opens
again and an item that is hidden keep theirs: nobody can see a change, so there is nothing to verify anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.change import is_same
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.review import ReviewState, marks_lost
from edc_core.ledger.append import Effect
from edc_core.services.cascade import SYSTEM
from edc_core.store import review_readers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edc_core.domain.casebook import Casebook
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.review import ReviewMark
    from edc_core.services.cascade import ValueChange
    from edc_core.services.open_form import OpenForm


def of_values(form: OpenForm, changes: Iterable[ValueChange], effects: Sequence[Effect]) -> list[Effect]:
    """Marks on the values that a write changes, and on those calculated anew with them, here and in other forms.

    :param effects: what follows from the changes; its ``derived.set`` entries are read.
    """
    changed = {
        change.after.path
        for change in changes
        if change.before is not None and not is_same(change.before, change.after)
    }
    calculated = _calculated(effects)
    look, operation = form.operation.look, form.operation
    marks = list(look.marks) if look is not None else []
    elsewhere = sorted(str(path) for path in calculated if path.form_path != form.picture.path)
    if elsewhere:
        marks += review_readers.marks_at(operation.uow.connection, operation.subject, elsewhere)
    return _dropped(marks, changed | calculated)


def of_versions(
    book: Casebook, moved: Iterable[ItemPath], index: MetaDataIndex, effects: Sequence[Effect]
) -> list[Effect]:
    """Marks that fall when forms move to another version: their values are calculated anew, or asked in other words.

    :param book: as it was before; ``index`` is the version that the ``moved`` forms have then.
    """
    marks = [mark for mark in book.marks.values() if mark.state is ReviewState.VERIFIED]
    dropped = _dropped(marks, _calculated(effects))
    known = {(effect.path, effect.payload["review"]) for effect in dropped}
    forms = frozenset(moved)
    asked = [m for m in marks if m.path.form_path in forms and (str(m.path), m.group) not in known]
    return [*dropped, *(drop(mark, "definition") for mark in marks_lost(asked, book.items, index))]


def _calculated(effects: Iterable[Effect]) -> set[ItemPath]:
    return {ItemPath.parse(e.path) for e in effects if e.kind is EntryKind.DERIVED_SET}


def _dropped(marks: Iterable[ReviewMark], changed: set[ItemPath]) -> list[Effect]:
    return [
        drop(mark, "value") for mark in marks if mark.state is ReviewState.VERIFIED and mark.path in changed
    ]


def drop(mark: ReviewMark, cause: str) -> Effect:
    payload = {"review": mark.group.value, "cause": cause}
    return Effect(EntryKind.REVIEW_DROP, str(mark.path), payload, actor=SYSTEM, role="")
