"""BSADC-B03, B04 and B06: dose cohorts, their sentinels and their slots, across the subjects of the study."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from edc_core.api import StudyFinding, StudyRow, StudyView
from edc_core_trial_bsadc101.levels import LEVELS

AFTER_SENTINEL = timedelta(hours=48)
WINDOW = timedelta(days=21)  #: of dose-limiting toxicities, from the first dose
ENOUGH = Decimal("0.8")  #: share of the planned dose of cycle 1 that makes a subject evaluable
EVALUABLE = 3
LATEST = datetime.max.replace(tzinfo=UTC)


def dosed_soon_after_sentinel(study: StudyView) -> Iterator[StudyFinding]:
    """B03 asks about a first dose less than 48 hours after that of the cohort's sentinel, or before it."""
    doses = _first_doses(study)
    slots = [row for row in study.rows("SLOT") if row.text("COHNO") is not None]
    sentinels = {row.text("COHNO"): row for row in slots if row.text("SENTINEL") == "Y"}
    for slot in slots:
        sentinel = sentinels.get(slot.text("COHNO"))
        dose = doses.get(slot.subject.subject_id)
        if sentinel is None or dose is None or slot.text("SENTINEL") != "N":
            continue
        first = doses.get(sentinel.subject.subject_id)
        began, given = first and first.instant("ECSTDAT", "ECSTTIM"), dose.instant("ECSTDAT", "ECSTTIM")
        if given is not None and (first is None or (began and given - began < AFTER_SENTINEL)):
            yield StudyFinding(
                dose,
                "ECSTDAT",
                "The first dose was less than 48 hours after that of the cohort's sentinel. "
                "Please check date and time, or report a deviation.",
                rests_on=(sentinel, *((first,) if first else ())),
            )


def level_not_open(study: StudyView) -> Iterator[StudyFinding]:
    """B04 asks about a first dose at a level of which no cohort of the subject's number was open then."""
    cohorts = {row.text("COHNO"): row for row in study.rows("COHORT") if row.text("COHNO") is not None}
    doses = _first_doses(study)
    for slot in study.rows("SLOT"):
        dose = doses.get(slot.subject.subject_id)
        given = dose.instant("ECSTDAT", "ECSTTIM") if dose else None
        if dose is None or given is None or slot.text("COHNO") is None:
            continue
        cohort = cohorts.get(slot.text("COHNO"))
        if cohort is None or not _is_open(cohort, given, dose.text("ECDOSLVL")):
            yield StudyFinding(
                dose,
                "ECSTDAT",
                "The level was not open for this cohort at the time of the dose. "
                "Please check cohort, level and time, or report a deviation.",
                rests_on=(slot, *((cohort,) if cohort else ())),
            )


def slot_taken(study: StudyView) -> Iterator[StudyFinding]:
    """B04.SLOT asks about a slot that another subject has, or that the cohort does not have."""
    sizes = {row.text("COHNO"): row for row in study.rows("COHORT")}
    first: dict[tuple[str | None, str | None], StudyRow] = {}
    for row in sorted(study.rows("SLOT"), key=lambda row: row.instant("SLOTDTC") or LATEST):
        number = row.number("SLOTNO")
        if number is None or row.text("COHNO") is None:
            continue
        before = first.setdefault((row.text("COHNO"), row.text("SLOTNO")), row)
        if before is not row:
            text = "This slot of the cohort is taken. Please check the number of the cohort and of the slot."
            yield StudyFinding(row, "SLOTNO", text, key="taken", rests_on=(before,))
        cohort = sizes.get(row.text("COHNO"))
        slots = cohort.number("COHSLOTS") if cohort else None
        if cohort is not None and slots is not None and number > slots:
            text = "The cohort has fewer slots. Please check the number of the cohort and of the slot."
            yield StudyFinding(row, "SLOTNO", text, key="size", rests_on=(cohort,))


def opened_too_early(study: StudyView) -> Iterator[StudyFinding]:
    """B06 asks about an escalation cohort opened with fewer than three evaluable subjects at the level below."""
    doses, slots = _first_doses(study), list(study.rows("SLOT"))
    toxic = {row.subject.subject_id for row in study.rows("DLT") if row.text("DLTYN") == "Y"}
    for cohort in study.rows("COHORT"):
        opened, level = cohort.instant("OPENDTC"), cohort.text("DOSELVL")
        if opened is None or cohort.text("COHTYPE") != "ESCALATION" or level in (None, LEVELS[0]):
            continue
        below = LEVELS[LEVELS.index(str(level)) - 1]
        there = [slot for slot in slots if slot.text("DOSELVL") == below]
        evaluable = [
            slot for slot in there if _is_evaluable(doses.get(slot.subject.subject_id), opened, toxic)
        ]
        if len(evaluable) < EVALUABLE:
            yield StudyFinding(
                cohort,
                "OPENDTC",
                "The level opened with fewer than 3 evaluable subjects at the level below. "
                "Please check the time, or report a deviation.",
                rests_on=tuple(there),
            )


def _first_doses(study: StudyView) -> dict[str, StudyRow]:
    return {
        row.subject.subject_id: row
        for row in study.rows("EX_ADC")
        if row.event.oid == "C1D1" and row.text("ECSTDAT") is not None
    }


def _is_open(cohort: StudyRow, given: datetime, level: str | None) -> bool:
    opened, closed = cohort.instant("OPENDTC"), cohort.instant("CLOSEDTC")
    return (
        opened is not None
        and opened <= given
        and (closed is None or given <= closed)
        and level in (None, cohort.text("DOSELVL"))
    )


def _is_evaluable(dose: StudyRow | None, opened: datetime, toxic: set[str]) -> bool:
    given = dose.instant("ECSTDAT", "ECSTTIM") if dose else None
    if dose is None or given is None:
        return False
    if dose.subject.subject_id in toxic:
        return True
    planned, actual = dose.number("ECDOSPL"), dose.number("ECDOSE")
    return (
        planned is not None and actual is not None and actual >= ENOUGH * planned and given + WINDOW <= opened
    )
