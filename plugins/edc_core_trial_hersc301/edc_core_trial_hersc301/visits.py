"""EC45: visits follow each other."""

from __future__ import annotations

from edc_core.api import Finding, FormView


def visit_before_earlier_visit(form: FormView) -> Finding | None:
    """EC45 fires when vital signs are dated before those of a visit that comes earlier in the plan."""
    today = form.date("VSDAT")
    if today is None:
        return None
    for other in form.casebook.forms("VS"):  # in the order of the plan
        if other.path == form.path:
            return None
        earlier = other.date("VSDAT")
        if earlier is not None and today.before(earlier):
            return Finding(
                "VSDAT", "This visit is dated before an earlier one. Please correct one of the dates."
            )
    return None
