"""A form as a write left it: what the answer shows, known in the write, so that nothing is read again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edc_core.domain.casebook import Casebook, EventData
from edc_core.domain.review import ReviewState
from edc_core.domain.review_plan import ReviewGroup
from edc_core.expressions.rules import rules_of
from edc_core.ledger.projection import Tables
from edc_core.ledger.replay import casebook_of
from edc_core.services import following
from edc_core.store import query_readers
from edc_core.store.row_places import path_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.domain.change import FormPicture
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.ledger_entry import EntryFacts
    from edc_core.domain.review import ReviewMark
    from edc_core.services.operation import SubjectOperation
    from edc_core.store.readers import SiteRow


@dataclass(frozen=True, slots=True)
class FormAfter:
    """One form after a write, to be shown as it is.

    :param casebook: what was collected in this form, its queries and what protects it; no other form.
    :param index: the definition the form is read with.
    """

    site: SiteRow
    index: MetaDataIndex
    casebook: Casebook


def form_after(
    operation: SubjectOperation, picture: FormPicture, written: Iterable[EntryFacts], *, has_queries: bool
) -> FormAfter | None:
    """What stood in the form before, and over it what the entries mean: the fold that makes the projections.

    :param has_queries: the form has queries now, so their threads are read.
    :returns: ``None`` where plugin checks look once the write is committed, for they may change the form again, and
        where the form's rules, what is said of its files, or the unit on which an item that it shows stands, need more than
        the form.
    """
    path, index = picture.path, picture.index
    assert path.form is not None
    oid, rules = path.form.oid, rules_of(index)
    shows_units = oid in index.unit_forms and any(one.form == oid for one in rules.conditions)
    if (
        oid in index.file_forms
        or shows_units
        or _plugins_look(operation, index)
        or following.reads_beyond(index, path)
    ):
        return None
    tables = Tables()
    tables.apply(written)
    subject = operation.subject
    changed = casebook_of(subject, tables)
    book = Casebook(
        subject,
        events={path: EventData(path, removed=True) for path in picture.removed_events},
        forms={picture.path: picture.form} if picture.form else {},
        groups={**picture.groups, **changed.groups},
        items={**picture.items, **changed.items},
        protections=dict(picture.protections),
        marks=_marks(operation, tables),
        above=picture.above,
    )
    book.forms.update(changed.forms)
    if has_queries:
        book.queries = query_readers.form_threads(operation.uow.connection, subject, picture.path)
    return FormAfter(operation.site, picture.index, book)


def _marks(operation: SubjectOperation, tables: Tables) -> dict[tuple[ItemPath, ReviewGroup], ReviewMark]:
    """Marks of the form, those taken away that a change has dropped; a write of data gives none."""
    marks = {(mark.path, mark.group): mark for mark in (operation.look.marks if operation.look else ())}
    for (_, _, path, review), values in tables.patches["review_mark"].items():
        key = (path_of(path), ReviewGroup(review))
        if key in marks:
            state = ReviewState(values["state"])
            marks[key] = replace(marks[key], state=state, cause=values["cause"], at=values["at"])
    return marks


def _plugins_look(operation: SubjectOperation, index: MetaDataIndex) -> bool:
    """Whether the version in force at the site or the form's own names plugins."""
    if index.version.plugins:
        return True
    version = operation.site.meta_data_version
    if version in ("", index.version.oid):
        return False
    uow = operation.uow
    return bool(uow.versions.get(uow.connection, operation.command.study_id, version).version.plugins)
