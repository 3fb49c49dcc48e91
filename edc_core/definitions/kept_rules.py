"""The rules of a version compiled form by form, so that those of a form that did not change are not compiled again."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from edc_core.domain.implied import groups_of
from edc_core.expressions.names import StudyNames
from edc_core.expressions.rule_book import Check, Condition, Derivation, RuleBook, expression_of
from edc_core.expressions.rules import RuleCompiler, arrange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.function import Function
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.kept import Kept
    from edc_core.domain.metadata import FormDef

_WORD = re.compile(r"\w+")


#: The rules of one form by themselves, not arranged; and OIDs of the forms that they read and their examples speak of.
FormRules: TypeAlias = tuple[RuleBook, frozenset[str]]


class KeptRules:
    """Compiles as ``compile_rules`` does, with the same parameters and the same outcome."""

    def __init__(
        self, index: MetaDataIndex, functions: Mapping[str, Function], kept: Kept, *, checks_call: bool = True
    ) -> None:
        version = index.version
        schedule = [(e.oid, e.repeating, [ref.form_oid for ref in e.form_refs]) for e in version.events]
        around = (functions, schedule, version.arm, version.lab_ranges)
        self._station = f"rules {bool(functions) and checks_call}"
        self._around = kept.of(f"{self._station}, around", "", around, lambda: around)
        self._contents = _contents(index, kept)
        self._kept = kept
        self._book = RuleBook(StudyNames(index), functions)
        self._compiler = RuleCompiler(self._book, index, functions if checks_call else {})
        self._rules: dict[str, FormRules] = {}

    def book(self) -> RuleBook:
        """The rules of all forms, and of the schedule, as they hang together."""
        book, compiler = self._book, self._compiler
        for oid in self._contents:
            own, _ = self._rules[oid] = self._kept.read(
                self._station, oid, partial(self._compiled, oid), partial(self._inputs, oid)
            )
            book.conditions += own.conditions
            book.derivations += own.derivations
            book.checks += own.checks
            book.faults += own.faults
            book.after_commit |= own.after_commit
        compiler.book = book
        compiler.schedule()
        arrange(book)
        return book

    def inputs_of(self, form: str) -> object:
        """Everything that the rules of a form and their examples were worked out from."""
        return self._inputs(form, self._rules[form])

    def _compiled(self, form: str) -> FormRules:
        names = self._book.names
        self._compiler.book = own = RuleBook(names, self._book.functions)
        self._compiler.form(form)
        rules: list[Condition | Derivation | Check] = [*own.conditions, *own.derivations, *own.checks]
        read = {oid for expression in map(expression_of, rules) for oid, _ in expression.reads}
        read |= {oid for expression in map(expression_of, rules) for oid in expression.goes_through}
        examples = [address for c in own.checks for e in c.range_check.examples for address, _ in e.values]
        words = {word for address in examples for word in _WORD.findall(address)}
        return own, frozenset(read | {names.forms[word].oid for word in words & names.forms.keys()})

    def _inputs(self, form: str, rules: FormRules) -> object:
        book, forms = rules
        if book.faults:  # they tell what was probably meant, of all names that there are
            return object()
        return self._around, [self._contents.get(oid) for oid in (form, *sorted(forms))]


def _contents(index: MetaDataIndex, kept: Kept) -> dict[str, object]:
    """Form OID to all that the form is made of; what equals that of the time before is the same object, compared at no cost."""
    logic: dict[str, object] = {one.oid: one for one in index.version.conditions}
    logic |= {one.oid: one for one in index.version.methods}

    def content_of(form: FormDef) -> object:
        groups = groups_of(form, index.groups)
        refs = [ref for group in groups for ref in group.item_refs]
        items = [index.items[ref.item_oid] for ref in refs]
        inner = [*form.group_refs, *(ref for group in groups for ref in group.group_refs)]
        named = [ref.condition_oid for ref in inner]
        named += [oid for ref in refs for oid in (ref.condition_oid, ref.method_oid)]
        lists = [index.code_lists[item.code_list_oid] for item in items if item.code_list_oid]
        units = [index.units[oid] for item in items for oid in item.measurement_unit_oids]
        return form, groups, items, lists, units, [logic[oid] for oid in named if oid]

    made = {form.oid: content_of(form) for form in index.version.forms}
    return {oid: kept.of("content", oid, content, partial(made.get, oid)) for oid, content in made.items()}
