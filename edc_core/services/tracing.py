"""Why a stored form looks as it does: its rules with the values they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.expressions import tracing
from edc_core.expressions.following import settle
from edc_core.expressions.frame import SubjectData
from edc_core.expressions.rules import rules_of
from edc_core.store import readers

if TYPE_CHECKING:
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.tracing import TracedRule
    from edc_core.store.unit_of_work import Source


def trace_form(
    source: Source, study_id: str, subject_key: str, form: ItemPath, language: str
) -> list[TracedRule]:
    """Every rule of a form of a subject, by the version the form has; of a form not begun, by the one in force.

    :raises NotFound: no such subject.
    """
    subject = readers.subject_by_key(source.connection, study_id, subject_key)
    book = readers.casebook(source, subject)
    site = readers.sites(source.connection, study_id)[subject.site_id]
    begun = book.forms.get(form)
    oid = begun.meta_data_version if begun else site.meta_data_version
    index = source.versions.get(source.connection, study_id, oid)
    data = SubjectData(
        index, book.forms, book.items, book.groups,
        frozenset(path for path, event in book.events.items() if event.removed),
        site=site.number, country=site.country, zone=site.zone,
        entered_at=readers.entered_at(source.connection, subject, book.forms),
    )  # fmt: skip
    settle(rules_of(index), data, [form], frozen=frozenset({form}))
    return tracing.trace(data, form, language)
