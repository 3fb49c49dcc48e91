"""One form as a change leaves it, whatever the door: what its rules, its queries and the schedule are asked about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from edc_core.domain.casebook import FormData
from edc_core.domain.entry_state import EntryStatus
from edc_core.store import readers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edc_core.domain.casebook import Casebook, GroupData, ItemData
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.query import Query
    from edc_core.services.cascade import ValueChange
    from edc_core.services.open_form import OpenForm


@dataclass(frozen=True)
class FormChange:
    """A form that is being written to.

    :param items: of the form, after the change, as are ``groups`` and ``status``.
    :param changes: the values that change.
    :param brought: queries that come with the same import as the data; what they say of the data stays.
    """

    form: OpenForm
    items: Mapping[ItemPath, ItemData]
    groups: Mapping[ItemPath, GroupData]
    status: EntryStatus
    changes: Sequence[ValueChange] = ()
    brought: Sequence[Query] = ()

    @property
    def path(self) -> ItemPath:
        return self.form.picture.path

    @property
    def form_oid(self) -> str:
        assert self.path.form is not None
        return self.path.form.oid

    @property
    def index(self) -> MetaDataIndex:
        """The version that the form keeps."""
        return self.form.index

    @cached_property
    def data(self) -> FormData:
        """The form itself, after the change."""
        state = self.form.picture.form or FormData(self.path, self.index.version.oid)
        return replace(state, status=self.status)

    @cached_property
    def changed(self) -> frozenset[str]:
        """OIDs of the items that change."""
        return frozenset(change.after.path.item or "" for change in self.changes)

    @cached_property
    def has_other_rows(self) -> bool:
        """Whether rows, or the form itself, come or go: for what counts or goes through them."""
        picture = self.form.picture
        return self.groups != picture.groups or picture.form is None or self._begins_row

    @property
    def asks_nothing(self) -> bool:
        """Whether checks have nothing to ask of the form: it is not Complete, and no query is there."""
        return self.status is not EntryStatus.COMPLETE and not self.form.queries and not self.brought

    @property
    def _begins_row(self) -> bool:
        """A row that comes with its first value is a row more."""
        picture = self.form.picture
        begun = {change.after.path.parent for change in self.changes if change.before is None}
        return any(
            row not in picture.groups and all(path.parent != row for path in picture.items)
            for row in begun
            if any(self.index.groups[oid].repeating for oid in row.group_oids)
        )

    @cached_property
    def casebook(self) -> Casebook:
        """Everything of the subject with this form after the change; read at the first call."""
        whole = readers.casebook(self.form.operation.uow, self.form.operation.subject)
        return replace(
            whole,
            forms={**whole.forms, self.path: self.data},
            items={**whole.items, **self.items},
            groups={**whole.groups, **self.groups},
            queries={**whole.queries, **self.form.queries},
        )
