"""EC08 to EC15: adverse events."""

from __future__ import annotations

from edc_core.api import Finding, RowView

CRITERIA = ("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE")
RECOVERED = ("RECOVERED/RESOLVED", "RECOVERED/RESOLVED WITH SEQUELAE")


def end_before_start(row: RowView) -> Finding | None:
    """EC08 fires when the end is before the start, whatever the unknown parts are."""
    start, end = row.date("AESTDAT"), row.date("AEENDAT")
    if start is None or end is None or not end.before(start):
        return None
    return Finding("AEENDAT", "The end date is before the start date. Please correct one of them.")


def end_perhaps_before_start(row: RowView) -> Finding | None:
    """EC08P warns when the unknown parts decide; two dates known alike are as good as can be asked for."""
    start, end = row.date("AESTDAT"), row.date("AEENDAT")
    if start is None or end is None or start == end or end.before(start) is not None:
        return None
    return Finding(
        "AEENDAT", "The end date may be before the start date. Please complete the dates if known."
    )


def serious_without_criterion(row: RowView) -> Finding | None:
    """EC09 fires when the event is serious and all six criteria are answered No."""
    if row.is_true("AESER") and all(row.is_true(item) is False for item in CRITERIA):
        return Finding(
            "AESER", "The event is serious, yet no seriousness criterion is met. Please correct either."
        )
    return None


def criterion_without_serious(row: RowView) -> Finding | None:
    """EC10 fires when a criterion is met and the event is not serious."""
    if row.is_true("AESER") is False and any(row.is_true(item) for item in CRITERIA):
        return Finding(
            "AESER", "A seriousness criterion is met, yet the event is not serious. Please correct either."
        )
    return None


def fatal_without_grade_5(row: RowView) -> Finding | None:
    """EC11 fires when the outcome is fatal and the grade is another than 5."""
    if row.text("AEOUT") == "FATAL" and row.text("AETOXGR") not in (None, "5"):
        return Finding("AETOXGR", "The outcome is fatal, so grade 5 is expected. Please correct either.")
    return None


def grade_5_without_death(row: RowView) -> Finding | None:
    """EC12 fires when the grade is 5 and death is not among the criteria."""
    if row.text("AETOXGR") == "5" and row.is_true("AESDTH") is False:
        return Finding("AESDTH", "Grade 5 means death, so 'results in death' is expected to be Yes.")
    return None


def ongoing_with_end(row: RowView) -> Finding | None:
    """EC13 fires when the event is ongoing and has an end date."""
    if row.is_true("AEONGO") and row.date("AEENDAT") is not None:
        return Finding("AEENDAT", "The event is ongoing, yet it has an end date. Please correct either.")
    return None


def recovered_without_end(row: RowView) -> Finding | None:
    """EC14 fires when the event has resolved and the end date is blank; a missing reason is an answer."""
    if row.text("AEOUT") not in RECOVERED or row.missing("AEENDAT") or row.is_unreadable("AEENDAT"):
        return None
    if row.date("AEENDAT") is None:
        return Finding("AEENDAT", "The event has resolved. Please give its end date, as far as it is known.")
    return None


def before_consent_without_history(row: RowView) -> Finding | None:
    """EC15 fires when the event began before consent and the medical history does not name it."""
    term, start = row.text("AETERM"), row.date("AESTDAT")
    consents = [d for form in row.casebook.forms("CONSENT") if (d := form.date("RFICDAT")) is not None]
    if term is None or start is None or not consents:
        return None
    if not start.before(min(consents, key=lambda consent: consent.earliest)):
        return None
    known = {
        _folded(history.text("MHTERM") or "")
        for form in row.casebook.forms("MH")
        for history in form.rows("MHLOG")
    }
    if _folded(term) in known:
        return None
    return Finding(
        "AESTDAT",
        "The event began before consent and is not in the medical history. Please correct the date or add it there.",
    )


def _folded(term: str) -> str:
    return " ".join(term.casefold().split())
