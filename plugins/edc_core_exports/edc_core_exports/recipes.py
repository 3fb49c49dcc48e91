"""Recipes: what is exported time and again, kept under a name. Each is a note of the study: the trail has who changed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import UNBLINDED, Action, AddNote, ExportChoice, NotFound

if TYPE_CHECKING:
    from typing import Any

    from edc_core.api import StudyAccess, StudyNote

TOPIC = "exports.recipe"
LONGEST_NAME = 100  #: as a note takes it
GIVEN_UP = {"given_up": True}  #: a note without content would give up its author's alone


@dataclass(frozen=True, slots=True)
class Recipe:
    """:param who: changed it last, at ``at`` (UTC ISO 8601)."""

    name: str
    choice: ExportChoice
    who: str
    at: str


def recipes_of(study: StudyAccess) -> tuple[Recipe, ...]:
    """By name, those that the person may run. The newest note of a name holds, whoever wrote it."""
    if not study.may(Action.VIEW_DATA):
        return ()
    newest: dict[str, StudyNote] = {}
    for note in study.notes(TOPIC):
        newest.setdefault(note.name, note)
    kept = (
        Recipe(note.name, ExportChoice.of(note.content), note.full_name, note.at)
        for _, note in sorted(newest.items())
        if note.content != GIVEN_UP
    )
    return tuple(one for one in kept if may_run(study, one.choice))


def may_run(study: StudyAccess, choice: ExportChoice) -> bool:
    """Whether it is offered; whether it is made is decided when it is."""
    kind = Action.EXPORT_WORKING if choice.unlocked else Action.EXPORT_LOCKED
    return study.may(kind) and (choice.blinding != UNBLINDED or study.may(Action.VIEW_BLINDED, "*"))


def find_recipe(study: StudyAccess, name: str) -> Recipe:
    """:raises NotFound: there is none that the person may run."""
    known = {one.name: one for one in recipes_of(study)}
    if name not in known:
        there = ", ".join(known) or "none"
        raise NotFound(f"There is no recipe '{name}' for you in this study. There are: {there}.")
    return known[name]


def keep(study: StudyAccess, name: str, choice: ExportChoice, *, op: str) -> None:
    """Keep a choice under a name, in place of what had it.

    :raises BadRequest: the name holds an identifier of a person. :raises NotAllowed: the person views no data.
    """
    _note(study, name, choice.said(), op)


def give_up(study: StudyAccess, name: str, *, op: str) -> None:
    """Have a recipe no longer. :raises NotFound: there is none that the person may run."""
    _note(study, find_recipe(study, name).name, GIVEN_UP, op)


def _note(study: StudyAccess, name: str, content: dict[str, Any], op: str) -> None:
    study.submit(
        AddNote(study_id=study.study_id, op=op, topic=TOPIC, name=name, content=content, shared=True)
    )
