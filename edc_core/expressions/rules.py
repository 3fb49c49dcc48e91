"""The rules of a MetaDataVersion, compiled once: what is asked, what is calculated, what should hold.

A condition is an ODM collection exception: what it governs is left out unless the exception is certainly false, so a
``when`` shows on true only. A derivation writes what it knows and clears what it does not. A check fires on false only.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from edc_core.domain.form_checks import check_oid
from edc_core.domain.function import Kind
from edc_core.domain.metadata import own_expression
from edc_core.expressions.calls import CALL_IN_HARD, CALL_WITH_RANGE, CALL_WITH_TICK, call_of_plugin
from edc_core.expressions.compiler import Expression, compile_expression
from edc_core.expressions.errors import ExpressionError
from edc_core.expressions.names import StudyNames
from edc_core.expressions.plugin_calls import declared_functions
from edc_core.expressions.references import Aspect, Home, Occurrence
from edc_core.expressions.rule_book import (
    Check,
    Condition,
    Derivation,
    Faulty,
    Node,
    RuleBook,
    expression_of,
    governed_by,
    targets_of,
)
from edc_core.expressions.timing import TimingError, compile_timing
from edc_core.expressions.values import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.domain.function import Function
    from edc_core.domain.index import MetaDataIndex, PlacedItem
    from edc_core.domain.metadata import ItemGroupDef, StudyEventDef

OF_ARMS = 2


TICK_ELSEWHERE = (
    "clock.tick stands in checks only: what is asked and what is calculated does not change overnight."
)


BOOK = "rules"  #: where ``MetaDataIndex.made`` has the book of a version


def rules_of(index: MetaDataIndex) -> RuleBook:
    """The rules of a published version, compiled at the first call; expressions with faults are left out."""
    book: RuleBook | None = index.made.get(BOOK)
    if book is None:
        functions = declared_functions(index.version)
        book = index.made.setdefault(BOOK, compile_rules(index, functions, checks_call=False))
    return book


def compile_rules(
    index: MetaDataIndex, functions: Mapping[str, Function] | None = None, *, checks_call: bool = True
) -> RuleBook:
    """Compile everything a version says, collecting faults instead of stopping at the first.

    :param functions: what plugins add to the language.
    :param checks_call: false leaves out checks that call one of them, for the check host has these.
    """
    book = RuleBook(StudyNames(index), functions or {})
    compiler = RuleCompiler(book, index, book.functions if checks_call else {})
    for form in index.version.forms:
        compiler.form(form.oid)
    compiler.schedule()
    arrange(book)
    return book


class RuleCompiler:
    def __init__(self, book: RuleBook, index: MetaDataIndex, in_checks: Mapping[str, Function]) -> None:
        self.book = book
        self.in_checks = in_checks
        self.index = index
        self.conditions = {d.oid: own_expression(d.expressions) for d in index.version.conditions}
        self.methods = {d.oid: own_expression(d.expressions) for d in index.version.methods}

    def form(self, oid: str) -> None:
        for ref in self.index.forms[oid].group_refs:
            self._group(oid, self.index.groups[ref.item_group_oid], (), ref.condition_oid)

    def _group(
        self, form: str, group: ItemGroupDef, above: tuple[ItemGroupDef, ...], condition: str | None
    ) -> None:
        chain = (*above, group)
        oids = tuple(g.oid for g in chain)
        if condition:
            outside = Home(form, oids[:-1])
            if exception := self._condition(condition, outside):
                self.book.conditions.append(Condition(form, oids, "", exception))
        for placed in self._placed(form, oids):
            self._item(form, placed, Home(form, oids))
        for nested in group.group_refs:
            self._group(form, self.index.groups[nested.item_group_oid], chain, nested.condition_oid)

    def _placed(self, form: str, groups: tuple[str, ...]) -> Iterator[PlacedItem]:
        return (placed for placed in self.index.placed_items(form) if placed.group_oids == groups)

    def _item(self, form: str, placed: PlacedItem, home: Home) -> None:
        ref, item = placed.ref, placed.item
        if ref.condition_oid and (exception := self._condition(ref.condition_oid, home)):
            self.book.conditions.append(Condition(form, placed.group_oids, item.oid, exception))
        if ref.method_oid and (text := self.methods.get(ref.method_oid, "")):
            subject = ("method", ref.method_oid)
            expression = self._compiled(subject, text, home, _accepts(kind_of(item)))
            if expression is not None:
                self.book.derivations.append(Derivation(form, placed, expression, ref.method_oid))
        for position, check in enumerate(item.range_checks):
            if check.expression and check.comparator is None:
                subject = ("item", item.oid)
                expression = self._compiled(
                    subject, check.expression, home, {Kind.BOOLEAN}, position, hard=check.hard
                )
                if expression is not None:
                    self.book.checks.append(Check(form, placed, check, expression))
                if expression.plugins if expression else call_of_plugin(check.expression, ""):
                    fault = "" if expression else self.book.faults[-1].error.message
                    self.book.after_commit.setdefault(form, {})[check_oid(item, check)] = fault

    def schedule(self) -> None:
        for scheduled in self.index.version.event_refs:
            self._scheduled(scheduled.condition_oid, (scheduled.study_event_oid, ""))
        for event in self.index.version.events:
            if event.arms:
                self._arms(event)
            for use in event.form_refs:
                self._scheduled(use.condition_oid, (event.oid, use.form_oid))
            self._timing(event)

    def _arms(self, event: StudyEventDef) -> None:
        """An event of some arms is left out unless the subject is certainly in one, whatever else is said of it."""
        own = self.book.scheduled.get((event.oid, ""))
        text = f"not (arm() in [{', '.join(map(repr, event.arms))}])"
        if own is not None:
            text = f"({own.text}) or {text}"
        subject = ("event", event.oid)
        exception = self._compiled(subject, text, Home("", (), event.oid), {Kind.BOOLEAN}, OF_ARMS)
        if exception is not None:
            self.book.scheduled[event.oid, ""] = exception

    def _timing(self, event: StudyEventDef) -> None:
        try:
            timing = compile_timing(event, self.book.names, self.book.functions)
        except TimingError as fault:
            self.book.faults.append(Faulty(("event", event.oid), fault.text, fault.error, fault.position))
            return
        if timing is not None:
            self.book.timings[event.oid] = timing
            if timing.anchor is not None:
                self.book.windows_of[timing.form].append(timing)

    def _scheduled(self, condition: str | None, place: tuple[str, str]) -> None:
        if condition and (exception := self._condition(condition, Home("", (), place[0]))):
            self.book.scheduled[place] = exception

    def _condition(self, oid: str, home: Home) -> Expression | None:
        text = self.conditions.get(oid, "")
        return self._compiled(("condition", oid), text, home, {Kind.BOOLEAN}) if text else None

    def _compiled(
        self, subject: tuple[str, str], text: str, home: Home, kinds: set[Kind], position: int = 0,
        *, hard: bool = False,
    ) -> Expression | None:  # fmt: skip
        functions = self.in_checks if subject[0] == "item" else self.book.functions
        try:
            expression = compile_expression(text, self.book.names, home, functions=functions)
        except ExpressionError as error:
            self.book.faults.append(Faulty(subject, text, error, position))
            return None
        if refused := _refused_call(expression, hard=hard):
            at_call = call_of_plugin(text, refused) or ExpressionError(refused, 0, len(text))
            self.book.faults.append(Faulty(subject, text, at_call, position))
            return None
        where = _elsewhere(expression, subject)
        if expression.kind in kinds and not where:
            return expression
        message = (
            where or f"{' or '.join(sorted(kinds)).capitalize()} is expected here; this is {expression.kind}."
        )
        self.book.faults.append(Faulty(subject, text, ExpressionError(message, 0, len(text)), position))
        return None


def _refused_call(expression: Expression, *, hard: bool) -> str:
    """Why an expression may not call a plugin's function; empty when it may, or calls none."""
    if not expression.plugins:
        return ""
    if expression.uses_tick:
        return CALL_WITH_TICK
    return CALL_IN_HARD if hard else CALL_WITH_RANGE if expression.ranges else ""


def _accepts(kind: Kind) -> set[Kind]:
    return {kind, Kind.BOOLEAN} if kind is Kind.TEXT else {kind}


def arrange(book: RuleBook) -> None:
    """Order conditions and derivations after what they read, and note who reads what."""
    governed: dict[Node, list[Condition | Derivation]] = defaultdict(list)
    for condition in book.conditions:
        for node in governed_by(book, condition):
            governed[node].append(condition)
    for derivation in book.derivations:
        governed[derivation.form, derivation.placed.item.oid].append(derivation)
    done: set[int] = set()
    ring: list[Node] = []

    def visit(node: Node) -> None:
        if node in ring:
            book.cycles.append(tuple(ring[ring.index(node) :]))
            return
        ring.append(node)
        for step in governed.get(node, ()):
            if id(step) in done:
                continue
            for read in sorted(_needs(expression_of(step))):
                visit(read)
            if id(step) not in done:
                done.add(id(step))
                book.steps.append(step)
        ring.pop()

    for node in list(governed):
        visit(node)
    for position, step in enumerate(book.steps):
        book.rank[id(step)] = position
        book.steps_of[step.form].append(step)
    for check in book.checks:
        book.checks_of[check.form].append(check)
        if check.range_check.hard:
            book.hard_of[check.form].append(check)
    for rule in (*book.steps, *book.checks):
        _note_reads(book, rule.form, expression_of(rule))
    for timing in book.timings.values():
        if timing.anchor is not None:
            _note_reads(book, timing.form, timing.anchor)
    _note_affected(book)


def _note_affected(book: RuleBook) -> None:
    for step in book.steps:
        for node in expression_of(step).reads:
            book.follows[node].update(targets_of(book, step))
    for node, targets in book.follows.items():
        book.affected[node] |= targets
    for check in book.checks:
        for node in check.expression.reads:
            book.affected[node].add((check.form, check.placed.item.oid))
    for derivation in book.derivations:
        for _, result in derivation.expression.ranges:  # beside a result stands where it lies
            for node in derivation.expression.reads:
                book.affected[node].add((derivation.form, result))
    for timing in book.timings.values():
        for node in timing.reads if timing.anchor is not None else ():
            book.affected[node].add((timing.form, timing.placed.item.oid))


def _elsewhere(expression: Expression, subject: tuple[str, str]) -> str:
    """What an expression asks that has no place in the rule it stands in, in words."""
    if expression.ranges and subject[0] != "method":
        return "Reference ranges are asked for in derive only. Derive an item from them and read that here."
    return TICK_ELSEWHERE if expression.uses_tick and subject[0] != "item" else ""


def _note_reads(book: RuleBook, form: str, expression: Expression) -> None:
    if expression.uses_tick:
        book.ticking.add(form)
    inner = ((scope.occurrence, ref) for scope in expression.scopes for ref in scope.refs)
    for occurrence, ref in (*((ref.occurrence, ref) for ref in expression.refs), *inner):
        if ref.aspect is Aspect.ENTERED_AT:
            book.asks_when[form].add(ref.form)
        if occurrence is not Occurrence.SAME:
            book.readers[ref.form, ref.item].add(form)
            book.sees[form].add(ref.form)
    for scope in expression.scopes:
        if scope.occurrence is not Occurrence.SAME:
            book.going_through[scope.form].add(form)
            book.sees[form].add(scope.form)


def _needs(expression: Expression) -> set[Node]:
    """What must be settled before: not what earlier visits hold, which come before anyway."""
    inner = (
        ref for scope in expression.scopes if scope.occurrence is not Occurrence.BEFORE for ref in scope.refs
    )
    return {(ref.form, ref.item) for ref in (*expression.refs, *inner)}
