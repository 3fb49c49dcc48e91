"""Training and delegation: what has to be on record before a role works (ICH E6(R3) 4.3.2, REQ-ACC-10)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from edc_core.domain.permission import READING, Action, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edc_core.domain.permission import Grant


class EvidenceKind(StrEnum):
    """TRAINING counts in the whole study, DELEGATION at the site it was recorded for.

    SECOND_FACTOR is asked for at the sign-in and is on no record.
    """

    TRAINING = "training"
    DELEGATION = "delegation"
    SECOND_FACTOR = "second-factor"


RECORDED = (EvidenceKind.TRAINING, EvidenceKind.DELEGATION)


class Task(StrEnum):
    """What an investigator delegates by itself, with days of its own."""

    ENTER = "enter"
    ANSWER = "answer"
    SIGN = "sign"
    UNBLIND = "unblind"


#: What a task lets a person do, where the role includes it.
RIGHTS_OF: Mapping[Task, frozenset[Action]] = {
    Task.ENTER: frozenset({
        Action.ADD_SUBJECT, Action.ENTER_DATA, Action.STRIKE, Action.REOPEN_FORM, Action.CORRECT_SUBJECT,
    }),
    Task.ANSWER: frozenset({Action.ANSWER_QUERY}),
    Task.SIGN: frozenset({Action.SIGN}),
    Task.UNBLIND: frozenset({Action.UNBLIND}),
}  # fmt: skip
_DELEGATED = frozenset[Action]().union(*RIGHTS_OF.values())


@dataclass(frozen=True, slots=True)
class Evidence:
    """One record about a person, from a day to a day (UTC, ISO dates; ``ends`` empty for open).

    :param tasks: what was delegated, in words, with commas between; ``SIGNING`` is the one that gives a right.
    :param task: the one ``Task`` that was delegated; empty for all that the role includes.
    """

    study_id: str
    kind: EvidenceKind
    site_id: str
    starts: str
    ends: str
    tasks: str = ""
    task: str = ""

    def is_live(self, today: str) -> bool:
        return self.starts <= today and (not self.ends or today <= self.ends)


SIGNING = "sign"  #: the task with which an investigator lets a sub-investigator sign at the site


def has_signing(tasks: str) -> bool:
    """Whether signing is among the tasks."""
    return SIGNING in (task.strip().casefold() for task in tasks.split(","))


def delegated_sites(study_id: str, evidence: Iterable[Evidence], today: str) -> frozenset[str]:
    """Sites of a study at which signing is delegated to the person today."""
    return frozenset(
        one.site_id
        for one in evidence
        if one.study_id == study_id
        and one.kind is EvidenceKind.DELEGATION
        and one.is_live(today)
        and (one.task == Task.SIGN or (not one.task and has_signing(one.tasks)))
    )


#: What an investigator keeps when training or delegation runs out: to read the records of the site and receive their copy.
_STAYS = READING | {Action.TAKE_COPY}


def backed(
    grant: Grant, evidence: Iterable[Evidence], today: str, countries: Mapping[str, str]
) -> tuple[Grant, ...]:
    """A grant as far as what it needs is on record today; nothing when something is missing.

    A role that needs delegation works at the sites of the grant at which it was delegated. Where single tasks were, it
    does these alone and reads. An investigator of whom there is a record, be it over, goes on reading until the role ends:
    that waits for the receipt of the copy (EMA guideline on computerised systems 6.6, REQ-LCK-04).

    :param countries: of sites, by id. :returns: a grant for the sites of each set of tasks.
    """
    ever = [one for one in evidence if one.study_id == grant.study_id]
    works = _reaching(grant, [one for one in ever if one.is_live(today)], countries)
    if grant.role is not Role.PI:
        return works
    once = [one for one in _reaching(grant, ever, countries) if one not in works]
    return *works, *(replace(one, less=one.less | (frozenset(Action) - _STAYS)) for one in once)


def _reaching(grant: Grant, records: Sequence[Evidence], countries: Mapping[str, str]) -> tuple[Grant, ...]:
    if not grant.needs <= {EvidenceKind.SECOND_FACTOR, *(one.kind for one in records)}:
        return ()
    if EvidenceKind.DELEGATION not in grant.needs:
        return (grant,)
    tasks: dict[str, set[str]] = {}
    for one in records:
        if one.kind is EvidenceKind.DELEGATION and grant.covers(one.site_id, countries.get(one.site_id, "")):
            tasks.setdefault(one.site_id, set()).add(one.task)
    sites: dict[frozenset[Action], set[str]] = {}
    for site_id, named in tasks.items():
        sites.setdefault(_not_among(named), set()).add(site_id)
    return tuple(
        replace(grant, scope="sites", site_ids=frozenset(reached), less=grant.less | less)
        for less, reached in sites.items()
    )


def _not_among(tasks: set[str]) -> frozenset[Action]:
    """What a person may not do to whom these tasks were delegated; the empty one is all of them."""
    if "" in tasks:
        return frozenset()
    return _DELEGATED - frozenset[Action]().union(*(RIGHTS_OF[Task(task)] for task in tasks))
