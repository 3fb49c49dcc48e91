"""Earlier states that an export may go on from: snapshots, and what exports were made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import ExportChoice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edc_core.api import ExportLine, Exports, Job


@dataclass(frozen=True, slots=True)
class Earlier:
    """:param root: names the state. :param words: what it is called: the name of a snapshot, or the format of an export.

    :param at: when it was kept or asked for, UTC ISO 8601. :param recipe: by which it was exported.
    """

    root: str
    words: str
    at: str
    recipe: str = ""


def earlier_states(found: Exports) -> tuple[Earlier, ...]:
    """Snapshots, then states of exports that are no snapshots; each once, by its newest export."""
    states = {one.root: Earlier(one.root, one.name, one.at) for one in found.kept}
    for line in found.lines:
        if root := made_of(line.job):
            recipe = str(line.job.request.get("recipe", ""))
            states.setdefault(root, Earlier(root, line.title, line.job.created_at, recipe))
    return tuple(states.values())


def made_of(job: Job) -> str:
    """Root of the state that a finished export holds; empty of one that is not finished."""
    return str(job.result.get("manifest", {}).get("cut", "")) if job.is_done else ""


def last_run(lines: Iterable[ExportLine], recipe: str, choice: ExportChoice) -> Earlier | None:
    """The newest finished export that a recipe made as it is now: what another run of it can go on from.

    :param lines: newest first.
    """
    for line in lines:
        job = line.job
        if job.request.get("recipe") == recipe and made_of(job) and _same(job, choice):
            return Earlier(made_of(job), line.title, job.created_at, recipe)
    return None


def _same(job: Job, choice: ExportChoice) -> bool:
    """Whether it was asked for with a choice, as a whole or as what changed since."""
    said = ExportChoice.of(job.request).said() | {"since": ""}
    return said == choice.said() | {"since": ""}
