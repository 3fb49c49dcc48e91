"""The checks of HERSC-301: register, nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from edc_core.api import EachRow, EditCheck, PluginStudy, Severity, hookimpl
from edc_core_trial_hersc301 import (
    adverse_events,
    cardiac,
    consent,
    dosing,
    eligibility,
    visits,
    vital_signs,
)
from edc_core_trial_hersc301.shown import shown

_AE, _ROWS = "AE", "AELOG"
_CODED = (
    EditCheck("EC05", "Diastolic below systolic", form="VS", check=vital_signs.diastolic_below_systolic),
    EditCheck("EC08", "AE ends before it starts", _AE, EachRow(_ROWS, adverse_events.end_before_start)),
    EditCheck(
        "EC08P",
        "AE may end before it starts",
        _AE,
        EachRow(_ROWS, adverse_events.end_perhaps_before_start),
        Severity.WARNING,
    ),
    EditCheck(
        "EC09", "Serious without a criterion", _AE, EachRow(_ROWS, adverse_events.serious_without_criterion)
    ),
    EditCheck(
        "EC10", "Criterion without serious", _AE, EachRow(_ROWS, adverse_events.criterion_without_serious)
    ),
    EditCheck("EC11", "Fatal without grade 5", _AE, EachRow(_ROWS, adverse_events.fatal_without_grade_5)),
    EditCheck("EC12", "Grade 5 without death", _AE, EachRow(_ROWS, adverse_events.grade_5_without_death)),
    EditCheck("EC13", "Ongoing with an end date", _AE, EachRow(_ROWS, adverse_events.ongoing_with_end)),
    EditCheck(
        "EC14", "Recovered without an end date", _AE, EachRow(_ROWS, adverse_events.recovered_without_end)
    ),
    EditCheck(
        "EC15",
        "Before consent, not in history",
        _AE,
        EachRow(_ROWS, adverse_events.before_consent_without_history),
    ),
    EditCheck("EC24", "Procedure before consent", form="CONSENT", check=consent.procedure_before_consent),
    EditCheck("EC25", "Data contradict eligibility", form="IE", check=eligibility.criteria_contradicted),
    EditCheck("EC27", "Dose without pregnancy test", form="EX_TRA", check=dosing.dose_without_pregnancy_test),
    EditCheck(
        "EC29", "HER2 2+ not amplified", form="BCH", check=eligibility.equivocal_her2_without_amplification
    ),
    EditCheck("EC33", "Injection not as planned", form="EX_TRA", check=dosing.injection_as_planned),
    EditCheck("EC34", "Same thigh as before", form="EX_TRA", check=dosing.same_thigh_as_before),
    EditCheck("EC38", "Interval between doses", form="EX_TRA", check=dosing.interval_between_doses),
    EditCheck("EC41", "LVEF drop", form="LVEF", check=cardiac.significant_drop),
    EditCheck("EC43", "LVEF by another method", form="LVEF", check=cardiac.method_changed),
    EditCheck("EC45", "Visits out of order", form="VS", check=visits.visit_before_earlier_visit),
)
CHECKS = tuple(replace(check, examples=shown(check.oid)) for check in _CODED)


@hookimpl
def edc_register_checks(study: PluginStudy) -> Iterable[EditCheck]:
    """Offer the checks; asked only for studies that name this plugin."""
    return CHECKS
