"""What each role may do in a study: the matrix in force, with the cells in which the study differs from the default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import MATRIX, ROLE_WORDS, Action, Attachment, Page, Role
from edc_core_access.evidence import links_of

if TYPE_CHECKING:
    from edc_core.api import EvidenceKind, MatrixChange, PageRequest

COLUMNS = ("action", "role", "may", "by default")


@dataclass(frozen=True, slots=True)
class Cell:
    """:param changed: the study gives it or takes it away, unlike the default."""

    role: Role
    allowed: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class RightsPage:
    """:param lines: an action with a cell for each of ``roles``. :param needs: what a role needs on record to work."""

    study: str
    roles: tuple[tuple[Role, str], ...]
    lines: tuple[tuple[Action, tuple[Cell, ...]], ...]
    changed: int
    needs: tuple[tuple[str, tuple[EvidenceKind, ...]], ...]
    links: tuple[tuple[str, str, bool], ...]


def look(asked: PageRequest) -> RightsPage | Attachment:
    """The matrix; as CSV with ``?as=csv``, a line for each cell."""
    matrix = asked.study.rights()
    lines = tuple((action, tuple(_cells(matrix, action))) for action in Action)
    if asked.text("as") == "csv":
        rows = (
            (
                action,
                f"{cell.role} {ROLE_WORDS[cell.role]}",
                _yes(cell.allowed),
                _yes(cell.allowed != cell.changed),
            )
            for action, cells in lines
            for cell in cells
        )
        return Attachment.table("what-roles-may-do.csv", COLUMNS, rows)
    needs = ((ROLE_WORDS[role], tuple(sorted(matrix.needs_of(role)))) for role in Role)
    return RightsPage(
        asked.study.name,
        tuple((role, ROLE_WORDS[role]) for role in Role),
        lines,
        sum(cell.changed for _, cells in lines for cell in cells),
        tuple((role, kinds) for role, kinds in needs if kinds),
        links_of(asked.study, "rights"),
    )


def _cells(matrix: MatrixChange, action: Action) -> list[Cell]:
    allowed = {role: matrix.allows(role, action) for role in Role}
    return [Cell(role, allowed[role], allowed[role] != (role in MATRIX[action])) for role in Role]


def _yes(said: bool) -> str:  # noqa: FBT001 - what it is for
    return "yes" if said else ""


PAGES = (
    Page(
        path="rights",
        action=(Action.RECORD_EVIDENCE, Action.READ_TRAIL),
        handler=look,
        template="rights.html",
    ),
)
