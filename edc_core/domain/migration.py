"""Which forms of a casebook move to another version, and what holds the others back: one pure decision.

Used for the impact list, the rehearsal and the migration itself, so that all three say the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edc_core.domain.change_class import ChangeClass
from edc_core.domain.commands import Reason
from edc_core.domain.data_impact import Harmed, harm_to
from edc_core.domain.entry_state import EntryStatus
from edc_core.domain.protection import Protection
from edc_core.domain.version_diff import differences, touched_forms
from edc_core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edc_core.domain.casebook import Casebook, ItemData
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath

#: Statuses of forms that have something to move: they were begun, or were said not to be done.
MOVABLE = frozenset({EntryStatus.IN_PROGRESS, EntryStatus.COMPLETE, EntryStatus.NOT_DONE})
BEGUN = frozenset({EntryStatus.IN_PROGRESS, EntryStatus.COMPLETE})


@dataclass(frozen=True, slots=True)
class FormMove:
    """One form that keeps another version than the one looked at.

    :param harmed: places whose values would not be what they are; the form keeps its version while there is one.
    :param is_known: whether the version has this form at this event.
    """

    path: ItemPath
    from_version: str
    status: EntryStatus
    change_class: ChangeClass
    protection: Protection = Protection.OPEN
    harmed: tuple[Harmed, ...] = ()
    is_known: bool = True

    @property
    def moves(self) -> bool:
        """Whether a migration takes it along: nothing in it breaks, and nothing protects it."""
        return self.is_known and not self.harmed and self.protection is Protection.OPEN

    @property
    def held_back_by(self) -> str:
        """Why it keeps its version; empty when it moves."""
        if not self.is_known:
            return "The version does not have this form at this event."
        if self.harmed:
            places = len(self.harmed)
            return "1 value would not be what it is." if places == 1 else f"{places} values would not be what they are."  # fmt: skip
        return "" if self.moves else f"It is {self.protection}."


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationOrder:
    """What a migration of many subjects is asked to do."""

    meta_data_version: str
    site_ids: frozenset[str]
    reason: Reason
    approval: str = ""


def plan_moves(
    book: Casebook, target: MetaDataIndex, index_of: Callable[[str], MetaDataIndex]
) -> tuple[FormMove, ...]:
    """Every form of a casebook that was begun, stands, and keeps another version; in the order of their paths.

    :param index_of: a published version of the study by its OID.
    """
    by_form: dict[ItemPath, list[ItemData]] = {}
    for path, data in book.items.items():
        by_form.setdefault(path.form_path, []).append(data)
    return tuple(
        _plan(book, target, index_of(form.meta_data_version), path, by_form.get(path, ()))
        for path, form in sorted(book.forms.items(), key=lambda pair: str(pair[0]))
        if form.meta_data_version != target.version.oid
        and form.status in MOVABLE
        and not book.is_removed(path)
    )


def _plan(
    book: Casebook, target: MetaDataIndex, now: MetaDataIndex, path: ItemPath, items: Iterable[ItemData]
) -> FormMove:
    form = book.forms[path]
    common = (path, form.meta_data_version, form.status)
    protection = book.protection(path)
    try:
        target.check(path, keys_as_found=True)
    except NotFound:
        return FormMove(*common, ChangeClass.BREAKS, protection, is_known=False)
    found = (harm_to(now, target, data) for data in items)
    harmed = tuple(sorted((one for one in found if one), key=lambda one: str(one.path)))
    assert path.form is not None
    touched = touched_forms(differences(now, target)).get(path.form.oid, ChangeClass.SAFE)
    if harmed:
        change_class = ChangeClass.BREAKS
    else:  # what could break a value breaks none here
        change_class = ChangeClass.SAFE if touched is ChangeClass.SAFE else ChangeClass.MIGRATION
    return FormMove(*common, change_class, protection, harmed)


def moved(book: Casebook, moves: Iterable[FormMove], version: str) -> Casebook:
    """The casebook as it is once its forms that can move have the version; nothing else of it changes."""
    going = {move.path for move in moves if move.moves}
    forms = {
        path: replace(form, meta_data_version=version) if path in going else form
        for path, form in book.forms.items()
    }
    return replace(book, forms=forms)
