"""The rules of a version as they hang together: what each reads, what follows a change, what a form's rules ask for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from edc_core.expressions.compiler import Expression
from edc_core.expressions.errors import ExpressionError
from edc_core.expressions.names import StudyNames
from edc_core.expressions.timing import EventTiming

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from edc_core.domain.function import Function
    from edc_core.domain.index import PlacedItem
    from edc_core.domain.metadata import RangeCheck

#: (form OID, item OID)
Node: TypeAlias = tuple[str, str]


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

    :param functions: of plugins, with which it was compiled.
    :param steps: conditions and derivations in an order in which each comes after what it reads.
    :param cycles: items that depend on themselves, each ring from its first item on.
    :param follows: an item to those that are calculated from it, or whose value it may hide from all rules.
    :param affected: an item to those that it may hide or show, that are calculated from it, or at which a check
        that reads it speaks.
    :param readers: an item to the forms whose rules read it from another form or occurrence.
    :param going_through: a form to the forms whose rules go through its occurrences or rows from elsewhere.
    :param sees: a form to those that its rules read from elsewhere; other occurrences of itself count.
    :param asks_when: a form to the forms of whose items its rules read when they were entered.
    :param ticking: forms with a check that time alone can make fire.
    :param after_commit: form to the checks that call a plugin's function, so that the check host runs them: OID to why
        it cannot be compiled here, which is empty where the functions are at hand.
    :param scheduled: (event OID, form OID or nothing) to the exception of an event, or of a form in it.
    :param timings: event OID to what dates it.
    :param windows_of: a form to the windows judged by a date in it.
    """

    names: StudyNames
    functions: Mapping[str, Function] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)
    derivations: list[Derivation] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    scheduled: dict[tuple[str, str], Expression] = field(default_factory=dict)
    timings: dict[str, EventTiming] = field(default_factory=dict)
    windows_of: dict[str, list[EventTiming]] = field(default_factory=lambda: defaultdict(list))
    faults: list[Faulty] = field(default_factory=list)
    steps: list[Condition | Derivation] = field(default_factory=list)
    cycles: list[tuple[Node, ...]] = field(default_factory=list)
    checks_of: dict[str, list[Check]] = field(default_factory=lambda: defaultdict(list))
    hard_of: dict[str, list[Check]] = field(default_factory=lambda: defaultdict(list))
    steps_of: dict[str, list[Condition | Derivation]] = field(default_factory=lambda: defaultdict(list))
    rank: dict[int, int] = field(default_factory=dict)
    follows: dict[Node, set[Node]] = field(default_factory=lambda: defaultdict(set))
    affected: dict[Node, set[Node]] = field(default_factory=lambda: defaultdict(set))
    readers: dict[Node, set[str]] = field(default_factory=lambda: defaultdict(set))
    going_through: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    sees: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    asks_when: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    ticking: set[str] = field(default_factory=set)
    after_commit: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.steps or self.checks or self.windows_of)

    def is_silent(self, form_oid: str) -> bool:
        """Whether nothing of a form is calculated or hidden, nor read from elsewhere."""
        return form_oid not in self.sees and not self.steps_of.get(form_oid)

    @cached_property
    def calls(self) -> bool:
        """Whether a condition, a derivation or the schedule calls a function of a plugin."""
        anchors = (timing.anchor for timing in self.timings.values() if timing.anchor is not None)
        steps = map(expression_of, self.steps)
        return any(one.plugins for one in (*steps, *self.scheduled.values(), *anchors))

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

    def hiding_from(self, forms: Iterable[str]) -> set[str]:
        """OIDs of forms where a condition may hide what the rules of some forms read, at once or by what it rests on."""
        seen, waiting = set[str](), set[str]().union(*(self.sees.get(form, ()) for form in forms))
        while waiting:
            seen |= waiting
            waiting = set[str]().union(*(self._conditions_see.get(form, ()) for form in waiting)) - seen
        return seen & self._conditions_see.keys()

    @cached_property
    def _conditions_see(self) -> dict[str, set[str]]:
        """A form with conditions to the forms that these read."""
        found: dict[str, set[str]] = defaultdict(set)
        for condition in self.conditions:
            found[condition.form].update(form for form, _ in condition.exception.reads)
        return found

    def dependants(self, form: str, item: str) -> Dependants:
        """What a change of an item of a form may hide, show, calculate or speak of in the same form."""
        return self._dependants(form, {(form, item)}, frozenset({item}))

    def answered(self, form: str) -> Dependants:
        """What the answers of plugins' functions may hide, show, calculate or speak of in a form."""
        calling = [step for step in self.steps_of.get(form, ()) if expression_of(step).plugins]
        targets = {node for step in calling for node in targets_of(self, step)}
        found = self._dependants(form, targets, frozenset())
        groups = {step.groups for step in calling if isinstance(step, Condition) and not step.item}
        return Dependants(found.items, found.groups | groups)

    def _dependants(self, form: str, seen: set[Node], without: frozenset[str]) -> Dependants:
        waiting = list(seen)
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
        return Dependants(frozenset(oid for _, oid in seen) - without, frozenset(groups))

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
            for node in governed_by(self, condition):
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
        return bool(self._moved(form, items, rows=rows) & reads.nodes) or (rows and form in reads.forms)

    def touched(self, form: str, items: frozenset[str], *, rows: bool) -> frozenset[str]:
        """OIDs of forms with a rule that a change in another form, or another occurrence of it, may touch.

        :param items: OIDs of the items that change; what is calculated from them counts too.
        :param rows: rows or the form itself come or go.
        """
        touched = set(self.going_through.get(form, ())) if rows else set()
        for node in self._moved(form, items, rows=rows):
            touched |= self.readers.get(node, set())
        return frozenset(touched)

    def _moved(self, form: str, items: frozenset[str], *, rows: bool) -> set[Node]:
        """Every item whose value, as rules see it, may differ after a change; parameters as of ``touched``."""
        waiting = [(form, item) for item in items]
        if rows:  # what stands in the new place, and what counts it
            for step in self.steps:
                if step.form == form or form in expression_of(step).goes_through:
                    waiting += targets_of(self, step)
        seen = set(waiting)
        while waiting:
            for target in self.follows.get(waiting.pop(), ()):
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return seen


def expression_of(rule: Condition | Derivation | Check) -> Expression:
    return rule.exception if isinstance(rule, Condition) else rule.expression


def targets_of(book: RuleBook, step: Condition | Derivation) -> list[Node]:
    """The items that a step governs or calculates."""
    if isinstance(step, Derivation):
        return [(step.form, step.placed.item.oid)]
    return governed_by(book, step)


def governed_by(book: RuleBook, condition: Condition) -> list[Node]:
    """The items that a condition governs."""
    if condition.item:
        return [(condition.form, condition.item)]
    depth = len(condition.groups)
    return [
        (condition.form, placed.item.oid)
        for placed in book.names.index.placed_items(condition.form)
        if placed.group_oids[:depth] == condition.groups
    ]


def known(value: Any) -> bool:
    """Whether a condition's exception is certainly false: only then is the thing asked."""
    return value is False
