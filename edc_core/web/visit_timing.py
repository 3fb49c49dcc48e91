"""When a visit took place or is due, in words and with a sign: colour alone says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.domain.visit_window import Standing, shown, taken_in_words
from edc_core.web.marks import Sign

if TYPE_CHECKING:
    from edc_core.domain.visit_window import VisitTiming

#: What is shown instead of the sign of a visit that was not begun.
AWAITED = {
    Standing.COMING: Sign("st-later", "k-none", "Not due yet"),
    Standing.DUE: Sign("st-due", "k-due", "Due"),
    Standing.OVERDUE: Sign("st-late", "k-late", "Overdue"),
}
#: What is shown beside the sign of a visit that has its date.
OUTSIDE = {
    Standing.EARLY: Sign("warn", "k-query", "Before its window"),
    Standing.LATE: Sign("warn", "k-query", "After its window"),
}
OUTSIDE_LEGEND = Sign("warn", "k-query", "Date outside its window")


def words(timing: VisitTiming) -> str:
    """``04 MAR 2026``, ``Overdue: was due by 18 MAR 2026``; empty where nothing is known."""
    on = timing.date.display() if timing.date is not None else ""
    if timing.date is not None and timing.taken is not None:
        on = taken_in_words(timing.date, timing.taken).in_language("en")
    window = timing.due
    if window is None:
        return on
    last = shown(window.latest.high)
    match timing.standing:
        case Standing.COMING:
            return f"Planned {window.planned}, window {window.in_words}"
        case Standing.DUE:
            return f"Due by {last}, window {window.in_words}"
        case Standing.OVERDUE:
            return f"Overdue: was due by {last}"
        case Standing.EARLY:
            return f"{on}, before its window {window.in_words}"
        case Standing.LATE:
            return f"{on}, after its window {window.in_words}"
        case Standing.UNCERTAIN:
            return f"{on}, window {window.in_words}: a date that is not fully known decides"
        case Standing.IN_WINDOW:
            return on
        case _:
            return f"Window {window.in_words}"


#: What templates call them.
OF_VISITS = {"awaited": AWAITED, "outside": OUTSIDE, "outside_legend": OUTSIDE_LEGEND, "when": words}
