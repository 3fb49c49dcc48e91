"""What came of running plugin checks on one casebook: findings, failures, and what is known to have run."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from edc_core.domain import casebook_view
from edc_core.domain.function import WrongAnswer

if TYPE_CHECKING:
    from edc_core.domain.finding import Found
    from edc_core.domain.item_path import ItemPath
    from edc_core.domain.rule_answer import RuleAnswer


class FailureKind(StrEnum):
    """How a plugin failed."""

    RAISED = "raised"  #: an exception left the check
    TIMEOUT = "timeout"  #: it did not answer within its deadline and was stopped
    NONSENSE = "nonsense"  #: it answered something that is no finding
    CRASHED = "crashed"  #: its process ended under it


@dataclass(frozen=True, slots=True)
class CheckFailure:
    """A check that gave no usable answer.

    :param check_oid: empty when the plugin as a whole failed (while loading, registering or being notified).
    :param plugin: the plugin's stamp, or its name when it could not be loaded.
    :param text: what happened, in words and without any collected value.
    :param path: the form occurrence it was looking at; empty when the check was stopped as a whole.
    """

    check_oid: str
    plugin: str
    kind: FailureKind
    text: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The answer to one request.

    :param found: findings, at most one per identity, in the order of check OIDs and places.
    :param ran: (check OID, form path) pairs that were looked at without failure.
    :param settled: checks that looked at every occurrence of their form without failure; an unfinished query of
        such a check that is not in ``found`` is resolved. A check that is not in here resolves nothing.
    :param answers: of functions to rules that call them, which were not known.
    :param unfinished: checks that were due when the overall deadline had passed: run them again later. An empty name where it had
        passed before it was known which checks there are.
    """

    found: tuple[Found, ...] = ()
    failures: tuple[CheckFailure, ...] = ()
    ran: tuple[tuple[str, ItemPath], ...] = ()
    settled: frozenset[str] = frozenset()
    unfinished: tuple[str, ...] = ()
    answers: tuple[RuleAnswer, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every check of the request has answered."""
        return not self.failures and not self.unfinished


def failure_of(error: BaseException) -> tuple[FailureKind, str]:
    """How a plugin's function failed, without any collected value."""
    if isinstance(error, WrongAnswer):
        return FailureKind.NONSENSE, str(error)
    return FailureKind.RAISED, where(error)


def where(error: BaseException) -> str:
    """Type and place of an exception. Its message is left out, for it may hold a collected value."""
    frames = traceback.extract_tb(
        error.__traceback__, limit=-1
    )  # only the innermost: a recursion has thousands
    place = f" in {Path(frames[0].filename).name}, line {frames[0].lineno}" if frames else ""
    text = f"{type(error).__name__}{place}"
    if isinstance(error, KeyError) and frames and frames[0].filename == casebook_view.__file__:
        text += f": {error.args[0]}"  # ours: it names items of the definition only
    return text
