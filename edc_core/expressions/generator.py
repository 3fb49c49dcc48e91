"""What every part of the code generator needs: the functions being written, their values, and checks of kinds."""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from edc_core.domain.function import Kind
from edc_core.domain.partial_date import PartialDate
from edc_core.expressions import values
from edc_core.expressions.names import FoundRows, Resolver, StudyNames
from edc_core.expressions.references import Aspect, Home, Ref, RowScope
from edc_core.expressions.syntax import parse
from edc_core.expressions.values import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edc_core.domain.function import Function
    from edc_core.domain.metadata import ItemDef
    from edc_core.expressions.syntax import Tree


@dataclass(frozen=True, slots=True)
class Typed:
    """Generated code with its kind.

    :param constant: it is a literal: known, and may be read as what stands on the other side.
    :param spans: a number, time or date-time of which only the limits may be known.
    :param item: the item it reads, to compare literals with its code list.
    :param around: the function it is, where that answers a name of the study: ``event``, ``country``, ...
    """

    kind: Kind
    code: str
    constant: object = None
    spans: bool = False
    item: ItemDef | None = None
    around: str = ""

    @property
    def limits(self) -> bool:
        """Whether what is reckoned with it has limits; with a censored result nothing is reckoned."""
        return self.spans and not (self.item and self.item.censored)

    @property
    def is_atom(self) -> bool:
        return self.constant is not None or self.code.endswith("]") or self.code.isidentifier()


@dataclass(slots=True)
class Body:
    """A function being generated: the names of its values, and functions defined in it."""

    argument: str
    refs: dict[Ref, int] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)


class Generator:
    """One expression on its way to Python source.

    :param functions: what may be called, by name.
    :param visit: how a part of the tree becomes code.
    """

    def __init__(
        self,
        names: StudyNames,
        tree: Tree,
        home: Home,
        functions: Mapping[str, Function],
        visit: Callable[[Generator, ast.expr], Typed],
    ) -> None:
        self.names = names
        self.tree = tree
        self.home = home
        self.functions = functions
        self.resolver = Resolver(names, tree, home)
        self.bodies = [Body("v")]
        self.rows: list[FoundRows] = []
        self.scopes: list[RowScope] = []
        self.constants: dict[str, Any] = {"__builtins__": {}}
        self.plugins: set[str] = set()
        self.calls: set[str] = set()
        self.uses_tick = False
        self.ranges: list[tuple[str, str]] = []
        self.compared: list[tuple[str, str]] = []
        self.temporaries = 0
        self._visit = visit
        self._of_study: set[str] = set()

    def visit(self, node: ast.expr) -> Typed:
        return self._visit(self, node)

    def of_study(self, text: str) -> Typed:
        """An expression that the study states once, as if it stood here; it speaks of other forms only.

        :raises ExpressionError: it cannot be read, or calls itself.
        """
        if text in self._of_study:
            raise self.tree.error(self.tree.root, "It calls itself.")
        tree, resolver = self.tree, self.resolver
        self.tree = parse(text)
        self.resolver = Resolver(self.names, self.tree, Home("", (), self.home.event))
        self._of_study.add(text)
        try:
            return self.visit(self.tree.root)
        finally:
            self.tree, self.resolver = tree, resolver
            self._of_study.discard(text)

    def beside(self, text: str) -> Typed:
        """An expression that the study states once, read at the home of this one.

        :raises ExpressionError: it cannot be read here.
        """
        tree, resolver, rows = self.tree, self.resolver, self.rows
        self.tree = parse(text)
        self.resolver = Resolver(self.names, self.tree, self.home)
        self.rows = []
        try:
            return self.visit(self.tree.root)
        finally:
            self.tree, self.resolver, self.rows = tree, resolver, rows

    def constant(self, kind: Kind, value: object) -> Typed:
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return Typed(kind, name, constant=value)

    def literal(self, node: ast.Constant) -> Typed:
        if isinstance(node.value, bool):
            return Typed(Kind.BOOLEAN, str(node.value), constant=node.value)
        if isinstance(node.value, str):
            return self.constant(Kind.TEXT, node.value)
        if isinstance(node.value, (int, float)):
            try:
                return self.constant(Kind.NUMBER, Decimal(self.tree.source(node)))
            except InvalidOperation:
                raise self.tree.error(node, "Write numbers in decimal, as in 72.4.") from None
        raise self.tree.error(node, "This is no value; for what is not there write missing(...).")

    def item(self, node: ast.expr, aspect: Aspect, kind: Kind | None = None) -> Typed:
        found = self.resolver.item(node, self.rows)
        item = found.placed.item
        partial = kind is None and values.is_partial(item)
        ref = Ref(
            found.occurrence,
            found.form,
            found.placed.group_oids,
            item.oid,
            kind or kind_of(item),
            aspect,
            found.event,
            partial,
        )
        body = self.bodies[found.depth + 1]
        position = body.refs.setdefault(ref, len(body.refs))
        shown = item if aspect in (Aspect.VALUE, Aspect.STANDARD) else None
        spans = partial or (shown is not None and item.censored)
        return Typed(ref.kind, f"{body.argument}[{position}]", spans=spans, item=shown)

    def tick(self, node: ast.Attribute) -> Typed:
        if node.attr != "tick":
            raise self.tree.error(node, "The clock has only its tick: clock.tick.", suggestion="clock.tick")
        self.uses_tick = True
        return Typed(Kind.DATETIME, "f.tick")

    def bound(self, typed: Typed) -> tuple[str, str]:
        """Code that computes a value once, and a name for it afterwards."""
        if typed.is_atom:
            return typed.code, typed.code
        self.temporaries += 1
        name = f"t{self.temporaries}"
        return f"({name} := {typed.code})", name

    def condition(self, node: ast.expr) -> Typed:
        typed = self.visit(node)
        if typed.kind is not Kind.BOOLEAN:
            raise self.tree.error(
                node,
                f"A condition is expected here; this is {typed.kind}. Compare it, as in {self._example(node, typed)}.",
            )
        return typed

    def _example(self, node: ast.expr, typed: Typed) -> str:
        source = self.tree.source(node)
        if typed.item is not None and (codes := self.codes(typed.item)):
            return f"'{codes[0]}' in {source}" if typed.kind is Kind.CODES else f"{source} == '{codes[0]}'"
        return f"{source} > 0" if typed.kind is Kind.NUMBER else f"present({source})"

    def require(self, node: ast.expr, typed: Typed, *kinds: Kind) -> None:
        if typed.kind not in kinds:
            raise self.tree.error(
                node, f"{' or '.join(kinds).capitalize()} is expected here; this is {typed.kind}."
            )

    def when_known(self, kind: Kind, pattern: str, *operands: Typed, spans: bool = False) -> Typed:
        """Code that is missing when an operand is, else what the pattern says of their names."""
        tests, names = [], []
        for operand in operands:
            first, name = self.bound(operand)
            names.append(name)
            if operand.constant is None:
                tests.append(f"{first} is None")
        code = pattern.format(*names)
        return Typed(
            kind, f"(None if {' or '.join(tests)} else {code})" if tests else f"({code})", spans=spans
        )

    def kept(self, typed: Typed) -> Typed:
        """The value in a variable of its own, computed before the expression: it is needed more than once."""
        self.temporaries += 1
        name = f"t{self.temporaries}"
        body = self.bodies[-1]
        indent = "    " * len(self.bodies)
        body.lines.append(f"{indent}{name} = {typed.code}")
        return replace(typed, code=name)

    def alike(
        self, left_node: ast.expr, left: Typed, right_node: ast.expr, right: Typed
    ) -> tuple[Typed, Typed]:
        """Both sides as one kind; a text literal is read as what stands on the other side."""
        if left.kind is right.kind:
            self.check_code(right_node, right, left)
            self.check_code(left_node, left, right)
            return left, right
        if (read := self.read_as(right_node, right, left)) is not None:
            return left, read
        if (read := self.read_as(left_node, left, right)) is not None:
            return read, right
        hint = (
            " Write day_of(...) for the day of a date-time."
            if {left.kind, right.kind} == {Kind.DATE, Kind.DATETIME}
            else ""
        )
        raise self.tree.error(
            right_node, f"{left.kind.capitalize()} cannot be compared with {right.kind}.{hint}"
        )

    def read_as(self, node: ast.expr, literal: Typed, other: Typed) -> Typed | None:
        if literal.constant is None or literal.kind is not Kind.TEXT:
            return None
        text = str(literal.constant)
        if other.kind is Kind.DATE:
            try:
                return self.constant(Kind.DATE, PartialDate.parse(text))
            except ValueError:
                raise self.tree.error(node, "Write a date as in '2026-03-04', '2026-03' or '2026'.") from None
        if other.kind in (Kind.TIME, Kind.DATETIME):
            read = values.READERS[other.kind](text)
            if read is None:
                example = "'09:15'" if other.kind is Kind.TIME else "'2026-03-04T09:15'"
                raise self.tree.error(node, f"Write {other.kind} as in {example}.")
            return self.constant(other.kind, read)
        return None

    def codes(self, item: ItemDef) -> list[str]:
        code_list = self.names.index.code_lists.get(item.code_list_oid or "")
        if code_list is None or code_list.external is not None:
            return []
        return [term.coded_value for term in code_list.items]

    def check_code(self, node: ast.expr, literal: Typed, other: Typed) -> None:
        """A literal compared with a coded item is one of its codes; one compared with a name of the study is noted."""
        if other.around and isinstance(literal.constant, str):
            self.compared.append((other.around, literal.constant))
        if other.item is None or literal.constant is None:
            return
        codes = self.codes(other.item)
        text = values.written(literal.constant)
        if not codes or text is None or text in codes:
            return
        if literal.kind is Kind.NUMBER and any(
            values.READERS[Kind.NUMBER](code) == literal.constant for code in codes
        ):
            return
        near = difflib.get_close_matches(text, codes, n=1, cutoff=0.4)
        suggestion = f"'{near[0]}'" if near else ""
        raise self.tree.error(
            node, f"{text} is no code of {other.item.code_list_oid}.", suggestion=suggestion
        )

    def count(
        self, node: ast.Call, name: str, least: int, most: int | None = None, *, about: str = ""
    ) -> None:
        most = least if most is None else most
        if not least <= len(node.args) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise self.tree.error(
                node, f"{name} takes {wanted} arguments; there are {len(node.args)}.{about}"
            )
