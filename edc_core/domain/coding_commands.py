"""What can be asked of codings: they are given, approved and taken back."""

from __future__ import annotations

from dataclasses import dataclass, field

from edc_core.domain.coding import NewCoding
from edc_core.domain.commands import Reason, SubjectCommand
from edc_core.domain.item_path import ItemPath


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTerms(SubjectCommand):
    """Code values of a subject by terms of a dictionary: all of them, or none."""

    codings: tuple[NewCoding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveCodings(SubjectCommand):
    """Agree to codings that another person proposed, or that words which another person coded stand for their term.

    :param seen: path and position of the entry of each, as the person saw it.
    :param synonym: the words may stand for the term from now on, wherever they are written in the study.
    """

    seen: tuple[tuple[ItemPath, int], ...]
    synonym: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetCodings(SubjectCommand):
    """Take codings back, or refuse proposed ones, with a reason: the values are to be coded again."""

    paths: tuple[ItemPath, ...]
    reason: Reason = field(default_factory=Reason)
