"""What an expression comes to at a site before anything is entered there: what is never asked in its country."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from edc_core.domain.metadata import own_expression
from edc_core.expressions.errors import ExpressionError
from edc_core.expressions.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.domain.index import MetaDataIndex, PlacedItem
    from edc_core.domain.metadata import SiteDef


def holds_at(expression: str, site: SiteDef) -> bool:
    """Whether an expression is true at a site whatever is entered there: such a condition never brings up what it governs,
    such a check never says anything. One with a fault, or none, is not.
    """
    try:
        return bool(expression) and _certain(parse(expression).root, site) is True
    except ExpressionError:
        return False


def asked_at(index: MetaDataIndex, form: str, site: SiteDef) -> Iterator[PlacedItem]:
    """Items of a form in their order, without those that no answer of anybody brings up at the site."""
    closed = {one.oid for one in index.version.conditions if holds_at(own_expression(one.expressions), site)}
    for placed in index.placed_items(form):
        above = (index.forms[form].group_refs, *(group.group_refs for group in placed.groups))
        within = (
            ref.condition_oid
            for group, refs in zip(placed.groups, above, strict=False)
            for ref in refs
            if ref.item_group_oid == group.oid
        )
        if closed.isdisjoint((placed.ref.condition_oid, *within)):
            yield placed


@lru_cache(maxsize=1024)
def never_asked(index: MetaDataIndex, form: str, site: SiteDef) -> frozenset[tuple[tuple[str, ...], str]]:
    """The other items of the form: OIDs of the groups around each, and its own."""
    asked = set(map(_place, asked_at(index, form, site)))
    return frozenset(map(_place, index.placed_items(form))) - asked


def _place(placed: PlacedItem) -> tuple[tuple[str, ...], str]:
    return placed.group_oids, placed.item.oid


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
