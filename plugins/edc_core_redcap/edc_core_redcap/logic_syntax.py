"""Reading REDCap's branching logic and calculations: a tokenizer and a recursive descent over it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from edc_core_redcap.logic_tree import Binary, Bracket, Call, Joined, Node, Number, Reference, Text, Unary

MAX_DEPTH = 60  #: of parentheses and calls; beyond it nobody wrote the text by hand
_TOKEN = re.compile(
    r"""
      (?P<space>\s+|//[^\n]*|\#[^\n]*|/\*.*?\*/)
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<number>\d+(?:\.\d*)?|\.\d+)
    | (?P<bracket>\[[^\[\]]*\])
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<mark><>|!=|<=|>=|==|&&|\|\||[=<>+\-*/^(),!])
    """,
    re.VERBOSE | re.DOTALL,
)
_BRACKET = re.compile(r"\s*([A-Za-z0-9_-]+)\s*(?:\(\s*([^()]*?)\s*\))?\s*(?::\s*([^\]]*?))?\s*")
_SAME = {"<>": "!=", "==": "=", "&&": "and", "||": "or", "!": "not"}
_BARE = ("true", "false", "today", "now")  #: words that stand for a text without being quoted
_COMPARISONS = ("=", "!=", "<", ">", "<=", ">=")


class LogicError(Exception):
    """An expression that cannot be read. ``line`` counts within the expression, from 0."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int


def parse_logic(text: str) -> Node:
    """Read an expression.

    :raises LogicError: it cannot be read; the message says where.
    """
    reader = _Reader(_tokens(text))
    tree = reader.alternatives()
    if reader.token.kind != "end":
        raise reader.unexpected()
    return tree


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        line = text.count("\n", 0, position)
        if match is None:
            what = "A quotation mark is not closed" if text[position] in "\"'" else "This cannot be read"
            what = "A bracket is not closed" if text[position] == "[" else what
            raise LogicError(f"{what}: '{text[position : position + 30]}'.", line)
        position = match.end()
        kind = str(match.lastgroup)
        if kind != "space":
            word = match.group().lower() if kind == "word" else match.group()
            word = _SAME.get(word, word)
            found.append(_Token("mark" if word in ("and", "or", "not") else kind, word, line))
    return [*found, _Token("end", "", text.count("\n"))]


class _Reader:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    @property
    def token(self) -> _Token:
        return self._tokens[self._position]

    def unexpected(self) -> LogicError:
        if self.token.kind == "end":
            return LogicError("Something is missing at the end.", self.token.line)
        return LogicError(f"'{self.token.text}' is not expected here.", self.token.line)

    def _take(self, *marks: str) -> str:
        """The next token when it is one of these marks."""
        token = self.token
        if token.kind == "mark" and token.text in marks:
            self._position += 1
            return token.text
        return ""

    def _need(self, mark: str) -> None:
        if not self._take(mark):
            raise self.unexpected()

    def alternatives(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise LogicError("Parentheses go too deep.", self.token.line)
        operands = [self._conjunction()]
        while self._take("or"):
            operands.append(self._conjunction())
        self._depth -= 1
        return operands[0] if len(operands) == 1 else Joined("or", tuple(operands))

    def _conjunction(self) -> Node:
        operands = [self._comparison()]
        while self._take("and"):
            operands.append(self._comparison())
        return operands[0] if len(operands) == 1 else Joined("and", tuple(operands))

    def _comparison(self) -> Node:
        if self._take("not"):
            return Unary("not", self._comparison_once())
        return self._comparison_once()

    def _comparison_once(self) -> Node:
        left = self._sum()
        if sign := self._take(*_COMPARISONS):
            return Binary(sign, left, self._sum())
        return left

    def _sum(self) -> Node:
        whole = self._product()
        added = [whole]
        while sign := self._take("+", "-"):
            right = self._product()
            if sign == "+":
                added.append(right)
            else:
                added = [Binary("-", _summed(added), right)]
        return _summed(added)

    def _product(self) -> Node:
        left = self._signed()
        while sign := self._take("*", "/"):
            left = Binary(sign, left, self._signed())
        return left

    def _signed(self) -> Node:
        if self._take("-"):
            return Unary("-", self._signed_once())
        self._take("+")
        return self._signed_once()

    def _signed_once(self) -> Node:
        base = self._operand()
        if self._take("^"):
            return Binary("^", base, self._signed())
        return base

    def _operand(self) -> Node:
        token = self.token
        if self._take("("):
            inner = self.alternatives()
            self._need(")")
            return inner
        if token.kind == "text":
            self._position += 1
            return Text(token.text[1:-1])
        if token.kind == "number":
            self._position += 1
            return Number(token.text)
        if token.kind == "bracket":
            return self._reference()
        if token.kind == "word":
            self._position += 1
            if not self._take("("):
                if token.text in _BARE:
                    return Text(token.text)
                raise LogicError(f"'{token.text}' is neither a field in brackets nor a text.", token.line)
            return Call(token.text, self._arguments())
        raise self.unexpected()

    def _arguments(self) -> tuple[Node, ...]:
        if self._take(")"):
            return ()
        found = [self.alternatives()]
        while self._take(","):
            found.append(self.alternatives())
        self._need(")")
        return tuple(found)

    def _reference(self) -> Reference:
        brackets: list[Bracket] = []
        while self.token.kind == "bracket":
            match = _BRACKET.fullmatch(self.token.text[1:-1])
            if match is None:
                raise LogicError(f"'{self.token.text}' is not a field.", self.token.line)
            name, code, option = match.groups()
            brackets.append(Bracket(name.lower(), code, (option or "").lower()))
            self._position += 1
        return Reference(tuple(brackets))


def _summed(operands: list[Node]) -> Node:
    return operands[0] if len(operands) == 1 else Joined("+", tuple(operands))
