"""From the text of an expression to a tree of the few constructs that the language has."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from edc_core.expressions.errors import ExpressionError

MAX_LENGTH = 2_000  #: characters
MAX_NODES = 300
MAX_DEPTH = 25

#: What Python has and the language has not, in the words of an author.
_NOT_HERE: dict[type[ast.AST], str] = {
    ast.Lambda: "lambda is not part of the language",
    ast.IfExp: "write if_(condition, value, other value)",
    ast.ListComp: "write any, all, count, sum, min, max, first or last",
    ast.GeneratorExp: "write any, all, count, sum, min, max, first or last",
    ast.SetComp: "write any, all, count, sum, min, max, first or last",
    ast.DictComp: "mappings are not part of the language",
    ast.Dict: "mappings are not part of the language",
    ast.JoinedStr: "formatted texts are not part of the language",
    ast.NamedExpr: "names cannot be given here",
    ast.Subscript: "write first(...), last(...) or visit('...') instead of [ ]",
    ast.Starred: "* is only for multiplication",
    ast.Pow: "write sqrt(x) or root(x, n); ** is not part of the language",
    ast.Mod: "% is not part of the language",
    ast.FloorDiv: "// is not part of the language; write floor(a / b)",
    ast.BitAnd: "write and, or, not",
    ast.BitOr: "write and, or, not",
    ast.Invert: "write and, or, not",
    ast.Is: "write == or missing(x)",
    ast.IsNot: "write != or present(x)",
}
_ALLOWED = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd,
    ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div,
    ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn,
    ast.Constant, ast.Name, ast.Attribute, ast.Call, ast.Tuple, ast.List, ast.Load,
)  # fmt: skip


class Tree:
    """A parsed expression: its root, and where each node stands in the text."""

    def __init__(self, text: str, root: ast.expr, lines: list[int]) -> None:
        self.text = text
        self.root = root
        self._lines = lines

    def error(self, node: ast.AST, message: str, *, suggestion: str = "") -> ExpressionError:
        start, end = self.span(node)
        return ExpressionError(message, start, end, suggestion=suggestion)

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Offsets of a node in the text, in characters."""
        if not isinstance(node, ast.expr):
            return 0, len(self.text)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self._offset(node.lineno, node.col_offset),
            self._offset(node.end_lineno, node.end_col_offset),
        )

    def source(self, node: ast.AST) -> str:
        start, end = self.span(node)
        return self.text[start:end]

    def _offset(self, line: int, column: int) -> int:
        if line > len(self._lines):  # the bracket that is put around the text ends behind it
            return len(self.text)
        begin = self._lines[line - 1]
        stop = self._lines[line] if line < len(self._lines) else len(self.text)
        return begin + len(self.text[begin:stop].encode()[:column].decode(errors="ignore"))


@lru_cache(maxsize=512)
def parse(text: str) -> Tree:
    """Read an expression; a study says the same in many places, and nobody changes a tree.

    :raises ExpressionError: it cannot be read, holds something that the language has not, or is too large.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"An expression has at most {MAX_LENGTH} characters; this one has {len(text)}.")
    if not text.strip():
        raise ExpressionError("An expression is expected here.")
    shift = len(text) - len(text.lstrip())
    inner = text.strip()
    try:
        root = ast.parse(f"({inner}\n)", mode="eval").body  # parentheses: it may go over several lines
    except SyntaxError as error:
        raise _unreadable(inner, shift, error) from None
    except (ValueError, RecursionError, MemoryError):
        raise ExpressionError("This cannot be read. Write it shorter, without unusual characters.") from None
    lines = [shift - 1]  # the parenthesis stands before the first character
    for position, character in enumerate(inner):
        if character == "\n":
            lines.append(shift + position + 1)
    tree = Tree(text, root, [shift if not index else start for index, start in enumerate(lines)])
    _shift_first_line(root)
    _check(tree)
    return tree


def _shift_first_line(root: ast.expr) -> None:
    """Take the added parenthesis out of the columns of the first line."""
    for node in ast.walk(root):
        if isinstance(node, ast.expr):
            assert node.end_col_offset is not None
            node.col_offset -= node.lineno == 1
            node.end_col_offset -= node.end_lineno == 1


def _unreadable(text: str, shift: int, error: SyntaxError) -> ExpressionError:
    line, column = error.lineno or 1, (error.offset or 1) - 1
    rows = text.split("\n")
    if line > len(rows):  # the closing parenthesis that was added
        words = "A bracket is not opened." if "unmatched" in error.msg else "Something is missing at the end."
        return ExpressionError(words, len(text) + shift - 1, len(text) + shift)
    start = shift + sum(len(row) + 1 for row in rows[: line - 1]) + column - (line == 1)
    start = min(max(start, shift), shift + max(len(text) - 1, 0))
    found = text[start - shift : start - shift + 1]
    words = f"This cannot be read from '{found}' on."
    if "'=='" in error.msg and (lone := re.search(r"(?<![=!<>])=(?!=)", text)):
        start = shift + lone.start()
        words = "Write == to compare; a single = is not part of the language."
    elif found in "&|!":
        words = "Write and, or, not."
    elif text.startswith("<>", start - shift):
        return ExpressionError("Write != for unequal.", start, start + 2)
    elif "never closed" in error.msg:
        words = "A bracket is not closed."
    elif found == ")":
        words = "Something is missing here."
    return ExpressionError(words, start, start + 1)


def _check(tree: Tree) -> None:
    nodes = 0
    level: list[tuple[ast.AST, ast.AST, int]] = [(tree.root, tree.root, 1)]
    while level:
        node, around, depth = level.pop()
        nodes += isinstance(node, ast.expr)
        where = node if isinstance(node, ast.expr) else around  # operators have no place of their own
        if not isinstance(node, _ALLOWED):
            advice = _NOT_HERE.get(type(node), "this is not part of the language")
            raise tree.error(where, f"{advice[0].upper()}{advice[1:]}.")
        if depth > MAX_DEPTH:
            raise tree.error(where, f"Parentheses and calls go at most {MAX_DEPTH} deep.")
        children = list(ast.iter_child_nodes(node))
        level.extend((child, where, depth + 1) for child in children)
        if isinstance(node, ast.Call) and node.keywords:
            raise tree.error(node, "Arguments have no names here; write them in their order.")
    if nodes > MAX_NODES:
        raise ExpressionError(f"An expression has at most {MAX_NODES} parts; this one has {nodes}.")
