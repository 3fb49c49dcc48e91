"""How a study's matrix differs from the default one: single cells, kept as data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edc_core.domain.evidence import EvidenceKind
from edc_core.domain.permission import MATRIX, Action, Role, never

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class MatrixChange:
    """The cells in which a study's matrix differs from the default: (role, action) pairs; and what roles need."""

    more: frozenset[tuple[Role, Action]] = frozenset()
    less: frozenset[tuple[Role, Action]] = frozenset()
    needs: frozenset[tuple[Role, EvidenceKind]] = frozenset()

    @classmethod
    def of(cls, data: Mapping[str, Iterable[str]]) -> MatrixChange:
        """From JSON ``{"more": ["CRC:EXPORT_LOCKED"], "less": [...]}``; cells of another release are left out."""
        more, less = (frozenset(filter(None, map(_cell, data.get(side, ())))) for side in ("more", "less"))
        needs = (text.split(":") for text in data.get("needs", ()))
        return cls(more, less, frozenset((Role(role), EvidenceKind(kind)) for role, kind in needs))

    def allows(self, role: Role, action: Action) -> bool:
        """One cell of the study's matrix."""
        more, less = self.for_role(role)
        return action not in less and (role in MATRIX[action] or action in more)

    @property
    def data(self) -> dict[str, list[str]]:
        cells = {
            side: sorted(f"{role}:{action.name}" for role, action in cells)
            for side, cells in (("more", self.more), ("less", self.less))
        }
        needs = sorted(f"{role}:{kind}" for role, kind in self.needs)
        return cells | ({"needs": needs} if needs else {})

    def put(self, role: Role, action: Action, *, allowed: bool) -> MatrixChange:
        """With one cell set; a cell that is as in the default matrix is no change."""
        cell = frozenset({(role, action)})
        more, less = self.more - cell, self.less - cell
        if allowed != (role in MATRIX[action]):
            more, less = (more | cell, less) if allowed else (more, less | cell)
        return replace(self, more=more, less=less)

    def require(self, role: Role, kind: EvidenceKind, *, required: bool) -> MatrixChange:
        """With a role that needs something on record, or needs it no longer."""
        one = frozenset({(role, kind)})
        return replace(self, needs=self.needs | one if required else self.needs - one)

    def needs_of(self, role: Role) -> frozenset[EvidenceKind]:
        return frozenset(kind for held, kind in self.needs if held is role)

    def for_role(self, role: Role) -> tuple[frozenset[Action], frozenset[Action]]:
        """What the study gives a role, and what it takes from it. What no study may give stays with the default."""
        more = frozenset(action for held, action in self.more if held is role and not never(role, action))
        return more, frozenset(action for held, action in self.less if held is role)


def _cell(text: str) -> tuple[Role, Action] | None:
    role, _, action = text.partition(":")
    known = role in Role.__members__ and action in Action.__members__
    return (Role[role], Action[action]) if known else None
