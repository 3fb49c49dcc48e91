"""Why a stored form looks as it does: its rules with the values they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.expressions import tracing
from edc_core.expressions.following import settle
from edc_core.expressions.rules import compile_rules, rules_of
from edc_core.services.rule_data import around_casebook
from edc_core.store import readers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edc_core.domain.function import Function
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.tracing import TracedRule
    from edc_core.store.unit_of_work import Source


def trace_form(
    source: Source,
    study_id: str,
    subject_key: str,
    form: ItemPath,
    language: str,
    functions: Callable[[MetaDataIndex], Mapping[str, Function]],
) -> list[TracedRule]:
    """Every rule of a form of a subject, by the version the form has; of a form not begun, by the one in force.

    :param functions: those of a version's plugins; asked only where a check of the version calls one.
    :raises NotFound: no such subject.
    """
    subject = readers.subject_by_key(source.connection, study_id, subject_key)
    book = readers.casebook(source, subject)
    site = readers.sites(source.connection, study_id)[subject.site_id]
    begun = book.forms.get(form)
    oid = begun.meta_data_version if begun else site.meta_data_version
    index = source.versions.get(source.connection, study_id, oid)
    rules = rules_of(index)
    if rules.after_commit or rules.calls:
        rules = compile_rules(index, functions(index))
    data = around_casebook(source, book, site, [rules]).data(index)
    settle(rules, data, [form], frozen=frozenset({form}))
    return tracing.trace(data, form, language, rules)
