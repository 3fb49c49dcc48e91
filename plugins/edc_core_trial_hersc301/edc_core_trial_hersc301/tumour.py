"""EC59: every lesion of the baseline is looked at again. It takes two lists held against each other."""

from __future__ import annotations

from edc_core.api import Finding, FormView

BASELINE = "SCR"


def lesion_left_out(form: FormView) -> Finding | None:
    """EC59.MISSING fires when a later visit measured the tumour but not every lesion of the baseline."""
    baseline = form.casebook.form("TUMOR", event=BASELINE)
    if form.event.oid == BASELINE or baseline is None or not form.is_true("TUPERF"):
        return None
    if not _lesions(baseline) - _lesions(form):
        return None
    return Finding(
        "TUPERF",
        "A lesion of the baseline is not in the list of this visit. Please add it with its size or state.",
    )


def _lesions(form: FormView) -> set[str]:
    return {number for row in form.rows("TULOG") if (number := row.text("TULNKID")) is not None}
