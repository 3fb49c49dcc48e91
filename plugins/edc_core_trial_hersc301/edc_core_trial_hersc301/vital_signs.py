"""EC05: blood pressure."""

from __future__ import annotations

from edc_core.api import Finding, FormView


def diastolic_below_systolic(form: FormView) -> Finding | None:
    """EC05 fires when the diastolic pressure is not below the systolic."""
    systolic, diastolic = form.number("SYSBP"), form.number("DIABP")
    if systolic is None or diastolic is None or diastolic < systolic:
        return None
    return Finding("DIABP", "Diastolic is not below systolic. Please confirm or correct.")
