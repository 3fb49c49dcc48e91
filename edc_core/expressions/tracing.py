"""Why a form looks as it does: each rule of an item, its outcome in words, and the value of every part beside it.

A part of an expression is compiled and evaluated by the same code as the whole, so that what is said of it is what
the rule saw. Constants, and what stands inside ``any``, ``count`` and their like, have no line of their own.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from edc_core.domain.check_report import failure_of
from edc_core.domain.form_checks import check_oid, item_findings, limit_message
from edc_core.domain.tracing import TracedPart, TracedRule
from edc_core.expressions.aggregates import AGGREGATES
from edc_core.expressions.compiler import compile_expression
from edc_core.expressions.errors import ExpressionError
from edc_core.expressions.frame import target
from edc_core.expressions.references import Aspect
from edc_core.expressions.rules import rules_of
from edc_core.expressions.syntax import parse
from edc_core.expressions.values import UNDECIDED, Beyond, Span, written
from edc_core.expressions.words import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.domain.index import PlacedItem
    from edc_core.domain.item_path import ItemPath
    from edc_core.expressions.compiler import Expression
    from edc_core.expressions.frame import SubjectData
    from edc_core.expressions.references import Ref
    from edc_core.expressions.rule_book import Check, Condition, Derivation, RuleBook
    from edc_core.expressions.syntax import Tree


def trace(
    data: SubjectData, form: ItemPath, language: str = "en", rules: RuleBook | None = None
) -> list[TracedRule]:
    """Every rule of a form, item by item in the order of the page.

    :param data: settled: ``hidden`` holds what the conditions hide.
    :param rules: compiled with the functions of the study's plugins; without it, checks that call one are left out.
    """
    return list(_Tracer(data, form, language, rules or rules_of(data.index)).rules())


class _Tracer:
    def __init__(self, data: SubjectData, form: ItemPath, language: str, book: RuleBook) -> None:
        assert form.form is not None
        self.data, self.form, self.language = data, form, language
        self.oid = form.form.oid
        self.book = book
        self.wording = Wording(data.index, language)

    def rules(self) -> Iterator[TracedRule]:
        for placed in self.data.index.placed_items(self.oid):
            for place in self.data.places(self.form, placed.group_oids):
                yield from self._of_item(placed, place)

    def _of_item(self, placed: PlacedItem, place: ItemPath) -> Iterator[TracedRule]:
        target = place.with_item(placed.item.oid)
        yield from self._shown(placed, place, target)
        if placed.ref.mandatory:
            hidden = target in self.data.hidden
            outcome = "Not asked for while it is hidden." if hidden else "An answer is required."
            yield self._rule(placed, target, "required", "required: true", outcome)
        for derivation in self.book.derivations:
            if (derivation.form, derivation.placed) == (self.oid, placed):
                yield self._calculated(derivation, place, target)
        for check in self.book.checks_of.get(self.oid, ()):
            if check.placed == placed:
                yield self._checked(check, place, target)
        yield from self._limits(placed, target)

    def _shown(self, placed: PlacedItem, place: ItemPath, target: ItemPath) -> Iterator[TracedRule]:
        governing = [
            condition
            for condition in self.book.conditions
            if condition.form == self.oid
            and (
                (condition.item == placed.item.oid and condition.groups == placed.group_oids)
                or (not condition.item and placed.group_oids[: len(condition.groups)] == condition.groups)
            )
        ]
        for condition in governing:
            depth = len(condition.groups) - (not condition.item)
            here = place
            while len(here.groups) > depth:
                here = here.parent
            yield self._condition(condition, placed, here, target)
        if not governing:
            yield self._rule(placed, target, "shown", "no condition", "Always shown.")

    def _condition(
        self, condition: Condition, placed: PlacedItem, place: ItemPath, target: ItemPath
    ) -> TracedRule:
        answer, failure = self._evaluated(condition.exception, place)
        if failure:
            outcome = f"As it was before: it gives no answer: {failure}"
        elif answer is False:
            outcome = "Shown: its condition holds."
        elif answer is True:
            outcome = "Hidden: its condition does not hold."
        else:
            outcome = f"Hidden: whether its condition holds is not known, {_not_known(answer)}."
        title = "when" if condition.item else f"when, of the group {condition.groups[-1]}"
        return self._rule(placed, target, "shown", title, outcome, condition.exception, place, asked=True)

    def _calculated(self, derivation: Derivation, place: ItemPath, target: ItemPath) -> TracedRule:
        answer, failure = self._evaluated(derivation.expression, place)
        text = written(answer)
        if target in self.data.hidden:
            outcome = "Empty: the item is hidden."
        elif failure:
            outcome = f"Empty: it gives no answer: {failure}"
        elif text is None:
            outcome = f"Empty: {_not_known(answer)}."
        else:
            stored = self.data.items.get(target)
            outcome = f"Calculated: {stored.value if stored and stored.value is not None else text}."
        return self._rule(
            derivation.placed, target, "calculated", "calculated", outcome, derivation.expression, place
        )

    def _checked(self, check: Check, place: ItemPath, target: ItemPath) -> TracedRule:
        answer, failure = self._evaluated(check.expression, place)
        if target in self.data.hidden:
            outcome = "Does not fire: the item is hidden."
        elif failure:
            outcome = f"Gives no answer: {failure}"
        elif answer is False:
            outcome = f"Fires: {limit_message(check.range_check).in_language(self.language)}"
        elif answer is True:
            outcome = "Does not fire: what should hold, holds."
        else:
            outcome = f"Does not fire: it cannot be said, {_not_known(answer)}."
        title = check_oid(check.placed.item, check.range_check)
        return self._rule(check.placed, target, "check", title, outcome, check.expression, place)

    def _evaluated(self, expression: Expression, place: ItemPath) -> tuple[Any, str]:
        """The answer, or how a plugin's function failed."""
        try:
            return self.data.evaluate(expression, place), ""
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin's function may do anything
            return None, failure_of(error)[1]

    def _limits(self, placed: PlacedItem, target: ItemPath) -> Iterator[TracedRule]:
        stored = self.data.items.get(target)
        fired = {found.check_oid for found in item_findings(self.data.index, placed, target, stored)}
        for limit in placed.item.range_checks:
            if limit.comparator is None:
                continue
            oid = check_oid(placed.item, limit)
            value = _stored(stored.value if stored else None, stored.missing if stored else "")
            said = limit_message(limit).in_language(self.language)
            outcome = (
                f"Fires, the value is {value}: {said}"
                if oid in fired
                else f"Does not fire: the value is {value}."
            )
            yield self._rule(
                placed, target, "limit", f"{oid}: {limit.comparator} {', '.join(limit.check_values)}", outcome
            )

    def _rule(
        self, placed: PlacedItem, target: ItemPath, kind: str, title: str, outcome: str,
        expression: Expression | None = None, place: ItemPath | None = None, *, asked: bool = False,
    ) -> TracedRule:  # fmt: skip
        if expression is None or place is None:
            return TracedRule(placed.item.name, str(target), kind, title, outcome)
        tree = parse(expression.text)
        root = tree.root
        if asked and isinstance(root, ast.UnaryOp) and isinstance(root.op, ast.Not):
            root = root.operand
        words = self.wording.expression(tree.source(root), self.oid, expression.home.groups)
        parts = tuple(self._parts(tree, root, expression, place, 0))
        return TracedRule(placed.item.name, str(target), kind, title, outcome, words, parts)

    def _parts(
        self, tree: Tree, node: ast.expr, whole: Expression, place: ItemPath, depth: int
    ) -> Iterator[TracedPart]:
        if isinstance(node, (ast.Constant, ast.Tuple, ast.List)):
            return
        text = tree.source(node)
        try:
            part = compile_expression(text, self.book.names, whole.home, functions=self.book.functions)
            value = self._value(part, node, place)
        except ExpressionError:
            pass  # it has no value of its own: the name of a form
        except (Exception, SystemExit) as error:  # noqa: BLE001 - as above
            yield TracedPart(" ".join(text.split()), failure_of(error)[1], depth)
        else:
            yield TracedPart(" ".join(text.split()), value, depth)
            depth += 1
        is_read = isinstance(node, (ast.Name, ast.Attribute))
        if is_read or _goes_through(node):
            return
        for child in ast.iter_child_nodes(node):
            is_function = isinstance(node, ast.Call) and child is node.func
            if isinstance(child, ast.expr) and not is_function:
                yield from self._parts(tree, child, whole, place, depth)

    def _value(self, part: Expression, node: ast.expr, place: ItemPath) -> str:
        answer = self.data.evaluate(part, place)
        if part.scopes and _goes_through(node):
            rows = len(self.data.row_places(part.scopes[0], place))
            return f"{_said(answer)} (there {'is 1 row or form' if rows == 1 else f'are {rows} rows or forms'} to look at)"
        if answer is None and isinstance(node, (ast.Name, ast.Attribute)) and len(part.refs) == 1:
            return self._why_missing(part.refs[0], place)
        return _said(answer)

    def _why_missing(self, ref: Ref, place: ItemPath) -> str:
        path = target(self.data.index, ref, place)
        stored = self.data.items.get(path)
        if path in self.data.hidden:
            return "missing: it is hidden"
        if stored is None or stored.is_blank:
            started = ref.aspect is not Aspect.VALUE or path.form_path in self.data.forms
            return "missing: nothing is entered" if started else "missing: its form is not begun"
        if stored.missing:
            return f"missing: the reason {stored.missing} is given"
        return f"missing: '{stored.raw}' cannot be read"


def _goes_through(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in AGGREGATES


def _stored(value: str | None, missing: str) -> str:
    return value if value is not None else f"missing ({missing})" if missing else "missing"


def _not_known(answer: Any) -> str:
    if answer is UNDECIDED or isinstance(answer, (Span, Beyond)):
        return "for unknown parts of a date, a time or a result decide it"
    return "for something it needs is missing"


def _said(answer: Any) -> str:
    if answer is None:
        return "missing"
    if answer is UNDECIDED:
        return "undecided: unknown parts of a date, a time or a result decide it"
    if isinstance(answer, Span):
        return f"between {written(answer.low)} and {written(answer.high)}"
    if isinstance(answer, Beyond):
        return f"{answer.sign}{written(answer.limit)}"
    if isinstance(answer, tuple):
        return ", ".join(map(str, answer)) or "none"
    return written(answer) or "''"
