"""The list of subjects that came from another site, or went to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edc_core.api import MovedSubject, PageRequest


@dataclass(frozen=True, slots=True)
class TransfersPage:
    """:param moves: newest first."""

    study: str
    moves: tuple[MovedSubject, ...]


def look(asked: PageRequest) -> TransfersPage:
    return TransfersPage(asked.study.name, tuple(reversed(asked.study.moved())))
