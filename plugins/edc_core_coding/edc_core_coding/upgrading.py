"""Another version of a dictionary for a study: what it does to the codings, and the same codings by it, as a job."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from edc_core.api import Action, CodeTerms, EdcError, JobKind, Reason, ResetCodings
from edc_core_coding import shelf
from edc_core_coding.declared import declared
from edc_core_coding.versions import new_codings, recode_plan

if TYPE_CHECKING:
    from edc_core.api import Command, ItemPath, JobRequest, StudyAccess
    from edc_core_coding.shelf import Dictionary
    from edc_core_coding.versions import Recoded


def planned(study: StudyAccess, to: Dictionary) -> tuple[Recoded, ...]:
    """What becomes of every term that the study has coded by in another version of the dictionary."""
    found = declared(study.session()[1].index)
    return recode_plan(study.verbatims(found.items), found.items, to)


def recode(asked: JobRequest) -> dict[str, Any]:
    """Take codings over to another version, subject by subject; what cannot be taken over is to be coded again.

    :returns: ``{"recoded", "reset", "refused": [[subject key, why]]}``.
    """
    study, said = asked.study, asked.request
    to = shelf.find(
        str(said["name"]), str(said["version"]), str(said["language"]), shelf.folder(study.settings)
    )
    found = declared(study.session()[1].index)
    plan = recode_plan(study.verbatims(found.items), found.items, to)
    codings = new_codings(plan, found.items, to)
    lost = _lost(plan)
    done: dict[str, Any] = {"recoded": 0, "reset": 0, "refused": []}
    keys = sorted({*codings, *lost})
    for n, key in enumerate(keys, start=1):
        commands: list[Command] = []
        if own := codings.get(key):
            commands.append(
                CodeTerms(study_id=study.study_id, op=uuid.uuid4().hex, subject_key=key, codings=tuple(own))
            )
        if paths := lost.get(key):
            why = Reason(text=f"No term to be taken over to {to.about.title}.")
            commands.append(
                ResetCodings(
                    study_id=study.study_id, op=uuid.uuid4().hex, subject_key=key, paths=tuple(paths), reason=why
                )
            )  # fmt: skip
        try:
            study.submit(*commands)
        except EdcError as error:  # a value changed meanwhile, or was locked: the others go on
            done["refused"].append([key, error.message])
        else:
            done["recoded"] += len(codings.get(key, ()))
            done["reset"] += len(lost.get(key, ()))
        asked.tell(n, len(keys))
    return done


def _lost(plan: tuple[Recoded, ...]) -> dict[str, list[ItemPath]]:
    """Places whose term is no more, by subject."""
    found: dict[str, list[ItemPath]] = {}
    for one in plan:
        for place in one.may_be_written if not one.change.recodes else ():
            found.setdefault(place.subject_key, []).append(place.path)
    return found


RECODE = JobKind("recode", (Action.CODE_TERMS, Action.VIEW_DATA), recode)
