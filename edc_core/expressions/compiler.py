"""From a tree to a function: names resolved, kinds checked, then Python source generated from the whitelisted tree.

The generated function takes the values of the expression's references in their order, so that evaluating it costs
little more than the same Python written by hand. Nothing of the author's text is ever executed: the source is put
together from this package's own patterns, the constants are handed over apart.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from edc_core.domain.function import Function, Kind
from edc_core.expressions import aggregates, calls, operators, values
from edc_core.expressions.functions import FUNCTIONS, plus_days
from edc_core.expressions.generator import Generator, Typed
from edc_core.expressions.lab import range_answer
from edc_core.expressions.references import Aspect, Home, Ref, RowScope
from edc_core.expressions.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import CodeType

    from edc_core.expressions.frame import Frame
    from edc_core.expressions.names import StudyNames

#: What generated code may name besides its own constants: all that is built in for it.
PATTERNS = {
    name: getattr(module, name)
    for module in (values, aggregates)
    for name in dir(module)
    if not name.startswith("_")
} | {"plus_days": plus_days, "range_answer": range_answer}


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression.

    :param kind: what it answers.
    :param refs: what it reads at its home, in the order in which ``function`` takes the values.
    :param scopes: the rows it goes through.
    :param plugins: names of plugins whose functions it calls; such an expression runs after the value is stored.
    :param calls: names of these functions.
    :param ranges: calls of reference ranges: the function, and OID of the item whose range it asks for.
    :param compared: names of the study that it compares with: the function, and the name.
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
    ranges: tuple[tuple[str, str], ...] = ()
    compared: tuple[tuple[str, str], ...] = ()
    calls: frozenset[str] = frozenset()

    @property
    def reads(self) -> frozenset[tuple[str, str]]:
        """(form OID, item OID) of every item whose change may change the answer."""
        inner = (ref for scope in self.scopes for ref in scope.refs)
        return frozenset((ref.form, ref.item) for ref in (*self.refs, *inner))

    @property
    def goes_through(self) -> frozenset[str]:
        """OIDs of forms whose occurrences or rows it goes through: one more or less may change the answer."""
        return frozenset(scope.form for scope in self.scopes)


def compile_expression(
    text: str, names: StudyNames, home: Home, *, functions: Mapping[str, Function] | None = None
) -> Expression:
    """Compile an expression that stands at a place of a version.

    :param functions: what plugins add to the language.
    :raises ExpressionError: it cannot be read, names something that is not there, or mixes kinds.
    """
    tree = parse(text)
    generator = Generator(names, tree, home, {**FUNCTIONS, **functions} if functions else FUNCTIONS, _visit)
    whole = generator.visit(tree.root)
    body = generator.bodies[0]
    lines = ["def evaluate(v, f):", *body.lines, f"    return {whole.code}"]
    scope = generator.constants
    scope["__builtins__"] = PATTERNS
    exec(_code("\n".join(lines)), scope)  # noqa: S102 - our own patterns alone
    return Expression(
        text, home, whole.kind, tuple(body.refs), tuple(generator.scopes),
        scope["evaluate"], frozenset(generator.plugins), generator.uses_tick,
        tuple(generator.ranges), tuple(generator.compared),
        frozenset(generator.calls),
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _code(source: str) -> CodeType:
    """Compiled once for all expressions of one shape: constants are handed over apart, and values go by number."""
    return compile(source, "<expression>", "exec")


def _visit(g: Generator, node: ast.expr) -> Typed:
    if isinstance(node, ast.Constant):
        return g.literal(node)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "clock":
        return g.tick(node)
    if isinstance(node, (ast.Name, ast.Attribute)):
        return g.item(node, Aspect.VALUE)
    if isinstance(node, ast.BoolOp):
        return operators.logic(g, node)
    if isinstance(node, ast.UnaryOp):
        return operators.unary(g, node)
    if isinstance(node, ast.BinOp):
        return operators.arithmetic(g, node)
    if isinstance(node, ast.Compare):
        return operators.comparison(g, node)
    if isinstance(node, ast.Call):
        return calls.call(g, node)
    raise g.tree.error(node, "A list stands only after in and not in.")
