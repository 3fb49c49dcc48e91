"""Who has to sign before a version is used in live, and what of it is missing (REQ-BLD-01; ICH E6(R3) 3.16.1(d))."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from edc_core.domain.permission import Role
from edc_core.errors import EdcError, NotAllowed, ReasonRequired, SecondPersonRequired, WrongState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class ReleaseStep(StrEnum):
    """The signatures on a version: two approvals by two persons, then the release."""

    MEDICAL = "medical"
    SPONSOR = "sponsor"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class StepWords:
    """What is signed. :param roles: who gives the approval, of those who may release; ``who`` says it."""

    meaning: str
    who: str
    roles: frozenset[Role]
    statement: str


STEPS = {
    ReleaseStep.MEDICAL: StepWords(
        "medical approval for live", "a medical reviewer or a safety officer", frozenset({Role.MED, Role.PVG}),
        "I have reviewed the forms, questions and checks of this version, and I approve their medical content.",
    ),
    ReleaseStep.SPONSOR: StepWords(
        "sponsor approval for live", "a data manager or the sponsor", frozenset({Role.DM, Role.SPO}),
        "I have reviewed how this version was built and tested, and I approve it on behalf of the sponsor.",
    ),
    ReleaseStep.RELEASE: StepWords(
        "release for live", "a data manager, a medical reviewer or the sponsor", frozenset(Role),
        "I have seen the evidence that this version was built and tested as planned, and I release it: "
        "subjects may be entered.",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The newest report of acceptance testing, as it was recorded (EMA computerised systems guideline A2.7).

    :param study: where, ``OID@uat``; ``entry`` is that of its chain. :param definition_sha256: of what was tested.
    :param untested: scripts that nobody tried.
    """

    study: str
    entry: int
    meta_data_version: str
    definition_sha256: str
    report_sha256: str
    passed: int
    failed: int
    untested: int


def acceptance_refusal(
    report: Acceptance | None, version: str, sha256: str, *, seen: str = "", reason: str = ""
) -> EdcError | None:
    """Why a version is not released on a report; ``None`` when nothing stands against it.

    :param sha256: digest of the definition. :param seen: digest of the report that the person has read, or nothing.
    """
    newest = report.report_sha256 if report else "not there"
    if seen not in ("", newest):
        return WrongState(f"The newest report of acceptance testing is {newest}, and not {seen}.")
    if report is None:
        left = "no report of acceptance testing was recorded in uat"
    elif report.definition_sha256 != sha256:
        return WrongState(
            f"The newest report of acceptance testing is of version {report.meta_data_version} (SHA-256 "
            f"{report.definition_sha256}); this is version {version} (SHA-256 {sha256}). Test this version in "
            f"{report.study} and record its report there."
        )
    elif report.failed or report.untested:
        left = f"in acceptance testing {report.failed} scripts failed and {report.untested} were not tried"
    else:
        return None
    return None if reason else ReasonRequired(f"It is not released without a reason, for {left}.")


def missing(approvals: Mapping[ReleaseStep, str], publishers: Collection[str]) -> tuple[str, ...]:
    """What the release still lacks, a sentence each: two approvals, by two persons who did not publish.

    :param approvals: login of who gave each. :param publishers: who published this definition, in uat or live.
    """
    return tuple(
        f"The {words.meaning} is missing. It is given by {words.who}, who neither published this version nor gave "
        "the other approval."
        for step, words in STEPS.items()
        if step is not ReleaseStep.RELEASE
        and (
            approvals.get(step, "") in ("", *publishers)
            or (step is ReleaseStep.SPONSOR and approvals[step] == approvals.get(ReleaseStep.MEDICAL))
        )
    )  # fmt: skip


def refusal(
    step: ReleaseStep, login: str, roles: Collection[Role], approvals: Mapping[ReleaseStep, str],
    publishers: Collection[str],
) -> EdcError | None:  # fmt: skip
    """Why a person does not sign a step now; ``None`` when nothing stands against it.

    :param roles: of the person, as far as they include the release of versions.
    """
    words = STEPS[step]
    if not words.roles.intersection(roles):
        return NotAllowed(f"Your role does not give the {words.meaning}: it is given by {words.who}.")
    if login in publishers:
        return SecondPersonRequired(
            "You published this version. Other persons have to approve and release it."
        )
    if step is ReleaseStep.RELEASE:
        lacking = missing(approvals, publishers)
        return WrongState(" ".join(("It cannot be released yet.", *lacking))) if lacking else None
    if by := approvals.get(step):
        return WrongState(f"The {words.meaning} is there already, given by {by}.")
    if login in approvals.values():
        return SecondPersonRequired("You gave the other approval. Another person has to give this one.")
    return None
