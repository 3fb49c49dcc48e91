"""An expression in words, for people who read a study and not its code: ``AESEV == '3'`` -> ``"Severity" is Severe``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from edc_core.domain.metadata import own_expression
from edc_core.expressions.errors import ExpressionError
from edc_core.expressions.names import Resolver, StudyNames
from edc_core.expressions.references import Home
from edc_core.expressions.syntax import Tree, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.metadata import ItemDef

_SIGNS = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
#: The joining words; another language gives the same keys.
ENGLISH: Mapping[str, str] = {
    "==": "{} is {}",
    "!=": "{} is not {}",
    "<": "{} is less than {}",
    "<=": "{} is at most {}",
    ">": "{} is more than {}",
    ">=": "{} is at least {}",
    "in": "{} is one of {}",
    "not in": "{} is none of {}",
    "includes": "{} includes {}",
    "includes not": "{} does not include {}",
    "and": " and ",
    "or": " or ",
    "not": "not ({})",
    "else": ", else ",
    "event": "the visit",
    "present": "{} is given",
    "missing": "{} is not given",
    "blank": "{} is blank",
    "unreadable": "{} cannot be read",
    "reason": "the reason why {} is missing",
    "unit": "the unit of {}",
    "entered_on": "the day on which {} was entered",
    "entered_at": "the time at which {} was entered",
    "possible": "it is possible that {}",
}
_SAID = frozenset(
    ("present", "missing", "blank", "unreadable", "reason", "unit", "entered_on", "entered_at", "possible")
)


class Wording:
    """Puts the expressions of a version into words, with its questions and answers in one language.

    What has no words, or cannot be read, stays as it is written.

    :param joining: what stands between questions and answers, with the keys of ``ENGLISH``; English where it says nothing.
    """

    def __init__(
        self, index: MetaDataIndex, language: str = "en", joining: Mapping[str, str] = ENGLISH
    ) -> None:
        self.language = language
        self._joining = {**ENGLISH, **joining}
        self._names = StudyNames(index)
        self._exceptions = {d.oid: d for d in index.version.conditions}

    def expression(self, text: str, form: str, groups: tuple[str, ...] = (), event: str = "") -> str:
        """An expression that stands in a form, in the groups of these OIDs; or in the schedule, at an event."""
        try:
            tree = parse(text)
        except ExpressionError:
            return text
        return self._words(tree, form, groups, event).of(tree.root)

    def asked_when(
        self, condition_oid: str, form: str = "", groups: tuple[str, ...] = (), event: str = ""
    ) -> str:
        """When something is asked that a condition governs: ODM states when it is left out, people ask for the rest."""
        condition = self._exceptions[condition_oid]
        text = own_expression(condition.expressions)
        try:
            tree = parse(text)
        except ExpressionError:
            return condition.description.in_language(self.language) or text
        words = self._words(tree, form, groups, event)
        if isinstance(tree.root, ast.UnaryOp) and isinstance(tree.root.op, ast.Not):
            return words.of(tree.root.operand)
        return self._joining["not"].format(words.of(tree.root))

    def _words(self, tree: Tree, form: str, groups: tuple[str, ...], event: str) -> _Words:
        return _Words(tree, self._names, Home(form, groups, event), self.language, self._joining)


class _Words:
    def __init__(
        self, tree: Tree, names: StudyNames, home: Home, language: str, joining: Mapping[str, str]
    ) -> None:
        self.tree, self.names, self.home, self.language = tree, names, home, language
        self.joining = joining

    def of(self, node: ast.expr, *, inside: bool = False) -> str:
        """:param inside: it is an operand: what has several parts goes into brackets."""
        match node:
            case ast.BoolOp():
                joined = self.joining["and" if isinstance(node.op, ast.And) else "or"]
                text = joined.join(self.of(value, inside=True) for value in node.values)
                return f"({text})" if inside else text
            case ast.UnaryOp(op=ast.Not()):
                return self.joining["not"].format(self.of(node.operand))
            case ast.Compare():
                return self._comparison(node)
            case ast.Call(func=ast.Name(id="event")):
                return self.joining["event"]
            case ast.Call(func=ast.Name(id=name)) if name in _SAID and len(node.args) == 1:
                return self.joining[name].format(self.of(node.args[0], inside=True))
            case ast.Call(func=ast.Name(id="coalesce")):
                return self.joining["else"].join(self.of(part, inside=True) for part in node.args)
            case ast.Call(func=ast.Name(id=name)) if name != "visit":
                return f"{name}({', '.join(self.of(part) for part in node.args)})"
            case ast.BinOp():
                sign = self.tree.text[self.tree.span(node.left)[1] : self.tree.span(node.right)[0]].strip(
                    " ()\n"
                )
                text = f"{self.of(node.left, inside=True)} {sign} {self.of(node.right, inside=True)}"
                return f"({text})" if inside else text
            case ast.Name() | ast.Attribute():
                return self._item(node)
        return self.tree.source(node)

    def _comparison(self, node: ast.Compare) -> str:
        parts = []
        left = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            item = self._found(left) or self._found(right)
            if isinstance(operator, (ast.In, ast.NotIn)) and not isinstance(right, (ast.Tuple, ast.List)):
                verb = self.joining["includes" if isinstance(operator, ast.In) else "includes not"]
                parts.append(verb.format(self.of(right), self._value(left, item)))
            else:
                visits = self._is_visit(left) or self._is_visit(right)
                said = [self._value(side, item, visits=visits) for side in (left, right)]
                parts.append(self.joining[_SIGNS[type(operator)]].format(*said))
            left = right
        return self.joining["and"].join(parts)

    @staticmethod
    def _is_visit(node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "event"

    def _value(self, node: ast.expr, item: ItemDef | None, *, visits: bool = False) -> str:
        if isinstance(node, (ast.Tuple, ast.List)):
            return ", ".join(self._value(element, item, visits=visits) for element in node.elts)
        if not isinstance(node, ast.Constant):
            return self.of(node, inside=True)
        text = str(node.value) if isinstance(node.value, str) else self.tree.source(node)
        event = self.names.index.events.get(text) if visits else None
        if event is not None:
            return event.title.in_language(self.language) or event.name
        code_list = self.names.index.code_lists.get(item.code_list_oid or "") if item else None
        for term in code_list.items if code_list else ():
            if term.coded_value == text and term.decode:
                return term.decode.in_language(self.language)
        return text

    def _item(self, node: ast.expr) -> str:
        item = self._found(node)
        if item is None:
            return self.tree.source(node)
        return f"“{item.question.in_language(self.language) or item.odm_name or item.name}”"

    def _found(self, node: ast.expr) -> ItemDef | None:
        if not isinstance(node, (ast.Name, ast.Attribute)):
            return None
        try:
            return Resolver(self.names, self.tree, self.home).item(node, []).placed.item
        except ExpressionError:
            return None
