"""Why a stored form looks as it does: its rules with the values they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.expressions import tracing
from edc_core.expressions.following import settle
from edc_core.expressions.rules import rules_of
from edc_core.services.rule_data import around_casebook
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
    data = around_casebook(source, book, site, [rules_of(index)]).data(index)
    settle(rules_of(index), data, [form], frozen=frozenset({form}))
    return tracing.trace(data, form, language)
