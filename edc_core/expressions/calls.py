"""Calls: functions of values, functions of names, and what is said of several rows."""

from __future__ import annotations

import ast
import difflib
from dataclasses import replace
from typing import TYPE_CHECKING

from edc_core.domain.function import Kind
from edc_core.expressions import aggregates
from edc_core.expressions.errors import ExpressionError
from edc_core.expressions.functions import FUNCTIONS
from edc_core.expressions.generator import Body, Typed
from edc_core.expressions.lab import RANGES
from edc_core.expressions.references import Aspect, Occurrence, RowScope
from edc_core.expressions.syntax import parse
from edc_core.expressions.values import kind_of

if TYPE_CHECKING:
    from edc_core.domain.function import Function
    from edc_core.expressions.generator import Generator

#: Functions that answer from where the expression stands: name to the frame's attribute.
SURROUNDINGS = {"event": "event", "epoch": "epoch", "site": "site", "country": "country"}
ASPECTS = {"reason": (Aspect.REASON, Kind.TEXT), "unit": (Aspect.UNIT, Kind.TEXT),
           "std": (Aspect.STANDARD, Kind.NUMBER), "blank": (Aspect.STATE, Kind.TEXT), "unreadable": (Aspect.STATE, Kind.TEXT),
           "entered_at": (Aspect.ENTERED_AT, Kind.DATETIME), "entered_on": (Aspect.ENTERED_AT, Kind.DATETIME)}  # fmt: skip
OF_DATES = ("days", "months", "years")  #: their answers have only limits where a date is partial
OF_SPANS = ("round", "hours", "minutes", "moment")  #: likewise where what they are given has
#: Every word that is called in the language itself; no function of a plugin has such a name.
WORDS = frozenset({*FUNCTIONS, *aggregates.AGGREGATES, *ASPECTS, *SURROUNDINGS, *RANGES, "arm", "present", "missing", "coalesce",
                   "if_", "visit", "others"})  # fmt: skip

_LATE = "This function is a plugin's, so it runs after a value is stored"
CALL_IN_HARD = (
    f"{_LATE}: a hard check decides before that. Say it without the function, or ask with severity: query."
)
CALL_WITH_TICK = f"{_LATE}, when data change: clock.tick changes without them. Say it without the function or without clock.tick."
CALL_WITH_RANGE = f"{_LATE}, where reference ranges are not at hand. Derive an item from the range and give that to the function."


def call(g: Generator, node: ast.Call) -> Typed:
    if not isinstance(node.func, ast.Name):
        raise g.tree.error(node, "Only functions of the language are called.")
    name = node.func.id
    if name in aggregates.AGGREGATES:
        return _aggregate(g, node, name)
    if name in ASPECTS:
        return _aspect(g, node, name)
    if name in SURROUNDINGS:
        g.count(node, name, 0)
        return Typed(Kind.TEXT, f"f.{SURROUNDINGS[name]}", around=name)
    if name in RANGES:
        return _range(g, node, name)
    if name == "arm":
        return _arm(g, node)
    if name in ("present", "missing"):
        g.count(node, name, 1)
        sign = "is not" if name == "present" else "is"
        return Typed(Kind.BOOLEAN, f"({g.visit(node.args[0]).code} {sign} None)")
    if name == "coalesce":
        return _coalesce(g, node)
    if name == "if_":
        return _choice(g, node)
    function = g.functions.get(name)
    if function is None and name in ("today", "now"):
        raise g.tree.error(
            node.func,
            "Expressions do not know today, so that they can be repeated. Write entered_on(ITEM) or clock.tick.",
        )
    if function is None:
        known = sorted(WORDS | g.functions.keys())
        near = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.6)
        remedy = "" if near else " Where a plugin has it, name the plugin in study.yaml."
        raise g.tree.error(node.func, f"There is no function '{name}'.{remedy}", suggestion="".join(near))
    return _function(g, node, function)


def _arm(g: Generator, node: ast.Call) -> Typed:
    """What the study's own expression of the arm answers, read from where this one stands."""
    g.count(node, "arm", 0)
    text = g.names.index.version.arm
    if not text:
        raise g.tree.error(
            node, "The study does not say which arm a subject is in. Write arm: in events.yaml."
        )
    try:
        typed = g.of_study(text)
    except ExpressionError as error:
        raise g.tree.error(node, f"The arm of the study cannot be read: {error.message}") from error
    if typed.kind is not Kind.TEXT:
        raise g.tree.error(node, f"The arm of the study is a code; this is {typed.kind}.")
    return replace(typed, around="arm")


def _range(g: Generator, node: ast.Call, name: str) -> Typed:
    """A limit of the reference range of a result, or the flag: whose range it is, the study says once."""
    g.count(node, name, 1)
    keys = g.names.index.version.lab_ranges
    if keys is None:
        raise g.tree.error(
            node, "The study does not say how ranges are chosen. Write lab_ranges: in study.yaml."
        )
    if g.rows or not isinstance(node.args[0], ast.Name):
        raise g.tree.error(node.args[0], f"{name} takes the name of an item of the form at hand.")
    value = g.item(node.args[0], Aspect.VALUE)
    g.require(node.args[0], value, Kind.NUMBER)
    assert value.item is not None
    units = value.item.measurement_unit_oids
    unit = (
        g.constant(Kind.TEXT, units[0] if units else "").code
        if len(units) < 2
        else g.item(node.args[0], Aspect.UNIT, Kind.TEXT).code
    )
    item = g.constant(Kind.TEXT, value.item).code
    codes = [g.constant(Kind.TEXT, name).code, "f.ranges", item, value.code, unit]
    for key, kinds in (
        ("lab", (Kind.TEXT,)),
        ("date", (Kind.DATE, Kind.DATETIME)),
        ("sex", (Kind.TEXT,)),
        ("birth", (Kind.DATE,)),
    ):
        try:
            part = g.beside(getattr(keys, key))
        except ExpressionError as error:
            raise g.tree.error(node, f"'{key}' of lab_ranges cannot be read here: {error.message}") from error
        if part.kind not in kinds:
            raise g.tree.error(node, f"'{key}' of lab_ranges is {part.kind}; {kinds[0]} is expected.")
        codes.append(part.code)
    g.ranges.append((name, value.item.oid))
    return Typed(RANGES[name], f"range_answer({', '.join(codes)})")


def call_of_plugin(text: str, message: str) -> ExpressionError | None:
    """An error that points at the first call of a function that the language itself has not; ``None`` without one.

    In a version that compiled when it was published, that is a function of a plugin.
    """
    try:
        tree = parse(text)
    except ExpressionError:
        return None
    for call in ast.walk(tree.root):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id not in WORDS:
            return tree.error(call.func, message)
    return None


def _function(g: Generator, node: ast.Call, function: Function) -> Typed:
    about = f" It is {function.signature()}. {function.doc}".rstrip() if function.plugin else ""
    g.count(node, function.name, function.least, len(function.parameters), about=about)
    arguments = []
    for argument, kind in zip(node.args, function.parameters, strict=False):
        typed = g.visit(argument)
        if typed.kind is not kind and (read := g.read_as(argument, typed, Typed(kind, ""))) is not None:
            typed = read
        g.require(argument, typed, kind)
        arguments.append(typed)
    name = f"k{len(g.constants)}"
    g.constants[name] = function.answer if function.plugin else function.call
    if function.plugin:
        g.plugins.add(function.plugin)
        g.calls.add(function.name)
    spans = function.name in OF_DATES or (function.name in OF_SPANS and any(one.limits for one in arguments))
    if not spans and function.name != "day_of" and any(argument.spans for argument in arguments):
        arguments = [replace(a, code=f"exact({a.code})") if a.spans else a for a in arguments]
    if any(kind is Kind.BOOLEAN for kind in function.parameters) and (
        function.plugin or not function.takes_missing
    ):
        arguments = [
            replace(a, code=f"settled({a.code})") if a.kind is Kind.BOOLEAN else a for a in arguments
        ]
    zone = ", f.zone" if function.takes_zone else ""
    pattern = f"{name}({', '.join('{}' for _ in arguments)}{zone})"
    if function.takes_missing:
        return Typed(function.result, pattern.format(*(a.code for a in arguments)), spans=spans)
    return g.when_known(function.result, pattern, *arguments, spans=spans)


def _aspect(g: Generator, node: ast.Call, name: str) -> Typed:
    g.count(node, name, 1)
    if not isinstance(node.args[0], (ast.Name, ast.Attribute)):
        raise g.tree.error(node.args[0], f"{name} takes the name of an item.")
    aspect, kind = ASPECTS[name]
    typed = g.item(node.args[0], aspect, kind)
    if name == "std":
        _require_unit(g, node)
    if name in ("blank", "unreadable"):
        return Typed(Kind.BOOLEAN, f"({typed.code} == '{name}')")
    if name == "entered_on":
        day = f"k{len(g.constants)}"
        g.constants[day] = FUNCTIONS["day_of"].call
        return g.when_known(Kind.DATE, f"{day}({{}})", typed)
    return typed


def _require_unit(g: Generator, node: ast.Call) -> None:
    """Only a number with a unit has a value in the standard unit."""
    item = g.resolver.item(node.args[0], g.rows).placed.item
    if not item.measurement_unit_oids or kind_of(item) is not Kind.NUMBER:
        raise g.tree.error(node.args[0], "std takes the name of an item that is a number with a unit.")


def _same_kind(g: Generator, node: ast.Call, arguments: list[ast.expr]) -> list[Typed]:
    typed = [g.visit(argument) for argument in arguments]
    lead = next((one for one in typed if one.constant is None), typed[0])
    read = []
    for argument, one in zip(arguments, typed, strict=True):
        same = one if one.kind is lead.kind else g.read_as(argument, one, lead)
        if same is None:
            raise g.tree.error(argument, f"{lead.kind.capitalize()} is expected here; this is {one.kind}.")
        read.append(same)
    del node
    return read


def _coalesce(g: Generator, node: ast.Call) -> Typed:
    g.count(node, "coalesce", 2, 10)
    arguments = _same_kind(g, node, node.args)
    *before, last = arguments
    code = last.code
    for argument in reversed(before):
        first, again = g.bound(argument)
        code = f"({again} if {first} is not None else {code})"
    return Typed(last.kind, code, spans=any(a.spans for a in arguments))


def _choice(g: Generator, node: ast.Call) -> Typed:
    g.count(node, "if_", 3)
    first, again = g.bound(g.condition(node.args[0]))
    yes, no = _same_kind(g, node, node.args[1:])
    code = f"({yes.code} if {first} is True else {no.code} if {again} is False else None)"
    return Typed(yes.kind, code, spans=yes.spans or no.spans)


def _aggregate(g: Generator, node: ast.Call, name: str) -> Typed:
    shape = aggregates.AGGREGATES[name]
    g.count(node, name, shape.least, shape.most)
    others, scope_node = _scope_node(g, node.args[0])
    found = g.resolver.rows(scope_node)
    if name == "previous":
        if found.groups or found.occurrence is not Occurrence.EVERY:
            raise g.tree.error(scope_node, "previous takes the name of a form.")
        found = replace(found, occurrence=Occurrence.BEFORE)
    if others and (
        found.occurrence is not Occurrence.SAME or g.home.groups[: len(found.groups)] != found.groups
    ):
        raise g.tree.error(scope_node, "others takes the repeating group in which this expression stands.")
    position = len(g.scopes)
    g.scopes.append(RowScope(found.occurrence, found.form, found.groups, found.event, others=others))
    body = Body(f"r{len(g.bodies)}_{position}")
    g.bodies.append(body)
    g.rows.append(found)
    inner: list[Typed] = []
    for index, argument in enumerate(node.args[1:]):
        is_value = index == 0 and shape.takes_value
        inner.append(g.visit(argument) if is_value else g.condition(argument))
    if shape.takes_value and shape.numeric:
        g.require(node.args[1], inner[0], Kind.NUMBER, *((Kind.DATE,) if shape.dates else ()))
    g.rows.pop()
    g.bodies.pop()
    g.scopes[position] = replace(g.scopes[position], refs=tuple(body.refs))
    function = f"g{position}"
    indent = "    " * len(g.bodies)
    answer = ", ".join(one.code for one in inner) or "True"
    g.bodies[-1].lines += [
        f"{indent}def {function}({body.argument}):",
        *body.lines,
        f"{indent}    return {answer}{',' if len(inner) == 1 and shape.takes_value else ''}",
    ]
    kind = inner[0].kind if shape.takes_value and not shape.counts else shape.result
    spans = bool(inner) and inner[0].spans
    if shape.numeric and bool(inner) and inner[0].limits:
        raise g.tree.error(node.args[1], f"{name} takes numbers that are known; round or decide them first.")
    return Typed(kind, f"{shape.code}(f.rows({position}), {function})", spans=spans)


def _scope_node(g: Generator, node: ast.expr) -> tuple[bool, ast.expr]:
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "others"
    if is_call:
        assert isinstance(node, ast.Call)
        g.count(node, "others", 1)
        return True, node.args[0]
    return False, node
