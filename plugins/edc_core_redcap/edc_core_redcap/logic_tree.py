"""The tree of a REDCap expression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written: ``.5`` is kept so."""

    text: str


@dataclass(frozen=True, slots=True)
class Bracket:
    """``[name]``, ``[name(code)]`` or ``[name:label]``."""

    name: str
    code: str | None = None
    option: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """Brackets that stand together: ``[event][field(code)][instance]``."""

    brackets: tuple[Bracket, ...]

    def __str__(self) -> str:
        return "".join(
            f"[{b.name}{'' if b.code is None else f'({b.code})'}{b.option and f':{b.option}'}]"
            for b in self.brackets
        )


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """``-`` or ``not``."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic or a comparison; ``<>`` is written ``!=``."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Joined:
    """``and`` or ``or`` over two operands or more; ``+`` too, so that long sums do not nest."""

    operator: str
    operands: tuple[Node, ...]


Node: TypeAlias = Text | Number | Reference | Call | Unary | Binary | Joined
