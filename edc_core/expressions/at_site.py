"""What an expression comes to at a site before anything is entered there: what is never asked in its country."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from edc_core.expressions.errors import ExpressionError
from edc_core.expressions.syntax import parse

if TYPE_CHECKING:
    from edc_core.domain.metadata import SiteDef


def holds_at(expression: str, site: SiteDef) -> bool:
    """Whether an expression is true at a site whatever is entered there: such a condition never brings up what it governs,
    such a check never says anything. One with a fault, or none, is not.
    """
    try:
        return bool(expression) and _certain(parse(expression).root, site) is True
    except ExpressionError:
        return False


def _certain(node: ast.expr, site: SiteDef) -> bool | None:
    """The answer of a part; ``None`` where it hangs on more than the site."""
    if isinstance(node, ast.BoolOp):
        decides = isinstance(node.op, ast.Or)
        parts = [_certain(one, site) for one in node.values]
        return decides if decides in parts else None if None in parts else not decides
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = _certain(node.operand, site)
        return None if inner is None else not inner
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return node.value
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = _texts(node.left, site), _texts(node.comparators[0], site)
        if left and right and isinstance(node.ops[0], ast.Eq | ast.NotEq | ast.In | ast.NotIn):
            return (left[0] in right) is isinstance(node.ops[0], ast.Eq | ast.In)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "contains":
        texts = [_texts(one, site) for one in node.args]
        return texts[1][0].casefold() in texts[0][0].casefold() if all(texts) else None
    return None


def _texts(node: ast.expr, site: SiteDef) -> tuple[str, ...]:
    """The texts that a part stands for; none where the site does not say them."""
    if isinstance(node, ast.Tuple | ast.List):
        parts = [_texts(one, site) for one in node.elts]
        return tuple(text for one in parts for text in one) if all(parts) else ()
    text: object = node.value if isinstance(node, ast.Constant) else ""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        text = {"country": site.country, "site": site.number}.get(node.func.id)
    return (text,) if isinstance(text, str) and text else ()
