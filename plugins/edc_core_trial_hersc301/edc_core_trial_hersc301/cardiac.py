"""EC41 and EC43: left ventricular ejection fraction against its baseline."""

from __future__ import annotations

from collections.abc import Iterator

from edc_core.api import Finding, FormView

BASELINE = "SCR"
DROP_POINTS, LOW_PERCENT = 10, 50


def significant_drop(form: FormView) -> Iterator[Finding]:
    """EC41 fires when LVEF falls by 10 points or more from baseline to below 50 %.

    Once for the dose to be held, and once more while no cardiac event of special interest is recorded.
    """
    baseline = _baseline_of(form)
    before, now = baseline.number("LVEF") if baseline else None, form.number("LVEF")
    if before is None or now is None or before - now < DROP_POINTS or now >= LOW_PERCENT:
        return
    yield Finding(
        "LVEF",
        "LVEF fell by 10 points or more from baseline to below 50 %. Hold the dose and repeat LVEF within 21 days.",
        "hold",
    )
    events = [row for log in form.casebook.forms("AE") for row in log.rows("AELOG")]
    if all(row.text("AESI") != "CARDIAC" for row in events):
        yield Finding(
            "LVEF", "Please record the LVEF drop as an adverse event of special interest: cardiac.", "event"
        )


def method_changed(form: FormView) -> Finding | None:
    """EC43 fires when LVEF was measured by another method than at baseline."""
    baseline = _baseline_of(form)
    before, now = baseline.text("CVMETHOD") if baseline else None, form.text("CVMETHOD")
    if before is None or now is None or before == now:
        return None
    return Finding(
        "CVMETHOD", "The method differs from baseline. Please confirm, or repeat by the same method."
    )


def _baseline_of(form: FormView) -> FormView | None:
    """The screening measurement, for every other one."""
    if form.event.oid == BASELINE:
        return None
    return form.casebook.form("LVEF", event=BASELINE)
