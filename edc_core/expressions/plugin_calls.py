"""Rules that call functions of plugins: read without the plugin by what the version says of it, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.domain.function import Function, FunctionDef, Kind
from edc_core.domain.item_path import ItemPath, Step
from edc_core.expressions.rule_book import Condition, Derivation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import NoReturn

    from edc_core.domain.metadata import MetaDataVersion
    from edc_core.expressions.compiler import Expression
    from edc_core.expressions.frame import SubjectData
    from edc_core.expressions.rule_book import RuleBook


@dataclass(frozen=True, slots=True)
class CallingRule:
    """A derivation, a condition, or what stands in the schedule, that calls a function of a plugin.

    :param name: as people read it: ``derive VS.SCORE``, ``when VS.NOTE``, ``when V2/VS``, ``window V2``.
    :param at: the rule; of the schedule the OID of its event.
    """

    name: str
    expression: Expression
    at: Derivation | Condition | str

    def places(self, data: SubjectData) -> Iterator[ItemPath]:
        """Every place at which the rule is evaluated, in forms of the version at hand."""
        if isinstance(self.at, str):
            keys = {event.key for path in data.forms if (event := path.event) and event.oid == self.at}
            yield from (ItemPath(Step(self.at, key)) for key in sorted(keys | {"1"}))
            return
        whole_group = isinstance(self.at, Condition) and not self.at.item
        groups = self.at.placed.group_oids if isinstance(self.at, Derivation) else self.at.groups
        for form, stored in data.forms.items():
            if (
                form.form
                and form.form.oid == self.at.form
                and stored.meta_data_version == data.index.version.oid
            ):
                for place in data.places(form, groups[:-1] if whole_group else groups):
                    if not (
                        isinstance(self.at, Derivation)
                        and place.with_item(self.at.placed.item.oid) in data.hidden
                    ):
                        yield place


def calling_rules(book: RuleBook) -> tuple[CallingRule, ...]:
    """Those of a version, in the order in which they rest on each other; the schedule comes last."""
    forms = book.names.index.forms
    found = []
    for step in book.steps:
        form = forms[step.form].name
        if isinstance(step, Derivation):
            found.append(CallingRule(f"derive {form}.{step.placed.item.name}", step.expression, step))
        else:
            items, groups = book.names.index.items, book.names.index.groups
            what = items[step.item].name if step.item else groups[step.groups[-1]].name
            found.append(CallingRule(f"when {form}.{what}", step.exception, step))
    for (event, oid), exception in book.scheduled.items():
        found.append(CallingRule(f"when {event}/{oid}".rstrip("/"), exception, event))
    found += [
        CallingRule(f"window {timing.event}", timing.anchor, timing.event)
        for timing in book.timings.values()
        if timing.anchor is not None
    ]
    return tuple(rule for rule in found if rule.expression.plugins)


def declared_functions(version: MetaDataVersion) -> dict[str, Function]:
    """The functions that a version's rules call, to compile with where they are never called."""
    return {
        one.name: Function(
            one.name, tuple(Kind[name] for name in one.parameters), Kind[one.result], _elsewhere, one.required,
            plugin=one.plugin,
        )
        for one in version.functions
    }  # fmt: skip


def _elsewhere(*arguments: object) -> NoReturn:
    raise AssertionError("A plugin's function is called in the check host, after the commit.")


def called_functions(book: RuleBook, offered: Mapping[str, Function]) -> tuple[FunctionDef, ...]:
    """What a version is to say of the functions that its rules call, the checks aside.

    :param book: compiled with ``offered``.
    """
    names = {name for rule in calling_rules(book) for name in rule.expression.calls}
    return tuple(
        FunctionDef(
            name,
            tuple(kind.name for kind in offered[name].parameters),
            offered[name].result.name,
            offered[name].least,
            offered[name].plugin.partition(" ")[0],
        )
        for name in sorted(names)
    )
