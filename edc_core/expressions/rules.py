"""The rules of a MetaDataVersion, compiled once: what is asked, what is calculated, what should hold.

A condition is an ODM collection exception: what it governs is left out unless the exception is certainly false, so a
``when`` shows on true only. A derivation writes what it knows and clears what it does not. A check fires on false only.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import WeakKeyDictionary

from edc_core.domain.metadata import own_expression
from edc_core.expressions.compiler import Expression, compile_expression
from edc_core.expressions.errors import ExpressionError
from edc_core.expressions.names import StudyNames
from edc_core.expressions.references import Aspect, Home, Occurrence
from edc_core.expressions.timing import EventTiming, TimingError, compile_timing
from edc_core.expressions.values import Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from edc_core.domain.index import MetaDataIndex, PlacedItem
    from edc_core.domain.metadata import ItemGroupDef, RangeCheck, StudyEventDef
    from edc_core.expressions.functions import Function

OF_ARMS = 2
#: (form OID, item OID)
Node: TypeAlias = tuple[str, str]


TICK_ELSEWHERE = (
    "clock.tick stands in checks only: what is asked and what is calculated does not change overnight."
)


@dataclass(frozen=True, slots=True)
class Condition:
    """An item or a group of a form that is left out unless ``exception`` is certainly false.

    :param groups: OIDs of the groups around it, its own the last when it governs a group.
    :param item: OID of the item; empty when it governs the group.
    """

    form: str
    groups: tuple[str, ...]
    item: str
    exception: Expression


@dataclass(frozen=True, slots=True)
class Derivation:
    """An item that is calculated. ``method_oid`` names the method in the ledger."""

    form: str
    placed: PlacedItem
    expression: Expression
    method_oid: str


@dataclass(frozen=True, slots=True)
class Check:
    """What should hold, and the item at which it is said."""

    form: str
    placed: PlacedItem
    range_check: RangeCheck
    expression: Expression


@dataclass(frozen=True, slots=True)
class Faulty:
    """An expression that cannot be compiled.

    :param subject: (kind, OID) of the definition it stands in: ``condition``, ``method``, ``event``, or ``item`` for
        a check.
    :param position: of the check among the item's; of an event 0 for its date, 1 for the anchor of its window,
        ``OF_ARMS`` for its arms.
    """

    subject: tuple[str, str]
    text: str
    error: ExpressionError
    position: int = 0


@dataclass(frozen=True, slots=True)
class ScheduleReads:
    """What decides which events and forms are expected, or when events are due.

    :param nodes: items; those that may hide one of them count too.
    :param forms: forms whose occurrences or rows a condition goes through.
    """

    nodes: frozenset[Node] = frozenset()
    forms: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Dependants:
    """OIDs of items, and of groups from the outermost, that depend on one item of their form."""

    items: frozenset[str] = frozenset()
    groups: frozenset[tuple[str, ...]] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.items or self.groups)


@dataclass
class RuleBook:
    """Every rule of a version, and what follows from what.

    :param steps: conditions and derivations in an order in which each comes after what it reads.
    :param cycles: items that depend on themselves, each ring from its first item on.
    :param derived_from: an item to those that are calculated from it.
    :param affected: an item to those that it may hide or show, that are calculated from it, or at which a check
        that reads it speaks.
    :param readers: an item to the forms whose rules read it from another form or occurrence.
    :param going_through: a form to the forms whose rules go through its occurrences or rows from elsewhere.
    :param beyond: forms with a rule that reads more than the form at hand.
    :param asks_when: a form to the forms of whose items its rules read when they were entered.
    :param ticking: forms with a check that time alone can make fire.
    :param scheduled: (event OID, form OID or nothing) to the exception of an event, or of a form in it.
    :param timings: event OID to what dates it.
    :param windows_of: a form to the windows judged by a date in it.
    """

    names: StudyNames
    conditions: list[Condition] = field(default_factory=list)
    derivations: list[Derivation] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    scheduled: dict[tuple[str, str], Expression] = field(default_factory=dict)
    timings: dict[str, EventTiming] = field(default_factory=dict)
    windows_of: dict[str, list[EventTiming]] = field(default_factory=lambda: defaultdict(list))
    faults: list[Faulty] = field(default_factory=list)
    steps: list[Condition | Derivation] = field(default_factory=list)
    cycles: list[tuple[Node, ...]] = field(default_factory=list)
    derived_from: dict[Node, set[Node]] = field(default_factory=lambda: defaultdict(set))
    checks_of: dict[str, list[Check]] = field(default_factory=lambda: defaultdict(list))
    steps_of: dict[str, list[Condition | Derivation]] = field(default_factory=lambda: defaultdict(list))
    rank: dict[int, int] = field(default_factory=dict)
    affected: dict[Node, set[Node]] = field(default_factory=lambda: defaultdict(set))
    readers: dict[Node, set[str]] = field(default_factory=lambda: defaultdict(set))
    going_through: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    beyond: set[str] = field(default_factory=set)
    asks_when: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    ticking: set[str] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        return not (self.steps or self.checks or self.windows_of)

    @cached_property
    def ranged_forms(self) -> frozenset[str]:
        """OIDs of forms with an item that is derived from reference ranges."""
        return frozenset(rule.form for rule in self.derivations if rule.expression.ranges)

    def steps_for(self, forms: Collection[str]) -> list[Condition | Derivation]:
        """Conditions and derivations of some forms, each after what it reads."""
        if len(forms) == 1:
            return self.steps_of.get(next(iter(forms)), [])
        placed = sorted(
            ((self.rank[id(step)], step) for form in forms for step in self.steps_of.get(form, ())),
            key=lambda pair: pair[0],
        )
        return [step for _, step in placed]

    def dependants(self, form: str, item: str) -> Dependants:
        """What a change of an item of a form may hide, show, calculate or speak of in the same form."""
        waiting, seen = [(form, item)], {(form, item)}
        while waiting:
            node = waiting.pop()
            for target in self.affected.get(node, ()):
                if target[0] == form and target not in seen:
                    seen.add(target)
                    waiting.append(target)
        groups = (
            condition.groups
            for condition in self.conditions
            if condition.form == form and not condition.item and condition.exception.reads & seen
        )
        return Dependants(frozenset(oid for _, oid in seen) - {item}, frozenset(groups))

    @cached_property
    def schedule_reads(self) -> ScheduleReads:
        """What ``scheduled`` reads; nothing where the schedule has no conditions."""
        return self._reads(self.scheduled.values(), frozenset())

    @cached_property
    def outlook_reads(self) -> ScheduleReads:
        """What ``scheduled`` and ``timings`` read: all that is needed to say what comes and when."""
        anchors = [timing.anchor for timing in self.timings.values() if timing.anchor is not None]
        dates = frozenset((timing.form, timing.placed.item.oid) for timing in self.timings.values())
        return self._reads([*self.scheduled.values(), *anchors], dates)

    def _reads(self, expressions: Iterable[Expression], items: frozenset[Node]) -> ScheduleReads:
        waiting, nodes, forms = list(expressions), set[Node](), set[str]()
        if not (waiting or items):
            return ScheduleReads()
        hiding: dict[Node, list[Expression]] = defaultdict(list)
        for condition in self.conditions:
            for node in _governed(self, condition):
                hiding[node].append(condition.exception)
        waiting += [exception for node in items for exception in hiding[node]]
        while waiting:
            expression = waiting.pop()
            forms |= expression.goes_through
            for node in expression.reads - nodes:
                nodes.add(node)
                waiting += hiding[node]
        return ScheduleReads(frozenset(nodes) | items, frozenset(forms))

    def touches_schedule(self, form: str, items: frozenset[str], *, rows: bool) -> bool:
        """Whether a change of a form may change what is expected; parameters as of ``touched``."""
        reads = self.schedule_reads
        waiting = [(form, item) for item in items]
        seen = set(waiting)
        while waiting:
            for target in self.derived_from.get(waiting.pop(), ()):
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return bool(seen & reads.nodes) or (rows and form in reads.forms)

    def touched(self, form: str, items: frozenset[str], *, rows: bool) -> frozenset[str]:
        """OIDs of forms with a rule that a change in another form, or another occurrence of it, may touch.

        :param items: OIDs of the items that change; what is calculated from them counts too.
        :param rows: rows or the form itself come or go.
        """
        touched = set(self.going_through.get(form, ())) if rows else set()
        waiting = [(form, item) for item in items]
        seen = set(waiting)
        while waiting:
            node = waiting.pop()
            touched |= self.readers.get(node, set())
            for target in self.derived_from.get(node, ()):
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return frozenset(touched)


def expression_of(rule: Condition | Derivation | Check) -> Expression:
    return rule.exception if isinstance(rule, Condition) else rule.expression


_books: WeakKeyDictionary[MetaDataIndex, RuleBook] = WeakKeyDictionary()


def rules_of(index: MetaDataIndex) -> RuleBook:
    """The rules of a published version, compiled at the first call; expressions with faults are left out."""
    book = _books.get(index)
    if book is None:
        book = _books.setdefault(index, compile_rules(index))
    return book


def compile_rules(index: MetaDataIndex, functions: Mapping[str, Function] | None = None) -> RuleBook:
    """Compile everything a version says, collecting faults instead of stopping at the first."""
    book = RuleBook(StudyNames(index))
    compiler = _RuleCompiler(book, index, functions or {})
    for form in index.version.forms:
        compiler.form(form.oid)
    compiler.schedule()
    _arrange(book)
    return book


class _RuleCompiler:
    def __init__(self, book: RuleBook, index: MetaDataIndex, functions: Mapping[str, Function]) -> None:
        self.book = book
        self.index = index
        self.functions = functions
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
                expression = self._compiled(subject, check.expression, home, {Kind.BOOLEAN}, position)
                if expression is not None:
                    self.book.checks.append(Check(form, placed, check, expression))

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
            timing = compile_timing(event, self.book.names, self.functions)
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
        self, subject: tuple[str, str], text: str, home: Home, kinds: set[Kind], position: int = 0
    ) -> Expression | None:
        try:
            expression = compile_expression(text, self.book.names, home, functions=self.functions)
        except ExpressionError as error:
            self.book.faults.append(Faulty(subject, text, error, position))
            return None
        where = _elsewhere(expression, subject)
        if expression.kind in kinds and not where:
            return expression
        message = (
            where or f"{' or '.join(sorted(kinds)).capitalize()} is expected here; this is {expression.kind}."
        )
        self.book.faults.append(Faulty(subject, text, ExpressionError(message, 0, len(text)), position))
        return None


def _accepts(kind: Kind) -> set[Kind]:
    return {kind, Kind.BOOLEAN} if kind is Kind.TEXT else {kind}


def _arrange(book: RuleBook) -> None:
    """Order conditions and derivations after what they read, and note who reads what."""
    governed: dict[Node, list[Condition | Derivation]] = defaultdict(list)
    for condition in book.conditions:
        for node in _governed(book, condition):
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
    for rule in (*book.steps, *book.checks):
        _note_reads(book, rule.form, expression_of(rule))
    for timing in book.timings.values():
        if timing.anchor is not None:
            _note_reads(book, timing.form, timing.anchor)
    for derivation in book.derivations:
        for node in derivation.expression.reads:
            book.derived_from[node].add((derivation.form, derivation.placed.item.oid))
    _note_affected(book)


def _note_affected(book: RuleBook) -> None:
    for node, targets in book.derived_from.items():
        book.affected[node] |= targets
    for condition in book.conditions:
        for node in condition.exception.reads:
            book.affected[node].update(_governed(book, condition))
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
            book.beyond.add(form)
    for scope in expression.scopes:
        if scope.occurrence is not Occurrence.SAME:
            book.going_through[scope.form].add(form)
            book.beyond.add(form)


def _governed(book: RuleBook, condition: Condition) -> list[Node]:
    if condition.item:
        return [(condition.form, condition.item)]
    depth = len(condition.groups)
    return [
        (condition.form, placed.item.oid)
        for placed in book.names.index.placed_items(condition.form)
        if placed.group_oids[:depth] == condition.groups
    ]


def _needs(expression: Expression) -> set[Node]:
    """What must be settled before: not what earlier visits hold, which come before anyway."""
    inner = (
        ref for scope in expression.scopes if scope.occurrence is not Occurrence.BEFORE for ref in scope.refs
    )
    return {(ref.form, ref.item) for ref in (*expression.refs, *inner)}


def known(value: Any) -> bool:
    """Whether a condition's exception is certainly false: only then is the thing asked."""
    return value is False
