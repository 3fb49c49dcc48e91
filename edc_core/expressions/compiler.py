"""From a tree to a function: names resolved, kinds checked, then Python source generated from the whitelisted tree.

The generated function takes the values of the expression's references in their order, so that evaluating it costs
little more than the same Python written by hand. Nothing of the author's text is ever executed: the source is put
together from this module's own patterns, the constants are handed over apart.
"""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from edc_core.domain.partial_date import PartialDate
from edc_core.expressions import aggregates, values
from edc_core.expressions.functions import FUNCTIONS, Function, plus_days
from edc_core.expressions.names import FoundRows, Resolver, StudyNames
from edc_core.expressions.references import Aspect, Home, Occurrence, Ref, RowScope
from edc_core.expressions.syntax import Tree, parse
from edc_core.expressions.values import Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edc_core.domain.metadata import ItemDef
    from edc_core.expressions.frame import Frame

COMPARISONS = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
ORDERED = {Kind.NUMBER, Kind.DATE, Kind.TIME, Kind.DATETIME}
#: Functions that answer from where the expression stands: name to the frame's attribute.
SURROUNDINGS = {"event": "event", "site": "site", "country": "country"}
ASPECTS = {"reason": (Aspect.REASON, Kind.TEXT), "unit": (Aspect.UNIT, Kind.TEXT),
           "blank": (Aspect.STATE, Kind.TEXT), "unreadable": (Aspect.STATE, Kind.TEXT),
           "entered_at": (Aspect.ENTERED_AT, Kind.DATETIME), "entered_on": (Aspect.ENTERED_AT, Kind.DATETIME)}  # fmt: skip
CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression.

    :param kind: what it answers.
    :param refs: what it reads at its home, in the order in which ``function`` takes the values.
    :param scopes: the rows it goes through.
    :param plugins: names of plugins whose functions it calls; such an expression runs after the value is stored.
    :param uses_tick: it reads ``clock.tick``, so time alone can change its answer.
    """

    text: str
    home: Home
    kind: Kind
    refs: tuple[Ref, ...]
    scopes: tuple[RowScope, ...]
    function: Callable[[list[Any], Frame], Any]
    plugins: frozenset[str] = frozenset()
    uses_tick: bool = False

    @property
    def reads(self) -> frozenset[tuple[str, str]]:
        """(form OID, item OID) of every item whose change may change the answer."""
        inner = (ref for scope in self.scopes for ref in scope.refs)
        return frozenset((ref.form, ref.item) for ref in (*self.refs, *inner))

    @property
    def goes_through(self) -> frozenset[str]:
        """OIDs of forms whose occurrences or rows it goes through: one more or less may change the answer."""
        return frozenset(scope.form for scope in self.scopes)


@dataclass(frozen=True, slots=True)
class _Typed:
    """Generated code with its kind.

    :param constant: it is a literal: known, and may be read as what stands on the other side.
    :param spans: a number of which only the limits may be known.
    :param item: the item it reads, to compare literals with its code list.
    """

    kind: Kind
    code: str
    constant: object = None
    spans: bool = False
    item: ItemDef | None = None

    @property
    def is_atom(self) -> bool:
        return self.constant is not None or self.code.endswith("]") or self.code.isidentifier()


@dataclass(slots=True)
class _Body:
    """A function being generated: the names of its values, and functions defined in it."""

    argument: str
    refs: dict[Ref, int] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)


def compile_expression(
    text: str, names: StudyNames, home: Home, *, functions: Mapping[str, Function] | None = None
) -> Expression:
    """Compile an expression that stands at a place of a version.

    :param functions: what plugins add to the language.
    :raises ExpressionError: it cannot be read, names something that is not there, or mixes kinds.
    """
    tree = parse(text)
    compiler = _Compiler(names, tree, home, functions or {})
    return compiler.expression()


class _Compiler:
    def __init__(self, names: StudyNames, tree: Tree, home: Home, functions: Mapping[str, Function]) -> None:
        self.names = names
        self.tree = tree
        self.home = home
        self.functions = {**FUNCTIONS, **functions}
        self.resolver = Resolver(names, tree, home)
        self.bodies = [_Body("v")]
        self.rows: list[FoundRows] = []
        self.scopes: list[RowScope] = []
        self.constants: dict[str, Any] = {"__builtins__": {}}
        self.plugins: set[str] = set()
        self.uses_tick = False
        self.temporaries = 0

    def expression(self) -> Expression:
        whole = self.visit(self.tree.root)
        lines = ["def evaluate(v, f):", *self.bodies[0].lines, f"    return {whole.code}"]
        scope = self.constants | {
            name: getattr(module, name)
            for module in (values, aggregates)
            for name in dir(module)
            if not name.startswith("__")
        }
        scope |= {"plus_days": plus_days, "f_none": None}
        exec(compile("\n".join(lines), "<expression>", "exec"), scope)  # noqa: S102 - our own patterns alone
        return Expression(
            self.tree.text, self.home, whole.kind, tuple(self.bodies[0].refs), tuple(self.scopes),
            scope["evaluate"], frozenset(self.plugins), self.uses_tick,
        )  # fmt: skip

    # What stands in an expression -------------------------------------------------------------------------------

    def visit(self, node: ast.expr) -> _Typed:
        if isinstance(node, ast.Constant):
            return self._literal(node)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == CLOCK:
            return self._tick(node)
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self._item(node, Aspect.VALUE)
        if isinstance(node, ast.BoolOp):
            return self._logic(node)
        if isinstance(node, ast.UnaryOp):
            return self._unary(node)
        if isinstance(node, ast.BinOp):
            return self._arithmetic(node)
        if isinstance(node, ast.Compare):
            return self._comparison(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        raise self.tree.error(node, "A list stands only after in and not in.")

    def _constant(self, kind: Kind, value: object) -> _Typed:
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return _Typed(kind, name, constant=value)

    def _literal(self, node: ast.Constant) -> _Typed:
        if isinstance(node.value, bool):
            return _Typed(Kind.BOOLEAN, str(node.value), constant=node.value)
        if isinstance(node.value, str):
            return self._constant(Kind.TEXT, node.value)
        if isinstance(node.value, (int, float)):
            try:
                return self._constant(Kind.NUMBER, Decimal(self.tree.source(node)))
            except InvalidOperation:
                raise self.tree.error(node, "Write numbers in decimal, as in 72.4.") from None
        raise self.tree.error(node, "This is no value; for what is not there write missing(...).")

    def _item(self, node: ast.expr, aspect: Aspect, kind: Kind | None = None) -> _Typed:
        found = self.resolver.item(node, self.rows)
        item = found.placed.item
        ref = Ref(
            found.occurrence,
            found.form,
            found.placed.group_oids,
            item.oid,
            kind or kind_of(item),
            aspect,
            found.event,
        )
        body = self.bodies[found.depth + 1]
        position = body.refs.setdefault(ref, len(body.refs))
        shown = item if aspect is Aspect.VALUE else None
        return _Typed(ref.kind, f"{body.argument}[{position}]", item=shown)

    def _tick(self, node: ast.Attribute) -> _Typed:
        if node.attr != "tick":
            raise self.tree.error(node, "The clock has only its tick: clock.tick.", suggestion="clock.tick")
        self.uses_tick = True
        return _Typed(Kind.DATETIME, "f.tick")

    def _bound(self, typed: _Typed) -> tuple[str, str]:
        """Code that computes a value once, and a name for it afterwards."""
        if typed.is_atom:
            return typed.code, typed.code
        self.temporaries += 1
        name = f"t{self.temporaries}"
        return f"({name} := {typed.code})", name

    def condition(self, node: ast.expr) -> _Typed:
        typed = self.visit(node)
        if typed.kind is not Kind.BOOLEAN:
            raise self.tree.error(
                node,
                f"A condition is expected here; this is {typed.kind}. Compare it, as in {self._example(node, typed)}.",
            )
        return typed

    def _example(self, node: ast.expr, typed: _Typed) -> str:
        source = self.tree.source(node)
        if typed.item is not None and (codes := self._codes(typed.item)):
            return f"'{codes[0]}' in {source}" if typed.kind is Kind.CODES else f"{source} == '{codes[0]}'"
        return f"{source} > 0" if typed.kind is Kind.NUMBER else f"present({source})"

    def _logic(self, node: ast.BoolOp) -> _Typed:
        whole = self.condition(node.values[0])
        for operand in node.values[1:]:
            (first, one), (second, other) = self._bound(whole), self._bound(self.condition(operand))
            if isinstance(node.op, ast.And):
                code = (
                    f"(False if {first} is False else False if {second} is False else "
                    f"True if {one} is True and {other} is True else unknown({one}, {other}) "
                    f"if {one} is not True and {other} is not True else {other} if {one} is True else {one})"
                )
            else:
                code = (
                    f"(True if {first} is True else True if {second} is True else "
                    f"False if {one} is False and {other} is False else unknown({one}, {other}) "
                    f"if {one} is not False and {other} is not False else {other} if {one} is False else {one})"
                )
            whole = _Typed(Kind.BOOLEAN, code)
        return whole

    def _unary(self, node: ast.UnaryOp) -> _Typed:
        if isinstance(node.op, ast.Not):
            first, again = self._bound(self.condition(node.operand))
            return _Typed(
                Kind.BOOLEAN, f"(False if {first} is True else True if {again} is False else {again})"
            )
        typed = self.visit(node.operand)
        self._require(node.operand, typed, Kind.NUMBER)
        if isinstance(node.op, ast.UAdd):
            return typed
        if isinstance(typed.constant, Decimal):
            return self._constant(Kind.NUMBER, -typed.constant)
        return _Typed(Kind.NUMBER, f"minus({typed.code})", spans=typed.spans)

    def _require(self, node: ast.expr, typed: _Typed, *kinds: Kind) -> None:
        if typed.kind not in kinds:
            raise self.tree.error(
                node, f"{' or '.join(kinds).capitalize()} is expected here; this is {typed.kind}."
            )

    def _arithmetic(self, node: ast.BinOp) -> _Typed:
        left, right = self.visit(node.left), self.visit(node.right)
        if left.kind is Kind.DATE and isinstance(node.op, (ast.Add, ast.Sub)):
            if right.kind is Kind.DATE and isinstance(node.op, ast.Sub):
                raise self.tree.error(node, "Write days(later, earlier) for the days between two dates.")
            self._require(node.right, right, Kind.NUMBER)
            days = right if isinstance(node.op, ast.Add) else _Typed(Kind.NUMBER, f"minus({right.code})")
            return self._when_known(Kind.DATE, "plus_days({}, {})", left, days)
        self._require(node.left, left, Kind.NUMBER)
        self._require(node.right, right, Kind.NUMBER)
        name = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}[type(node.op)]
        return _Typed(Kind.NUMBER, f"{name}({left.code}, {right.code})", spans=left.spans or right.spans)

    def _when_known(self, kind: Kind, pattern: str, *operands: _Typed, spans: bool = False) -> _Typed:
        """Code that is missing when an operand is, else what the pattern says of their names."""
        tests, names = [], []
        for operand in operands:
            first, name = self._bound(operand)
            names.append(name)
            if operand.constant is None:
                tests.append(f"{first} is None")
        code = pattern.format(*names)
        return _Typed(
            kind, f"(None if {' or '.join(tests)} else {code})" if tests else f"({code})", spans=spans
        )

    # Comparing --------------------------------------------------------------------------------------------------

    def _comparison(self, node: ast.Compare) -> _Typed:
        parts = []
        left_node, left = node.left, self.visit(node.left)
        for operator, right_node in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, (ast.In, ast.NotIn)):
                parts.append(
                    self._membership(node, left_node, left, right_node, isinstance(operator, ast.In))
                )
                if len(node.ops) > 1:
                    raise self.tree.error(node, "in stands alone; join comparisons with and.")
                continue
            right = self.visit(right_node)
            left, right = self._alike(left_node, left, right_node, right)
            if not left.is_atom:
                left = self._kept(left)
            if len(node.ops) > 1 and not right.is_atom:
                right = self._kept(right)
            parts.append(self._compared(node, COMPARISONS[type(operator)], left, right))
            left_node, left = right_node, right
        whole = parts[0]
        for part in parts[1:]:
            (first, one), (second, other) = self._bound(whole), self._bound(part)
            whole = _Typed(
                Kind.BOOLEAN, f"(False if {first} is False or {second} is False else True "
                f"if {one} is True and {other} is True else unknown({one}, {other}) "
                f"if {one} is not True and {other} is not True else {other} if {one} is True else {one})",
            )  # fmt: skip
        return whole

    def _kept(self, typed: _Typed) -> _Typed:
        """The value in a variable of its own, computed before the expression: it is needed more than once."""
        self.temporaries += 1
        name = f"t{self.temporaries}"
        body = self.bodies[-1]
        indent = "    " * len(self.bodies)
        body.lines.append(f"{indent}{name} = {typed.code}")
        return replace(typed, code=name)

    def _alike(
        self, left_node: ast.expr, left: _Typed, right_node: ast.expr, right: _Typed
    ) -> tuple[_Typed, _Typed]:
        """Both sides as one kind; a text literal is read as what stands on the other side."""
        if left.kind is right.kind:
            self._check_code(right_node, right, left)
            self._check_code(left_node, left, right)
            return left, right
        if (read := self._as(right_node, right, left)) is not None:
            return left, read
        if (read := self._as(left_node, left, right)) is not None:
            return read, right
        hint = (
            " Write day_of(...) for the day of a date-time."
            if {left.kind, right.kind} == {Kind.DATE, Kind.DATETIME}
            else ""
        )
        raise self.tree.error(
            right_node, f"{left.kind.capitalize()} cannot be compared with {right.kind}.{hint}"
        )

    def _as(self, node: ast.expr, literal: _Typed, other: _Typed) -> _Typed | None:
        if literal.constant is None or literal.kind is not Kind.TEXT:
            return None
        text = str(literal.constant)
        if other.kind is Kind.DATE:
            try:
                return self._constant(Kind.DATE, PartialDate.parse(text))
            except ValueError:
                raise self.tree.error(node, "Write a date as in '2026-03-04', '2026-03' or '2026'.") from None
        if other.kind in (Kind.TIME, Kind.DATETIME):
            read = values.READERS[other.kind](text)
            if read is None:
                example = "'09:15'" if other.kind is Kind.TIME else "'2026-03-04T09:15'"
                raise self.tree.error(node, f"Write {other.kind} as in {example}.")
            return self._constant(other.kind, read)
        return None

    def _codes(self, item: ItemDef) -> list[str]:
        code_list = self.names.index.code_lists.get(item.code_list_oid or "")
        if code_list is None or code_list.external is not None:
            return []
        return [term.coded_value for term in code_list.items]

    def _check_code(self, node: ast.expr, literal: _Typed, other: _Typed) -> None:
        """A literal compared with a coded item is one of its codes."""
        if other.item is None or literal.constant is None:
            return
        codes = self._codes(other.item)
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

    def _compared(self, node: ast.expr, sign: str, left: _Typed, right: _Typed) -> _Typed:
        kind = left.kind
        if kind not in ORDERED and sign not in ("==", "!="):
            raise self.tree.error(node, f"{kind.capitalize()} has no order; compare with == or !=.")
        if kind is Kind.CODES:
            raise self.tree.error(node, "Write 'CODE' in ITEM for an item with several codes.")
        if kind is Kind.DATE or left.spans or right.spans:
            prefix = "date" if kind is Kind.DATE else "span"
            return _Typed(Kind.BOOLEAN, _three_valued(prefix, sign, left.code, right.code))
        if kind is Kind.BOOLEAN:
            code = "({0} is {1} if {0} in (True, False) and {1} in (True, False) else unknown({0}, {1}))"
            typed = self._when_known(Kind.BOOLEAN, code, left, right)
            return typed if sign == "==" else _Typed(Kind.BOOLEAN, f"negated({typed.code})")
        return self._when_known(Kind.BOOLEAN, f"{{}} {sign} {{}}", left, right)

    def _membership(
        self,
        node: ast.expr,
        left_node: ast.expr,
        left: _Typed,
        right_node: ast.expr,
        is_in: bool,  # noqa: FBT001
    ) -> _Typed:
        if not isinstance(right_node, (ast.Tuple, ast.List)):
            right = self.visit(right_node)
            self._require(right_node, right, Kind.CODES)
            self._require(left_node, left, Kind.TEXT)
            self._check_code(left_node, left, right)
            typed = self._when_known(Kind.BOOLEAN, "{} in {}", left, right)
        else:
            members = []
            for element in right_node.elts:
                _, member = self._alike(left_node, left, element, self.visit(element))
                if member.constant is None:
                    raise self.tree.error(element, "A list after in holds plain values.")
                members.append(member.constant)
            if left.kind is Kind.DATE or left.spans or left.kind is Kind.CODES:
                raise self.tree.error(
                    node, f"{left.kind.capitalize()} is not looked up in a list; compare it."
                )
            listed = self._constant(left.kind, frozenset(members))
            typed = self._when_known(Kind.BOOLEAN, "{} in {}", left, listed)
        return typed if is_in else _Typed(Kind.BOOLEAN, f"negated({typed.code})")

    # Calls ------------------------------------------------------------------------------------------------------

    def _call(self, node: ast.Call) -> _Typed:
        if not isinstance(node.func, ast.Name):
            raise self.tree.error(node, "Only functions of the language are called.")
        name = node.func.id
        if name in aggregates.AGGREGATES:
            return self._aggregate(node, name)
        if name in ASPECTS:
            return self._aspect(node, name)
        if name in SURROUNDINGS:
            self._count(node, name, 0)
            return _Typed(Kind.TEXT, f"f.{SURROUNDINGS[name]}")
        if name in ("present", "missing"):
            self._count(node, name, 1)
            sign = "is not" if name == "present" else "is"
            return _Typed(Kind.BOOLEAN, f"({self.visit(node.args[0]).code} {sign} None)")
        if name == "coalesce":
            return self._coalesce(node)
        if name == "if_":
            return self._choice(node)
        function = self.functions.get(name)
        if function is None and name in ("today", "now"):
            raise self.tree.error(
                node.func,
                "Expressions do not know today, so that they can be repeated. Write entered_on(ITEM) or clock.tick.",
            )
        if function is None:
            known = [*self.functions, *aggregates.AGGREGATES, *ASPECTS, *SURROUNDINGS, "present", "missing", "coalesce",
                     "if_", "visit", "others"]  # fmt: skip
            near = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.6)
            raise self.tree.error(node.func, f"There is no function '{name}'.", suggestion="".join(near))
        return self._function(node, function)

    def _count(self, node: ast.Call, name: str, least: int, most: int | None = None) -> None:
        most = least if most is None else most
        if not least <= len(node.args) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise self.tree.error(node, f"{name} takes {wanted} arguments; there are {len(node.args)}.")

    def _function(self, node: ast.Call, function: Function) -> _Typed:
        self._count(node, function.name, function.least, len(function.parameters))
        arguments = []
        for argument, kind in zip(node.args, function.parameters, strict=False):
            typed = self.visit(argument)
            if typed.kind is not kind and (read := self._as(argument, typed, _Typed(kind, ""))) is not None:
                typed = read
            self._require(argument, typed, kind)
            arguments.append(typed)
        name = f"k{len(self.constants)}"
        self.constants[name] = function.call
        if function.plugin:
            self.plugins.add(function.plugin)
        spans = function.name in ("days", "months", "years") or (
            function.name == "round" and arguments[0].spans
        )
        if not spans and any(argument.spans for argument in arguments):
            arguments = [replace(a, code=f"exact({a.code})") if a.spans else a for a in arguments]
        if any(kind is Kind.BOOLEAN for kind in function.parameters) and not function.takes_missing:
            arguments = [
                replace(a, code=f"settled({a.code})") if a.kind is Kind.BOOLEAN else a for a in arguments
            ]
        zone = ", f.zone" if function.takes_zone else ""
        pattern = f"{name}({', '.join('{}' for _ in arguments)}{zone})"
        if function.takes_missing:
            return _Typed(function.result, pattern.format(*(a.code for a in arguments)), spans=spans)
        return self._when_known(function.result, pattern, *arguments, spans=spans)

    def _aspect(self, node: ast.Call, name: str) -> _Typed:
        self._count(node, name, 1)
        if not isinstance(node.args[0], (ast.Name, ast.Attribute)):
            raise self.tree.error(node.args[0], f"{name} takes the name of an item.")
        aspect, kind = ASPECTS[name]
        typed = self._item(node.args[0], aspect, kind)
        if name in ("blank", "unreadable"):
            return _Typed(Kind.BOOLEAN, f"({typed.code} == '{name}')")
        if name == "entered_on":
            day = f"k{len(self.constants)}"
            self.constants[day] = FUNCTIONS["day_of"].call
            return self._when_known(Kind.DATE, f"{day}({{}})", typed)
        return typed

    def _same_kind(self, node: ast.Call, arguments: list[ast.expr]) -> list[_Typed]:
        typed = [self.visit(argument) for argument in arguments]
        lead = next((one for one in typed if one.constant is None), typed[0])
        read = []
        for argument, one in zip(arguments, typed, strict=True):
            same = one if one.kind is lead.kind else self._as(argument, one, lead)
            if same is None:
                raise self.tree.error(
                    argument, f"{lead.kind.capitalize()} is expected here; this is {one.kind}."
                )
            read.append(same)
        del node
        return read

    def _coalesce(self, node: ast.Call) -> _Typed:
        self._count(node, "coalesce", 2, 10)
        arguments = self._same_kind(node, node.args)
        *before, last = arguments
        code = last.code
        for argument in reversed(before):
            first, again = self._bound(argument)
            code = f"({again} if {first} is not None else {code})"
        return _Typed(last.kind, code, spans=any(a.spans for a in arguments))

    def _choice(self, node: ast.Call) -> _Typed:
        self._count(node, "if_", 3)
        first, again = self._bound(self.condition(node.args[0]))
        yes, no = self._same_kind(node, node.args[1:])
        code = f"({yes.code} if {first} is True else {no.code} if {again} is False else None)"
        return _Typed(yes.kind, code, spans=yes.spans or no.spans)

    # Rows -------------------------------------------------------------------------------------------------------

    def _aggregate(self, node: ast.Call, name: str) -> _Typed:
        shape = aggregates.AGGREGATES[name]
        self._count(node, name, shape.least, shape.most)
        others, scope_node = self._scope_node(node.args[0])
        found = self.resolver.rows(scope_node)
        if name == "previous":
            if found.groups or found.occurrence is not Occurrence.EVERY:
                raise self.tree.error(scope_node, "previous takes the name of a form.")
            found = replace(found, occurrence=Occurrence.BEFORE)
        if others and (
            found.occurrence is not Occurrence.SAME or self.home.groups[: len(found.groups)] != found.groups
        ):
            raise self.tree.error(
                scope_node, "others takes the repeating group in which this expression stands."
            )
        position = len(self.scopes)
        self.scopes.append(RowScope(found.occurrence, found.form, found.groups, found.event, others=others))
        body = _Body(f"r{len(self.bodies)}_{position}")
        self.bodies.append(body)
        self.rows.append(found)
        inner: list[_Typed] = []
        for index, argument in enumerate(node.args[1:]):
            is_value = index == 0 and shape.takes_value
            inner.append(self.visit(argument) if is_value else self.condition(argument))
        if shape.takes_value and shape.numeric:
            self._require(node.args[1], inner[0], Kind.NUMBER, *((Kind.DATE,) if shape.dates else ()))
        self.rows.pop()
        self.bodies.pop()
        self.scopes[position] = replace(self.scopes[position], refs=tuple(body.refs))
        function = f"g{position}"
        indent = "    " * len(self.bodies)
        answer = ", ".join(one.code for one in inner) or "True"
        self.bodies[-1].lines += [
            f"{indent}def {function}({body.argument}):",
            *body.lines,
            f"{indent}    return {answer}{',' if len(inner) == 1 and shape.takes_value else ''}",
        ]
        kind = inner[0].kind if shape.takes_value and not shape.counts else shape.result
        spans = bool(inner) and inner[0].spans
        if spans and shape.numeric:
            raise self.tree.error(
                node.args[1], f"{name} takes numbers that are known; round or decide them first."
            )
        return _Typed(kind, f"{shape.code}(f.rows({position}), {function})", spans=spans)

    def _scope_node(self, node: ast.expr) -> tuple[bool, ast.expr]:
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "others"
        if is_call:
            assert isinstance(node, ast.Call)
            self._count(node, "others", 1)
            return True, node.args[0]
        return False, node


def _three_valued(prefix: str, sign: str, one: str, other: str) -> str:
    """A comparison of dates or spans by the functions of ``values``."""
    return {
        "<": f"{prefix}_lt({one}, {other})",
        ">": f"{prefix}_lt({other}, {one})",
        "<=": f"{prefix}_le({one}, {other})",
        ">=": f"{prefix}_le({other}, {one})",
        "==": f"{prefix}_eq({one}, {other})",
        "!=": f"negated({prefix}_eq({one}, {other}))",
    }[sign]
