"""What BSADC-101 needs beyond its expressions, and a word for them: register, nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from edc_core.api import CheckExample, CrossSubjectCheck, Function, Kind, PluginStudy, hookimpl
from edc_core_trial_bsadc101 import cohorts
from edc_core_trial_bsadc101.levels import dose_step

Values = tuple[tuple[str, str], ...]


def _slot(who: str, number: str, sentinel: str = "N", level: str = "0.3") -> Values:
    at = f"{who}:SLOTV/SLOT."
    return (
        (f"{at}COHNO", "1"),
        (f"{at}SLOTNO", number),
        (f"{at}SENTINEL", sentinel),
        (f"{at}DOSELVL", level),
        (f"{at}SLOTDTC", f"2026-03-0{number}T08:00"),
    )


def _dose(who: str, day: str, time: str = "09:00", dose: str = "21.0") -> Values:
    at = f"{who}:C1D1/EX_ADC."
    return (
        (f"{at}ECSTDAT", day),
        (f"{at}ECSTTIM", time),
        (f"{at}ECDOSLVL", "0.3"),
        (f"{at}ECDOSPL", "21.0"),
        (f"{at}ECDOSE", dose),
    )


def _cohort(number: str, level: str, opened: str) -> Values:
    at = f"@study:COH[{number}]/COHORT."
    return (
        (f"{at}COHNO", number),
        (f"{at}COHTYPE", "ESCALATION"),
        (f"{at}DOSELVL", level),
        (f"{at}COHSLOTS", "3"),
        (f"{at}OPENDTC", opened),
    )


_THREE = (
    *(value for number in "123" for value in _slot(f"S{number}", number, "Y" if number == "1" else "N")),
    *_dose("S1", "2026-03-01"),
    *_dose("S2", "2026-03-04"),
    *_dose("S3", "2026-03-05"),
)
_SECOND = _cohort("2", "0.6", "2026-03-26T12:00")
_COHORT_ITEMS = tuple(f"COHORT.{item}" for item in ("COHNO", "COHTYPE", "DOSELVL", "COHSLOTS", "OPENDTC"))
CHECKS = (
    CrossSubjectCheck(
        "BSADC-B03",
        "Dosed less than 48 hours after the sentinel",
        form="EX_ADC",
        reads=("SLOT.COHNO", "SLOT.SENTINEL", "EX_ADC.ECSTDAT", "EX_ADC.ECSTTIM"),
        check=cohorts.dosed_soon_after_sentinel,
        examples=(
            CheckExample(
                True,
                (
                    *_slot("A", "1", "Y"),
                    *_slot("B", "2"),
                    *_dose("A", "2026-03-04"),
                    *_dose("B", "2026-03-06", "08:59"),
                ),
            ),
            CheckExample(True, (*_slot("A", "1", "Y"), *_slot("B", "2"), *_dose("B", "2026-03-06"))),
            CheckExample(
                False,
                (
                    *_slot("A", "1", "Y"),
                    *_slot("B", "2"),
                    *_dose("A", "2026-03-04"),
                    *_dose("B", "2026-03-06"),
                ),
            ),
        ),
    ),
    CrossSubjectCheck(
        "BSADC-B04",
        "Dosed at a level that is not open",
        form="EX_ADC",
        reads=(
            "SLOT.COHNO",
            "EX_ADC.ECSTDAT",
            "EX_ADC.ECSTTIM",
            "EX_ADC.ECDOSLVL",
            "COHORT.CLOSEDTC",
            *_COHORT_ITEMS,
        ),
        check=cohorts.level_not_open,
        examples=(
            CheckExample(
                True, (*_slot("A", "1"), *_dose("A", "2026-03-04"), *_cohort("1", "0.3", "2026-03-05T00:00"))
            ),
            CheckExample(
                True, (*_slot("A", "1"), *_dose("A", "2026-03-04"), *_cohort("1", "0.6", "2026-03-01T00:00"))
            ),
            CheckExample(True, (*_slot("A", "1"), *_dose("A", "2026-03-04"))),
            CheckExample(
                False, (*_slot("A", "1"), *_dose("A", "2026-03-04"), *_cohort("1", "0.3", "2026-03-01T00:00"))
            ),
        ),
    ),
    CrossSubjectCheck(
        "BSADC-B04.SLOT",
        "Slot taken, or not there",
        form="SLOT",
        reads=("SLOT.COHNO", "SLOT.SLOTNO", "SLOT.SLOTDTC", "COHORT.COHNO", "COHORT.COHSLOTS"),
        check=cohorts.slot_taken,
        examples=(
            CheckExample(True, (*_slot("A", "1"), *_slot("B", "1"))),
            CheckExample(True, (*_slot("A", "4"), *_cohort("1", "0.3", "2026-03-01T00:00"))),
            CheckExample(
                False, (*_slot("A", "1"), *_slot("B", "2"), *_cohort("1", "0.3", "2026-03-01T00:00"))
            ),
        ),
    ),
    CrossSubjectCheck(
        "BSADC-B06",
        "Level opened with fewer than three evaluable subjects below",
        form="COHORT",
        reads=(
            *_COHORT_ITEMS,
            *(f"EX_ADC.{item}" for item in ("ECSTDAT", "ECSTTIM", "ECDOSPL", "ECDOSE")),
            "SLOT.DOSELVL",
            "DLT.DLTYN",
        ),
        check=cohorts.opened_too_early,
        examples=(
            CheckExample(True, (*_THREE, *_cohort("2", "0.6", "2026-03-26T08:59"))),
            CheckExample(True, (*_THREE, *_dose("S3", "2026-03-05", dose="16.7"), *_SECOND)),
            CheckExample(False, (*_THREE, *_SECOND)),
            CheckExample(False, (*_THREE, *_dose("S3", "2026-03-20"), ("S3:DLT.DLTYN", "Y"), *_SECOND)),
        ),
    ),
)


@hookimpl
def edc_register_checks(study: PluginStudy) -> Iterable[CrossSubjectCheck]:
    """Offer the checks; asked only for studies that name this plugin."""
    return CHECKS


FUNCTIONS = (
    Function(
        "dose_step", (Kind.TEXT,), Kind.NUMBER, dose_step,
        doc="Which level of the escalation a dose is, 1 for 0.3 mg/kg; missing for what is no level.",
    ),
)  # fmt: skip


@hookimpl
def edc_register_functions(study: PluginStudy) -> Iterable[Function]:
    """Offer the words for expressions of the study."""
    return FUNCTIONS
