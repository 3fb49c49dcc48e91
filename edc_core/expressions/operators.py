"""Operators: logic by Kleene's tables, decimal arithmetic, comparisons of one kind."""

from __future__ import annotations

import ast
from decimal import Decimal
from typing import TYPE_CHECKING

from edc_core.domain.function import Kind
from edc_core.expressions.generator import Typed

if TYPE_CHECKING:
    from edc_core.expressions.generator import Generator

COMPARISONS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
ORDERED = {Kind.NUMBER, Kind.DATE, Kind.TIME, Kind.DATETIME}


def logic(g: Generator, node: ast.BoolOp) -> Typed:
    whole = g.condition(node.values[0])
    for operand in node.values[1:]:
        whole = _joined(
            g, whole, g.condition(operand), settles="False" if isinstance(node.op, ast.And) else "True"
        )
    return whole


def _joined(g: Generator, left: Typed, right: Typed, *, settles: str) -> Typed:
    """``and`` (settled by False) or ``or`` (by True): an unknown operand counts only where it could change the answer."""
    (first, one), (second, other) = g.bound(left), g.bound(right)
    neutral = "True" if settles == "False" else "False"
    return Typed(
        Kind.BOOLEAN,
        f"({settles} if {first} is {settles} else {settles} if {second} is {settles} else "
        f"{other} if {one} is {neutral} else {one} if {other} is {neutral} else unknown({one}, {other}))",
    )


def unary(g: Generator, node: ast.UnaryOp) -> Typed:
    if isinstance(node.op, ast.Not):
        first, again = g.bound(g.condition(node.operand))
        return Typed(Kind.BOOLEAN, f"(False if {first} is True else True if {again} is False else {again})")
    typed = g.visit(node.operand)
    g.require(node.operand, typed, Kind.NUMBER)
    if isinstance(node.op, ast.UAdd):
        return typed
    if isinstance(typed.constant, Decimal):
        return g.constant(Kind.NUMBER, -typed.constant)
    return Typed(Kind.NUMBER, f"minus({typed.code})", spans=typed.limits)


def arithmetic(g: Generator, node: ast.BinOp) -> Typed:
    left, right = g.visit(node.left), g.visit(node.right)
    if left.kind is Kind.DATE and isinstance(node.op, (ast.Add, ast.Sub)):
        if right.kind is Kind.DATE and isinstance(node.op, ast.Sub):
            raise g.tree.error(node, "Write days(later, earlier) for the days between two dates.")
        g.require(node.right, right, Kind.NUMBER)
        days = Typed(Kind.NUMBER, f"exact({right.code})") if right.spans else right
        if isinstance(node.op, ast.Sub):
            days = Typed(Kind.NUMBER, f"minus({days.code})")
        return g.when_known(Kind.DATE, "plus_days({}, {})", left, days)
    g.require(node.left, left, Kind.NUMBER)
    g.require(node.right, right, Kind.NUMBER)
    name = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}[type(node.op)]
    return Typed(Kind.NUMBER, f"{name}({left.code}, {right.code})", spans=left.limits or right.limits)


def comparison(g: Generator, node: ast.Compare) -> Typed:
    parts = []
    left_node, left = node.left, g.visit(node.left)
    for operator, right_node in zip(node.ops, node.comparators, strict=True):
        if isinstance(operator, (ast.In, ast.NotIn)):
            is_in = isinstance(operator, ast.In)
            parts.append(_membership(g, node, left_node, left, right_node, is_in=is_in))
            if len(node.ops) > 1:
                raise g.tree.error(node, "in stands alone; join comparisons with and.")
            continue
        right = g.visit(right_node)
        left, right = g.alike(left_node, left, right_node, right)
        if not left.is_atom:
            left = g.kept(left)
        if len(node.ops) > 1 and not right.is_atom:
            right = g.kept(right)
        parts.append(_compared(g, node, COMPARISONS[type(operator)], left, right))
        left_node, left = right_node, right
    whole = parts[0]
    for part in parts[1:]:
        whole = _joined(g, whole, part, settles="False")
    return whole


def _compared(g: Generator, node: ast.expr, sign: str, left: Typed, right: Typed) -> Typed:
    kind = left.kind
    if kind not in ORDERED and sign not in ("==", "!="):
        raise g.tree.error(node, f"{kind.capitalize()} has no order; compare with == or !=.")
    if kind is Kind.CODES:
        raise g.tree.error(node, "Write 'CODE' in ITEM for an item with several codes.")
    if kind is Kind.DATE or left.spans or right.spans:
        return Typed(Kind.BOOLEAN, _three_valued(sign, left.code, right.code))
    if kind is Kind.BOOLEAN:
        code = "({0} is {1} if {0} in (True, False) and {1} in (True, False) else unknown({0}, {1}))"
        typed = g.when_known(Kind.BOOLEAN, code, left, right)
        return typed if sign == "==" else Typed(Kind.BOOLEAN, f"negated({typed.code})")
    return g.when_known(Kind.BOOLEAN, f"{{}} {sign} {{}}", left, right)


def _membership(
    g: Generator, node: ast.expr, left_node: ast.expr, left: Typed, right_node: ast.expr, *, is_in: bool
) -> Typed:
    if not isinstance(right_node, (ast.Tuple, ast.List)):
        right = g.visit(right_node)
        g.require(right_node, right, Kind.CODES)
        g.require(left_node, left, Kind.TEXT)
        g.check_code(left_node, left, right)
        typed = g.when_known(Kind.BOOLEAN, "{} in {}", left, right)
    else:
        members = []
        for element in right_node.elts:
            _, member = g.alike(left_node, left, element, g.visit(element))
            if member.constant is None:
                raise g.tree.error(element, "A list after in holds plain values.")
            members.append(member.constant)
        if left.kind is Kind.DATE or left.spans or left.kind is Kind.CODES:
            raise g.tree.error(node, f"{left.kind.capitalize()} is not looked up in a list; compare it.")
        listed = g.constant(left.kind, frozenset(members))
        typed = g.when_known(Kind.BOOLEAN, "{} in {}", left, listed)
    return typed if is_in else Typed(Kind.BOOLEAN, f"negated({typed.code})")


def _three_valued(sign: str, one: str, other: str) -> str:
    """A comparison of what only the limits may be known of, by the functions of ``values``."""
    return {
        "<": f"span_lt({one}, {other})",
        ">": f"span_lt({other}, {one})",
        "<=": f"span_le({one}, {other})",
        ">=": f"span_le({other}, {one})",
        "==": f"span_eq({one}, {other})",
        "!=": f"negated(span_eq({one}, {other}))",
    }[sign]
